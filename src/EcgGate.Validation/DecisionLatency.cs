using System.Text.Json.Serialization;

namespace EcgGate.Validation;

/// <summary>One point of the curve of accuracy against allowed decision latency.</summary>
/// <param name="LimitMs">Beats decided later than this after R count as missed.</param>
/// <param name="Se">Sensitivity in %; null without reference beats.</param>
/// <param name="Ppv">Positive predictivity in %; null without detections by then.</param>
public readonly record struct LatencyPoint(double LimitMs, double? Se, double? Ppv);

/// <summary>
/// How long after R the decisions came: the time of the input sample with which a decision was out, minus the time of
/// the reference R. Negative where a beat was decided before its annotated R.
/// </summary>
/// <remarks>Immutable. All figures follow from counts, so results of parts add up exactly.</remarks>
public sealed record DecisionLatency
{
    /// <summary>Reference beats compared, found or not: what the shares are shares of.</summary>
    public required long ReferenceBeats { get; init; }

    /// <summary>Decision − reference R for each beat found.</summary>
    public required Distribution Matched { get; init; }

    /// <summary>Decision − the detection's own R for each extra detection.</summary>
    public required Distribution Extra { get; init; }

    /// <summary>Median over the beats found, ms; null without any.</summary>
    public double? P50 => Matched.Percentile(50);

    /// <summary>95th percentile over the beats found, ms; null without any.</summary>
    public double? P95 => Matched.Percentile(95);

    /// <summary>99th percentile over the beats found, ms; null without any.</summary>
    public double? P99 => Matched.Percentile(99);

    /// <summary>Share of all reference beats decided by R + 20 ms, in %; null without reference beats.</summary>
    public double? By20 => ShareBy(20);

    /// <summary>Share of all reference beats decided by R + 30 ms, in %.</summary>
    public double? By30 => ShareBy(30);

    /// <summary>Share of all reference beats decided by R + 40 ms, in %.</summary>
    public double? By40 => ShareBy(40);

    /// <summary>Share of all reference beats decided by R + 45 ms, in %.</summary>
    public double? By45 => ShareBy(45);

    /// <summary>Share of all reference beats decided by R + 50 ms, in %.</summary>
    public double? By50 => ShareBy(50);

    /// <summary>Share of all reference beats decided by R + 60 ms, in %.</summary>
    public double? By60 => ShareBy(60);

    /// <summary>Share of all reference beats decided by R + 100 ms, in %.</summary>
    public double? By100 => ShareBy(100);

    /// <summary>What the curve is usually drawn over: -50 to 400 ms after R in steps of 5 ms.</summary>
    [JsonIgnore]
    public static IReadOnlyList<double> UsualLimitsMs { get; } = [.. Enumerable.Range(-10, 91).Select(step => step * 5.0)];

    /// <summary>Measures the latency of a comparison's test beats.</summary>
    /// <param name="comparison">The comparison whose test beats were decided.</param>
    /// <param name="decisionSamples">
    /// For each beat of <see cref="BeatComparison.Test"/>, in the same order: the input sample with which the decision
    /// was out.
    /// </param>
    /// <exception cref="ArgumentException">There is not one decision for each test beat.</exception>
    public static DecisionLatency Measure(BeatComparison comparison, IReadOnlyList<double> decisionSamples)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(decisionSamples);
        if (decisionSamples.Count != comparison.Test.Beats.Count)
        {
            throw new ArgumentException($"There are {decisionSamples.Count} decisions for {comparison.Test.Beats.Count} test beats; give one for each.", nameof(decisionSamples));
        }

        double Milliseconds(BeatPair pair, long rSample) => (decisionSamples[pair.Test] - rSample) * 1000 / comparison.SamplingRateHertz;
        return new DecisionLatency
        {
            ReferenceBeats = comparison.Result.ReferenceBeats,
            Matched = Distribution.Of(comparison.Pairs.Where(pair => pair.IsMatch).Select(pair => Milliseconds(pair, comparison.Reference.Beats[pair.Reference].Sample))),
            Extra = Distribution.Of(comparison.Pairs.Where(pair => pair.Reference < 0).Select(pair => Milliseconds(pair, comparison.Test.Beats[pair.Test].Sample))),
        };
    }

    /// <summary>The latencies of several records in one.</summary>
    public static DecisionLatency Sum(IEnumerable<DecisionLatency> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        DecisionLatency[] all = [.. parts];
        return new DecisionLatency
        {
            ReferenceBeats = all.Sum(part => part.ReferenceBeats),
            Matched = Distribution.Sum(all.Select(part => part.Matched)),
            Extra = Distribution.Sum(all.Select(part => part.Extra)),
        };
    }

    /// <summary>Share of all reference beats, missed ones included, decided by this long after R, in %.</summary>
    public double? ShareBy(double milliseconds) => DetectionResult.Percent(Matched.CountUpTo(milliseconds), ReferenceBeats);

    /// <summary>
    /// Sensitivity and positive predictivity if a detection that comes later than allowed did not exist: a beat found
    /// later counts as missed, an extra detection that comes later (after its own R) does no harm.
    /// </summary>
    /// <param name="limitsMs">The allowed latencies, in ms after R.</param>
    public IReadOnlyList<LatencyPoint> Curve(IEnumerable<double> limitsMs)
    {
        ArgumentNullException.ThrowIfNull(limitsMs);
        return
        [
            .. limitsMs.Select(limit =>
            {
                var found = Matched.CountUpTo(limit);
                return new LatencyPoint(limit, ShareBy(limit), DetectionResult.Percent(found, found + Extra.CountUpTo(limit)));
            }),
        ];
    }
}
