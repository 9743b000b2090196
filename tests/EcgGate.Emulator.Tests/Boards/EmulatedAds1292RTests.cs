using System.Device.Gpio;
using System.Device.Spi;
using EcgGate.Emulator.Boards;

namespace EcgGate.Emulator.Tests.Boards;

// Numbers are those of the data sheet SBAS502C.
public sealed class EmulatedAds1292RTests : IDisposable
{
    private static readonly byte[] ResetValues = [0x73, 0x02, 0x80, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x0C];

    private readonly VirtualPace _pace = new();
    private readonly StubEcg _ecg = new((lead, _) => lead == 0 ? 1 : -1);
    private readonly EmulatedAds1292R _board;
    private readonly GpioController _gpio;

    public EmulatedAds1292RTests()
    {
        _board = new EmulatedAds1292R(_ecg, new PatientTime(_pace.Now), null, _pace);
        _gpio = new GpioController(_board.GpioDriver);
        _gpio.OpenPin(25, PinMode.Input);
    }

    public void Dispose()
    {
        _gpio.Dispose();
        _board.Dispose();
    }

    [Fact]
    public void It_powers_up_in_continuous_reading_and_ignores_registers_until_told_to_stop()
    {
        Exchange(0x20, 0x00, 0x00)[2].Should().NotBe(0x73);
        Exchange(0x41, 0x00, 0x06);
        _board.RegisterAt(1).Should().Be(0x02);
        _board.IgnoredCommands.Should().Be(3, "the bytes of both commands that are not zero");

        Exchange(0x11);
        Exchange(0x20, 0x00, 0x00)[2].Should().Be(0x73);
    }

    [Fact]
    public void Registers_have_their_reset_values_and_get_them_back_by_reset()
    {
        Exchange(0x11);
        ReadAll().Should().Equal(ResetValues);

        Exchange(0x41, 0x06, 0x05, 0xE3, 0x1D, 0x65, 0x15, 0x2F, 0x3F);
        ReadAll().Should().StartWith([0x73, 0x05, 0xE3, 0x1D, 0x65, 0x15, 0x2F, 0x3F]);

        Exchange(0x06);
        _pace.Advance(71_000);
        Exchange(0x11);
        ReadAll().Should().Equal(ResetValues);
        _board.RuleViolations.Should().Be(0);
    }

    [Fact]
    public void Fixed_bits_and_read_only_registers_do_not_take_what_is_written()
    {
        Exchange(0x11);

        Exchange(0x40, 0x0B, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0xFF, 0x00, 0x00, 0xFF);

        ReadAll().Should().Equal(0x73, 0x87, 0x80, 0x10, 0x00, 0x00, 0x00, 0x00, 0x40, 0x02, 0x01, 0x0F);
        _board.RuleViolations.Should().Be(7, "CONFIG1, CONFIG2, LOFF, LOFF_SENS, RESP1, RESP2 and GPIO were written against their rules");
    }

    [Fact]
    public void A_command_within_the_reset_time_breaks_a_rule_and_is_lost()
    {
        Exchange(0x11);
        Exchange(0x06);
        Exchange(0x11);

        _board.RuleViolations.Should().Be(1);
        Exchange(0x20, 0x00, 0x00)[2].Should().NotBe(0x73, "it is still reading continuously");
    }

    [Fact]
    public void Bytes_that_come_faster_than_four_clocks_are_not_decoded()
    {
        Exchange(0x11);
        _board.Spi.ConnectionSettings.ClockFrequency = 4_000_000;
        Exchange(0x20, 0x00, 0x00)[2].Should().Be(0);
        _board.RuleViolations.Should().Be(1);

        _board.Spi.ConnectionSettings.ClockFrequency = 1_000_000;
        Exchange(0x20, 0x00, 0x00)[2].Should().Be(0x73);
    }

    [Fact]
    public void The_wrong_SPI_mode_reads_one_bit_late()
    {
        Exchange(0x11);
        _board.Spi.ConnectionSettings.Mode = SpiMode.Mode0;

        Exchange(0x20, 0x00, 0x00)[2].Should().Be(0x73 >> 1);
    }

    [Theory]
    [InlineData(0, 4100, 1024)]
    [InlineData(1, 2052, 512)]
    [InlineData(2, 1028, 256)]
    [InlineData(3, 516, 128)]
    [InlineData(4, 260, 64)]
    [InlineData(5, 132, 32)]
    [InlineData(6, 68, 16)]
    public void The_first_conversion_takes_the_settling_time_of_table_13_and_each_further_one_a_period(int dataRate, int settlingClocks, int periodClocks)
    {
        const double modulatorClock = 1e9 / 128_000;
        Exchange(0x11);
        Exchange(0x41, 0x00, (byte)dataRate);
        var start = _pace.Now;
        Exchange(0x08);

        WaitForEdge().Should().Be(start.AddNanoseconds((long)(settlingClocks * modulatorClock)));
        WaitForEdge().Should().Be(start.AddNanoseconds((long)((settlingClocks + periodClocks) * modulatorClock)));
    }

    [Fact]
    public void DRDY_falls_with_each_conversion_and_rises_with_the_first_clock()
    {
        StartReading();
        IsLow().Should().BeFalse();

        WaitForEdge();
        IsLow().Should().BeTrue();
        ReadFrame();
        IsLow().Should().BeFalse();
        WaitForEdge();
        IsLow().Should().BeTrue();
    }

    [Fact]
    public void Unread_data_is_replaced_and_DRDY_pulses_all_the_same()
    {
        StartReading();
        var first = WaitForEdge();
        var second = WaitForEdge();
        var third = WaitForEdge();
        third.NanosecondsSince(second).Should().Be(second.NanosecondsSince(first)).And.Be(2_000_000);

        _board.Conversions.Should().Be(3);
        ReadFrame();
        IsLow().Should().BeFalse("one frame is all there is: the two before were replaced");

        WaitForEdge();
        _pace.Advance(2_000_000 - 4_000);
        IsLow().Should().BeFalse("just before unread data is replaced the line goes high");
        _pace.Advance(4_000);
        IsLow().Should().BeTrue();
    }

    [Fact]
    public void A_frame_is_status_and_two_channels_most_significant_byte_first()
    {
        StartReading();
        WaitForEdge();

        // 1 mV * 6 / 2.42 V * (2^23 - 1) = 20,798 = 0x00513E, and its two's complement; GPIO reads 11 after reset.
        ReadFrame().Should().Equal(0xC0, 0x60, 0x00, 0x00, 0x51, 0x3E, 0xFF, 0xAE, 0xC2);
    }

    [Fact]
    public void A_lead_that_is_off_shows_in_the_status_word_and_the_register_once_watched()
    {
        _ecg.IsOff = true;
        StartReading();
        WaitForEdge();
        ReadFrame()[0].Should().Be(0xC2, "IN2P is bit 2 of LOFF_STAT[4:0], which begins in the lower half of the first byte");

        Exchange(0x11);
        Exchange(0x28, 0x00, 0x00)[2].Should().Be(0x04);
        Exchange(0x47, 0x00, 0x00);
        Exchange(0x28, 0x00, 0x00)[2].Should().Be(0x00);
    }

    [Fact]
    public void RDATA_reads_one_frame_without_continuous_reading_and_more_clocks_repeat_it()
    {
        StartReading();
        WaitForEdge();
        Exchange(0x11);

        var read = Exchange([0x12, .. new byte[20]]);

        read[1..10].Should().Equal(0xC0, 0x60, 0x00, 0x00, 0x51, 0x3E, 0xFF, 0xAE, 0xC2);
        read[10..19].Should().Equal(read[1..10]);
    }

    [Fact]
    public void Standby_stops_conversions_and_takes_nothing_but_wakeup()
    {
        StartReading();
        Exchange(0x11);
        Exchange(0x04);
        _board.Conversions.Should().Be(0);
        Exchange(0x20, 0x00, 0x00)[2].Should().Be(0);

        Exchange(0x02);
        WaitForEdge();
        _board.Conversions.Should().Be(1);
        Exchange(0x20, 0x00, 0x00)[2].Should().Be(0x73);
    }

    [Fact]
    public void Without_its_reference_or_powered_down_a_channel_reads_zero()
    {
        StartReading();
        Exchange(0x11);
        Exchange(0x42, 0x00, 0x80);
        Exchange(0x10);
        WaitForEdge();
        ReadFrame()[3..].Should().OnlyContain(value => value == 0);

        Exchange(0x11);
        Exchange(0x42, 0x00, 0xA0);
        Exchange(0x44, 0x00, 0x81);
        Exchange(0x10);
        WaitForEdge();
        ReadFrame()[3..].Should().Equal(0x00, 0x00, 0x00, 0xFF, 0xAE, 0xC2);
    }

    [Fact]
    public void A_new_data_rate_starts_the_conversions_anew()
    {
        StartReading();
        WaitForEdge();
        Exchange(0x11);
        var written = _pace.Now;
        Exchange(0x41, 0x00, 0x03);

        WaitForEdge().NanosecondsSince(written).Should().Be(516 * 1_000_000_000L / 128_000);
    }

    [Fact]
    public void Waiting_ends_when_cancelled_although_no_edge_comes()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        _gpio.WaitForEvent(25, PinEventTypes.Falling, cancel.Token).TimedOut.Should().BeTrue();
    }

    private void StartReading()
    {
        Exchange(0x11);
        Exchange(0x41, 0x06, 0x02, 0xE0, 0x10, 0x00, 0x00, 0x00, 0x0F);
        Exchange(0x08);
        Exchange(0x10);
    }

    private Timing.MonotonicTime WaitForEdge()
    {
        _gpio.WaitForEvent(25, PinEventTypes.Falling, CancellationToken.None).EventTypes.Should().Be(PinEventTypes.Falling);
        return _pace.Now;
    }

    private bool IsLow() => _gpio.Read(25) == PinValue.Low;

    private byte[] ReadFrame() => Exchange(new byte[9]);

    private byte[] ReadAll() => Exchange([0x20, 0x0B, .. new byte[12]])[2..];

    private byte[] Exchange(params byte[] written)
    {
        var read = new byte[written.Length];
        _board.Spi.TransferFullDuplex(written, read);
        return read;
    }
}
