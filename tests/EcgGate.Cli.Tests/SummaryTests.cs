using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Cli.Replay;
using EcgGate.Cli.Run;
using EcgGate.Detection;
using EcgGate.Emulator.Generator;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;
using Spectre.Console.Testing;

namespace EcgGate.Cli.Tests;

public sealed class SummaryTests
{
    [Fact]
    public void Each_reason_is_explained_in_a_line_of_its_own()
    {
        var lines = Enum.GetValues<Reason>().Select(ReasonText.Explain).ToArray();
        lines.Should().OnlyHaveUniqueItems().And.OnlyContain(line => line.Length > 0 && line.Length <= 60 && !line.EndsWith('.'));
    }

    [Fact]
    public void Pulses_that_are_safe_are_printed_with_their_bound()
    {
        using var console = new TestConsole().Width(120);
        SummaryView.WriteReferee(console, Judge([.. Enumerable.Range(1, 41).Select(i => i + 0.05)]));
        Approved.Check(console.Output);
    }

    [Fact]
    public void Each_unsafe_pulse_is_named()
    {
        using var console = new TestConsole().Width(120);
        SummaryView.WriteReferee(console, Judge([0.5, 1.05, 2.25, 3.15, 10.05]));
        Approved.Check(console.Output);
    }

    [Fact]
    public void The_reasons_are_listed_by_their_count()
    {
        using var console = new TestConsole().Width(120);
        SummaryView.Write(console, Example());
        Approved.Check(console.Output);
    }

    [Fact]
    public void Several_records_stand_in_a_table_over_their_total()
    {
        using var console = new TestConsole().Width(120);
        var one = Example();
        var two = Example() with { Name = "119", Seconds = 1805, Beats = 2000, Fired = 1980, WhyNothingFired = null };
        console.Write(ReplayTable.Of([one, two], GateFigures.Total([new RecordFigures(one, 500, []), new RecordFigures(two, 360, [])])));
        Approved.Check(console.Output);
    }

    private static GateFigures Example()
    {
        var none = Spread.Of([]);
        return new GateFigures
        {
            Name = "a [record]",
            Seconds = 3725,
            Samples = 1,
            Beats = 20,
            Fired = 0,
            Withheld = [KeyValuePair.Create(Reason.Learning, 3L), KeyValuePair.Create(Reason.Ectopic, 15L)],
            Missed = [KeyValuePair.Create(Reason.TimerLate, 2L)],
            LatenessMicroseconds = none,
            DecisionLatencyMilliseconds = Spread.Of([10, 11, 12.25]),
            PulseOffsetMilliseconds = none,
            RefutedBeats = 1,
            WhyNothingFired = "Nothing was fired: an example.",
        };
    }

    [Fact]
    public void The_live_view_shows_state_rate_counts_and_the_last_outcomes()
    {
        var tally = new GateTally();
        tally.OnEvent(new GateEvent(GateEventKind.StateChanged, 0, GateState.Ready, Reason.None, default));
        for (var i = 1; i <= 12; i++)
        {
            var outcome = i % 5 == 0 ? Outcome.Missed : i % 3 == 0 ? Outcome.Withheld : Outcome.Fired;
            var reason = outcome switch { Outcome.Missed => Reason.TimerLate, Outcome.Withheld => Reason.Premature, _ => Reason.None };
            var beat = new BeatDecision(new SampleTime(i * 400.25), (i * 400) + 6, BeatClass.Normal, 1, 0.1f, 1, IsLate: false);
            var pulse = new SampleTime(outcome == Outcome.Fired ? beat.RTime.Samples + 25 : double.NaN);
            tally.OnEvent(new GateEvent(GateEventKind.BeatOutcome, i * 400, GateState.Ready, Reason.None, new BeatOutcome(i, beat, outcome, reason, 800.5f, pulse, 1_250)));
        }

        using var console = new TestConsole().Width(110);
        console.Write(LiveRunView.Of("traces [1]", new RunStatus(tally, 500, 9.7, 60)));
        Approved.Check(console.Output);
    }

    [Fact]
    public void Percentiles_are_by_nearest_rank()
    {
        var spread = Spread.Of(Enumerable.Range(1, 200).Select(i => (double)i).Reverse());
        spread.Should().Be(new Spread(200, 2, 100, 190, 198, 200));
        Spread.Of([7]).Should().Be(new Spread(1, 7, 7, 7, 7, 7));
    }

    /// <summary>True beats at 1, 2 ... s, with T from 250 to 350 ms after R.</summary>
    private static PulseJudgement Judge(double[] pulses)
    {
        var truth = new ListTruth(Enumerable.Range(1, 60).Select(i => new TrueBeat(i, i % 10 == 0 ? 'V' : 'N', i + 0.28, i + 0.35)));
        return PulseReferee.Judge([.. pulses.Select(at => new DeliveredPulse(new MonotonicTime((long)(at * 1e9)), at, 0.001))], truth);
    }
}
