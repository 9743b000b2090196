using CsCheck;

namespace EcgGate.Validation.Tests;

public sealed class DecisionLatencyTests
{
    private const double Rate = 1000;

    // Reference beats at 1, 2, 3, 4 s. Found with decisions at +10, +40 and +200 ms after the reference R; the fourth is
    // missed; a false one is announced 30 ms after its own R.
    private static readonly DecisionLatency Example = DecisionLatency.Measure(
        BeatComparison.Compare(Beats(1000, 2000, 3000, 4000), Beats(1005, 1995, 2500, 3000), Rate, 10_000),
        [1010, 2040, 2530, 3200]);

    [Fact]
    public void Latency_counts_from_the_reference_R_and_for_a_false_beat_from_its_own()
    {
        Example.Matched.Counts.Select(pair => pair.Key).Should().Equal(10, 40, 200);
        Example.Extra.Counts.Select(pair => pair.Key).Should().Equal(30);
        (Example.P50, Example.P99).Should().Be((40, 200));
    }

    [Fact]
    public void Shares_are_of_all_reference_beats_missed_ones_included()
    {
        Example.By20.Should().Be(25);
        Example.By40.Should().Be(50);
        Example.By100.Should().Be(50);
        Example.ShareBy(200).Should().Be(75);
    }

    [Fact]
    public void On_the_curve_a_detection_later_than_allowed_does_not_exist()
    {
        Example.Curve([9, 20, 30, 200]).Should().Equal(
            new LatencyPoint(9, 0, null),
            new LatencyPoint(20, 25, 100),
            new LatencyPoint(30, 25, 50),
            new LatencyPoint(200, 75, 75));
    }

    [Fact]
    public void The_curve_ends_at_the_comparisons_own_figures_and_never_falls_in_sensitivity() =>
        Gen.Select(Gen.Int[200, 1200].Array[1, 40], Gen.Int[-100, 400].Array[40]).Sample((steps, delays) =>
        {
            var samples = steps.Aggregate(new List<long>(), (all, step) => [.. all, (all.Count == 0 ? 0 : all[^1]) + step]);
            var comparison = BeatComparison.Compare(Beats([.. samples.Where((_, i) => i % 5 != 0)]), Beats([.. samples.Where((_, i) => i % 7 != 0)]), Rate, samples[^1] + 1);
            var decisions = comparison.Test.Beats.Select((beat, i) => (double)(beat.Sample + delays[i])).ToList();

            var curve = DecisionLatency.Measure(comparison, decisions).Curve([-200, 0, 50, 100, 1000]);

            curve.Select(point => point.Se ?? 0).Should().BeInAscendingOrder();
            (curve[^1].Se, curve[^1].Ppv).Should().Be((comparison.Result.Se, comparison.Result.Ppv));
        });

    [Fact]
    public void A_number_of_decisions_other_than_that_of_beats_is_refused()
    {
        var comparison = BeatComparison.Compare(Beats(1000), Beats(1000), Rate, 2000);

        FluentActions.Invoking(() => DecisionLatency.Measure(comparison, [])).Should().Throw<ArgumentException>().WithMessage("*0 decisions for 1 test beats*");
    }

    private static BeatAnnotations Beats(params long[] samples) => new(samples.Select(sample => new BeatLabel(sample, 'N')));
}
