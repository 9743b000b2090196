using HdrHistogram;

namespace EcgGate.Cli.Bench;

/// <summary>Percentiles of a measured time by nearest rank, in the unit of the values.</summary>
/// <param name="Count">How many values; with 0 the others are NaN.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="P999">99.9th percentile.</param>
/// <param name="P9999">99.99th percentile.</param>
/// <param name="Max">The largest.</param>
internal sealed record Percentiles(long Count, double P50, double P95, double P99, double P999, double P9999, double Max)
{
    /// <summary>Of nanoseconds, in microseconds.</summary>
    public static Percentiles Microseconds(IEnumerable<long> nanoseconds)
    {
        var sorted = nanoseconds.ToArray();
        Array.Sort(sorted);
        double Rank(double share) => sorted[RankOf(share, sorted.Length)] * 1e-3;
        return sorted.Length == 0
            ? new Percentiles(0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN)
            : new Percentiles(sorted.Length, Rank(0.5), Rank(0.95), Rank(0.99), Rank(0.999), Rank(0.9999), sorted[^1] * 1e-3);
    }

    /// <summary>Of a histogram, in its own unit.</summary>
    public static Percentiles Of(HistogramBase histogram) => histogram.TotalCount == 0
        ? new Percentiles(0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN)
        : new Percentiles(
            histogram.TotalCount,
            histogram.GetValueAtPercentile(50),
            histogram.GetValueAtPercentile(95),
            histogram.GetValueAtPercentile(99),
            histogram.GetValueAtPercentile(99.9),
            histogram.GetValueAtPercentile(99.99),
            histogram.GetMaxValue());

    /// <summary>The index of the value of a share of all, in sorted values: the smallest with at least so many at or below.</summary>
    public static int RankOf(double share, int count) => Math.Clamp((int)Math.Ceiling((share * count) - 1e-9) - 1, 0, count - 1);
}
