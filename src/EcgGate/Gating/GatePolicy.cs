using EcgGate.Detection;

namespace EcgGate.Gating;

/// <summary>All that the policy may look at for one beat. Plain values: equal contexts give equal verdicts.</summary>
internal readonly struct BeatContext
{
    public required GateState State { get; init; }

    public required Reason InhibitReason { get; init; }

    public required BeatDecision Beat { get; init; }

    public required RhythmView Rhythm { get; init; }

    /// <summary>The largest template residual of a beat of the rhythm; see <see cref="IsCertain"/>.</summary>
    public required float NormalBelow { get; init; }

    /// <summary>The beat is well inside its shape, which then speaks for it where its time cannot.</summary>
    public bool IsCertain => Beat.TemplateResidual < GatePolicy.CertainShare * NormalBelow;

    /// <summary>The beat's shape has more than one deflection that may be R, too far apart for one pulse.</summary>
    public required bool IsAmbiguous { get; init; }

    public required int LearningBeats { get; init; }

    /// <summary>See <see cref="RateLimits"/>.</summary>
    public required bool IsRateTooLow { get; init; }

    /// <summary>See <see cref="RateLimits"/>.</summary>
    public required bool IsRateTooHigh { get; init; }

    /// <summary>From the last pulse (delivered or on order) to this beat's pulse; infinite where there was none.</summary>
    public required double SinceLastPulseMilliseconds { get; init; }

    public required double MinimumIntervalMilliseconds { get; init; }

    /// <summary>From now to the pulse's deadline, as the host will see it; negative when it has passed.</summary>
    public required double TimeLeftMilliseconds { get; init; }

    public required double OrderLeadMilliseconds { get; init; }

    /// <summary>Target delay plus tolerance: where the edge may fall at the latest.</summary>
    public required double LatestEdgeMilliseconds { get; init; }

    /// <summary>Where the refractory window ends for this beat.</summary>
    public required double WindowEndMilliseconds { get; init; }

    /// <summary>The host permits one more pulse, or does not want to be asked.</summary>
    public required bool IsPermitted { get; init; }

    public required bool OrderPending { get; init; }

    /// <summary>Samples were lost, and bridged, in or shortly before this beat.</summary>
    public required bool IsBridged { get; init; }
}

/// <summary>A rule's test: true where the beat must not be fired on.</summary>
internal delegate bool RuleTest(in BeatContext context);

/// <summary>One rule of the policy.</summary>
/// <param name="Outcome">Withheld, or missed where a pulse could have been.</param>
/// <param name="Reason">What the ledger says.</param>
/// <param name="Hazard">What it stands against.</param>
/// <param name="Applies">The test.</param>
internal sealed record GateRule(Outcome Outcome, Reason Reason, string Hazard, RuleTest Applies);

/// <summary>
/// The rules, in order: the first that applies gives the beat its outcome; a beat that passes all of them is fired on.
/// </summary>
/// <remarks>
/// The order is part of the meaning. What forbids a pulse whatever the beat looks like comes first; then what is
/// wrong with this beat; then whether the rhythm is known; then rate; last what only time forbids, so that a beat counts
/// as missed only where it would have been fired on.
/// </remarks>
internal static class GatePolicy
{
    public static IReadOnlyList<GateRule> Rules => RuleTable;

    /// <summary>A beat is certain below this share of the residual that its shape allows.</summary>
    public const float CertainShare = 0.65f;

    // Neither alone says ectopic; together they do: about half of what each takes alone.
    private const float OddShare = 0.6f;
    private const double EarlyFraction = 0.93;

    // One ectopic beat in sixteen is frequent.
    private const double FrequentShare = 1.0 / 16;

    private static readonly GateRule[] RuleTable =
    [
        new(Outcome.Withheld, Reason.Stopped, "pulse after stop", static (in c) => c.State == GateState.Stopped),
        new(Outcome.Withheld, Reason.Fault, "pulse after a fault", static (in c) => c.State == GateState.Faulted),
        new(Outcome.Withheld, Reason.NotArmed, "pulse while nobody expects it", static (in c) => c.State == GateState.Disarmed),
        new(Outcome.Withheld, Reason.LeadOff, "pulse on an electrode artefact", static (in c) => c.InhibitReason == Reason.LeadOff),
        new(Outcome.Withheld, Reason.Saturated, "pulse on an amplifier's recovery", static (in c) => c.InhibitReason == Reason.Saturated),
        new(Outcome.Withheld, Reason.SourceGap, "pulse on a time axis that jumped", static (in c) => c.InhibitReason == Reason.SourceGap || c.IsBridged),
        new(Outcome.Withheld, Reason.PoorSignal, "pulse on noise", static (in c) => c.InhibitReason == Reason.PoorSignal || c.Beat.Class == BeatClass.Doubtful),
        new(Outcome.Withheld, Reason.Pacing, "pulse measured from a pacing pulse, or from a deflection that is not R", static (in c) => c.IsAmbiguous),
        new(Outcome.Withheld, Reason.Ectopic, "pulse on an ectopic beat", static (in c) => c.Beat.Class == BeatClass.Ectopic),
        new(Outcome.Withheld, Reason.Premature, "pulse on an extrasystole", static (in c) => c.Rhythm.Class == RhythmClass.Premature && !IsExpected(in c)),
        new(Outcome.Withheld, Reason.Ectopic, "pulse on an extrasystole that is neither early nor odd enough alone", static (in c) => c.Beat.TemplateResidual > OddShare * c.NormalBelow && c.Rhythm.RRSeconds < EarlyFraction * c.Rhythm.ExpectedRRSeconds),
        new(Outcome.Withheld, Reason.Ectopic, "pulse on a fusion beat, where ectopic beats are frequent", static (in c) => c.Rhythm.EctopicShare > FrequentShare && !c.IsCertain),
        new(Outcome.Withheld, Reason.Irregular, "pulse on a beat whose repolarisation follows an extrasystole's", static (in c) => c.Rhythm.FollowsDisturbance),
        new(Outcome.Withheld, Reason.Irregular, "pulse on an ectopic beat that an irregular rhythm hides", static (in c) => c.Rhythm.IsIrregular && !c.IsCertain),
        new(Outcome.Withheld, Reason.RateTooLow, "pulse on an escape beat", static (in c) => c.IsRateTooLow),
        new(Outcome.Withheld, Reason.Irregular, "pulse on the beat that ends a pause", static (in c) => c.Rhythm.Class == RhythmClass.Pause && !IsExpected(in c)),
        new(Outcome.Withheld, Reason.RateTooHigh, "pulse near the vulnerable period, which a fast rate brings closer", static (in c) => c.IsRateTooHigh),
        new(Outcome.Withheld, Reason.Learning, "pulse before the rhythm is known", static (in c) => c.State != GateState.Ready),
        new(Outcome.Withheld, Reason.RateTooHigh, "pulse in the vulnerable period", static (in c) => c.LatestEdgeMilliseconds > c.WindowEndMilliseconds),
        new(Outcome.Withheld, Reason.MinimumInterval, "second pulse too soon", static (in c) => c.SinceLastPulseMilliseconds < c.MinimumIntervalMilliseconds),
        new(Outcome.Withheld, Reason.Recharging, "pulse more than planned, or with a generator that is not ready", static (in c) => !c.IsPermitted),
        new(Outcome.Missed, Reason.DecidedTooLate, "late pulse", static (in c) => c.Beat.IsLate || !(c.TimeLeftMilliseconds >= c.OrderLeadMilliseconds)),
        new(Outcome.Withheld, Reason.PoorSignal, "pulse on an R wave that has not come yet", static (in c) => c.TimeLeftMilliseconds > c.LatestEdgeMilliseconds),
        new(Outcome.Missed, Reason.ScheduleFull, "double pulse", static (in c) => c.OrderPending),
    ];

    /// <summary>Where conducted beats themselves come irregularly, a beat whose shape is certain may come when it likes.</summary>
    private static bool IsExpected(in BeatContext c) => c.Rhythm.IsIrregular && c.IsCertain;

    /// <summary>The first rule that applies; null where the beat may be fired on.</summary>
    public static GateRule? Judge(in BeatContext context)
    {
        foreach (var rule in RuleTable)
        {
            if (rule.Applies(in context))
            {
                return rule;
            }
        }

        return null;
    }
}
