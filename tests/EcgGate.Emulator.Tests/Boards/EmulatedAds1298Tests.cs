using System.Device.Gpio;
using EcgGate.Emulator.Boards;

namespace EcgGate.Emulator.Tests.Boards;

// Numbers are those of the data sheet SBAS459K.
public sealed class EmulatedAds1298Tests : IDisposable
{
    private static readonly byte[] ResetValues =
    [
        0x92, 0x06, 0x40, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0F, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];

    private readonly VirtualPace _pace = new();
    private readonly StubEcg _ecg = new((lead, _) => lead == 0 ? 1 : -1) { LeadNames = ["II", "V1"] };
    private readonly EmulatedAds1298 _board;
    private readonly GpioController _gpio;

    public EmulatedAds1298Tests()
    {
        _board = new EmulatedAds1298(_ecg, new PatientTime(_pace.Now), null, _pace);
        _gpio = new GpioController(_board.GpioDriver);
        _gpio.OpenPin(25, PinMode.Input);
    }

    public void Dispose()
    {
        _gpio.Dispose();
        _board.Dispose();
    }

    [Fact]
    public void Registers_have_their_reset_values_and_get_them_back_by_reset()
    {
        Exchange(0x11);
        ReadAll().Should().Equal(ResetValues);
        Exchange(0x45, 0x07, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x01, 0x85);
        ReadAll()[5..13].Should().Equal(0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x01, 0x85);

        Exchange(0x06);
        _pace.Advance(10_000);
        Exchange(0x11);

        ReadAll().Should().Equal(ResetValues);
        _board.RuleViolations.Should().Be(0);
    }

    [Fact]
    public void Fixed_bits_and_read_only_registers_do_not_take_what_is_written()
    {
        Exchange(0x11);
        byte[] write = [0x40, 0x19, .. Enumerable.Repeat((byte)0xFF, 26)];

        Exchange(write);

        ReadAll().Should().Equal(
            0x92, 0xE7, 0x77, 0xFE, 0xFF, 0xF7, 0xF7, 0xF7, 0xF7, 0xF7, 0xF7, 0xF7, 0xF7,
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0x1F, 0xFF, 0xEE, 0xFF, 0xFF);
        _board.RuleViolations.Should().BePositive();
    }

    [Theory]
    [InlineData(0x86, 18_440)] // 500 samples/s
    [InlineData(0x85, 9_224)]
    [InlineData(0x84, 4_616)]
    [InlineData(0x83, 2_312)]
    [InlineData(0x82, 1_160)]
    [InlineData(0x81, 584)]
    [InlineData(0x80, 296)] // 32,000 samples/s
    [InlineData(0x06, 36_872)] // low power, 250 samples/s
    public void The_first_conversion_is_ready_after_the_settling_time_of_the_data_sheet(byte config1, int clocks)
    {
        Exchange(0x11);
        Exchange(0x41, 0x00, config1);
        var started = _pace.Now;
        Exchange(0x08);

        _board.WaitForDataReady(TestContext.Current.CancellationToken).Should().BeTrue();

        ((double)_pace.Now.NanosecondsSince(started)).Should().BeApproximately(clocks / 2.048e6 * 1e9, 1);
    }

    [Fact]
    public void A_frame_is_216_bits_with_the_status_word_first()
    {
        Exchange(0x11);
        Exchange(0x43, 0x00, 0xC0); // Reference on.
        Exchange(0x4F, 0x00, 0xFF); // All positive inputs watched.
        Exchange(0x57, 0x00, 0x02); // Comparators on.
        Exchange(0x58, 0x01, 0x08, 0xC0); // Wilson terminal on.
        _ecg.IsOff = true;
        Start();

        var frame = Frame();

        // II is on channel 3, V1 on channel 8.
        frame.Should().HaveCount(27);
        (frame[0] >> 4).Should().Be(0xC);
        StatusP(frame).Should().Be(1 << 7, "V1 is on channel 8, whose electrode is off");
        (((frame[1] & 0xF) << 4) | (frame[2] >> 4)).Should().Be(0);
        (frame[2] & 0x0F).Should().Be(0, "the GPIO pins read 0");
        Code(frame, 3).Should().Be((int)Math.Round(1e-3 * 6 / 2.4 * 0x7FFFFF));
        Code(frame, 8).Should().Be((int)Math.Round(-1e-3 * 6 / 2.4 * 0x7FFFFF));
        new[] { 1, 2, 4, 5, 6, 7 }.Should().OnlyContain(channel => Code(frame, channel) == 0);
    }

    [Fact]
    public void Without_the_Wilson_terminal_a_precordial_channel_stands_at_full_scale()
    {
        Exchange(0x11);
        Exchange(0x43, 0x00, 0xC0);
        Start();

        Code(Frame(), 8).Should().Be(0x7FFFFF);
    }

    [Fact]
    public void Shorted_inputs_read_about_a_microvolt_of_noise_whatever_the_ECG_is()
    {
        Exchange(0x11);
        Exchange(0x43, 0x00, 0xC0);
        Exchange(0x45, 0x07, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01);
        Start();

        var codes = Enumerable.Range(0, 500).Select(_ => Code(Frame(), 3) * 2.4e6 / 6 / 0x7FFFFF).ToArray();

        codes.Average().Should().BeApproximately(0, 0.2);
        Math.Sqrt(codes.Average(code => code * code)).Should().BeApproximately(1, 0.15);
    }

    [Fact]
    public void Standby_stops_the_conversions_and_takes_no_command_but_waking_up()
    {
        Exchange(0x11);
        Exchange(0x08);
        Exchange(0x04);
        _board.Conversions.Should().Be(0);
        Exchange(0x41, 0x00, 0x85);
        _board.RegisterAt(1).Should().Be(0x06);

        Exchange(0x02);
        _pace.Advance(50_000_000);

        _board.Conversions.Should().BePositive();
    }

    [Fact]
    public void Leads_are_wired_by_their_names_and_nameless_ones_take_what_is_free()
    {
        using var named = new EmulatedAds1298(new NamedEcg("V5", "MLII", "ECG"), new PatientTime(_pace.Now), null, _pace);

        named.WiredLeads.Should().Equal("V5", "II", "V2");
    }

    private static int Code(byte[] frame, int channel)
    {
        var at = 3 * channel;
        return ((sbyte)frame[at] << 16) | (frame[at + 1] << 8) | frame[at + 2];
    }

    private static int StatusP(byte[] frame) => ((frame[0] & 0x0F) << 4) | (frame[1] >> 4);

    private void Start()
    {
        Exchange(0x08);
        Exchange(0x10);
    }

    private byte[] Frame()
    {
        _board.WaitForDataReady(TestContext.Current.CancellationToken);
        return Exchange(new byte[27]);
    }

    private byte[] ReadAll() => Exchange([0x20, 0x19, .. new byte[26]])[2..];

    private byte[] Exchange(params byte[] bytes)
    {
        var answer = new byte[bytes.Length];
        _board.Spi.TransferFullDuplex(bytes, answer);
        _pace.Advance(2_000);
        return answer;
    }

    private sealed class NamedEcg(params string[] names) : IAnalogEcg
    {
        public string Name => "named";

        public IReadOnlyList<string> LeadNames { get; } = names;

        public double? DurationSeconds => null;

        public double Millivolts(int lead, double seconds) => 0;

        public bool IsLeadOff(int lead, double seconds) => false;

        public void DeliverPulse(double seconds)
        {
        }
    }
}
