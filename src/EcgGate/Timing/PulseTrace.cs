namespace EcgGate.Timing;

/// <summary>
/// What the timer's thread went through for one order: enough to say why an edge was late. Plain numbers, read off the
/// critical path: before the thread sleeps, and once the edge is made or dropped.
/// </summary>
/// <remarks>
/// Where an order comes so close to its deadline that there is no time to read the counters first, they count from the
/// order before it.
/// </remarks>
public readonly record struct PulseTrace
{
    /// <summary>The beat of the order.</summary>
    public long BeatNumber { get; init; }

    /// <summary>What became of it, as known once the edge was made: the line may still refuse to fall.</summary>
    public PulseResult Result { get; init; }

    /// <summary>When the edge was due.</summary>
    public MonotonicTime Deadline { get; init; }

    /// <summary>
    /// Edge minus deadline, or the moment of dropping minus the deadline, in nanoseconds; 0 where there was neither.
    /// </summary>
    public long LatenessNanoseconds { get; init; }

    /// <summary>When the thread came to the order, against the deadline, in nanoseconds: positive if after it.</summary>
    public long TakenNanoseconds { get; init; }

    /// <summary>
    /// The first clock read of the watch that follows the sleep, against the deadline, in nanoseconds: positive if the
    /// thread woke only after it.
    /// </summary>
    public long FirstLookNanoseconds { get; init; }

    /// <summary>How much later than asked the thread woke from its sleep, in nanoseconds; −1 where it had not slept.</summary>
    public long WakeUpNanoseconds { get; init; }

    /// <summary>The longest step between two clock reads while it watched, in nanoseconds.</summary>
    public long LargestGapNanoseconds { get; init; }

    /// <summary>From the read that ended the watch to the one after the edge, in nanoseconds; 0 without an edge.</summary>
    public long EdgeNanoseconds { get; init; }

    /// <summary>Garbage collections of this runtime since the counters were read first.</summary>
    public int Collections { get; init; }

    /// <summary>How long those held all managed threads, in nanoseconds.</summary>
    public long PauseNanoseconds { get; init; }

    /// <summary>
    /// How often the kernel took the processor from the thread though it wanted to go on; −1 where the system does not
    /// say.
    /// </summary>
    public int InvoluntarySwitches { get; init; }

    /// <summary>Page faults of the thread; −1 where the system does not say.</summary>
    public int PageFaults { get; init; }
}
