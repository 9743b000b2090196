using System.Numerics;
using System.Runtime.InteropServices;

namespace EcgGate.Timing;

/// <summary>A bounded queue from exactly one writing thread to exactly one reading thread.</summary>
/// <typeparam name="T">What is handed over; copied in and out. Small structs without references are meant.</typeparam>
/// <remarks>
/// <para>Never blocks, allocates nothing after construction, takes no lock. First in, first out.</para>
/// <para>
/// Memory order: a slot is written before the tail is published with release semantics, and the reader acquires the
/// tail before it reads the slot; the same holds for the head in the other direction. So whatever the writer did
/// before <see cref="TryWrite"/> is visible to the reader after the <see cref="TryRead"/> that took the item. Head
/// and tail lie 128 bytes apart, so that the two threads do not fight over one cache line (two, with the
/// prefetcher's pairs).
/// </para>
/// <para>
/// Why not a channel of <c>System.Threading.Channels</c>: an item in and out costs 6 ns here and 46 ns there, and is on its
/// way to a spinning reader for 0.15 us here and 0.7 to 0.9 us there in the median; an async reader adds 10 us. A channel also
/// takes a lock or allocates a segment now and then, which the pulse thread must not. (bench/EcgGate.Bench, <c>handover</c> and
/// <c>HandoverBenchmarks</c>; the far percentiles of all of them are the machine's.)
/// </para>
/// </remarks>
public sealed class SpscRing<T>
    where T : struct
{
    private readonly T[] _slots;
    private readonly int _mask;
    private Positions _positions;

    /// <summary>Creates the ring.</summary>
    /// <param name="capacity">How many items it holds: rounded up to a power of two, from 2 to 2^24.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    public SpscRing(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 24);
        _slots = new T[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _slots.Length - 1;
    }

    /// <summary>How many items fit.</summary>
    public int Capacity => _slots.Length;

    /// <summary>How many items wait: exact on either of the two threads for its own side, a snapshot elsewhere.</summary>
    public int Count
    {
        get
        {
            // Head first: read the other way round, the difference could come out negative.
            var head = Volatile.Read(ref _positions.Head);
            var tail = Volatile.Read(ref _positions.Tail);
            return (int)Math.Min(tail - head, _slots.Length);
        }
    }

    /// <summary>How many items <see cref="TryWrite"/> has refused because the ring was full. Any thread.</summary>
    public long Dropped => Volatile.Read(ref _positions.Dropped);

    /// <summary>Puts an item in. Writing thread only.</summary>
    /// <returns>False if the ring is full: the item is dropped and counted in <see cref="Dropped"/>.</returns>
    public bool TryWrite(in T item)
    {
        var tail = _positions.Tail;
        if (tail - _positions.HeadSeenByWriter >= _slots.Length)
        {
            _positions.HeadSeenByWriter = Volatile.Read(ref _positions.Head);
            if (tail - _positions.HeadSeenByWriter >= _slots.Length)
            {
                Volatile.Write(ref _positions.Dropped, _positions.Dropped + 1);
                return false;
            }
        }

        _slots[(int)tail & _mask] = item;
        Volatile.Write(ref _positions.Tail, tail + 1);
        return true;
    }

    /// <summary>Takes the oldest item. Reading thread only.</summary>
    /// <returns>False if the ring is empty.</returns>
    public bool TryRead(out T item)
    {
        var head = _positions.Head;
        if (head >= _positions.TailSeenByReader)
        {
            _positions.TailSeenByReader = Volatile.Read(ref _positions.Tail);
            if (head >= _positions.TailSeenByReader)
            {
                item = default;
                return false;
            }
        }

        item = _slots[(int)head & _mask];
        Volatile.Write(ref _positions.Head, head + 1);
        return true;
    }
}

/// <summary>The two ends of a ring, each on cache lines of its own.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct Positions
{
    /// <summary>Next to be read; written by the reader.</summary>
    [FieldOffset(128)]
    public long Head;

    /// <summary>The tail as the reader saw it last.</summary>
    [FieldOffset(136)]
    public long TailSeenByReader;

    /// <summary>Next to be written; written by the writer.</summary>
    [FieldOffset(256)]
    public long Tail;

    /// <summary>The head as the writer saw it last.</summary>
    [FieldOffset(264)]
    public long HeadSeenByWriter;

    /// <summary>Refused items; written by the writer.</summary>
    [FieldOffset(272)]
    public long Dropped;
}
