using EcgGate.Cli.Figures;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;

namespace EcgGate.Cli.Tests;

public sealed class NothingFiredTests
{
    [Theory]
    [InlineData(0, Reason.Learning, 0, "no beat was found in 60 s")]
    [InlineData(1, Reason.Learning, 0, "1 beat seen, and 8 regular beats are needed")]
    [InlineData(40, Reason.RateTooHigh, 0, "heart rate was too high (limit 120 /min) on 40 of 40 beats")]
    [InlineData(40, Reason.RateTooLow, 0, "heart rate was too low (limit 40 /min) on 40 of 40 beats")]
    [InlineData(40, Reason.Premature, 3, "never 8 regular beats in a row; each premature or ectopic beat withholds itself and the next")]
    [InlineData(40, Reason.Learning, 5, "interrupted 5 times, each time before there were 8 regular beats")]
    [InlineData(40, Reason.LeadOff, 0, "on 40 of 40 beats the reason was LeadOff (an electrode is, or just was, off)")]
    public void The_sentence_names_what_kept_the_gate_from_firing(int beats, Reason reason, int gaps, string expected)
    {
        var tally = new GateTally();
        for (var i = 0; i < gaps; i++)
        {
            tally.OnEvent(new GateEvent(GateEventKind.StateChanged, i, GateState.Inhibited, Reason.SourceGap, default));
        }

        for (var i = 1; i <= beats; i++)
        {
            var beat = new BeatDecision(new SampleTime(i * 400), (i * 400) + 6, BeatClass.Normal, 1, 0, 1, IsLate: false);
            tally.OnEvent(new GateEvent(GateEventKind.BeatOutcome, i, GateState.Learning, Reason.None, new BeatOutcome(i, beat, Outcome.Withheld, reason, 800, new SampleTime(double.NaN), 0)));
        }

        NothingFired.Explain(tally, 60, new GateOptions()).Should().StartWith("Nothing was fired: ").And.Contain(expected);
    }
}
