using EcgGate.Timing;

namespace EcgGate.Cli.Bench;

/// <summary>Why an edge was late, or dropped as too late.</summary>
internal enum LateCause
{
    /// <summary>A garbage collection of the runtime that the pulse thread runs in held it.</summary>
    Collection,

    /// <summary>The pulse thread came to the order only after the deadline: the core, or the samples, were held up before.</summary>
    OrderedLate,

    /// <summary>The thread woke from its sleep only after the deadline.</summary>
    WokeLate,

    /// <summary>The thread had to wait for a page of memory.</summary>
    PageFault,

    /// <summary>The kernel gave the processor to somebody else while the thread watched the clock: a higher priority, or the limit on real-time threads.</summary>
    Preempted,

    /// <summary>The processor stood still while the thread watched the clock: an interrupt, or the host of a virtual machine.</summary>
    ClockGap,

    /// <summary>The time went by between the last look at the clock and the edge: the line, or a halt just there.</summary>
    AtTheEdge,

    /// <summary>None of these.</summary>
    Unknown,
}

/// <summary>Finds the cause of a late edge in the numbers that were kept for it.</summary>
internal static class LateCauses
{
    /// <summary>An edge later than this is called late here: 10 us, some fifty times what the way itself takes.</summary>
    public const long LateNanoseconds = 10_000;

    /// <summary>The causes of all late edges of a run; null for each that was not late.</summary>
    /// <remarks>
    /// What holds the core up for long leaves a queue: orders whose deadlines had passed before the one before them was
    /// answered. They have the cause of the first.
    /// </remarks>
    public static IReadOnlyList<LateCause?> Of(IReadOnlyList<PulseTrace> traces)
    {
        var causes = new LateCause?[traces.Count];
        for (var i = 0; i < causes.Length; i++)
        {
            var trace = traces[i];
            causes[i] = Of(in trace);
            if (causes[i] == LateCause.OrderedLate && i > 0 && causes[i - 1] is { } before)
            {
                var answered = traces[i - 1].Deadline.AddNanoseconds(traces[i - 1].LatenessNanoseconds);
                causes[i] = trace.Deadline <= answered ? before : causes[i];
            }
        }

        return causes;
    }

    /// <summary>The cause by the numbers of one pulse alone; null where the edge was not late.</summary>
    /// <remarks>
    /// A collection first, since it explains whatever else is seen. What follows goes along the thread's way: the order, the
    /// wake-up, the watch, the edge. In the watch a gap is the cause if it is at least half of the lateness.
    /// </remarks>
    public static LateCause? Of(in PulseTrace trace)
    {
        var late = trace.LatenessNanoseconds;
        if (trace.Result == PulseResult.Cancelled || late <= LateNanoseconds)
        {
            return null;
        }

        var hasGap = trace.LargestGapNanoseconds >= late / 2;
        return trace.Collections > 0 || trace.PauseNanoseconds > 0 ? LateCause.Collection
            : trace.TakenNanoseconds > 0 ? LateCause.OrderedLate
            : trace.FirstLookNanoseconds > 0 ? LateCause.WokeLate
            : hasGap && trace.PageFaults > 0 ? LateCause.PageFault
            : hasGap && trace.InvoluntarySwitches > 0 ? LateCause.Preempted
            : hasGap ? LateCause.ClockGap
            : trace.EdgeNanoseconds >= late / 2 ? LateCause.AtTheEdge
            : LateCause.Unknown;
    }

    /// <summary>In words for a table.</summary>
    public static string Explain(LateCause cause) => cause switch
    {
        LateCause.Collection => "garbage collection of the pulse thread's own runtime",
        LateCause.OrderedLate => "ordered after the deadline: the core or the samples were held up",
        LateCause.WokeLate => "woke only after the deadline",
        LateCause.PageFault => "page fault",
        LateCause.Preempted => "the kernel gave the processor to another thread",
        LateCause.ClockGap => "the processor stood still: interrupt, or the virtual machine's host",
        LateCause.AtTheEdge => "between the last look at the clock and the edge: the line, or a halt just there",
        _ => "not known",
    };
}
