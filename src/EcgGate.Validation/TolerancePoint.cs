using System.Text.Json.Serialization;

namespace EcgGate.Validation;

/// <summary>
/// What the pulses were worth with one <see cref="GateOptions.ShapeTolerance"/>: one point of the curve of yield against
/// unsafe pulses.
/// </summary>
/// <remarks>
/// Found by running the whole engine again with nothing else changed, so that it holds what a pulse more or less did to
/// the beats after it. Immutable. Results of parts add up exactly.
/// </remarks>
public sealed record TolerancePoint
{
    /// <summary>The shape tolerance, as a multiple of the limit that the rhythm's own beats set.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Whether it is the tolerance of the run itself: then the figures are those of its audit.</summary>
    public bool AsRun { get; init; }

    /// <summary>All pulses.</summary>
    public long Pulses { get; init; }

    /// <summary>Of them unsafe.</summary>
    public long Unsafe { get; init; }

    /// <summary>Of them in the vulnerable period; null where the T waves are not exactly known.</summary>
    public long? Vulnerable { get; init; }

    /// <summary>Of them after a ventricular beat.</summary>
    public long Ectopic { get; init; }

    /// <summary>Of them after a fusion beat.</summary>
    public long Fusion { get; init; }

    /// <summary>Of them after a supraventricular premature beat.</summary>
    public long Premature { get; init; }

    /// <summary>Reference beats on which a pulse may be expected.</summary>
    public long Eligible { get; init; }

    /// <summary>Eligible beats that got a safe pulse.</summary>
    public long EligibleFired { get; init; }

    /// <summary>Eligible beats with a safe pulse ÷ eligible beats, in %; null without eligible beats.</summary>
    public double? Yield => DetectionResult.Percent(EligibleFired, Eligible);

    /// <summary>Pulses on wrong beats of each 1,000: unsafe, in the vulnerable period where that is known, or after a ventricular beat; null without pulses.</summary>
    [JsonIgnore]
    public double? WrongPerThousand => Pulses == 0 ? null : 1000.0 * (Unsafe + (Vulnerable ?? 0) + Ectopic) / Pulses;

    /// <summary>The tolerances usually tried, strictest first.</summary>
    public static IReadOnlyList<double> UsualTolerances { get; } = [0.5, 0.7, 0.85, 1, 1.2, 1.4, 1.6];

    internal static TolerancePoint Of(double tolerance, bool asRun, AuditResult audit) => new()
    {
        Tolerance = tolerance,
        AsRun = asRun,
        Pulses = audit.Pulses,
        Unsafe = audit.Unsafe,
        Vulnerable = audit.Vulnerable,
        Ectopic = audit.Ectopic,
        Fusion = audit.Fusion,
        Premature = audit.Premature,
        Eligible = audit.Eligible,
        EligibleFired = audit.EligibleFired,
    };

    /// <summary>The sum over records, strictest first; null where none has a curve.</summary>
    internal static List<TolerancePoint>? Sum(IEnumerable<IReadOnlyList<TolerancePoint>?> parts)
    {
        TolerancePoint[] all = [.. parts.SelectMany(part => part ?? [])];
        return all.Length == 0 ? null :
        [
            .. all.GroupBy(point => point.Tolerance).OrderBy(group => group.Key).Select(group => new TolerancePoint
            {
                Tolerance = group.Key,
                AsRun = group.Any(point => point.AsRun),
                Pulses = group.Sum(point => point.Pulses),
                Unsafe = group.Sum(point => point.Unsafe),
                Vulnerable = group.Any(point => point.Vulnerable is not null) ? group.Sum(point => point.Vulnerable ?? 0) : null,
                Ectopic = group.Sum(point => point.Ectopic),
                Fusion = group.Sum(point => point.Fusion),
                Premature = group.Sum(point => point.Premature),
                Eligible = group.Sum(point => point.Eligible),
                EligibleFired = group.Sum(point => point.EligibleFired),
            }),
        ];
    }
}
