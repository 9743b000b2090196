using EcgGate.Emulator.Faults;
using EcgGate.Gating;

namespace EcgGate.Simulation.Tests.Faults;

/// <summary>Each fault of a script through driver, core and timer: no pulse on a wrong beat, and it works again afterwards.</summary>
public sealed class FaultScriptRunTests
{
    private const string Patient = "sinus-60?duration=90&seed=3";

    private static FaultRunResult Run(params Fault[] faults) => FaultRun.Run(Patient, new FaultSchedule(faults));

    [Fact]
    public void Without_faults_it_fires_through()
    {
        var result = Run();

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.PulsesWithin(30, 60).Should().BeGreaterThan(25);
    }

    [Theory]
    [InlineData(FaultKind.LeadOff, 0, Reason.LeadOff)]
    [InlineData(FaultKind.LeadOff, -1, Reason.LeadOff)]
    [InlineData(FaultKind.Saturation, 500, Reason.Saturated)]
    [InlineData(FaultKind.Saturation, -500, Reason.Saturated)]
    public void A_fault_at_the_electrodes_inhibits_and_learning_follows(FaultKind kind, double size, Reason reason)
    {
        var result = Run(new Fault(kind, 30, 5, size));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.PulsesWithin(30.1, 36).Should().Be(0);
        result.States.Should().Contain(state => state.State == GateState.Inhibited && state.Reason == reason && state.Seconds >= 29.9 && state.Seconds < 30.2);
    }

    [Theory]
    [InlineData(FaultKind.CableMotion, 3)]
    [InlineData(FaultKind.MainsBurst, 2)]
    [InlineData(FaultKind.MainsBurst, 20)]
    public void Interference_costs_beats_and_never_a_wrong_pulse(FaultKind kind, double size)
    {
        var result = Run(new Fault(kind, 30, 10, size));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.5)]
    public void Turned_bits_on_the_bus_cost_beats_and_never_a_wrong_pulse(double probability)
    {
        var result = Run(new Fault(FaultKind.BitErrors, 30, 10, probability));

        result.ShouldGoOnSafely();
        if (probability == 0.5)
        {
            result.Failures.Should().NotBeEmpty().And.OnlyContain(failure => failure.Contains("no valid status word", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_board_that_resets_itself_is_told_and_works_again_once_opened_and_armed_anew()
    {
        var result = Run(new Fault(FaultKind.BoardReset, 30, 0, 0));

        result.ShouldGoOnSafely();
        result.Failures.Should().ContainSingle().Which.Should().Contain("no data-ready edge");
        result.States.Should().Contain(state => state.State == GateState.Faulted);
    }

    [Fact]
    public void A_supply_that_fails_is_told_the_board_refused_while_it_is_off_and_works_again_afterwards()
    {
        var result = Run(new Fault(FaultKind.BrownOut, 30, 5, 0));

        result.ShouldGoOnSafely();
        result.PulsesWithin(30.1, 36).Should().Be(0);
        result.Failures.Should().ContainSingle().Which.Should().Contain("no data-ready edge");
        result.RefusedOpenings.Should().NotBeEmpty().And.OnlyContain(refusal => refusal.Contains("found ID 0x00", StringComparison.Ordinal));
    }

    [Fact]
    public void A_board_that_was_pulled_out_ends_the_run_and_the_line_stays_low()
    {
        var result = Run(new Fault(FaultKind.Unplugged, 30, double.PositiveInfinity, 0));

        result.Judgement.UnsafeCount.Should().Be(0);
        result.PulsesWithin(30.1, 90).Should().Be(0);
        result.Failures.Should().ContainSingle().Which.Should().Contain("no data-ready edge");
        result.RefusedOpenings.Should().HaveCountGreaterThan(10);
    }

    [Fact]
    public void Another_part_in_its_place_is_refused_by_its_ID()
    {
        var result = Run(new Fault(FaultKind.BoardReset, 30, 0, 0), new Fault(FaultKind.WrongId, 30, 10, 0x53));

        result.ShouldGoOnSafely();
        result.RefusedOpenings.Should().NotBeEmpty().And.OnlyContain(refusal => refusal.Contains("found ID 0x53", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.004)]
    [InlineData(0.015)]
    [InlineData(0.08)]
    public void Lost_edges_cost_the_beats_that_they_touch(double seconds)
    {
        var result = FaultRun.Run(Patient, new FaultSchedule(Enumerable.Range(0, 20).Select(i => new Fault(FaultKind.DataReadyLost, 30 + (i * 0.917), seconds, 0))));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.Outcomes.Should().Contain(outcome => outcome.Reason == Reason.SourceGap);
    }

    [Fact]
    public void Edges_that_fail_to_appear_for_seconds_are_a_gap_after_which_the_rhythm_is_learnt_anew()
    {
        var result = Run(new Fault(FaultKind.DataReadyLost, 30, 3, 0));

        result.ShouldGoOnSafely();
        result.PulsesWithin(30.1, 38).Should().Be(0);
        result.States.Should().Contain(state => state.State == GateState.Inhibited && state.Reason == Reason.SourceGap && state.Seconds > 32);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(1)]
    public void Edges_that_announce_nothing_bring_no_sample_twice_and_shift_no_pulse(double probability)
    {
        var result = Run(new Fault(FaultKind.DataReadyDoubled, 30, 20, probability));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.Judgement.OffsetP1Milliseconds.Should().BeGreaterThan(47);
        result.Judgement.OffsetP99Milliseconds.Should().BeLessThan(53);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.7)]
    [InlineData(5)]
    public void A_value_that_stands_still_is_no_beat_and_no_asystole_that_is_fired_on(double seconds)
    {
        var result = FaultRun.Run(Patient, new FaultSchedule(Enumerable.Range(0, 4).Select(i => new Fault(FaultKind.StuckData, 30 + (i * 6.3), seconds, 0))));

        result.ShouldGoOnSafely();
    }

    [Theory]
    [InlineData(500, 0, 90)]
    [InlineData(-500, 0, 90)]
    [InlineData(500, 30, 20)]
    [InlineData(-500, 30, 20)]
    public void A_clock_that_is_off_by_500_ppm_moves_no_pulse(double partsPerMillion, double from, double seconds)
    {
        var result = Run(new Fault(FaultKind.ClockOff, from, seconds, partsPerMillion));
        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.PulsesWithin(30, 50).Should().BeGreaterThan(15);
        result.Judgement.Pulses.Should().OnlyContain(pulse => Math.Abs(pulse.OffsetMilliseconds - 50) < 3);
    }

    [Theory]
    [InlineData(1, "sinus-75")]
    [InlineData(2, "sinus-pvc")]
    [InlineData(3, "sinus-100")]
    [InlineData(4, "atrial-fibrillation")]
    [InlineData(5, "sinus-rsa")]
    [InlineData(6, "bundle-branch-block")]
    [InlineData(7, "supraventricular-premature")]
    [InlineData(8, "pvc-couplets")]
    public void Whatever_goes_wrong_by_chance_no_pulse_falls_outside_the_refractory_period(ulong seed, string scenario)
    {
        var faults = FaultScript.Random(seed, BoardPart.Ads1292R, 300, meanGapSeconds: 20);
        var result = FaultRun.Run($"{scenario}?duration=300&seed={seed}", faults);

        result.Judgement.UnsafeCount.Should().Be(0, FaultScript.Write(faults));
        result.Judgement.Pulses.Should().HaveCountGreaterThan(10);
    }
}
