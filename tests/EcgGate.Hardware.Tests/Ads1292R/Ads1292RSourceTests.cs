using System.Device.Gpio;
using System.Device.Spi;
using CsCheck;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.Ads1292R;

public sealed class Ads1292RSourceTests
{
    private static readonly Gen<Ads1292RRate> Rates = Gen.OneOf(Enum.GetValues<Ads1292RRate>());

    // The watchdog runs on the host's timers: on a busy machine it would come, and be renewed, amid the measurement.
    private static readonly Ads1292ROptions PatientWatchdog = new() { DataReadyTimeout = TimeSpan.FromMinutes(1) };

    // Slow enough that its own value says when it was sampled, to the microsecond and better.
    private static readonly FunctionEcg Ramp = new((lead, seconds) => lead == 0 ? seconds : -seconds);

    [Fact]
    public void The_board_is_set_up_by_exactly_the_bytes_of_the_data_sheet()
    {
        using var setup = new Setup(Ramp);
        using var source = setup.Open();

        Hex(setup.Board.ControlTraffic).Should().Equal(
            "11", // SDATAC
            "06", // RESET
            "11", // SDATAC: the reset went back to continuous reading
            "20 00 00", // RREG ID
            "41 06 02 E0 10 00 00 23 0F", // WREG CONFIG1..LOFF_SENS: 500/s, reference and comparators, 6 nA dc, gain 6, right leg from 1P 1N, all electrodes
            "49 01 02 03", // WREG RESP1, RESP2
            "20 0B 00 00 00 00 00 00 00 00 00 00 00 00", // RREG all
            "08", // START
            "10"); // RDATAC
        setup.Board.RuleViolations.Should().Be(0);
        setup.Board.IgnoredCommands.Should().Be(0);
    }

    [Fact]
    public void Every_setting_reaches_its_register()
    {
        var options = new Ads1292ROptions
        {
            Rate = Ads1292RRate.Sps2000,
            Gain = Ads1292RGain.Times12,
            LeadCount = 1,
            Lead0Channel = 2,
            LeadOff = Ads1292RLeadOff.AlternatingCurrent,
            LeadOffCurrent = Ads1292RLeadOffCurrent.NanoAmpere22,
            Input = Ads129xInput.TestSignal,
        };
        using var setup = new Setup(Ramp);
        using var source = setup.Open(options);

        Hex(setup.Board.ControlTraffic).Should().Contain("41 06 04 E3 15 81 65 2C 0C");
        source.Info.LeadNames.Should().Equal("CH2");
        setup.Board.RuleViolations.Should().Be(0);
    }

    [Fact]
    public void The_lines_for_start_and_reset_are_used_where_they_are_wired()
    {
        using var setup = new Setup(Ramp, new EmulatedAds1292ROptions { StartPin = 22, ResetPin = 27, RecordTraffic = true });
        var source = setup.Open(new Ads1292ROptions { StartPin = 22, ResetPin = 27 });

        Hex(setup.Board.ControlTraffic).Should().NotContain("08");
        setup.ReadOne(source).Index.Should().Be(0);

        source.Dispose();
        setup.Board.Conversions.Should().Be(0, "the START line is low again");
        setup.Board.RuleViolations.Should().Be(0);
    }

    [Theory]
    [InlineData(0x53, "*found ID 0x53, expected 0x73*without R*")]
    [InlineData(0x92, "*found ID 0x92, expected 0x73*ads1298:*")]
    [InlineData(0x3A, "*found ID 0x3A, expected 0x73*wiring*")]
    public void Another_part_is_refused(byte id, string message)
    {
        using var setup = new Setup(Ramp, new EmulatedAds1292ROptions { IdRegister = id });

        setup.Invoking(s => s.Open()).Should().Throw<EcgSourceException>().WithMessage(message);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    public void A_dead_MISO_is_named_at_the_start(byte stuck)
    {
        using var setup = new Setup(Ramp);
        setup.Board.StuckMiso = stuck;

        setup.Invoking(s => s.Open()).Should().Throw<EcgSourceException>().WithMessage($"*found ID 0x{stuck:X2}*MISO*");
        setup.Gpio.IsPinOpen(25).Should().BeFalse("a source that could not be opened lets go of its lines");
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    public void A_MISO_that_dies_later_ends_the_source_with_a_clear_error_and_no_sample(byte stuck)
    {
        using var setup = new Setup(Ramp);
        using var source = setup.Open();
        setup.ReadOne(source);
        setup.Board.StuckMiso = stuck;

        var read = () => setup.ReadOne(source);

        read.Should().Throw<EcgSourceException>().WithMessage("*20 frames in a row have no valid status word*");
        source.Statistics.BadFrames.Should().Be(20);
        read.Should().Throw<EcgSourceException>().WithMessage("*failed before*");
    }

    [Fact]
    public void A_register_that_does_not_keep_its_value_is_found()
    {
        using var setup = new Setup(Ramp);
        using var spi = new FlippingSpi(setup.Board.Spi, at: 14 + 4);

        var open = () => Ads1292RSource.Open(spi, setup.Gpio, setup.Options, setup.Host);

        open.Should().Throw<EcgSourceException>().WithMessage("*register Config2 reads 0xE1 after 0xE0 was written*");
    }

    [Theory]
    [InlineData(SpiMode.Mode0, 800_000, "*Mode0*needs Mode1*")]
    [InlineData(SpiMode.Mode1, 4_000_000, "*4000000 Hz*multi-byte*")]
    [InlineData(SpiMode.Mode1, 20_000, "*20000 Hz*at least 43200 Hz*")]
    public void A_bus_that_cannot_work_is_refused(SpiMode mode, int clock, string message)
    {
        using var setup = new Setup(Ramp);
        setup.Board.Spi.ConnectionSettings.Mode = mode;
        setup.Board.Spi.ConnectionSettings.ClockFrequency = clock;

        setup.Invoking(s => s.Open()).Should().Throw<EcgSourceException>().WithMessage(message);
    }

    [Fact]
    public void Every_sample_is_the_ECG_at_the_time_the_filter_looked_at_to_half_a_step()
    {
        Gen.Select(Rates, Gen.OneOf(Enum.GetValues<Ads1292RGain>()), Gen.Double[0.1, 40], Gen.Double[-6, 6]).Sample((rate, gain, hertz, offset) =>
        {
            var ecg = new FunctionEcg((lead, seconds) => offset + ((lead + 1) * Math.Sin(2 * Math.PI * hertz * seconds)));
            using var setup = new Setup(ecg);
            using var source = setup.Open(new Ads1292ROptions { Rate = rate, Gain = gain });
            var step = 2420.0 / (int)gain / 0x7FFFFF;
            for (var i = 0; i < 50; i++)
            {
                var sample = setup.ReadOne(source, out var ready);
                var seconds = setup.Board.SampledSecondsOf(i);
                sample.Index.Should().Be(i);
                sample.Status.Should().Be(SampleStatus.None);

                // A float carries 24 bits, so at 9 mV its own rounding is part of the allowance.
                ((double)sample.Lead0Millivolts).Should().BeApproximately(ecg.Millivolts(0, seconds), (0.5 * step) + 1e-6);
                ((double)sample.Lead1Millivolts).Should().BeApproximately(ecg.Millivolts(1, seconds), (0.5 * step) + 1e-6);

                var sampled = setup.Bench.PatientTime.SecondsAt(ready - source.Info.FixedDelay);
                sampled.Should().BeApproximately(seconds, 1e-7, "the time stamp less the fixed delay is when the voltage stood at the electrodes");
            }
        }, iter: 40);
    }

    [Theory]
    [InlineData(Ads1292RGain.Times1, 1)]
    [InlineData(Ads1292RGain.Times6, -1)]
    [InlineData(Ads1292RGain.Times12, 123_456)]
    [InlineData(Ads1292RGain.Times3, -8_388_607)]
    [InlineData(Ads1292RGain.Times8, 8_388_606)]
    public void A_code_becomes_millivolts_exactly(Ads1292RGain gain, int code)
    {
        var step = 2420.0 / (int)gain / 0x7FFFFF;
        using var setup = new Setup(new FunctionEcg((_, _) => code * step));
        using var source = setup.Open(new Ads1292ROptions { Gain = gain });

        var sample = setup.ReadOne(source);

        sample.Lead0Millivolts.Should().Be(code * (float)step);
        sample.Status.Should().Be(SampleStatus.None, "this is not yet full scale");
    }

    [Theory]
    [InlineData(0, 1, SampleStatus.Lead0Off)]
    [InlineData(1, 1, SampleStatus.Lead1Off)]
    [InlineData(0, 2, SampleStatus.Lead1Off)]
    [InlineData(1, 2, SampleStatus.Lead0Off)]
    public void Lead_off_bits_go_to_the_lead_that_the_channel_carries(int channel, int lead0Channel, SampleStatus expected)
    {
        var ecg = new FunctionEcg((_, _) => 0) { LeadOff = (lead, seconds) => lead == channel && seconds > 0.5 };
        using var setup = new Setup(ecg);
        using var source = setup.Open(new Ads1292ROptions { Lead0Channel = lead0Channel });

        for (var i = 0; i < 400; i++)
        {
            var off = setup.Board.SampledSecondsOf(i) > 0.5;
            setup.ReadOne(source).Status.Should().Be(off ? expected : SampleStatus.None);
        }
    }

    [Fact]
    public void Without_lead_off_detection_nothing_is_off()
    {
        using var setup = new Setup(new FunctionEcg((_, _) => 0) { LeadOff = (_, _) => true });
        using var source = setup.Open(new Ads1292ROptions { LeadOff = Ads1292RLeadOff.Off });

        setup.ReadOne(source).Status.Should().Be(SampleStatus.None);
    }

    [Fact]
    public void Lead_0_may_be_channel_2()
    {
        using var setup = new Setup(new FunctionEcg((lead, _) => lead + 1));
        using var source = setup.Open(new Ads1292ROptions { Lead0Channel = 2 });

        var sample = setup.ReadOne(source);

        sample.Lead0Millivolts.Should().BeApproximately(2, 1e-4f);
        sample.Lead1Millivolts.Should().BeApproximately(1, 1e-4f);
        source.Info.LeadNames.Should().Equal("CH2", "CH1");
    }

    [Fact]
    public void Lost_frames_are_counted_exactly_however_long_the_reader_was_held_up()
    {
        // Rates at which the transfer leaves room; each hold-up ends anywhere within a period.
        Gen.Select(Gen.OneOf(Ads1292RRate.Sps125, Ads1292RRate.Sps500, Ads1292RRate.Sps2000, Ads1292RRate.Sps8000), Gen.Double[0, 30].Array[1, 20], Gen.Double[-15_000, 15_000]).Sample((rate, holdUps, error) =>
        {
            using var setup = new Setup(Ramp, new EmulatedAds1292ROptions { OscillatorErrorPartsPerMillion = error });
            using var source = setup.Open(new Ads1292ROptions { Rate = rate });
            var period = 1e9 / (int)rate;
            var first = setup.ReadOne(source);
            long read = 1;
            EcgSample last = first;
            for (var i = 0; i < 2100; i++, read++)
            {
                last = setup.ReadOne(source);
            }

            foreach (var holdUp in holdUps)
            {
                setup.Pace.Advance((long)(holdUp * period));
                var sample = setup.ReadOne(source);
                read++;
                sample.Index.Should().Be(ConversionOf(sample, setup), "the frame's own voltage says which conversion it is");
                sample.Status.HasFlag(SampleStatus.GapBefore).Should().Be(sample.Index != last.Index + 1);
                last = sample;
                for (var i = 0; i < 3; i++, read++)
                {
                    last = setup.ReadOne(source);
                    last.Index.Should().Be(ConversionOf(last, setup));
                }
            }

            source.Statistics.LostFrames.Should().Be(last.Index + 1 - read);
            source.Statistics.BadFrames.Should().Be(0);
        }, iter: 100);
    }

    [Fact]
    public void Lost_frames_are_counted_exactly_on_a_host_that_always_wakes_late_and_sometimes_very_late()
    {
        Gen.Select(Gen.OneOf(Ads1292RRate.Sps250, Ads1292RRate.Sps500, Ads1292RRate.Sps1000, Ads1292RRate.Sps2000), Gen.Int[0, 1_000_000], Gen.Double[-200, 200]).Sample((rate, seed, error) =>
        {
            using var setup = new Setup(Ramp, new EmulatedAds1292ROptions { OscillatorErrorPartsPerMillion = error });
            var random = new Random(seed);
            var late = new LateDataReady(setup.Board, setup.Pace, random);
            using var source = Ads1292RSource.Open(setup.Bench.Spi, setup.Gpio, new Ads1292ROptions { Rate = rate }, setup.Host, dataReady: late);
            var first = ConversionOf(setup.ReadOne(source), setup);
            for (var i = 0; i < 3000; i++)
            {
                var sample = setup.ReadOne(source);
                (ConversionOf(sample, setup) - first).Should().Be(sample.Index);
            }
        }, iter: 60);
    }

    [Fact]
    public void A_frame_with_a_wrong_status_word_is_left_out_and_counted()
    {
        using var setup = new Setup(Ramp);
        using var source = setup.Open();
        setup.Board.CorruptStatusOf(3);

        var samples = Enumerable.Range(0, 5).Select(_ => setup.ReadOne(source)).ToArray();

        samples.Select(sample => sample.Index).Should().Equal(0, 1, 2, 4, 5);
        samples.Select(sample => sample.Status).Should().Equal(SampleStatus.None, SampleStatus.None, SampleStatus.None, SampleStatus.GapBefore, SampleStatus.None);
        source.Statistics.BadFrames.Should().Be(1);
        source.Statistics.LostFrames.Should().Be(0);
    }

    [Fact]
    public void The_boards_test_signal_is_read_as_one_millivolt_at_one_hertz()
    {
        using var setup = new Setup(Ramp);
        using var source = setup.Open(new Ads1292ROptions { Input = Ads129xInput.TestSignal });

        var samples = Enumerable.Range(0, 1000).Select(_ => setup.ReadOne(source).Lead0Millivolts).ToArray();

        samples.Distinct().Should().HaveCount(2).And.OnlyContain(value => Math.Abs(Math.Abs(value) - (2420f / 2400)) < 1e-4f);
        samples.Count(value => value > 0).Should().Be(500);
    }

    [Fact]
    public void Waiting_through_the_GPIO_controller_costs_no_more_than_the_controller_itself()
    {
        using var setup = new Setup(new FunctionEcg(static (_, seconds) => seconds));
        using var source = setup.Open(PatientWatchdog);

        AllocatedPerFrame(source).Should().BeLessThanOrEqualTo(48);
    }

    [Fact]
    public void In_real_time_the_samples_come_in_order_and_none_is_unaccounted_for()
    {
        var ecg = new FunctionEcg((lead, seconds) => lead == 0 ? seconds : -seconds) { DurationSeconds = 1 };
        using var bench = EmulatedBench.Start(ecg, new ListTruth([]));
        using var source = Ads1292RSource.Open(bench.Spi, bench.Gpio, new Ads1292ROptions { Rate = Ads1292RRate.Sps250 });
        bench.Ended += (_, _) => source.Interrupt();
        var buffer = new EcgSample[1];
        long count = 0;
        var last = new EcgSample(-1, 0);
        var lastTime = default(EcgGate.Timing.MonotonicTime);
        EcgBlock block;
        while ((block = source.Read(buffer)).Count > 0)
        {
            buffer[0].Index.Should().BeGreaterThan(last.Index);
            buffer[0].Lead0Millivolts.Should().BeGreaterThan(last.Lead0Millivolts);
            block.LastSampleTime.Should().BeGreaterThan(lastTime);
            last = buffer[0];
            lastTime = block.LastSampleTime;
            count++;
        }

        count.Should().BePositive();
        (count + source.Statistics.LostFrames).Should().Be(last.Index + 1);
        bench.Board.RuleViolations.Should().Be(0);
    }

    [Theory]
    [InlineData(300, 6, "*Rate is 300*")]
    [InlineData(500, 5, "*Gain is 5*")]
    public void Settings_that_the_part_does_not_have_are_refused(int rate, int gain, string message)
    {
        using var setup = new Setup(Ramp);

        var open = () => setup.Open(new Ads1292ROptions { Rate = (Ads1292RRate)rate, Gain = (Ads1292RGain)gain });

        open.Should().Throw<EcgSourceException>().WithMessage(message);
    }

    private static double AllocatedPerFrame(Ads1292RSource source)
    {
        const int frames = 5_000;
        var buffer = new EcgSample[1];

        void Round()
        {
            for (var i = 0; i < frames; i++)
            {
                source.Read(buffer);
            }
        }

        Round();
        var allocated = Allocation.LeastOf(Round);
        buffer[0].Index.Should().Be((6 * frames) - 1);
        return (double)allocated / frames;
    }

    private static long ConversionOf(in EcgSample sample, Setup setup)
    {
        var period = setup.Board.SampledSecondsOf(1) - setup.Board.SampledSecondsOf(0);
        return (long)Math.Round((sample.Lead0Millivolts - setup.Board.SampledSecondsOf(0)) / period);
    }

    private static IEnumerable<string> Hex(IEnumerable<byte[]> traffic) =>
        traffic.Select(bytes => string.Join(' ', bytes.Select(value => value.ToString("X2"))));

    /// <summary>A bench on a virtual clock.</summary>
    private sealed class Setup : IDisposable
    {
        private readonly EcgSample[] _one = new EcgSample[1];

        public Setup(FunctionEcg ecg, EmulatedAds1292ROptions? options = null)
        {
            Bench = EmulatedBench.Start(ecg, new ListTruth([]), options ?? new EmulatedAds1292ROptions { RecordTraffic = true }, Pace);
            Host = new HostClock(() => Pace.Now, time => Pace.SleepUntil(time, CancellationToken.None));
        }

        public VirtualPace Pace { get; } = new();

        public EmulatedBench Bench { get; }

        public EmulatedAds129x Board => Bench.Board;

        public GpioController Gpio => Bench.Gpio;

        public HostClock Host { get; }

        public Ads1292ROptions Options { get; } = new();

        public Ads1292RSource Open(Ads1292ROptions? options = null) => Ads1292RSource.Open(Bench.Spi, Bench.Gpio, options ?? Options, Host);

        public EcgSample ReadOne(Ads1292RSource source) => ReadOne(source, out _);

        public EcgSample ReadOne(Ads1292RSource source, out EcgGate.Timing.MonotonicTime ready)
        {
            var block = source.Read(_one);
            block.Count.Should().Be(1);
            ready = block.LastSampleTime;
            return _one[0];
        }

        public void Dispose() => Bench.Dispose();
    }

    /// <summary>Wakes 60 to 110 us after the edge, and once in a hundred times up to 10 ms after it.</summary>
    private sealed class LateDataReady(EmulatedAds129x board, VirtualPace pace, Random random) : IDataReady
    {
        public bool IsReady() => board.IsDataReady;

        public bool WaitForEdge(CancellationToken cancellationToken)
        {
            var seen = board.WaitForDataReady(cancellationToken);
            pace.Advance(60_000 + random.Next(50_000) + (random.Next(100) == 0 ? random.Next(10_000_000) : 0));
            return seen;
        }
    }

    /// <summary>Passes everything on, but flips a bit in the long register read.</summary>
    private sealed class FlippingSpi(SpiDevice inner, int at) : SpiDevice
    {
        public override SpiConnectionSettings ConnectionSettings => inner.ConnectionSettings;

        public override void Read(Span<byte> buffer) => inner.Read(buffer);

        public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

        public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            inner.TransferFullDuplex(writeBuffer, readBuffer);
            if (readBuffer.Length == 14)
            {
                readBuffer[at - 14] ^= 0x01;
            }
        }
    }
}
