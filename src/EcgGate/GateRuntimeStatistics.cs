namespace EcgGate;

/// <summary>What the runtime that a live engine runs on had to do with memory.</summary>
/// <remarks>
/// The bytes stand still once samples come and a first pulse was answered; in the isolated runtime the rest stays at 0,
/// unless another engine is made in it meanwhile.
/// </remarks>
public sealed record GateRuntimeStatistics
{
    /// <summary>What the core thread has allocated, as of its last block of samples; 0 before the first.</summary>
    public long CoreThreadAllocatedBytes { get; init; }

    /// <summary>What the pulse thread has allocated, as of the last order that it answered; 0 before the first.</summary>
    public long PulseThreadAllocatedBytes { get; init; }

    /// <summary>How many collections there were since the engine was started, of any generation.</summary>
    public long Collections { get; init; }

    /// <summary>For how long they have halted the runtime's threads, in all.</summary>
    public TimeSpan CollectionPause { get; init; }
}
