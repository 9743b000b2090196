namespace EcgGate.Isolated;

/// <summary>The events in memory that the caller of the native library owns: <c>event_memory</c>.</summary>
/// <remarks>As <see cref="MemoryRing{T}"/>. When full, events are dropped and counted.</remarks>
/// <param name="memory">The caller's memory; it must live as long as this does.</param>
/// <param name="bytes">How much of it.</param>
/// <exception cref="ArgumentException">None, not aligned, or too little.</exception>
internal sealed unsafe class EventMemory(void* memory, ulong bytes) : IGateEventSink
{
    private readonly MemoryRing<AbiEvent> _ring = new("event_memory", memory, bytes);

    /// <summary>Events that found the ring full. Any thread.</summary>
    public long Dropped => _ring.Dropped;

    /// <inheritdoc/>
    public void OnEvent(in GateEvent gateEvent)
    {
        if (!_ring.TryWrite(AbiConversion.ToAbi(in gateEvent)))
        {
            _ring.CountDropped();
        }
    }

    /// <summary>Takes the next event. Reading thread only.</summary>
    public bool TryRead(out AbiEvent gateEvent) => _ring.TryRead(out gateEvent);
}
