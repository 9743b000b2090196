namespace EcgGate.Timing;

/// <summary>What a <see cref="RealtimeThread"/> asks of the operating system. Immutable.</summary>
public sealed record RealtimeOptions
{
    /// <summary>Asks for nothing: an ordinary thread.</summary>
    public static RealtimeOptions Ordinary { get; } = new()
    {
        Priority = 0,
        LockMemory = false,
        HoldProcessorAwake = false,
    };

    /// <summary>SCHED_FIFO priority, 1 to 99; 0 leaves the thread to the ordinary scheduler. Default 80.</summary>
    public int Priority { get; init; } = 80;

    /// <summary>The only processor that the thread may run on, from 0; null (the default) allows all.</summary>
    public int? Processor { get; init; }

    /// <summary>
    /// Locks the process's memory, once for the process and until it ends, each page as it is first touched.
    /// Default true.
    /// </summary>
    public bool LockMemory { get; init; } = true;

    /// <summary>
    /// Opens /dev/cpu_dma_latency, which the pulse timer then holds at 0 while it is armed, so that no processor falls
    /// into a deep sleep from which it wakes slowly. Costs power while armed. Default true.
    /// </summary>
    public bool HoldProcessorAwake { get; init; } = true;
}

/// <summary>What of <see cref="RealtimeOptions"/> was granted. Immutable.</summary>
public sealed record RealtimeStatus
{
    /// <summary>The SCHED_FIFO priority the thread has; 0 if it is an ordinary thread.</summary>
    public int FifoPriority { get; init; }

    /// <summary>The processor it is bound to; null if to none.</summary>
    public int? Processor { get; init; }

    /// <summary>The process's memory is locked, or will be page by page as it is touched.</summary>
    public bool MemoryLocked { get; init; }

    /// <summary>Timer slack is 1 ns. A SCHED_FIFO thread has none anyway.</summary>
    public bool TimerSlackRemoved { get; init; }

    /// <summary>/dev/cpu_dma_latency is open: see <see cref="RealtimeOptions.HoldProcessorAwake"/>.</summary>
    public bool ProcessorHeldAwake { get; init; }

    /// <summary>The thread is in the multimedia class, on Windows.</summary>
    public bool MultimediaClass { get; init; }

    /// <summary>One sentence for each wish that was refused: what, why, and the cure. Empty if all was granted.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
