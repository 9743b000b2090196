namespace EcgGate.Hardware.Ads129x;

/// <summary>What a run of samples shows of a square wave: its levels, its edges, and what lies off both.</summary>
/// <remarks>Not for the pulse path: allocates as it likes. Immutable.</remarks>
public sealed class SquareWave
{
    // Within so much of the step, a sample is on its level; a settling filter passes through the rest within some samples.
    private const double LevelFraction = 0.1;
    private const int SettlingSamples = 4;

    private SquareWave(double low, double high, IReadOnlyList<double> edges, int disturbed)
    {
        LowMillivolts = low;
        HighMillivolts = high;
        Edges = edges;
        Disturbed = disturbed;
    }

    /// <summary>The lower level, in mV.</summary>
    public double LowMillivolts { get; }

    /// <summary>The upper level, in mV.</summary>
    public double HighMillivolts { get; }

    /// <summary>Half of the step, in mV.</summary>
    public double AmplitudeMillivolts => (HighMillivolts - LowMillivolts) / 2;

    /// <summary>Where the signal crossed the middle, in samples from the first, fractions between two of them.</summary>
    public IReadOnlyList<double> Edges { get; }

    /// <summary>How many samples were on neither level, without an edge near them.</summary>
    public int Disturbed { get; }

    /// <summary>The mean time from each edge to the next but one, in samples; NaN with fewer than three edges.</summary>
    public double PeriodSamples => Edges.Count < 3
        ? double.NaN
        : Enumerable.Range(0, Edges.Count - 2).Average(i => Edges[i + 2] - Edges[i]);

    /// <summary>Finds the wave.</summary>
    /// <param name="millivolts">Samples at equal distances, some periods long.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static SquareWave Of(IReadOnlyList<float> millivolts)
    {
        ArgumentNullException.ThrowIfNull(millivolts);
        if (millivolts.Count == 0)
        {
            throw new ArgumentException("There are no samples.", nameof(millivolts));
        }

        // Half of the samples are on each level, so each level is the median of its half.
        var sorted = millivolts.Order().ToArray();
        double low = sorted[sorted.Length / 4];
        double high = sorted[sorted.Length * 3 / 4];
        var middle = (low + high) / 2;
        var edges = new List<double>();
        for (var i = 1; i < millivolts.Count; i++)
        {
            double before = millivolts[i - 1];
            double after = millivolts[i];
            if (before < middle != after < middle)
            {
                edges.Add(i - 1 + ((middle - before) / (after - before)));
            }
        }

        var tolerance = LevelFraction * (high - low);
        var disturbed = 0;
        var next = 0;
        for (var i = 0; i < millivolts.Count; i++)
        {
            while (next < edges.Count && edges[next] < i - SettlingSamples)
            {
                next++;
            }

            var isNearEdge = next < edges.Count && Math.Abs(edges[next] - i) <= SettlingSamples;
            if (!isNearEdge && Math.Abs(millivolts[i] - low) > tolerance && Math.Abs(millivolts[i] - high) > tolerance)
            {
                disturbed++;
            }
        }

        return new SquareWave(low, high, edges, disturbed);
    }
}
