using EcgGate.Emulator.Faults;
using EcgGate.Gating;

namespace EcgGate.Simulation.Tests.Faults;

/// <summary>Each fault that can happen to a sound card through driver, core and timer.</summary>
public sealed class LineInFaultRunTests
{
    private const string Patient = "sinus-60?duration=90&seed=3";

    private static FaultRunResult Run(params Fault[] faults) => FaultRun.Run(Patient, new FaultSchedule(faults), BoardPart.LineIn);

    [Fact]
    public void Without_faults_a_sound_card_fires_through()
    {
        var result = Run();

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.PulsesWithin(30, 60).Should().BeGreaterThan(25);
    }

    [Theory]
    [InlineData(FaultKind.LeadOff, 0)]
    [InlineData(FaultKind.Saturation, 500)]
    [InlineData(FaultKind.Saturation, -500)]
    public void A_sound_card_that_sees_a_step_and_then_nothing_inhibits_and_learning_follows(FaultKind kind, double size)
    {
        var result = Run(new Fault(kind, 30, 5, size));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.PulsesWithin(30.1, 35).Should().Be(0);
        result.States.Should().Contain(state => state.State == GateState.Inhibited && state.Seconds >= 29.9 && state.Seconds < 32.2);
    }

    [Theory]
    [InlineData(FaultKind.CableMotion, 3)]
    [InlineData(FaultKind.MainsBurst, 2)]
    public void Interference_behind_a_capacitor_costs_beats_and_never_a_wrong_pulse(FaultKind kind, double size)
    {
        var result = Run(new Fault(kind, 30, 10, size));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
    }

    [Theory]
    [InlineData(0.0005)]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.4)]
    public void Frames_that_a_sound_card_throws_away_cost_the_beats_that_they_touch(double seconds)
    {
        var result = FaultRun.Run(Patient, new FaultSchedule(Enumerable.Range(0, 20).Select(i => new Fault(FaultKind.Overrun, 30 + (i * 0.917), seconds, 0))), BoardPart.LineIn);

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.Outcomes.Should().Contain(outcome => outcome.Reason == Reason.SourceGap);
    }

    [Fact]
    public void A_sound_card_that_throws_away_frames_for_longer_than_the_source_waits_ends_it()
    {
        var result = Run(new Fault(FaultKind.Overrun, 30, 3, 0));

        result.ShouldGoOnSafely();
        result.PulsesWithin(30.1, 33).Should().Be(0);
        result.Failures.Should().NotBeEmpty().And.OnlyContain(failure => failure.Contains("has given no frames", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0.0005)]
    public void A_sound_card_that_is_pulled_out_is_told_and_works_again_once_plugged_in_opened_and_armed(double seconds)
    {
        var result = Run(new Fault(FaultKind.Unplugged, 30, seconds, 0));

        result.ShouldGoOnSafely();
        result.PulsesWithin(30.1, 30 + seconds).Should().Be(0);
        result.Failures.Should().ContainSingle().Which.Should().Contain("the sound card is gone");
        result.RefusedOpenings.Should().HaveCount(seconds > 1 ? (int)seconds - 1 : 0).And.OnlyContain(refusal => refusal.Contains("there is no sound card", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.7)]
    [InlineData(5)]
    public void A_sound_card_whose_value_stands_still_gives_no_beat_and_no_asystole_that_is_fired_on(double seconds)
    {
        var result = FaultRun.Run(Patient, new FaultSchedule(Enumerable.Range(0, 4).Select(i => new Fault(FaultKind.StuckData, 30 + (i * 6.3), seconds, 0))), BoardPart.LineIn);

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
    }

    [Theory]
    [InlineData(500, 0, 90)]
    [InlineData(-500, 0, 90)]
    [InlineData(500, 30, 20)]
    [InlineData(-500, 30, 20)]
    public void A_sound_card_whose_clock_is_off_by_500_ppm_moves_no_pulse(double partsPerMillion, double from, double seconds)
    {
        var result = Run(new Fault(FaultKind.ClockOff, from, seconds, partsPerMillion));

        result.ShouldGoOnSafely();
        result.Failures.Should().BeEmpty();
        result.Judgement.Pulses.Should().OnlyContain(pulse => Math.Abs(pulse.OffsetMilliseconds - 50) < 3);
    }

    [Theory]
    [InlineData(1, "sinus-75")]
    [InlineData(2, "sinus-pvc")]
    [InlineData(5, "sinus-rsa")]
    public void Whatever_happens_to_a_sound_card_by_chance_no_pulse_falls_outside_the_refractory_period(ulong seed, string scenario)
    {
        var faults = FaultScript.Random(seed, BoardPart.LineIn, 200, meanGapSeconds: 20);
        var result = FaultRun.Run($"{scenario}?duration=200&seed={seed}", faults, BoardPart.LineIn);

        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        result.Judgement.UnsafeCount.Should().Be(0, FaultScript.Write(faults));
        result.Judgement.Pulses.Should().HaveCountGreaterThan(10);
    }
}
