using System.Text.Json.Serialization;

namespace EcgGate.Validation;

/// <summary>What a beat-by-beat comparison counted, and the figures of EC57 that follow. Percentages are 0 to 100.</summary>
/// <remarks>Immutable. Everything is a count or follows from counts, so results of parts add up exactly.</remarks>
public sealed record DetectionResult
{
    private static readonly AamiClass[] Beats = [AamiClass.N, AamiClass.S, AamiClass.V, AamiClass.F, AamiClass.Q];
    private static readonly AamiClass[] NotV = [AamiClass.N, AamiClass.S, AamiClass.F, AamiClass.Q];
    private static readonly AamiClass[] None = [AamiClass.O, AamiClass.X];
    private static readonly AamiClass[] V = [AamiClass.V];

    /// <summary>The pairs by class. A row is a reference class, a column a test class.</summary>
    public required ClassMatrix Classes { get; init; }

    /// <summary>Test beats within reference flutter or fibrillation: not counted as false.</summary>
    public long ExcludedInFlutter { get; init; }

    /// <summary>How long the reference marks flutter or fibrillation, within what was compared.</summary>
    public double FlutterSeconds { get; init; }

    /// <summary>How long the record was compared.</summary>
    public double ComparedSeconds { get; init; }

    /// <summary>How long the test annotator was shut down, within what was compared.</summary>
    public double ShutdownSeconds { get; init; }

    /// <summary>How long the reference marks no signal as readable, within what was compared.</summary>
    public double ReferenceShutdownSeconds { get; init; }

    /// <summary>Reference beats found by a test beat within the test annotator's own shutdown.</summary>
    public long FoundInShutdown { get; init; }

    /// <summary>Test beats within the test annotator's own shutdown where the reference has none.</summary>
    public long FalseInShutdown { get; init; }

    /// <summary>Pairs that entered <see cref="RRErrorMs"/>.</summary>
    public long RRErrors { get; init; }

    /// <summary>Sum of squared RR errors, in ms².</summary>
    public double RRErrorSquaresMs2 { get; init; }

    /// <summary>Test beat − reference beat over the matched pairs.</summary>
    public required Distribution OffsetMs { get; init; }

    /// <summary>Reference beats found.</summary>
    public long Tp => Classes.Sum(Beats, Beats);

    /// <summary>Reference beats missed, those in shutdown of the test annotator included.</summary>
    public long Fn => Classes.Sum(Beats, None);

    /// <summary>Test beats where the reference has none.</summary>
    public long Fp => Classes.Sum(None, Beats);

    /// <summary>QRS sensitivity in %: found ÷ reference beats. Null without reference beats.</summary>
    public double? Se => Percent(Tp, Tp + Fn);

    /// <summary>QRS positive predictivity in %: found ÷ test beats. Null without test beats.</summary>
    public double? Ppv => Percent(Tp, Tp + Fp);

    /// <summary>Sensitivity for ventricular ectopic beats in %.</summary>
    public double? VebSe => Percent(Classes[AamiClass.V, AamiClass.V], Classes.Sum(V, Beats) + Classes.Sum(V, None));

    /// <summary>Positive predictivity for ventricular ectopic beats in %. As EC57 has it, a reference F or Q called V is neither right nor wrong.</summary>
    public double? VebPpv => Percent(Classes[AamiClass.V, AamiClass.V], Classes[AamiClass.V, AamiClass.V] + VebFp);

    /// <summary>False positive rate for ventricular ectopic beats in %: called V of those that are not.</summary>
    public double? VebFpr => Percent(VebFp, VebFp + Classes.Sum(NotV, NotV) + Classes.Sum(None, NotV));

    /// <summary>Reference beats missed because the test annotator was shut down.</summary>
    public long MissedInShutdown => Classes.Sum(Beats, [AamiClass.X]);

    /// <summary>Share of the time compared in which the test annotator was shut down, in %. Null where no time is known.</summary>
    public double? ShutdownPercent => ComparedSeconds > 0 ? 100 * ShutdownSeconds / ComparedSeconds : null;

    /// <summary><see cref="Se"/> of what lies outside the test annotator's shutdown: where it did not abstain.</summary>
    public double? SeOutsideShutdown => Percent(Tp - FoundInShutdown, Tp + Fn - FoundInShutdown - MissedInShutdown);

    /// <summary><see cref="Ppv"/> of what lies outside the test annotator's shutdown: where it did not abstain.</summary>
    public double? PpvOutsideShutdown => Percent(Tp - FoundInShutdown, Tp + Fp - FoundInShutdown - FalseInShutdown);

    /// <summary>
    /// Root mean square of reference RR − test RR in ms, as the WFDB comparator tallies it: at each pair, pseudo-beats
    /// included, between the intervals that end at the two beats in hand; none across flutter or shutdown.
    /// </summary>
    public double? RRErrorMs => RRErrors == 0 ? null : Math.Sqrt(RRErrorSquaresMs2 / RRErrors);

    /// <summary>Reference beats that were compared.</summary>
    [JsonIgnore]
    public long ReferenceBeats => Tp + Fn;

    /// <summary>Test beats that were compared.</summary>
    [JsonIgnore]
    public long TestBeats => Tp + Fp;

    private long VebFp => Classes[AamiClass.N, AamiClass.V] + Classes[AamiClass.S, AamiClass.V] + Classes.Sum(None, V);

    /// <summary>The gross result: all counts added up, the figures formed from the sums.</summary>
    public static DetectionResult Gross(IEnumerable<DetectionResult> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        DetectionResult[] all = [.. parts];
        return new DetectionResult
        {
            Classes = ClassMatrix.Sum(all.Select(part => part.Classes)),
            ExcludedInFlutter = all.Sum(part => part.ExcludedInFlutter),
            FlutterSeconds = all.Sum(part => part.FlutterSeconds),
            ComparedSeconds = all.Sum(part => part.ComparedSeconds),
            FoundInShutdown = all.Sum(part => part.FoundInShutdown),
            FalseInShutdown = all.Sum(part => part.FalseInShutdown),
            ShutdownSeconds = all.Sum(part => part.ShutdownSeconds),
            ReferenceShutdownSeconds = all.Sum(part => part.ReferenceShutdownSeconds),
            RRErrors = all.Sum(part => part.RRErrors),
            RRErrorSquaresMs2 = all.Sum(part => part.RRErrorSquaresMs2),
            OffsetMs = Distribution.Sum(all.Select(part => part.OffsetMs)),
        };
    }

    /// <summary>A share in percent; null of nothing.</summary>
    internal static double? Percent(long part, long whole) => whole == 0 ? null : 100.0 * part / whole;
}

/// <summary>Means of the figures of single records, each record weighing the same, as EC57 asks beside the gross ones.</summary>
/// <param name="Records">How many records went in.</param>
/// <param name="Se">Mean QRS sensitivity in %, over the records that have one.</param>
/// <param name="Ppv">Mean QRS positive predictivity in %, over the records that have one.</param>
/// <param name="VebSe">Mean sensitivity for ventricular ectopic beats in %, over the records that have one.</param>
/// <param name="VebPpv">Mean positive predictivity for ventricular ectopic beats in %, over the records that have one.</param>
public sealed record DetectionAverage(int Records, double? Se, double? Ppv, double? VebSe, double? VebPpv)
{
    /// <summary>The average over records.</summary>
    public static DetectionAverage Of(IEnumerable<DetectionResult> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        DetectionResult[] all = [.. records];

        // Average of nullable numbers leaves the nulls out and is null of none.
        return new DetectionAverage(all.Length, all.Average(r => r.Se), all.Average(r => r.Ppv), all.Average(r => r.VebSe), all.Average(r => r.VebPpv));
    }
}
