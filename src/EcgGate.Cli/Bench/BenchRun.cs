using EcgGate.Emulator.Punctuality;
using EcgGate.Gating;
using EcgGate.Timing;

namespace EcgGate.Cli.Bench;

/// <summary>One run's figures: a runtime under a load.</summary>
internal sealed record BenchRun
{
    /// <summary>The runtime's name.</summary>
    public required string Runtime { get; init; }

    public required BenchLoadKind Load { get; init; }

    public required PunctualityResult Result { get; init; }

    /// <summary>
    /// Edge minus deadline of all orders, in microseconds: by the loop-back input where there is one, and for those dropped
    /// the moment of dropping.
    /// </summary>
    public required Percentiles Lateness { get; init; }

    /// <summary>The same by the timer's own clock reads.</summary>
    public required Percentiles SoftwareLateness { get; init; }

    /// <summary>The bare sleep beside it, in microseconds.</summary>
    public required Percentiles Reference { get; init; }

    /// <summary>What the machine itself takes away.</summary>
    public required GapFigures Gaps { get; init; }

    /// <summary>From sample to decision, in nanoseconds.</summary>
    public required Percentiles Pipeline { get; init; }

    /// <summary>From the deciding sample to the order taken, in nanoseconds.</summary>
    public required Percentiles Order { get; init; }

    /// <summary>Orders that were answered.</summary>
    public required int Orders { get; init; }

    /// <summary>
    /// Edges that were not made because they would have been late; also those that could not be ordered for it, which have no
    /// lateness.
    /// </summary>
    public required int Dropped { get; init; }

    /// <summary>Edges that were made later than the tolerance: must be none.</summary>
    public required int Late { get; init; }

    /// <summary>Late and dropped edges by their cause.</summary>
    public required IReadOnlyList<KeyValuePair<LateCause, int>> Causes { get; init; }

    /// <summary>Edges that the loop-back input did not see; null without one.</summary>
    public required int? Unseen { get; init; }

    /// <summary>What the virtual machine's host took from the pulse thread's processor; null where not known.</summary>
    public required double? StolenMilliseconds { get; init; }

    /// <summary>Works the figures out.</summary>
    public static BenchRun Of(string runtime, BenchLoadKind load, PunctualityResult result, long toleranceNanoseconds, double? stolenMilliseconds)
    {
        var answered = result.Traces.Select((trace, i) => (Trace: trace, Seen: i < result.Loopback.Count ? result.Loopback[i] : null))
            .Where(pulse => pulse.Trace.Result != PulseResult.Cancelled).ToArray();
        var hasLoopback = result.Loopback.Count > 0;
        bool IsEdge(PulseTrace trace) => trace.Result is PulseResult.Fired || (trace.Result is PulseResult.Fault && trace.LatenessNanoseconds != 0);
        return new BenchRun
        {
            Runtime = runtime,
            Load = load,
            Result = result,
            Lateness = Percentiles.Microseconds(answered.Select(pulse => pulse.Seen ?? pulse.Trace.LatenessNanoseconds)),
            SoftwareLateness = Percentiles.Microseconds(answered.Select(pulse => pulse.Trace.LatenessNanoseconds)),
            Reference = Percentiles.Microseconds(result.Reference),
            Gaps = GapFigures.Of(result.Gaps),
            Pipeline = Percentiles.Of(result.Pipeline),
            Order = Percentiles.Of(result.Order),
            Orders = answered.Length,
            Dropped = answered.Count(pulse => pulse.Trace.Result == PulseResult.DroppedLate) + (int)result.Missed.Where(entry => entry.Key is Reason.ScheduleFull or Reason.DecidedTooLate).Sum(entry => entry.Value),
            Late = answered.Count(pulse => IsEdge(pulse.Trace) && pulse.Trace.LatenessNanoseconds > toleranceNanoseconds),
            Causes = [.. LateCauses.Of([.. answered.Select(pulse => pulse.Trace)]).OfType<LateCause>().CountBy(cause => cause).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key)],
            Unseen = hasLoopback ? answered.Count(pulse => IsEdge(pulse.Trace) && pulse.Seen is null) : null,
            StolenMilliseconds = stolenMilliseconds,
        };
    }
}
