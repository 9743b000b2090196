namespace EcgGate.Timing;

/// <summary>How a <see cref="PulseTimer"/> waits. Immutable.</summary>
public sealed record PulseTimerOptions
{
    /// <summary>What the timer's thread asks of the operating system.</summary>
    public RealtimeOptions Realtime { get; init; } = new();

    /// <summary>
    /// How long before a deadline the thread begins to watch the clock instead of sleeping, at first. It then follows
    /// the measured wake-ups between <see cref="MinimumSpinMargin"/> and <see cref="MaximumSpinMargin"/>. Default
    /// 500 us.
    /// </summary>
    public TimeSpan InitialSpinMargin { get; init; } = TimeSpan.FromMicroseconds(500);

    /// <summary>
    /// The shortest margin. Default 200 us: on a virtual machine half of the wake-ups came later than 100 us in slow minutes.
    /// </summary>
    public TimeSpan MinimumSpinMargin { get; init; } = TimeSpan.FromMicroseconds(200);

    /// <summary>
    /// The longest margin, at most 10 ms: the kernel halts a real-time thread that never sleeps. Default 1 ms.
    /// </summary>
    public TimeSpan MaximumSpinMargin { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How many reports may wait to be taken before orders are refused. Default 64; 2 to 65,536.</summary>
    public int ReportCapacity { get; init; } = 64;

    /// <summary>
    /// How many <see cref="PulseTrace"/> may wait to be taken; further ones are not kept. Default 64; 2 to 65,536.
    /// </summary>
    public int TraceCapacity { get; init; } = 64;
}

/// <summary>Why a <see cref="PulseTimer"/> disarmed itself.</summary>
public enum PulseTimerFault
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The line refused to become active.</summary>
    RaiseRefused,

    /// <summary>The line refused to become inactive: it may be stuck high. The timer keeps trying.</summary>
    LowerRefused,

    /// <summary>The clock read after an edge was past <see cref="PulseOrder.LatestEdge"/>.</summary>
    EdgeLate,
}
