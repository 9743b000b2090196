using System.Numerics;

namespace EcgGate.Isolated;

/// <summary>
/// A ring in memory that the caller of the native library owns: an <c>ecggate_event_memory</c>, and the entries after it.
/// </summary>
/// <typeparam name="T">What is handed over.</typeparam>
/// <remarks>
/// One thread writes, one reads; never blocks, allocates nothing. Written and taken only rise; an entry's place is its
/// number modulo the capacity, a power of two. The writer publishes with release semantics and the reader acquires, as
/// in <see cref="Timing.SpscRing{T}"/>.
/// </remarks>
internal sealed unsafe class MemoryRing<T>
    where T : unmanaged
{
    private const int Alignment = 8;

    private readonly AbiEventMemory* _head;
    private readonly T* _entries;
    private readonly ulong _capacity;

    /// <summary>Lays an empty ring out.</summary>
    /// <param name="field">What the memory is called in the options, for messages.</param>
    /// <param name="memory">The caller's memory; it must live as long as this does.</param>
    /// <param name="bytes">How much of it; the largest power of two of entries that fits is used.</param>
    /// <exception cref="ArgumentException">None, not aligned to 8 bytes, or room for fewer than two entries.</exception>
    public MemoryRing(string field, void* memory, ulong bytes)
    {
        if (memory is null || (nuint)memory % Alignment != 0)
        {
            throw new ArgumentException(memory is null ? $"{field} is NULL; give memory for it." : $"{field} is not aligned to {Alignment} bytes.");
        }

        var least = BytesFor(2);
        if (bytes < least)
        {
            throw new ArgumentException($"{field}_bytes is {bytes}; at least {least} are needed, for two entries.");
        }

        _head = (AbiEventMemory*)memory;
        _entries = (T*)(_head + 1);
        var fit = (bytes - (ulong)sizeof(AbiEventMemory)) / (ulong)sizeof(T);
        _capacity = 1UL << BitOperations.Log2(fit);
        *_head = new AbiEventMemory { Size = (uint)sizeof(AbiEventMemory), EventSize = (uint)sizeof(T), Capacity = _capacity };
    }

    /// <summary>Entries that found the ring full. Any thread.</summary>
    public long Dropped => (long)Volatile.Read(ref _head->Dropped);

    /// <summary>How many bytes a ring of so many entries takes; a power of two is used up.</summary>
    public static ulong BytesFor(int capacity) => (ulong)sizeof(AbiEventMemory) + ((ulong)capacity * (ulong)sizeof(T));

    /// <summary>Puts an entry in. Writing thread only.</summary>
    /// <returns>False if the ring is full; nothing is counted.</returns>
    public bool TryWrite(in T entry)
    {
        var written = _head->Written;
        if (written - Volatile.Read(ref _head->Taken) >= _capacity)
        {
            return false;
        }

        _entries[written & (_capacity - 1)] = entry;
        Volatile.Write(ref _head->Written, written + 1);
        return true;
    }

    /// <summary>Counts an entry that found no room. Writing thread only.</summary>
    public void CountDropped() => Volatile.Write(ref _head->Dropped, _head->Dropped + 1);

    /// <summary>Takes the oldest entry. Reading thread only.</summary>
    public bool TryRead(out T entry)
    {
        var taken = _head->Taken;
        if (taken == Volatile.Read(ref _head->Written))
        {
            entry = default;
            return false;
        }

        entry = _entries[taken & (_capacity - 1)];
        Volatile.Write(ref _head->Taken, taken + 1);
        return true;
    }
}
