using EcgGate.Timing;

namespace EcgGate;

/// <summary>
/// Hands events from the core's thread to a host's. When the host does not keep up, events are dropped and counted, and
/// the pulse path goes on.
/// </summary>
/// <remarks>One thread writes, one reads; never blocks.</remarks>
/// <param name="capacity">How many unread events fit; rounded up to a power of two.</param>
internal sealed class GateEventRing(int capacity) : IGateEventSink
{
    private readonly SpscRing<GateEvent> _ring = new(capacity);

    /// <summary>Events that found the ring full. Any thread.</summary>
    public long Dropped => _ring.Dropped;

    /// <inheritdoc/>
    public void OnEvent(in GateEvent gateEvent) => _ring.TryWrite(in gateEvent);

    /// <summary>Takes the next event. Reading thread only.</summary>
    public bool TryRead(out GateEvent gateEvent) => _ring.TryRead(out gateEvent);
}
