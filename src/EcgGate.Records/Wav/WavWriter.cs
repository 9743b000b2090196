using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Wav;

/// <summary>
/// Writes leads as the channels of a WAV file, with the scale and the leads' names in its comment, from where
/// <see cref="WavRecord"/> takes them.
/// </summary>
/// <remarks>
/// One thread at a time. The size in the header stays open until <see cref="Complete"/>, so that what reached the disk can
/// be read after a crash. Writing a frame allocates nothing.
/// </remarks>
public sealed class WavWriter : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly WavSampleFormat _format;
    private readonly int _channels;
    private readonly double _scale;
    private readonly long _dataOffset;
    private readonly byte[] _buffer;
    private int _length;
    private long _offset;
    private bool _completed;

    private WavWriter(string path, byte[] header, WavSampleFormat format, int channels, double scale)
    {
        _path = path;
        _format = format;
        _channels = channels;
        _scale = scale;
        var frame = channels * format.SampleBytes();
        _buffer = new byte[Math.Max(1, BufferBytes / frame) * frame];
        _offset = _dataOffset = header.Length;
        _file = RecordFiles.Create(path);
        try
        {
            RecordFiles.Write(_file, path, header, 0);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Creates a file; one of the same name is overwritten.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="samplingRateHertz">Samples per second; WAV has whole numbers only.</param>
    /// <param name="leadNames">A name for each channel, without comma, semicolon or control characters.</param>
    /// <param name="fullScaleMillivolts">Millivolts at full scale; above 0.</param>
    /// <param name="format">How to store the samples.</param>
    /// <exception cref="ArgumentException">A name or number cannot be written.</exception>
    /// <exception cref="RecordException">The file cannot be created.</exception>
    public static WavWriter Create(string path, int samplingRateHertz, IReadOnlyList<string> leadNames, double fullScaleMillivolts = 10, WavSampleFormat format = WavSampleFormat.Pcm16)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(leadNames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samplingRateHertz);
        if (!(fullScaleMillivolts is >= 1e-6 and <= EcgLabels.LargestMillivolts))
        {
            throw new ArgumentOutOfRangeException(nameof(fullScaleMillivolts), fullScaleMillivolts, "Full scale must be a positive number of millivolts.");
        }

        if (leadNames.Count is 0 or > 64 || leadNames.Any(name => name.Length is 0 or > 100 || name.AsSpan().ContainsAny(",;\0\r\n")))
        {
            throw new ArgumentException("1 to 64 lead names are needed, without commas, semicolons and line breaks.", nameof(leadNames));
        }

        return new WavWriter(path, Header(samplingRateHertz, leadNames, fullScaleMillivolts, format), format, leadNames.Count, fullScaleMillivolts);
    }

    /// <summary>Writes one sample of each channel, in mV; what exceeds full scale is written as full scale.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the channels, or one is no number where the format has whole numbers.</exception>
    /// <exception cref="RecordException">The file cannot be written, or has reached 4 GB, the most that WAV can hold.</exception>
    public void WriteMillivolts(ReadOnlySpan<double> millivolts)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (millivolts.Length != _channels)
        {
            throw new ArgumentException($"A frame of this file has {_channels} samples, not {millivolts.Length}.");
        }

        foreach (var value in millivolts)
        {
            if (double.IsNaN(value) && !_format.IsFloat())
            {
                throw new ArgumentException("A format of whole numbers has no way to write 'no value'; repeat the last value or write floating point.");
            }
        }

        if (_length == _buffer.Length)
        {
            Flush();
        }

        foreach (var value in millivolts)
        {
            Put(value / _scale);
        }
    }

    /// <summary>Writes the rest and the sizes, and closes the file. Once; later calls do nothing.</summary>
    /// <exception cref="RecordException">The file cannot be written.</exception>
    public void Complete()
    {
        if (_completed)
        {
            return;
        }

        try
        {
            Flush();
            var data = _offset - _dataOffset;
            if ((data & 1) != 0)
            {
                RecordFiles.Write(_file, _path, [0], _offset++);
            }

            Span<byte> size = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)data);
            RecordFiles.Write(_file, _path, size, _dataOffset - 4);
            BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)(_offset - 8));
            RecordFiles.Write(_file, _path, size, 4);
        }
        finally
        {
            _completed = true;
            _file.Dispose();
        }
    }

    /// <summary>Completes the file, as <see cref="Complete"/>.</summary>
    public void Dispose() => Complete();

    private static byte[] Header(int rate, IReadOnlyList<string> leads, double scale, WavSampleFormat format)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        var frame = leads.Count * format.SampleBytes();
        writer.Write("RIFF"u8);
        writer.Write(uint.MaxValue);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)(format.IsFloat() ? 3 : 1));
        writer.Write((short)leads.Count);
        writer.Write(rate);
        writer.Write((uint)Math.Min(uint.MaxValue, (long)rate * frame));
        writer.Write((short)frame);
        writer.Write((short)(format.SampleBytes() * 8));
        var comment = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{WavLayout.ScaleMark}{scale:R} mV; {WavLayout.LeadsMark}{string.Join(", ", leads)}\0"));
        var padded = comment.Length + (comment.Length & 1);
        writer.Write("LIST"u8);
        writer.Write(4 + 8 + padded);
        writer.Write("INFOICMT"u8);
        writer.Write(comment.Length);
        writer.Write(comment);
        writer.Write(new byte[padded - comment.Length]);
        writer.Write("data"u8);
        writer.Write(uint.MaxValue);
        return bytes.ToArray();
    }

    private void Flush()
    {
        if (_offset + _length + 1 > uint.MaxValue)
        {
            throw RecordException.InFile(_path, "the file has reached 4 GB, the most that WAV can hold; split the recording.");
        }

        RecordFiles.Write(_file, _path, _buffer.AsSpan(0, _length), _offset);
        _offset += _length;
        _length = 0;
    }

    private void Put(double share)
    {
        var at = _buffer.AsSpan(_length);
        _length += _format.SampleBytes();
        switch (_format)
        {
            case WavSampleFormat.Pcm8:
                at[0] = (byte)(Whole(share, 128) + 128);
                break;
            case WavSampleFormat.Pcm16:
                BinaryPrimitives.WriteInt16LittleEndian(at, (short)Whole(share, 32_768));
                break;
            case WavSampleFormat.Pcm24:
                var value = Whole(share, 8_388_608);
                BinaryPrimitives.WriteInt16LittleEndian(at, (short)value);
                at[2] = (byte)(value >> 16);
                break;
            case WavSampleFormat.Pcm32:
                BinaryPrimitives.WriteInt32LittleEndian(at, (int)Whole(share, 2_147_483_648));
                break;
            case WavSampleFormat.Ieee32:
                BinaryPrimitives.WriteSingleLittleEndian(at, (float)share);
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(at, share);
                break;
        }
    }

    private static long Whole(double share, long full) =>
        (long)Math.Clamp(Math.Round(share * full, MidpointRounding.AwayFromZero), -full, full - 1);
}
