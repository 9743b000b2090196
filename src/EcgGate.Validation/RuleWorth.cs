using EcgGate.Gating;

namespace EcgGate.Validation;

/// <summary>
/// What the pulses would have been worth that a rule of the gate held back: each beat withheld or missed for one reason
/// is given a pulse at R plus the target delay, and that pulse is judged like a real one.
/// </summary>
/// <remarks>
/// One rule is lifted for one beat at a time: what a pulse would have changed in the beats after it is not followed.
/// Immutable. Results of parts add up exactly.
/// </remarks>
public sealed record RuleWorth
{
    /// <summary>Beats withheld or missed for the reason.</summary>
    public long Beats { get; init; }

    /// <summary>Of them, those whose pulse would have come after a normally conducted or paced beat.</summary>
    public long Safe { get; init; }

    /// <summary>Of the safe ones, those on an eligible beat: what the rule costs in yield.</summary>
    public long Eligible { get; init; }

    /// <summary>Those whose pulse would have come after a ventricular beat.</summary>
    public long Ectopic { get; init; }

    /// <summary>Those whose pulse would have come after a fusion beat.</summary>
    public long Fusion { get; init; }

    /// <summary>Those whose pulse would have come after a supraventricular premature beat.</summary>
    public long Premature { get; init; }

    /// <summary>Those whose pulse would have been unsafe, or within the vulnerable period where that is known.</summary>
    public long Unsafe { get; init; }

    /// <summary>The sum over records or reasons.</summary>
    public static RuleWorth Sum(IEnumerable<RuleWorth> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts.Aggregate(new RuleWorth(), (sum, part) => new RuleWorth
        {
            Beats = sum.Beats + part.Beats,
            Safe = sum.Safe + part.Safe,
            Eligible = sum.Eligible + part.Eligible,
            Ectopic = sum.Ectopic + part.Ectopic,
            Fusion = sum.Fusion + part.Fusion,
            Premature = sum.Premature + part.Premature,
            Unsafe = sum.Unsafe + part.Unsafe,
        });
    }

    internal static SortedDictionary<Reason, RuleWorth> Sum(IEnumerable<IReadOnlyDictionary<Reason, RuleWorth>> parts) =>
        new(parts.SelectMany(part => part).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => Sum(group.Select(pair => pair.Value))));

    internal static SortedDictionary<Reason, RuleWorth> Of(FinishedReplay replay, IReadOnlyList<BeatOutcome> outcomes, SafetyAudit audit)
    {
        var options = replay.AuditOptions ?? new AuditOptions();
        var delay = options.TargetDelay.TotalSeconds * replay.SamplingRateHertz;
        var eligible = audit.EligibleBeats.Select(beat => replay.Reference.Beats[beat].Sample).ToHashSet();
        var worth = new SortedDictionary<Reason, RuleWorth>();
        foreach (var rule in outcomes.Where(outcome => outcome.Outcome != Outcome.Fired).GroupBy(outcome => outcome.Reason))
        {
            var judged = SafetyAudit.Judge(rule.Select(outcome => outcome.Beat.RTime.Samples + delay), replay.Reference, replay.SamplingRateHertz, options, replay.TWaves);
            long Number(PulseVerdict verdict) => judged.Pulses.LongCount(pulse => pulse.Verdict == verdict);
            worth[rule.Key] = new RuleWorth
            {
                Beats = judged.Pulses.Count,
                Safe = Number(PulseVerdict.Safe),
                Eligible = judged.Pulses.LongCount(pulse => pulse.Verdict == PulseVerdict.Safe && eligible.Contains(pulse.BeatSample!.Value)),
                Ectopic = Number(PulseVerdict.Ectopic),
                Fusion = Number(PulseVerdict.Fusion),
                Premature = Number(PulseVerdict.Premature),
                Unsafe = Number(PulseVerdict.Unsafe) + Number(PulseVerdict.Vulnerable),
            };
        }

        return worth;
    }
}
