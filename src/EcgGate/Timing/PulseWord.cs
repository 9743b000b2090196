namespace EcgGate.Timing;

/// <summary>Where an order stands between the thread that gives it and the one that serves it.</summary>
internal enum PulsePhase
{
    /// <summary>There is no order.</summary>
    Idle,

    /// <summary>Its fields are being written.</summary>
    Loading,

    /// <summary>It waits for its deadline, and may be withdrawn.</summary>
    Pending,

    /// <summary>Its edge is being made, and can no longer be withdrawn.</summary>
    Firing,

    /// <summary>Its edge is over, or was dropped; the answer is still to come.</summary>
    Ending,

    /// <summary>It was withdrawn; the answer is still to come.</summary>
    Cancelled,
}

/// <summary>
/// The one word on which the timer's threads agree: phase, arming and token. A value; each method gives the word after
/// a transition, which the caller puts in place by one atomic compare-and-exchange.
/// </summary>
/// <param name="Bits">
/// Phase in bits 0-2, then armed and stopped, the token in bits 5-33, the order's number above. The number keeps a
/// withdrawal that was meant for one order from hitting the next.
/// </param>
internal readonly record struct PulseWord(long Bits)
{
    private const long PhaseMask = 7;
    private const long ArmedBit = 8;
    private const long StoppedBit = 16;
    private const int TokenShift = 5;
    private const long TokenMask = (1L << 29) - 1;
    private const long NextOrder = 1L << 34;

    public PulsePhase Phase => (PulsePhase)(Bits & PhaseMask);

    public bool IsArmed => (Bits & ArmedBit) != 0;

    public bool IsStopped => (Bits & StoppedBit) != 0;

    public ArmToken Token => new((Bits >> TokenShift) & TokenMask);

    /// <summary>Whether an order with this token is taken: armed, not stopped, and by no other arming.</summary>
    public bool Takes(ArmToken token) => IsArmed && !IsStopped && Token == token;

    /// <summary>Armed with a token that no order has yet; a pending order, which is of an earlier arming, is withdrawn.</summary>
    public PulseWord ArmedAnew()
    {
        var token = (Token.Value % TokenMask) + 1;
        return new PulseWord((Bits & ~(TokenMask << TokenShift)) | (token << TokenShift) | ArmedBit).Withdrawn();
    }

    /// <summary>Disarmed, and a pending order withdrawn.</summary>
    public PulseWord Disarmed() => WithoutArming().Withdrawn();

    /// <summary>Disarmed for good, and a pending order withdrawn.</summary>
    public PulseWord Stopped() => new PulseWord((Bits & ~ArmedBit) | StoppedBit).Withdrawn();

    /// <summary>Disarmed by the timer itself: the order that it serves goes on to its answer.</summary>
    public PulseWord WithoutArming() => new(Bits & ~ArmedBit);

    /// <summary>A pending order is withdrawn; nothing else changes.</summary>
    public PulseWord Withdrawn() => Phase == PulsePhase.Pending ? To(PulsePhase.Cancelled) : this;

    /// <summary>A new order is being written.</summary>
    public PulseWord LoadingNext() => new PulseWord(unchecked(Bits + NextOrder)).To(PulsePhase.Loading);

    /// <summary>Another phase; arming and token stay as they are.</summary>
    public PulseWord To(PulsePhase phase) => new((Bits & ~PhaseMask) | (long)phase);
}
