using EcgGate.Timing;

namespace EcgGate.Simulation.Tests.Model;

/// <summary>What a thread asks the timer for.</summary>
internal enum Request
{
    /// <summary>Nothing more: the thread has ended.</summary>
    End,

    /// <summary>Arms, and passes the token on to the core.</summary>
    Arm,

    /// <summary>Disarms, and tells the core.</summary>
    Disarm,

    /// <summary>Disarms the first arming only.</summary>
    DisarmFirst,

    /// <summary>Stops for good.</summary>
    Stop,

    /// <summary>Orders the next pulse, with the token that was passed on last.</summary>
    Order,

    /// <summary>Withdraws the pulse ordered last.</summary>
    Cancel,

    /// <summary>Waits for the answer to the pulse ordered last, if it was taken.</summary>
    Await,
}

/// <summary>One thread that calls the timer: how far it is, and the call that it is in. The call is the timer's own code.</summary>
/// <param name="Step">How many of its requests are done.</param>
/// <param name="IsCalling">Whether it is in a call.</param>
/// <param name="Call">The call.</param>
/// <param name="Revokes">The token that this call, once returned, has made void.</param>
internal readonly record struct Caller(int Step, bool IsCalling, PulseCall Call, long Revokes);

/// <summary>What is known of one pulse.</summary>
/// <param name="IsTaken">The order was taken.</param>
/// <param name="Edges">How often the line was raised for it.</param>
/// <param name="Answers">How often it was answered.</param>
/// <param name="Result">The last answer.</param>
internal readonly record struct Pulse(bool IsTaken, int Edges, int Answers, PulseResult Result);

/// <summary>
/// All that there is, as a value: the word and the order that the threads share, clock and line, the timer's thread in
/// the middle of its work (its own code), the callers in the middle of theirs.
/// </summary>
internal readonly record struct ModelState
{
    public PulseWord Word { get; init; }

    public PulseOrder Order { get; init; }

    public PulseTimerFault Fault { get; init; }

    public int Clock { get; init; }

    public bool IsLineHigh { get; init; }

    public PulseService Service { get; init; }

    /// <summary>The timer's thread has ended.</summary>
    public bool HasTimerEnded { get; init; }

    /// <summary>When the timer's thread last read the clock before the edge.</summary>
    public int LastLook { get; init; }

    public Caller Core { get; init; }

    public Caller Host0 { get; init; }

    public Caller Host1 { get; init; }

    /// <summary>The token that the core orders with: what the host passed on last, 0 for none.</summary>
    public long Requested { get; init; }

    /// <summary>No edge may begin for an order with this token or an earlier one.</summary>
    public long Revoked { get; init; }

    public int Ordered { get; init; }

    public Pulse First { get; init; }

    public Pulse Second { get; init; }
}
