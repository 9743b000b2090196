using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Emulator.Generator;
using EcgGate.Gating;
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
        var none = Spread.Of([]);
        SummaryView.Write(console, new GateFigures
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
        });
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
