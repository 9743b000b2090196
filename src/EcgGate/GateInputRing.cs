using EcgGate.Timing;

namespace EcgGate;

/// <summary>
/// Hands the core's inputs to whoever records them. When nobody keeps up, inputs are dropped and counted, the place is marked
/// with <see cref="GateInputKind.Lost"/> as soon as there is room, and the pulse path goes on.
/// </summary>
/// <remarks>One thread writes, one reads; never blocks, allocates nothing after construction.</remarks>
/// <param name="capacity">How many unread inputs fit; rounded up to a power of two.</param>
internal sealed class GateInputRing(int capacity) : IGateInputSink
{
    private readonly SpscRing<GateInput> _ring = new(capacity);
    private long _unmarked;
    private long _dropped;

    /// <summary>Inputs that found the ring full. Any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public void OnInput(in GateInput input)
    {
        if (_unmarked > 0 && _ring.TryWrite(GateInput.OfLost(_unmarked)))
        {
            _unmarked = 0;
        }

        if (_unmarked > 0 || !_ring.TryWrite(in input))
        {
            _unmarked++;
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Takes the oldest inputs, as many as there are and fit. Reading thread only.</summary>
    public int Read(Span<GateInput> destination)
    {
        var count = 0;
        while (count < destination.Length && _ring.TryRead(out destination[count]))
        {
            count++;
        }

        return count;
    }
}
