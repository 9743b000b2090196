namespace EcgGate;

/// <summary>What the runtime that a live engine runs on had to do with memory. Figures since that runtime began.</summary>
/// <remarks>
/// The bytes stand still once samples come and a first pulse was answered; in the isolated runtime, so does the rest.
/// </remarks>
public sealed record GateRuntimeStatistics
{
    /// <summary>What the core thread has allocated, as of its last block of samples; 0 before the first.</summary>
    public long CoreThreadAllocatedBytes { get; init; }

    /// <summary>What the pulse thread has allocated, as of the last order that it answered; 0 before the first.</summary>
    public long PulseThreadAllocatedBytes { get; init; }

    /// <summary>How many collections there were, of any generation.</summary>
    public long Collections { get; init; }

    /// <summary>For how long collections have halted the runtime's threads, in all.</summary>
    public TimeSpan CollectionPause { get; init; }
}
