using System.Device.Spi;
using CsCheck;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Hardware.Ads1298;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.Ads1298;

public sealed class Ads1298SourceTests
{
    [Fact]
    public void The_board_is_set_up_by_exactly_the_bytes_of_the_data_sheet()
    {
        using var setup = new Setup(new EightLeadEcg());
        using var source = setup.Open(new Ads1298Options { Leads = ["II", "I"] });

        setup.Traffic.Should().Equal(
            "11", // SDATAC
            "06", // RESET
            "11", // SDATAC: the reset went back to continuous reading
            "20 00 00", // RREG ID
            "41 10 C6 40 CC 03 81 00 00 81 81 81 81 81 06 02 06 02 00", // CONFIG1..LOFF_FLIP: high resolution, no chain, 500/s; reference; right leg from 2P 3P 2N; 6 nA dc; channels 2 and 3 on
            "55 04 00 20 02 00 00", // PACE..WCT2: comparators on, no Wilson terminal
            "20 19 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", // RREG all
            "08", // START
            "10"); // RDATAC
        setup.Board.RuleViolations.Should().Be(0);
        setup.Board.IgnoredCommands.Should().Be(0);
    }

    [Fact]
    public void Every_setting_reaches_its_register()
    {
        using var setup = new Setup(new EightLeadEcg());
        using var source = setup.Open(new Ads1298Options
        {
            Rate = Ads1298Rate.Sps2000,
            Gain = Ads1298Gain.Times12,
            Leads = ["V5"],
            LeadOff = Ads1298LeadOff.AlternatingCurrent,
            LeadOffCurrent = Ads1298LeadOffCurrent.NanoAmpere18,
            LeadOffThreshold = Ads1298LeadOffThreshold.Percent80,
            RightLegDrive = false,
            Input = Ads129xInput.TestSignal,
        });

        setup.Traffic.Should().Contain("41 10 C4 50 C8 A9 81 65 65 81 81 81 65 81 00 00 46 02 00")
            .And.Contain("55 04 00 20 02 0B D4", "the terminal is made of 2N, 2P and 3P");
        setup.Board.RuleViolations.Should().Be(0);
    }

    [Fact]
    public void The_part_with_respiration_is_taken_too()
    {
        using var setup = new Setup(new EightLeadEcg(), new EmulatedAds1298Options { IdRegister = 0xD2 });
        using var source = setup.Open();

        setup.ReadOne(source).Index.Should().Be(0);
    }

    [Theory]
    [InlineData(0x73, "*found ID 0x73, expected 0x92*ads1292r:*")]
    [InlineData(0x91, "*ADS1296, with 6 channels*")]
    [InlineData(0x55, "*found ID 0x55*wiring*")]
    public void Another_part_is_named(byte id, string message)
    {
        using var setup = new Setup(new EightLeadEcg(), new EmulatedAds1298Options { IdRegister = id });

        setup.Invoking(s => s.Open()).Should().Throw<EcgSourceException>().WithMessage(message);
    }

    [Fact]
    public void A_daisy_chain_is_refused_before_the_bus_is_touched()
    {
        using var setup = new Setup(new EightLeadEcg());

        setup.Invoking(s => s.Open(new Ads1298Options { DaisyChain = true })).Should().Throw<EcgSourceException>().WithMessage("*daisy chain cannot be read*own chip select*");
        setup.Traffic.Should().BeEmpty();
    }

    [Theory]
    [InlineData("I", 0.4)]
    [InlineData("II", 1.1)]
    [InlineData("III", 0.7)]
    [InlineData("aVR", -0.75)]
    [InlineData("aVL", -0.15)]
    [InlineData("aVF", 0.9)]
    [InlineData("V1", -0.6)]
    [InlineData("V2", -0.9)]
    [InlineData("V3", -1.2)]
    [InlineData("V4", -1.5)]
    [InlineData("V5", -1.8)]
    [InlineData("V6", -2.1)]
    [InlineData("CH3", 1.1)]
    public void Each_lead_is_made_of_its_channels(string lead, double millivolts)
    {
        using var setup = new Setup(new EightLeadEcg());
        using var source = setup.Open(new Ads1298Options { Leads = [lead] });

        var sample = setup.ReadOne(source);

        source.Info.LeadNames.Should().Equal(lead);
        ((double)sample.Lead0Millivolts).Should().BeApproximately(millivolts, 1e-4);
        sample.Lead1Millivolts.Should().Be(0);
        sample.Status.Should().Be(SampleStatus.None);
    }

    [Theory]
    [InlineData("II", "V2", "V2", SampleStatus.Lead1Off)]
    [InlineData("II", "V2", "II", SampleStatus.Lead0Off | SampleStatus.Lead1Off)]
    [InlineData("II", "V2", "I", SampleStatus.Lead1Off)]
    [InlineData("V2", "V5", "I", SampleStatus.Lead0Off | SampleStatus.Lead1Off)]
    [InlineData("II", "I", "V3", SampleStatus.None)]
    [InlineData("aVF", "V1", "I", SampleStatus.Lead0Off | SampleStatus.Lead1Off)]
    public void An_electrode_that_is_off_marks_each_lead_that_hangs_on_it(string lead0, string lead1, string off, SampleStatus expected)
    {
        // The positive electrodes: LA of lead I, LL of lead II, and those of V leads; all limb electrodes make the Wilson terminal.
        using var setup = new Setup(new EightLeadEcg { Off = { off } });
        using var source = setup.Open(new Ads1298Options { Leads = [lead0, lead1] });

        setup.ReadOne(source).Status.Should().Be(expected);
    }

    [Fact]
    public void A_computed_lead_is_saturated_where_one_of_its_channels_is()
    {
        using var setup = new Setup(new FunctionEcg((lead, _) => lead == 0 ? 450 : 1));
        using var source = setup.Open(new Ads1298Options { Leads = ["aVF", "II"] });

        setup.ReadOne(source).Status.Should().Be(SampleStatus.Lead0Saturated);
    }

    [Fact]
    public void Lead_off_says_nothing_while_the_electrodes_are_not_read()
    {
        using var setup = new Setup(new EightLeadEcg { Off = { "I", "II" } });
        using var source = setup.Open(new Ads1298Options { Input = Ads129xInput.TestSignal });

        setup.ReadOne(source).Status.Should().Be(SampleStatus.None);
    }

    [Fact]
    public void The_boards_test_signal_is_read_as_one_millivolt_of_about_one_hertz()
    {
        using var setup = new Setup(new EightLeadEcg());
        using var source = setup.Open(new Ads1298Options { Input = Ads129xInput.TestSignal });

        var samples = Enumerable.Range(0, 1024).Select(_ => setup.ReadOne(source).Lead0Millivolts).ToArray();

        samples.Distinct().Should().HaveCount(2).And.OnlyContain(value => Math.Abs(Math.Abs(value) - 1) < 1e-4f);
        samples.Count(value => value > 0).Should().Be(512, "its period is 2^21 clocks: 1.024 s");
    }

    [Fact]
    public void Every_rate_of_the_part_gives_each_conversion_once()
    {
        Gen.Select(Gen.OneOf(Enum.GetValues<Ads1298Rate>()), Gen.Double[-10_000, 10_000]).Sample((rate, error) =>
        {
            using var setup = new Setup(new FunctionEcg((lead, seconds) => seconds), new EmulatedAds1298Options { OscillatorErrorPartsPerMillion = error });
            using var fast = new FasterSpi(setup.Board, 12_000_000);
            using var source = Ads1298Source.Open(setup.Bench.Spi, setup.Bench.Gpio, new Ads1298Options { Rate = rate, Leads = ["I"] }, setup.Host, frameSpi: fast);
            for (var i = 0; i < 200; i++)
            {
                var sample = setup.ReadOne(source);
                sample.Index.Should().Be(i);
                ((double)sample.Lead0Millivolts).Should().BeApproximately(setup.Board.SampledSecondsOf(i), 1e-4);
            }

            source.Statistics.LostFrames.Should().Be(0);
            setup.Board.RuleViolations.Should().Be(0);
        }, iter: 40);
    }

    [Fact]
    public void A_rate_whose_frames_take_longer_than_the_bus_gives_is_refused_with_the_way_out()
    {
        using var setup = new Setup(new EightLeadEcg());

        setup.Invoking(s => s.Open(new Ads1298Options { Rate = Ads1298Rate.Sps32000 })).Should().Throw<EcgSourceException>()
            .WithMessage("*2000000 Hz; 32000 samples per second need at least 8294400 Hz (frames then need a faster way to the bus than commands)*");
    }

    [Fact]
    public void Commands_faster_than_the_part_decodes_them_are_refused()
    {
        using var setup = new Setup(new EightLeadEcg(), new EmulatedAds1298Options { SpiClockHertz = 4_000_000 });

        setup.Invoking(s => s.Open()).Should().Throw<EcgSourceException>().WithMessage("*4000000 Hz*multi-byte*");
    }

    [Fact]
    public void A_stray_edge_of_the_data_ready_line_makes_no_sample()
    {
        using var setup = new Setup(new FunctionEcg((_, seconds) => seconds));
        using var source = setup.Open(new Ads1298Options { Leads = ["I"] });
        for (var i = 0; i < 20; i++)
        {
            setup.ReadOne(source).Index.Should().Be(i);
        }

        setup.Board.Faults = new StrayEdges();
        for (var i = 20; i < 40; i++)
        {
            var sample = setup.ReadOne(source);
            sample.Index.Should().Be(i);
            ((double)sample.Lead0Millivolts).Should().BeApproximately(setup.Board.SampledSecondsOf(i), 1e-4);
        }

        source.Statistics.StrayEdges.Should().Be(20);
        source.Statistics.LostFrames.Should().Be(0);
    }

    [Fact]
    public void A_board_that_resets_itself_falls_silent_and_the_source_says_so()
    {
        using var setup = new Setup(new EightLeadEcg());
        using var source = setup.Open();
        setup.ReadOne(source);
        setup.Board.Faults = new OneReset();

        setup.Invoking(s => s.ReadOne(source)).Should().Throw<EcgSourceException>().WithMessage("*no data-ready edge*power*");
        setup.Board.RegisterAt(5).Should().Be(0, "the registers are as after power-up");
    }

    private sealed class StrayEdges : BoardFaults
    {
        // A tenth of a period after each true edge, which the driver has read by then.
        public override EcgGate.Timing.MonotonicTime? StrayEdgeBetween(EcgGate.Timing.MonotonicTime now, EcgGate.Timing.MonotonicTime edge) =>
            edge.AddNanoseconds(-1_800_000);
    }

    private sealed class OneReset : BoardFaults
    {
        private bool _done;

        public override bool TakeReset(EcgGate.Timing.MonotonicTime now)
        {
            var reset = !_done;
            _done = true;
            return reset;
        }
    }

    /// <summary>A bench on a virtual clock.</summary>
    private sealed class Setup : IDisposable
    {
        private readonly VirtualPace _pace = new();
        private readonly EcgSample[] _one = new EcgSample[1];

        public Setup(IAnalogEcg ecg, EmulatedAds1298Options? options = null)
        {
            Bench = EmulatedBench.Start(ecg, new ListTruth([]), (options ?? new EmulatedAds1298Options()) with { RecordTraffic = true }, _pace);
            Host = new HostClock(() => _pace.Now, time => _pace.SleepUntil(time, CancellationToken.None));
        }

        public EmulatedBench Bench { get; }

        public EmulatedAds129x Board => Bench.Board;

        public HostClock Host { get; }

        public IEnumerable<string> Traffic => Board.ControlTraffic.Select(bytes => string.Join(' ', bytes.Select(value => value.ToString("X2"))));

        public Ads1298Source Open(Ads1298Options? options = null) => Ads1298Source.Open(Bench.Spi, Bench.Gpio, options, Host);

        public EcgSample ReadOne(Ads1298Source source)
        {
            source.Read(_one).Count.Should().Be(1);
            return _one[0];
        }

        public void Dispose() => Bench.Dispose();
    }

    /// <summary>The same chip select with another clock.</summary>
    private sealed class FasterSpi(EmulatedAds129x board, int clockHertz) : SpiDevice
    {
        public override SpiConnectionSettings ConnectionSettings { get; } = new(0, 0) { Mode = SpiMode.Mode1, ClockFrequency = clockHertz };

        public override void Read(Span<byte> buffer) => throw new NotSupportedException();

        public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

        public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            // The emulated bus takes its clock from its own settings at each transfer.
            var settings = board.Spi.ConnectionSettings;
            var slow = settings.ClockFrequency;
            settings.ClockFrequency = clockHertz;
            board.Spi.TransferFullDuplex(writeBuffer, readBuffer);
            settings.ClockFrequency = slow;
        }
    }
}
