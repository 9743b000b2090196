namespace EcgGate.Isolated;

/// <summary>The core's inputs in memory that the caller of the native library owns: <c>input_memory</c>.</summary>
/// <remarks>
/// As <see cref="MemoryRing{T}"/>. When full, inputs are dropped and counted, and the place is marked as soon as there is
/// room, as in <see cref="GateInputRing"/>.
/// </remarks>
/// <param name="memory">The caller's memory; it must live as long as this does.</param>
/// <param name="bytes">How much of it.</param>
/// <exception cref="ArgumentException">None, not aligned, or too little.</exception>
internal sealed unsafe class InputMemory(void* memory, ulong bytes) : IGateInputSink
{
    private readonly MemoryRing<AbiInput> _ring = new("input_memory", memory, bytes);
    private long _unmarked;

    /// <summary>Inputs that found the ring full. Any thread.</summary>
    public long Dropped => _ring.Dropped;

    /// <inheritdoc/>
    public void OnInput(in GateInput input)
    {
        if (_unmarked > 0 && _ring.TryWrite(AbiConversion.ToAbi(GateInput.OfLost(_unmarked))))
        {
            _unmarked = 0;
        }

        if (_unmarked > 0 || !_ring.TryWrite(AbiConversion.ToAbi(in input)))
        {
            _unmarked++;
            _ring.CountDropped();
        }
    }

    /// <summary>Takes the oldest inputs, as many as there are and fit. Reading thread only.</summary>
    public int Read(Span<AbiInput> destination)
    {
        var count = 0;
        while (count < destination.Length && _ring.TryRead(out destination[count]))
        {
            count++;
        }

        return count;
    }
}
