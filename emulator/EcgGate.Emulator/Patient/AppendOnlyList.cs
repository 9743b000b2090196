using System.Collections;

namespace EcgGate.Emulator.Patient;

/// <summary>A list that one thread appends to while others read what is there.</summary>
/// <remarks>
/// The array is published before the count, and readers take the count first: whatever count a reader sees, the array
/// it then sees holds that many items.
/// </remarks>
/// <param name="capacity">Room for so many before it grows.</param>
internal sealed class AppendOnlyList<T>(int capacity = 64) : IReadOnlyList<T>
{
    private T[] _items = new T[capacity];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return Volatile.Read(ref _items)[index];
        }
    }

    /// <summary>What is there now.</summary>
    public ReadOnlySpan<T> Items
    {
        get
        {
            var count = Volatile.Read(ref _count);
            return Volatile.Read(ref _items).AsSpan(0, count);
        }
    }

    public void Add(T item)
    {
        var count = _count;
        if (count == _items.Length)
        {
            var larger = new T[count * 2];
            Array.Copy(_items, larger, count);
            Volatile.Write(ref _items, larger);
        }

        _items[count] = item;
        Volatile.Write(ref _count, count + 1);
    }

    public IEnumerator<T> GetEnumerator()
    {
        var count = Count;
        for (var i = 0; i < count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
