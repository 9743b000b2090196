using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Csv;

/// <summary>Gives the lines of a text file one by one, as bytes, through one fixed buffer.</summary>
internal sealed class LineReader(SafeFileHandle file, string path)
{
    public const int MaxLineBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[2 * MaxLineBytes];
    private long _bufferOffset;
    private int _start;
    private int _length;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Where the next line begins.</summary>
    public long Offset => _bufferOffset + _start;

    /// <summary>The next line, without its end; it holds until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        int end;
        while ((end = _buffer.AsSpan(_start + searched, _length - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _length - _start;
            if (searched > MaxLineBytes)
            {
                throw RecordException.At(path, $"line {LineNumber + 1}", $"the line is longer than {MaxLineBytes} bytes; this is no table of samples.");
            }

            if (!Fill())
            {
                // The last line may lack its end.
                line = _buffer.AsSpan(_start, searched);
                _start = _length;
                LineNumber += searched > 0 ? 1 : 0;
                return searched > 0;
            }
        }

        end += searched;
        line = _buffer.AsSpan(_start, end);
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        _start += end + 1;
        LineNumber++;
        return true;
    }

    /// <summary>Goes back to a place that <see cref="Offset"/> gave.</summary>
    public void Return(long offset, long lineNumber)
    {
        _bufferOffset = offset;
        _start = _length = 0;
        LineNumber = lineNumber;
    }

    private bool Fill()
    {
        _buffer.AsSpan(_start, _length - _start).CopyTo(_buffer);
        _bufferOffset += _start;
        _length -= _start;
        _start = 0;
        var count = RecordFiles.Fill(file, path, _buffer.AsSpan(_length), _bufferOffset + _length);
        _length += count;
        return count > 0;
    }
}
