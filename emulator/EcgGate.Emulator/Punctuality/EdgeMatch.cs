using EcgGate.Timing;

namespace EcgGate.Emulator.Punctuality;

/// <summary>Says which edge that an input saw belongs to which pulse.</summary>
public static class EdgeMatch
{
    /// <summary>An edge this much before its deadline is another pulse's, or noise: stamps of one clock are never early.</summary>
    private const long Earliest = 1_000_000;

    private const long Latest = 10_000_000;

    /// <summary>Matches edges to pulses; both in the order of time, none used twice.</summary>
    /// <returns>Edge minus deadline in nanoseconds for each pulse; null where the input saw none.</returns>
    public static IReadOnlyList<long?> Of(IReadOnlyList<PulseTrace> traces, ReadOnlySpan<MonotonicTime> edges)
    {
        ArgumentNullException.ThrowIfNull(traces);
        var matched = new long?[traces.Count];
        var next = 0;
        for (var i = 0; i < traces.Count; i++)
        {
            var deadline = traces[i].Deadline;
            while (next < edges.Length && edges[next].NanosecondsSince(deadline) < -Earliest)
            {
                next++;
            }

            if (traces[i].Result is PulseResult.Fired or PulseResult.Fault && next < edges.Length && edges[next].NanosecondsSince(deadline) <= Latest)
            {
                matched[i] = edges[next++].NanosecondsSince(deadline);
            }
        }

        return matched;
    }
}
