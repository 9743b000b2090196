using EcgGate.Cli.Deliver;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;

namespace EcgGate.Cli.Tests;

public sealed class ProcedureViewTests
{
    [Fact]
    public void A_strip_shows_the_R_wave_where_it_is_with_its_marks_below_and_does_not_shrink_it_for_an_artefact()
    {
        var strip = new EcgStrip(100, columns: 50, rows: 4, seconds: 1);
        for (var i = 0; i <= 100; i++)
        {
            strip.Add(new EcgSample(i, i == 50 ? 1f : i == 60 ? 400f : 0f));
        }

        var beat = new BeatDecision(new SampleTime(50), 52, BeatClass.Normal, 1, 0, 1, IsLate: false);
        strip.Add(new BeatOutcome(1, beat, Outcome.Fired, Reason.None, 800, new SampleTime(55), 0));
        strip.Add(new BeatOutcome(2, beat with { RTime = new SampleTime(80) }, Outcome.Withheld, Reason.Ectopic, 800, new SampleTime(double.NaN), 0));
        var lines = strip.Draw();

        lines.Should().HaveCount(5).And.OnlyContain(line => line.Length == 50);
        lines[4].TrimEnd().Should().Be(new string(' ', 25) + "R \u25B2" + new string(' ', 12) + "R");
        lines[3].Should().NotContain("\u2800", "the base line goes through all of it");
        lines[2][25].Should().NotBe('\u2800', "half the height is the R wave's, although the artefact is 400 times as high");
        lines[2][10].Should().Be('\u2800');
    }

    [Fact]
    public void A_strip_without_samples_is_empty_and_as_high_as_ever()
    {
        new EcgStrip(500, columns: 20).Draw().Should().HaveCount(6).And.OnlyContain(line => string.IsNullOrWhiteSpace(line));
    }
}
