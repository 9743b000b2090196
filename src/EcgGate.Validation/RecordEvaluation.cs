using EcgGate.Detection;
using EcgGate.Gating;

namespace EcgGate.Validation;

/// <summary>A finished replay of one record, as the judge needs it.</summary>
public sealed record FinishedReplay
{
    /// <summary>The record's name.</summary>
    public required string Name { get; init; }

    /// <summary>Samples per second.</summary>
    public required double SamplingRateHertz { get; init; }

    /// <summary>The record's length in samples; null where not known.</summary>
    public long? LengthSamples { get; init; }

    /// <summary>The ledger: one outcome for each beat detected, in any order.</summary>
    public required IReadOnlyList<BeatOutcome> Outcomes { get; init; }

    /// <summary>When the engine's signal was too poor to judge; see <see cref="ShutdownRecorder"/>. Default: never.</summary>
    public IReadOnlyList<MarkedInterval> Shutdown { get; init; } = [];

    /// <summary>The truth.</summary>
    public required BeatAnnotations Reference { get; init; }

    /// <summary>The T waves, where they are exactly known; null where not.</summary>
    public IReadOnlyList<TWave>? TWaves { get; init; }

    /// <summary>By which limits the pulses are judged; the defaults if null.</summary>
    public AuditOptions? AuditOptions { get; init; }
}

/// <summary>
/// Judges a finished replay twice: as a detector, and as a thing that fires pulses. Keeps the single beats and pulses
/// behind the figures, for reports.
/// </summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public sealed class RecordEvaluation
{
    private RecordEvaluation(IReadOnlyList<BeatOutcome> outcomes, IReadOnlyList<int> outcomeOfPulse, BeatComparison comparison, BeatComparison comparisonEc57, SafetyAudit audit, RecordResult result)
    {
        Outcomes = outcomes;
        OutcomeOfPulse = outcomeOfPulse;
        Comparison = comparison;
        ComparisonEc57 = comparisonEc57;
        Audit = audit;
        Result = result;
    }

    /// <summary>The outcomes in order of R; <see cref="BeatPair.Test"/> of both comparisons is an index into them.</summary>
    public IReadOnlyList<BeatOutcome> Outcomes { get; }

    /// <summary>The comparison from 0:00.</summary>
    public BeatComparison Comparison { get; }

    /// <summary>The comparison from 5:00.</summary>
    public BeatComparison ComparisonEc57 { get; }

    /// <summary>The audit of the pulses.</summary>
    public SafetyAudit Audit { get; }

    /// <summary>For each pulse of <see cref="Audit"/>, which of <see cref="Outcomes"/> it belongs to.</summary>
    public IReadOnlyList<int> OutcomeOfPulse { get; }

    /// <summary>The figures.</summary>
    public RecordResult Result { get; }

    /// <summary>Judges a replay.</summary>
    /// <exception cref="ArgumentException">An outcome says that it fired and has no pulse time.</exception>
    public static RecordEvaluation Evaluate(FinishedReplay replay)
    {
        ArgumentNullException.ThrowIfNull(replay);
        BeatOutcome[] outcomes = [.. replay.Outcomes.OrderBy(outcome => outcome.Beat.RTime.Samples)];
        foreach (var outcome in outcomes)
        {
            if (outcome.Outcome == Outcome.Fired && !double.IsFinite(outcome.PulseTime.Samples))
            {
                throw new ArgumentException($"Beat {outcome.BeatNumber} of record '{replay.Name}' was fired on and has no pulse time; the ledger is damaged.", nameof(replay));
            }
        }

        var rate = replay.SamplingRateHertz;
        var test = new BeatAnnotations(outcomes.Select(outcome => new BeatLabel(outcome.Beat.RTime.Nearest, SymbolOf(outcome.Beat.Class))), replay.Shutdown);
        var whole = BeatComparison.Compare(replay.Reference, test, rate, replay.LengthSamples);
        var ec57 = BeatComparison.Compare(replay.Reference, test, rate, replay.LengthSamples, BeatComparison.LearningPeriod);

        // Every edge that was made is judged, whatever the ledger calls its beat.
        int[] outcomeOfPulse = [.. Enumerable.Range(0, outcomes.Length).Where(i => double.IsFinite(outcomes[i].PulseTime.Samples)).OrderBy(i => outcomes[i].PulseTime.Samples)];
        var audit = SafetyAudit.Judge(
            outcomeOfPulse.Select(i => outcomes[i].PulseTime.Samples),
            replay.Reference,
            rate,
            replay.AuditOptions,
            replay.TWaves);

        var result = new RecordResult
        {
            Name = replay.Name,
            DurationSeconds = (replay.LengthSamples ?? 0) / rate,
            Samples = replay.LengthSamples ?? 0,
            Detection = whole.Result,
            DetectionEc57 = ec57.Result,
            DecisionLatencyMs = DecisionLatency.Measure(whole, [.. outcomes.Select(outcome => (double)outcome.Beat.DecisionIndex)]),
            Audit = audit.Result,
            Beats = outcomes.Length,
            Fired = outcomes.LongCount(outcome => outcome.Outcome == Outcome.Fired),
            Withheld = ByReason(outcomes, Outcome.Withheld),
            Missed = ByReason(outcomes, Outcome.Missed),
            IfFired = RuleWorth.Of(replay, outcomes, audit),
            Strictness = StrictnessPoint.Of(replay, outcomes, audit, outcomeOfPulse),
        };
        return new RecordEvaluation(outcomes, outcomeOfPulse, whole, ec57, audit, result);
    }

    /// <summary>The annotation symbol under which a detected beat is compared.</summary>
    public static char SymbolOf(BeatClass beatClass) => beatClass switch
    {
        BeatClass.Normal => 'N',
        BeatClass.Ectopic => 'V',
        BeatClass.Paced => '/',
        _ => 'Q',
    };

    private static SortedDictionary<Reason, long> ByReason(BeatOutcome[] outcomes, Outcome which)
    {
        var counts = new SortedDictionary<Reason, long>();
        foreach (var outcome in outcomes.Where(outcome => outcome.Outcome == which))
        {
            counts[outcome.Reason] = counts.GetValueOrDefault(outcome.Reason) + 1;
        }

        return counts;
    }
}
