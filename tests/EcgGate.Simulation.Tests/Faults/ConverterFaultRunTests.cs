using EcgGate.Emulator.Faults;
using EcgGate.Gating;

namespace EcgGate.Simulation.Tests.Faults;

/// <summary>Each fault that can happen to an MCP3208 or an ADS1115 through driver, core and timer.</summary>
public sealed class ConverterFaultRunTests
{
    private const string Patient = "sinus-60?duration=90&seed=3";

    private static FaultRunResult Run(BoardPart board, params Fault[] faults) => FaultRun.Run(Patient, new FaultSchedule(faults), board);

    [Theory]
    [InlineData(BoardPart.Mcp3208)]
    [InlineData(BoardPart.Ads1115)]
    public void Without_faults_a_converter_fires_through(BoardPart board)
    {
        var result = Run(board);

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.RefusedOpenings.Should().BeEmpty();
        result.PulsesWithin(30, 60).Should().BeGreaterThan(25);
    }

    [Theory]
    [InlineData(BoardPart.Mcp3208, FaultKind.LeadOff, 0, Reason.LeadOff)]
    [InlineData(BoardPart.Ads1115, FaultKind.LeadOff, -1, Reason.LeadOff)]
    [InlineData(BoardPart.Mcp3208, FaultKind.Saturation, 500, Reason.Saturated)]
    [InlineData(BoardPart.Ads1115, FaultKind.Saturation, -500, Reason.Saturated)]
    public void A_fault_at_the_electrodes_before_a_converter_inhibits_and_learning_follows(BoardPart board, FaultKind kind, double size, Reason reason)
    {
        var result = Run(board, new Fault(kind, 30, 5, size));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.PulsesWithin(30.1, 35).Should().Be(0);
        result.States.Should().Contain(state => state.State == GateState.Inhibited && state.Reason == reason && state.Seconds >= 29.9 && state.Seconds < 30.2);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void An_ADS1115_that_does_not_acknowledge_costs_its_samples_and_never_a_wrong_pulse(double probability)
    {
        var result = Run(BoardPart.Ads1115, new Fault(FaultKind.BusRefuses, 30, 15, probability));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty("twenty refusals in a row are unlikely");
        result.Outcomes.Should().Contain(outcome => outcome.Reason == Reason.SourceGap);
    }

    [Fact]
    public void A_bus_that_refuses_everything_ends_the_source_which_cannot_be_opened_meanwhile_and_works_again_afterwards()
    {
        var result = Run(BoardPart.Ads1115, new Fault(FaultKind.BusRefuses, 30, 5, 1));

        result.ShouldGoOnSafely();
        result.PulsesWithin(30.1, 35).Should().Be(0);
        result.Failures.Should().ContainSingle().Which.Should().Contain("20 reads in a row failed");
        result.RefusedOpenings.Should().NotBeEmpty().And.OnlyContain(refusal => refusal.Contains("nothing answers at address 0x48", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FaultKind.BrownOut)]
    [InlineData(FaultKind.Unplugged)]
    public void An_ADS1115_without_power_is_told_refused_while_it_is_away_and_works_again_once_opened_and_armed_anew(FaultKind kind)
    {
        var result = Run(BoardPart.Ads1115, new Fault(kind, 30, 5, 0));

        result.ShouldGoOnSafely();
        result.PulsesWithin(30.1, 35).Should().Be(0);
        result.Failures.Should().ContainSingle().Which.Should().Contain("no ready pulse");
        result.RefusedOpenings.Should().NotBeEmpty().And.OnlyContain(refusal => refusal.Contains("nothing answers", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FaultKind.BoardReset, 0)]
    [InlineData(FaultKind.BrownOut, 0.0003)]
    public void An_ADS1115_that_has_reset_itself_is_idle_which_is_told_and_works_again_once_opened_and_armed_anew(FaultKind kind, double seconds)
    {
        var result = Run(BoardPart.Ads1115, new Fault(kind, 30, seconds, 0));

        result.ShouldGoOnSafely();
        result.Failures.Should().ContainSingle().Which.Should().Contain("no ready pulse");
        result.States.Should().Contain(state => state.State == GateState.Faulted);
    }

    [Theory]
    [InlineData(FaultKind.BrownOut)]
    [InlineData(FaultKind.Unplugged)]
    public void A_line_that_an_MCP3208_drives_no_more_reads_as_the_rail_and_inhibits_until_the_part_is_back(FaultKind kind)
    {
        var result = Run(BoardPart.Mcp3208, new Fault(kind, 30, 5, 0));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.PulsesWithin(30.1, 35).Should().Be(0);
        result.States.Should().Contain(state => state.State == GateState.Inhibited && state.Reason == Reason.Saturated && state.Seconds >= 29.9 && state.Seconds < 30.2);
    }

    [Theory]
    [InlineData(BoardPart.Mcp3208, 0.0001)]
    [InlineData(BoardPart.Mcp3208, 0.001)]
    [InlineData(BoardPart.Mcp3208, 0.01)]
    [InlineData(BoardPart.Mcp3208, 0.5)]
    [InlineData(BoardPart.Ads1115, 0.0001)]
    [InlineData(BoardPart.Ads1115, 0.001)]
    [InlineData(BoardPart.Ads1115, 0.01)]
    [InlineData(BoardPart.Ads1115, 0.5)]
    public void Turned_bits_of_a_converter_that_checks_nothing_cost_beats_and_never_a_wrong_pulse(BoardPart board, double probability)
    {
        var result = Run(board, new Fault(FaultKind.BitErrors, 30, 10, probability));

        result.ShouldGoOnSafely();
    }

    [Theory]
    [InlineData(BoardPart.Mcp3208, 0.05)]
    [InlineData(BoardPart.Mcp3208, 0.7)]
    [InlineData(BoardPart.Mcp3208, 5)]
    [InlineData(BoardPart.Ads1115, 0.05)]
    [InlineData(BoardPart.Ads1115, 0.7)]
    [InlineData(BoardPart.Ads1115, 5)]
    public void A_converter_whose_value_stands_still_gives_no_beat_and_no_asystole_that_is_fired_on(BoardPart board, double seconds)
    {
        var result = FaultRun.Run(Patient, new FaultSchedule(Enumerable.Range(0, 4).Select(i => new Fault(FaultKind.StuckData, 30 + (i * 6.3), seconds, 0))), board);

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
    }

    [Theory]
    [InlineData(0.004)]
    [InlineData(0.015)]
    [InlineData(0.08)]
    public void Lost_ready_pulses_cost_the_beats_that_they_touch(double seconds)
    {
        var result = FaultRun.Run(Patient, new FaultSchedule(Enumerable.Range(0, 20).Select(i => new Fault(FaultKind.DataReadyLost, 30 + (i * 0.917), seconds, 0))), BoardPart.Ads1115);

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.Outcomes.Should().Contain(outcome => outcome.Reason == Reason.SourceGap);
    }

    [Fact]
    public void Ready_pulses_that_fail_to_appear_for_longer_than_the_source_waits_end_it()
    {
        var result = Run(BoardPart.Ads1115, new Fault(FaultKind.DataReadyLost, 30, 3, 0));

        result.ShouldGoOnSafely();
        result.PulsesWithin(30.1, 33).Should().Be(0);
        result.Failures.Should().ContainSingle().Which.Should().Contain("no ready pulse");
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(1)]
    public void Ready_pulses_that_announce_nothing_bring_no_sample_twice_and_shift_no_pulse(double probability)
    {
        var result = Run(BoardPart.Ads1115, new Fault(FaultKind.DataReadyDoubled, 30, 20, probability));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.Judgement.OffsetP1Milliseconds.Should().BeGreaterThan(47);
        result.Judgement.OffsetP99Milliseconds.Should().BeLessThan(53);
    }

    [Theory]
    [InlineData(500, 0, 90)]
    [InlineData(-500, 0, 90)]
    [InlineData(300, 30, 20)]
    [InlineData(-300, 30, 20)]
    public void An_oscillator_of_an_ADS1115_that_is_off_moves_no_pulse(double partsPerMillion, double from, double seconds)
    {
        var result = Run(BoardPart.Ads1115, new Fault(FaultKind.ClockOff, from, seconds, partsPerMillion));

        result.ShouldGoOnSafely();
        result.Judgement.Pulses.Should().OnlyContain(pulse => Math.Abs(pulse.OffsetMilliseconds - 50) < 3);
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(-3000)]
    public void An_oscillator_that_drifts_further_than_the_clock_follows_withholds(double partsPerMillion)
    {
        var result = Run(BoardPart.Ads1115, new Fault(FaultKind.ClockOff, 30, 20, partsPerMillion));

        result.Judgement.UnsafeCount.Should().Be(0);
        result.Judgement.Pulses.Should().OnlyContain(pulse => Math.Abs(pulse.OffsetMilliseconds - 50) < 3);
        result.PulsesWithin(35, 50).Should().Be(0);
        result.Outcomes.Count(outcome => outcome.Reason == Reason.SourceGap).Should().BeGreaterThan(15);
    }

    [Theory]
    [InlineData(BoardPart.Mcp3208, 1, "sinus-75")]
    [InlineData(BoardPart.Mcp3208, 2, "sinus-pvc")]
    [InlineData(BoardPart.Mcp3208, 4, "atrial-fibrillation")]
    [InlineData(BoardPart.Ads1115, 5, "sinus-rsa")]
    [InlineData(BoardPart.Ads1115, 6, "bundle-branch-block")]
    [InlineData(BoardPart.Ads1115, 8, "pvc-couplets")]
    public void Whatever_happens_to_a_converter_by_chance_no_pulse_falls_outside_the_refractory_period(BoardPart board, ulong seed, string scenario)
    {
        var faults = FaultScript.Random(seed, board, 300, meanGapSeconds: 20);
        var result = FaultRun.Run($"{scenario}?duration=300&seed={seed}", faults, board);

        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        result.Judgement.UnsafeCount.Should().Be(0, FaultScript.Write(faults));
        result.Judgement.Pulses.Should().HaveCountGreaterThan(10);
    }
}
