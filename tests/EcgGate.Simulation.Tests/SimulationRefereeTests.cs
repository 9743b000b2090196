using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Simulation;

namespace EcgGate.Simulation.Tests;

/// <summary>A referee that never whistles proves nothing: each invariant is broken once.</summary>
public sealed class SimulationRefereeTests
{
    private static readonly TrueBeat[] Beats = [new(1, 'N', 1.28, 1.36), new(2, 'V', 2.3, 2.4), new(3, 'N', 3.28, 3.36)];

    private static SimulationReferee Armed(double minimumInterval = 0, double armedFor = 0)
    {
        var referee = new SimulationReferee(new ListTruth(Beats));
        referee.Begin(0.070, 0.001, minimumInterval, 0.001, armedFor);
        referee.Armed(0.5);
        return referee;
    }

    private static void Pulse(SimulationReferee referee, double at)
    {
        referee.Rise(at, at, rose: true);
        referee.Fall();
    }

    [Fact]
    public void A_pulse_in_its_window_breaks_nothing()
    {
        var referee = Armed(minimumInterval: 0.9);
        Pulse(referee, 1.05);
        Pulse(referee, 3.05);
        referee.Step(3.1, isHigh: false, canFall: true, detected: 3, fired: 2, withheld: 1, missed: 0, entered: 3);
        for (var i = 1; i <= 3; i++)
        {
            referee.Outcome(i, i);
        }

        referee.End(4, isHigh: false, canFall: true, detected: 3, fired: 2, entered: 3);

        referee.Breaches.Should().BeEmpty();
        referee.Edges.Should().Be(2);
        referee.EdgesOnEctopicBeats.Should().Be(0);
    }

    [Theory]
    [InlineData(0.99, Invariant.EdgeInsideWindow)]
    [InlineData(1.0712, Invariant.EdgeInsideWindow)]
    [InlineData(1.241, Invariant.EdgeInsideWindow, Invariant.NoEdgeInVulnerablePeriod)]
    [InlineData(1.355, Invariant.EdgeInsideWindow, Invariant.NoEdgeInVulnerablePeriod)]
    public void A_pulse_outside_its_window_is_seen(double at, params Invariant[] broken)
    {
        var referee = Armed();
        Pulse(referee, at);

        referee.Breaches.Select(breach => breach.Invariant).Should().Equal(broken);
    }

    [Fact]
    public void A_pulse_on_a_ventricular_beat_is_counted()
    {
        var referee = Armed();
        Pulse(referee, 2.05);

        referee.Breaches.Should().BeEmpty();
        referee.EdgesOnEctopicBeats.Should().Be(1);
    }

    [Fact]
    public void A_pulse_while_disarmed_after_a_fault_or_after_the_arming_ran_out_is_seen()
    {
        var disarmed = Armed();
        disarmed.Disarmed();
        Pulse(disarmed, 1.05);
        var refused = Armed();
        refused.Refused(toRise: true);
        Pulse(refused, 1.05);
        var late = Armed(armedFor: 0.4);
        Pulse(late, 3.05);

        new[] { disarmed, refused, late }.Should().OnlyContain(referee => referee.Breaches.Single().Invariant == Invariant.NoEdgeWhileDisarmed);
    }

    [Fact]
    public void A_second_pulse_on_one_beat_or_too_soon_is_seen()
    {
        var twice = Armed();
        Pulse(twice, 1.05);
        Pulse(twice, 1.06);
        var soon = Armed(minimumInterval: 1.2);
        Pulse(soon, 1.05);
        Pulse(soon, 2.05);

        twice.Breaches.Single().Invariant.Should().Be(Invariant.OneEdgeForOneBeat);
        soon.Breaches.Single().Invariant.Should().Be(Invariant.MinimumInterval);
    }

    [Fact]
    public void A_line_that_stays_high_is_seen_unless_it_cannot_fall()
    {
        var engine = Armed();
        engine.Rise(1.05, 1.05, rose: true);
        engine.Step(1.1, isHigh: true, canFall: true, 0, 0, 0, 0, 0);
        var line = Armed();
        line.Rise(1.05, 1.05, rose: true);
        line.Step(1.1, isHigh: true, canFall: false, 0, 0, 0, 0, 0);

        engine.Breaches.Single().Invariant.Should().Be(Invariant.LineLow);
        line.Breaches.Should().BeEmpty();
    }

    [Fact]
    public void Outcomes_that_are_missing_or_double_and_sums_that_differ_are_seen()
    {
        var twice = Armed();
        twice.Outcome(1, 1);
        twice.Outcome(1, 2);
        var missing = Armed();
        missing.Outcome(1, 1);
        missing.End(4, isHigh: false, canFall: true, detected: 2, fired: 0, entered: 1);
        var sums = Armed();
        sums.Step(1, isHigh: false, canFall: true, detected: 4, fired: 1, withheld: 1, missed: 1, entered: 4);
        var edges = Armed();
        edges.End(4, isHigh: false, canFall: true, detected: 0, fired: 1, entered: 0);

        twice.Breaches.Single().Invariant.Should().Be(Invariant.OneOutcomeForOneBeat);
        missing.Breaches.Single().Invariant.Should().Be(Invariant.OneOutcomeForOneBeat);
        sums.Breaches.Single().Invariant.Should().Be(Invariant.SumsEqual);
        edges.Breaches.Single().Invariant.Should().Be(Invariant.SumsEqual);
    }
}
