namespace EcgGate.Records.Sessions;

/// <summary>
/// A file that only grows. What is handed in waits in memory; a write that fails is done again at the same place, so that
/// nothing is lost or doubled.
/// </summary>
/// <remarks>
/// <see cref="Append"/> and <see cref="Take"/> under the owner's lock; <see cref="Save"/> and the rest on the writing thread.
/// </remarks>
internal sealed class AppendLog(IRecordFile file) : IDisposable
{
    private byte[] _incoming = new byte[1 << 14];
    private byte[] _outgoing = new byte[1 << 14];
    private int _incomingCount;
    private int _outgoingCount;
    private long _offset;

    /// <summary>Bytes that were handed in and are not known to be on the disk.</summary>
    public int Unsaved => _incomingCount + _outgoingCount;

    /// <summary>Takes bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Grow(ref _incoming, _incomingCount, bytes.Length);
        bytes.CopyTo(_incoming.AsSpan(_incomingCount));
        _incomingCount += bytes.Length;
    }

    /// <summary>Moves what was handed in to where it is written from.</summary>
    public void Take()
    {
        if (_outgoingCount == 0)
        {
            (_incoming, _outgoing) = (_outgoing, _incoming);
            (_incomingCount, _outgoingCount) = (0, _incomingCount);
            return;
        }

        Grow(ref _outgoing, _outgoingCount, _incomingCount);
        _incoming.AsSpan(0, _incomingCount).CopyTo(_outgoing.AsSpan(_outgoingCount));
        _outgoingCount += _incomingCount;
        _incomingCount = 0;
    }

    /// <summary>Writes what was taken, and waits until it is on the disk.</summary>
    /// <exception cref="IOException">It could not be written; it is kept.</exception>
    public void Save()
    {
        if (_outgoingCount == 0)
        {
            return;
        }

        file.Write(_outgoing.AsSpan(0, _outgoingCount), _offset);
        file.Sync();
        _offset += _outgoingCount;
        _outgoingCount = 0;
    }

    public void Dispose() => file.Dispose();

    private static void Grow(ref byte[] bytes, int count, int more)
    {
        if (count + more > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(count + more, 2 * bytes.Length));
        }
    }
}
