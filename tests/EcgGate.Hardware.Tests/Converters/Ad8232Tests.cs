using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Hardware.Converters;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.Converters;

/// <summary>The whole hobby board: electrodes, AD8232, MCP3208, its reader and the scale.</summary>
public sealed class Ad8232Tests
{
    private static readonly EmulatedAd8232Options Straight = EmulatedAd8232Options.AmplifierOnly with { HighPassHertz = 0 };

    private readonly EcgSample[] _one = new EcgSample[1];

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    [InlineData(-7.25)]
    [InlineData(14)]
    public void A_voltage_at_the_electrodes_reads_as_it_is(double millivolts)
    {
        using var board = new Board(new FunctionEcg((_, _) => millivolts), Straight);
        board.Source.Read(_one);

        // Half a step of 12 bits: 3.3 V / 4,096 / 100.
        _one[0].Lead0Millivolts.Should().BeApproximately((float)millivolts, 0.0081f);
        _one[0].Status.Should().Be(SampleStatus.None);
    }

    [Theory]
    [InlineData(15.6)]
    [InlineData(-15.6)]
    [InlineData(400)]
    public void An_output_at_either_rail_is_saturation_though_the_converter_is_not_at_its_limit(double millivolts)
    {
        using var board = new Board(new FunctionEcg((_, _) => millivolts), Straight);
        board.Source.Read(_one);

        _one[0].Status.Should().Be(SampleStatus.Lead0Saturated);
    }

    [Fact]
    public void An_electrode_that_is_off_is_told_by_the_line_and_by_the_rail()
    {
        using var board = new Board(new FunctionEcg((_, _) => 1) { LeadOff = (_, t) => t is > 0.1 and < 0.2 }, Straight);
        var off = new List<double>();
        for (var i = 0; i < 150; i++)
        {
            var block = board.Source.Read(_one);
            if (_one[0].Status == (SampleStatus.Lead0Off | SampleStatus.Lead0Saturated))
            {
                off.Add(board.Bench.PatientTime.SecondsAt(block.LastSampleTime));
            }
            else if (board.Bench.PatientTime.SecondsAt(block.LastSampleTime) is < 0.099 or > 0.202)
            {
                _one[0].Lead0Millivolts.Should().BeApproximately(1, 0.0081f);
            }
        }

        off.Should().HaveCountGreaterThan(45);
        off.Should().OnlyContain(t => t > 0.099 && t < 0.202);
    }

    [Fact]
    public void A_cable_that_is_pulled_out_is_told_by_both_lines()
    {
        using var board = new Board(new FunctionEcg((_, _) => 1), Straight);
        board.Bench.FrontEnd.IsCut = true;

        board.Pins.IsPositiveOff.Should().BeTrue();
        board.Pins.IsNegativeOff.Should().BeTrue();
        board.Source.Read(_one);
        _one[0].Status.Should().HaveFlag(SampleStatus.Lead0Off);
    }

    [Fact]
    public void A_front_end_that_is_shut_down_reads_as_saturated_and_comes_back()
    {
        using var board = new Board(new FunctionEcg((_, _) => 1), Straight);
        board.Pins.SetShutdown(true);
        board.Source.Read(_one);
        _one[0].Status.Should().Be(SampleStatus.Lead0Saturated);

        board.Pins.SetShutdown(false);
        board.Source.Read(_one);
        board.Source.Read(_one);
        _one[0].Status.Should().Be(SampleStatus.None);
    }

    [Fact]
    public void Lines_that_are_the_same_are_refused()
    {
        using var bench = EmulatedConverterBench.StartMcp3208(new FunctionEcg((_, _) => 0), new ListTruth([]), clock: new VirtualPace());

        bench.Invoking(b => new Ad8232Pins(b.Gpio, 5, 5)).Should().Throw<ArgumentException>().WithMessage("LO+ (5), LO- (5)*different lines*");
        bench.Gpio.IsPinOpen(5).Should().BeFalse();
    }

    [Fact]
    public void Reading_the_lead_off_lines_allocates_nothing()
    {
        using var board = new Board(new FunctionEcg((_, _) => 1), Straight);
        for (var i = 0; i < 100; i++)
        {
            board.Source.Read(_one);
        }

        Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                board.Source.Read(_one);
            }
        }).Should().Be(0);
    }

    [Fact]
    public void A_part_that_is_not_there_reads_as_saturated_or_not_at_all()
    {
        using var low = new Board(new FunctionEcg((_, _) => 1), Straight);
        low.Bench.Mcp3208!.IsUnplugged = true;
        low.Source.Read(_one);
        _one[0].Status.Should().HaveFlag(SampleStatus.Lead0Saturated);

        using var high = new Board(new FunctionEcg((_, _) => 1), Straight, new EmulatedMcp3208Options { MisoIdlesHigh = true });
        high.Source.Read(_one);
        _one[0].Status.Should().Be(SampleStatus.None);
        high.Bench.Mcp3208!.IsUnplugged = true;
        high.Source.Invoking(s => s.Read(_one)).Should().Throw<EcgSourceException>().WithMessage("board: 20 reads in a row failed (they are no conversions)*");
    }

    [Fact]
    public void A_bus_that_fails_for_a_while_costs_the_samples_of_that_while()
    {
        using var board = new Board(new FunctionEcg((_, _) => 1), Straight);
        board.Source.Read(_one);
        board.Bench.Mcp3208!.FailTransfers(3);
        board.Source.Read(_one);

        (_one[0].Index, _one[0].Status).Should().Be((4, SampleStatus.GapBefore));
    }

    [Fact]
    public void A_stalled_transfer_is_left_out()
    {
        using var board = new Board(new FunctionEcg((_, _) => 1), Straight);
        board.Source.Read(_one);
        board.Bench.Mcp3208!.DelayNextTransfer(700_000);
        board.Source.Read(_one);

        (_one[0].Index, _one[0].Status).Should().Be((2, SampleStatus.GapBefore));
        board.Source.Statistics.DoubtfulReads.Should().Be(1);
    }

    [Fact]
    public void An_input_that_the_part_does_not_have_or_a_bus_that_is_too_fast_is_refused()
    {
        using var board = new Board(new FunctionEcg((_, _) => 1), Straight);
        var spi = board.Bench.Mcp3208!.Spi;

        FluentActions.Invoking(() => new Mcp3208Channel(spi, 8)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Input 8 of 8 is none*");
        FluentActions.Invoking(() => new Mcp3208Channel(spi, 4, 4)).Should().Throw<ArgumentOutOfRangeException>();
        spi.ConnectionSettings.ClockFrequency = 4_000_000;
        FluentActions.Invoking(() => new Mcp3208Channel(spi, 0)).Should().Throw<ArgumentException>().WithMessage("*4000000 Hz; the MCP3208 needs*");
    }

    /// <summary>A board and its reader.</summary>
    private sealed class Board : IDisposable
    {
        public Board(IAnalogEcg ecg, EmulatedAd8232Options frontEnd, EmulatedMcp3208Options? converter = null)
        {
            var host = new Paced();
            Bench = EmulatedConverterBench.StartMcp3208(ecg, new ListTruth([]), new EmulatedConverterBenchOptions { FrontEnd = frontEnd, Mcp3208 = converter ?? new EmulatedMcp3208Options() }, host.Pace);
            Pins = new Ad8232Pins(Bench.Gpio, 5, 6, 13);
            var options = Ad8232Options.AmplifierOnly;
            var lead = new ConverterLead
            {
                Name = "I",
                Channel = new Mcp3208Channel(Bench.Mcp3208!.Spi, 0),
                Scale = options.Scale(options.SupplyVolts / Mcp3208Channel.Codes),
                LeadOff = Pins,
            };
            Source = new TimerPacedSource([lead], new TimerPacedOptions { Name = "board" }, host.Clock, Pins);
        }

        public EmulatedConverterBench Bench { get; }

        public Ad8232Pins Pins { get; }

        public TimerPacedSource Source { get; }

        public void Dispose()
        {
            Source.Dispose();
            Bench.Dispose();
        }
    }
}
