using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records;

/// <summary>
/// Streams the samples of one signal file, all its signals interleaved, through one fixed buffer. Seeks to any sample.
/// </summary>
internal sealed class SignalFileReader(SafeFileHandle file, string path, WfdbFormat format, long byteOffset, long totalSamples, int bufferSamples)
{
    // A multiple of all packet sizes (1, 2, 3), so that a block always starts at a packet.
    private readonly int[] _samples = new int[bufferSamples / 6 * 6];
    private readonly byte[] _bytes = new byte[(int)format.BytesFor(bufferSamples / 6 * 6)];
    private long _blockStart;
    private int _blockLength;
    private int _blockPosition;

    public string Path => path;

    public WfdbFormat Format => format;

    public void Seek(long sample)
    {
        var start = sample / 6 * 6;
        _blockStart = start;
        _blockLength = 0;
        _blockPosition = (int)(sample - start);
    }

    /// <summary>Fills the span; the caller asks for no more than there is.</summary>
    public void Read(Span<int> destination)
    {
        while (destination.Length > 0)
        {
            if (_blockPosition >= _blockLength)
            {
                Fill();
            }

            var count = Math.Min(destination.Length, _blockLength - _blockPosition);
            _samples.AsSpan(_blockPosition, count).CopyTo(destination);
            _blockPosition += count;
            destination = destination[count..];
        }
    }

    private void Fill()
    {
        var skip = _blockLength == 0 ? _blockPosition : 0;
        _blockStart += _blockLength;
        var count = (int)Math.Min(_samples.Length, totalSamples - _blockStart);
        var offset = byteOffset + format.BytesFor(_blockStart);
        var bytes = _bytes.AsSpan(0, (int)format.BytesFor(count));
        var got = WfdbFiles.Fill(file, path, bytes, offset);
        if (got < bytes.Length || count <= skip)
        {
            throw WfdbException.AtByte(
                path, offset + got, $"the file ends here, {bytes.Length - got} bytes before the end that it had when it was opened; was it cut while being read?");
        }

        SampleCodec.Decode(format, bytes, _samples.AsSpan(0, count));
        _blockLength = count;
        _blockPosition = skip;
    }
}
