using HdrHistogram;

namespace EcgGate.Cli.Bench;

/// <summary>What the machine itself takes away: the steps of a clock that one thread does nothing but read.</summary>
/// <remarks>
/// A moment that falls into a step of the clock is seen at the step's end. So the steps say how late the best possible
/// watcher sees a random moment: later than x with the probability Σ max(0, step − x) / Σ step. Its percentiles are what
/// the lateness of edges is to be held against.
/// </remarks>
internal sealed record GapFigures
{
    private static readonly long[] Edges = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    /// <summary>How long the clock was watched.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many steps were longer than 1, 10, 100 us, 1 and 10 ms.</summary>
    public required IReadOnlyList<(double LongerThanMicroseconds, long Count)> Counts { get; init; }

    /// <summary>The share of the time that lay in steps longer than 10 us, in percent.</summary>
    public required double LostPercent { get; init; }

    /// <summary>How late the best watcher sees a random moment, in microseconds.</summary>
    public required Percentiles Lateness { get; init; }

    public static GapFigures Of(HistogramBase gaps)
    {
        var steps = gaps.RecordedValues().Select(value => (Nanoseconds: value.ValueIteratedTo, Count: value.CountAtValueIteratedTo)).ToArray();
        var total = steps.Sum(step => (double)step.Nanoseconds * step.Count);
        long Longer(long than) => steps.Where(step => step.Nanoseconds > than).Sum(step => step.Count);
        double At(double share) => Percentile(steps, total, share) * 1e-3;
        return new GapFigures
        {
            Seconds = total * 1e-9,
            Counts = [.. Edges.Select(edge => (edge * 1e-3, Longer(edge)))],
            LostPercent = total > 0 ? 100 * steps.Where(step => step.Nanoseconds > 10_000).Sum(step => (double)step.Nanoseconds * step.Count) / total : 0,
            Lateness = total > 0
                ? new Percentiles(gaps.TotalCount, At(0.5), At(0.95), At(0.99), At(0.999), At(0.9999), gaps.GetMaxValue() * 1e-3)
                : new Percentiles(0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN),
        };
    }

    /// <summary>The lateness that a random moment does not exceed with this probability, by halving the interval.</summary>
    private static double Percentile((long Nanoseconds, long Count)[] steps, double total, double share)
    {
        double low = 0;
        double high = steps.Max(step => step.Nanoseconds);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            var later = steps.Sum(step => Math.Max(0, step.Nanoseconds - middle) * step.Count) / total;
            (low, high) = later > 1 - share ? (middle, high) : (low, middle);
        }

        return high;
    }
}
