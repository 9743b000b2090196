namespace EcgGate.Timing;

/// <summary>Proof that the timer is armed: an order without the current one is refused.</summary>
/// <param name="Value">Rises with each arming, from 1; 0 is no token.</param>
public readonly record struct ArmToken(long Value);

/// <summary>One pulse, ordered on the host's clock.</summary>
/// <param name="Token">What <see cref="IPulseTimer.Arm"/> returned last.</param>
/// <param name="BeatNumber">The beat that it belongs to, from 1.</param>
/// <param name="Deadline">When the edge is due.</param>
/// <param name="LatestEdge">
/// The last moment at which the edge may still begin: the deadline plus the tolerance, and never after the cut-off.
/// </param>
/// <param name="WidthNanoseconds">How long the line stays active, counted from the actual edge.</param>
public readonly record struct PulseOrder(ArmToken Token, long BeatNumber, MonotonicTime Deadline, MonotonicTime LatestEdge, long WidthNanoseconds);

/// <summary>What became of a <see cref="PulseOrder"/>.</summary>
public enum PulseResult
{
    /// <summary>The edge was made, inside the tolerance.</summary>
    Fired,

    /// <summary>The timer came to it after <see cref="PulseOrder.LatestEdge"/>: no edge was made.</summary>
    DroppedLate,

    /// <summary>The order was withdrawn before its time (stop, disarm, inhibit): no edge was made.</summary>
    Cancelled,

    /// <summary>The line refused, or the edge proved late when the clock was read after it. Disarms.</summary>
    Fault,
}

/// <summary>The timer's answer to one order.</summary>
/// <param name="BeatNumber">The beat of the order.</param>
/// <param name="Result">What became of it.</param>
/// <param name="EdgeTime">Clock read right after the edge; the default where there was none.</param>
/// <param name="LatenessNanoseconds">
/// Edge minus deadline, or, for a drop, the moment of dropping minus the deadline.
/// </param>
public readonly record struct PulseReport(long BeatNumber, PulseResult Result, MonotonicTime EdgeTime, long LatenessNanoseconds);
