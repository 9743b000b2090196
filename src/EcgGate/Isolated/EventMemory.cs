using System.Numerics;

namespace EcgGate.Isolated;

/// <summary>A ring of events in memory that the caller of the native library owns: <c>ecggate_event_memory</c>.</summary>
/// <remarks>
/// One thread writes, one reads; never blocks, allocates nothing. Written and taken only rise; an event's place is its
/// number modulo the capacity, a power of two. The writer publishes with release semantics and the reader acquires, as
/// in <see cref="Timing.SpscRing{T}"/>. When full, events are dropped and counted.
/// </remarks>
internal sealed unsafe class EventMemory : IGateEventSink
{
    private const int Alignment = 8;

    private readonly AbiEventMemory* _head;
    private readonly AbiEvent* _events;
    private readonly ulong _capacity;

    /// <summary>Lays an empty ring out.</summary>
    /// <param name="memory">The caller's memory; it must live as long as this does.</param>
    /// <param name="bytes">How much of it; the largest power of two of events that fits is used.</param>
    /// <exception cref="ArgumentException">None, not aligned to 8 bytes, or room for fewer than two events.</exception>
    public EventMemory(void* memory, ulong bytes)
    {
        if (memory is null || (nuint)memory % Alignment != 0)
        {
            throw new ArgumentException(memory is null ? "event_memory is NULL; give memory for the events." : $"event_memory is not aligned to {Alignment} bytes.");
        }

        var least = BytesFor(2);
        if (bytes < least)
        {
            throw new ArgumentException($"event_memory_bytes is {bytes}; at least {least} are needed, for two events.");
        }

        _head = (AbiEventMemory*)memory;
        _events = (AbiEvent*)(_head + 1);
        var fit = (bytes - (ulong)sizeof(AbiEventMemory)) / (ulong)sizeof(AbiEvent);
        _capacity = 1UL << BitOperations.Log2(fit);
        *_head = new AbiEventMemory { Size = (uint)sizeof(AbiEventMemory), EventSize = (uint)sizeof(AbiEvent), Capacity = _capacity };
    }

    /// <summary>Events that found the ring full. Any thread.</summary>
    public long Dropped => (long)Volatile.Read(ref _head->Dropped);

    /// <summary>How many bytes a ring of so many events takes; a power of two is used up.</summary>
    public static ulong BytesFor(int capacity) => (ulong)sizeof(AbiEventMemory) + ((ulong)capacity * (ulong)sizeof(AbiEvent));

    /// <inheritdoc/>
    public void OnEvent(in GateEvent gateEvent)
    {
        var written = _head->Written;
        if (written - Volatile.Read(ref _head->Taken) >= _capacity)
        {
            Volatile.Write(ref _head->Dropped, _head->Dropped + 1);
            return;
        }

        _events[written & (_capacity - 1)] = AbiConversion.ToAbi(in gateEvent);
        Volatile.Write(ref _head->Written, written + 1);
    }

    /// <summary>Takes the next event. Reading thread only.</summary>
    public bool TryRead(out AbiEvent gateEvent)
    {
        var taken = _head->Taken;
        if (taken == Volatile.Read(ref _head->Written))
        {
            gateEvent = default;
            return false;
        }

        gateEvent = _events[taken & (_capacity - 1)];
        Volatile.Write(ref _head->Taken, taken + 1);
        return true;
    }
}
