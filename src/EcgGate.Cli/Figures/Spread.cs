namespace EcgGate.Cli.Figures;

/// <summary>How a measured quantity spreads: percentiles by nearest rank.</summary>
/// <param name="Count">How many values; with 0 the others are NaN.</param>
/// <param name="P1">1st percentile.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">The largest.</param>
internal sealed record Spread(long Count, double P1, double P50, double P95, double P99, double Max)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        double Rank(double percent) => sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];
        return sorted.Length == 0
            ? new Spread(0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN)
            : new Spread(sorted.Length, Rank(1), Rank(50), Rank(95), Rank(99), sorted[^1]);
    }
}
