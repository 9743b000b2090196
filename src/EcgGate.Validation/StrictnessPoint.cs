using EcgGate.Gating;

namespace EcgGate.Validation;

/// <summary>
/// What would have remained of a run's pulses had the gate also asked for a template residual of at most so much: one
/// point of the curve of yield against unsafe pulses.
/// </summary>
/// <remarks>
/// Found from the ledger of the one run, not by running again: all other decisions stay as they were. Immutable.
/// Results of parts add up exactly.
/// </remarks>
public sealed record StrictnessPoint
{
    /// <summary>The largest <see cref="Detection.BeatDecision.TemplateResidual"/> allowed; null for no such limit: the run as it was.</summary>
    public double? MaximumResidual { get; init; }

    /// <summary>Pulses that remain.</summary>
    public long Pulses { get; init; }

    /// <summary>Of them unsafe, or within the vulnerable period where that is known.</summary>
    public long Unsafe { get; init; }

    /// <summary>Of them after a ventricular, a fusion or a supraventricular premature beat.</summary>
    public long Doubtful { get; init; }

    /// <summary>Eligible beats that still get a safe pulse.</summary>
    public long EligibleFired { get; init; }

    /// <summary>The limits tried, strictest first; the last is none.</summary>
    internal static IReadOnlyList<double?> UsualLimits { get; } = [0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, null];

    internal static List<StrictnessPoint> Sum(IEnumerable<IReadOnlyList<StrictnessPoint>> parts) =>
    [
        .. parts.SelectMany(part => part).GroupBy(point => point.MaximumResidual ?? double.PositiveInfinity).OrderBy(group => group.Key).Select(group => new StrictnessPoint
        {
            MaximumResidual = double.IsFinite(group.Key) ? group.Key : null,
            Pulses = group.Sum(point => point.Pulses),
            Unsafe = group.Sum(point => point.Unsafe),
            Doubtful = group.Sum(point => point.Doubtful),
            EligibleFired = group.Sum(point => point.EligibleFired),
        }),
    ];

    internal static List<StrictnessPoint> Of(FinishedReplay replay, IReadOnlyList<BeatOutcome> outcomes, SafetyAudit audit, IReadOnlyList<int> outcomeOfPulse)
    {
        var eligible = audit.EligibleBeatsFired.Select(beat => replay.Reference.Beats[beat].Sample).ToHashSet();
        var points = new List<StrictnessPoint>();
        foreach (var limit in UsualLimits)
        {
            var beats = new HashSet<long>();
            long pulses = 0, unsafePulses = 0, doubtful = 0;
            for (var i = 0; i < audit.Pulses.Count; i++)
            {
                var residual = outcomes[outcomeOfPulse[i]].Beat.TemplateResidual;
                if (limit is { } most && !(residual <= most))
                {
                    continue;
                }

                var pulse = audit.Pulses[i];
                pulses++;
                switch (pulse.Verdict)
                {
                    case PulseVerdict.Safe:
                        if (eligible.Contains(pulse.BeatSample!.Value))
                        {
                            beats.Add(pulse.BeatSample.Value);
                        }

                        break;
                    case PulseVerdict.Unsafe or PulseVerdict.Vulnerable:
                        unsafePulses++;
                        break;
                    default:
                        doubtful++;
                        break;
                }
            }

            points.Add(new StrictnessPoint { MaximumResidual = limit, Pulses = pulses, Unsafe = unsafePulses, Doubtful = doubtful, EligibleFired = beats.Count });
        }

        return points;
    }
}
