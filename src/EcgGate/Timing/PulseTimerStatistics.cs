using HdrHistogram;

namespace EcgGate.Timing;

/// <summary>What a timer has done so far: a copy that changes no more.</summary>
public sealed class PulseTimerStatistics
{
    internal PulseTimerStatistics(LongHistogram lateness, LongHistogram wakeUpLateness)
    {
        Lateness = lateness;
        WakeUpLateness = wakeUpLateness;
    }

    /// <summary>Edges made inside the tolerance.</summary>
    public long Fired { get; internal init; }

    /// <summary>Orders dropped because the timer came to them too late.</summary>
    public long DroppedLate { get; internal init; }

    /// <summary>Orders withdrawn before their edge.</summary>
    public long Cancelled { get; internal init; }

    /// <summary>Orders that ended in a fault.</summary>
    public long Faults { get; internal init; }

    /// <summary>Edge minus deadline of every edge that was fired, in nanoseconds, three digits; up to 10 s.</summary>
    public LongHistogram Lateness { get; }

    /// <summary>
    /// How much later than asked the thread woke from its sleep before a deadline, in nanoseconds, three digits.
    /// Fewer than orders: one that comes within the margin is not slept for.
    /// </summary>
    public LongHistogram WakeUpLateness { get; }

    /// <summary>How often the thread woke only after the deadline.</summary>
    public long WokeAfterDeadline { get; internal init; }

    /// <summary>
    /// The longest step between two clock reads while the thread watched the clock: how long the machine took the
    /// processor away, in nanoseconds.
    /// </summary>
    public long LargestSpinGapNanoseconds { get; internal init; }

    /// <summary>The present margin between waking and the deadline, in nanoseconds.</summary>
    public long SpinMarginNanoseconds { get; internal init; }
}
