using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Wav;

/// <summary>What the chunks of a RIFF/WAVE file say (Microsoft and IBM 1991; WAVE_FORMAT_EXTENSIBLE; RF64, EBU 3306).</summary>
internal sealed class WavLayout
{
    public const string ScaleMark = "full scale ";
    public const string LeadsMark = "leads: ";

    private const int MaxChunks = 10_000;
    private const int MaxChannels = 1_024;
    private const int MaxCommentBytes = 64 * 1024;
    private const ushort Pcm = 1;
    private const ushort Float = 3;
    private const ushort Extensible = 0xFFFE;

    public WavSampleFormat Format { get; private set; }

    public int Channels { get; private set; }

    public long RateHertz { get; private set; }

    /// <summary>Bytes of one sample of all channels.</summary>
    public int FrameBytes { get; private set; }

    public long DataOffset { get; private set; }

    public long DataBytes { get; private set; }

    /// <summary>From the comment that our writer leaves; null where there is none.</summary>
    public double? FullScaleMillivolts { get; private set; }

    /// <summary>From the comment that our writer leaves; empty where there is none.</summary>
    public string[] Leads { get; private set; } = [];

    public static bool Matches(ReadOnlySpan<byte> start) =>
        start.Length >= 12 && (start.StartsWith("RIFF"u8) || start.StartsWith("RF64"u8)) && start[8..12].SequenceEqual("WAVE"u8);

    public static WavLayout Read(SafeFileHandle file, string path, long length, bool allowIncomplete)
    {
        var layout = new WavLayout();
        Span<byte> bytes = stackalloc byte[40];
        if (RecordFiles.Fill(file, path, bytes[..12], 0) < 12 || !Matches(bytes))
        {
            throw RecordException.AtByte(path, 0, "'RIFF', a size and 'WAVE' were expected here; it is no WAV file.");
        }

        long? dataSize64 = null;
        long at = 12;
        for (var chunk = 0; chunk < MaxChunks && at + 8 <= length; chunk++)
        {
            Require(RecordFiles.Fill(file, path, bytes[..8], at), 8, at);
            long size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            var name = bytes[..4];
            var content = at + 8;
            if (name.SequenceEqual("data"u8))
            {
                layout.SetData(path, content, size == uint.MaxValue ? dataSize64 : size, length, allowIncomplete);
                break;
            }

            if (name.SequenceEqual("fmt "u8))
            {
                if (size is < 16 or > 4_096)
                {
                    throw RecordException.AtByte(path, content, $"the format chunk has {size} bytes, where 16 or some more were expected; the file is damaged.");
                }

                var part = bytes[..(int)Math.Min(size, 40)];
                Require(RecordFiles.Fill(file, path, part, content), part.Length, content);
                layout.SetFormat(path, content, part);
            }
            else if (name.SequenceEqual("ds64"u8) && size >= 16)
            {
                Require(RecordFiles.Fill(file, path, bytes[..16], content), 16, content);
                dataSize64 = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
            }
            else if (name.SequenceEqual("LIST"u8) && size <= Math.Min(MaxCommentBytes, length - content))
            {
                var list = new byte[size];
                RecordFiles.Fill(file, path, list, content);
                layout.TakeComment(list);
            }

            // Chunks begin at even places.
            at = content + size + (size & 1);
        }

        if (layout.DataOffset == 0)
        {
            throw RecordException.AtByte(path, Math.Min(at, length), "the file has no 'data' chunk; it is damaged or cut short.");
        }

        return layout;

        void Require(int got, int wanted, long offset)
        {
            if (got < wanted)
            {
                throw RecordException.AtByte(path, offset + got, "the file ends here, within its header; fetch or record it again.");
            }
        }
    }

    private void SetFormat(string path, long at, ReadOnlySpan<byte> chunk)
    {
        int code = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        Channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        RateHertz = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        FrameBytes = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (code == Extensible)
        {
            if (chunk.Length < 40)
            {
                throw RecordException.AtByte(path, at, $"the extensible format chunk has {chunk.Length} bytes, where 40 were expected; the file is damaged.");
            }

            // The sub-format is a GUID whose first two bytes are the code of old.
            code = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        }

        Format = (code, bits) switch
        {
            (Pcm, 8) => WavSampleFormat.Pcm8,
            (Pcm, 16) => WavSampleFormat.Pcm16,
            (Pcm, 24) => WavSampleFormat.Pcm24,
            (Pcm, 32) => WavSampleFormat.Pcm32,
            (Float, 32) => WavSampleFormat.Ieee32,
            (Float, 64) => WavSampleFormat.Ieee64,
            _ => throw RecordException.AtByte(path, at, $"samples of {bits} bits in format {code} are not supported; convert the file to PCM of 8, 16, 24 or 32 bits (format 1) or floating point (format 3)."),
        };
        if (Channels is 0 or > MaxChannels || RateHertz is 0 or > (long)WfdbHeader.MaxSamplingFrequencyHertz || FrameBytes != Channels * Format.SampleBytes())
        {
            throw RecordException.AtByte(path, at, $"{Channels} channels of {bits} bits at {RateHertz} Hz in frames of {FrameBytes} bytes cannot be; the file is damaged.");
        }
    }

    private void SetData(string path, long offset, long? size, long length, bool allowIncomplete)
    {
        if (FrameBytes == 0)
        {
            throw RecordException.AtByte(path, offset - 8, "the samples begin here, before any format chunk; the file is damaged.");
        }

        // A recorder that streams, or that died, leaves the size open.
        var there = length - offset;
        var bytes = size is null or 0 ? there : size.Value;
        if (bytes < 0 || (bytes > there && !allowIncomplete))
        {
            throw RecordException.AtByte(path, length, $"the file ends here, but its header announces {bytes} bytes of samples and {there} are there; it is cut short: fetch it again, or allow incomplete files.");
        }

        DataOffset = offset;
        DataBytes = Math.Min(bytes, there) / FrameBytes * FrameBytes;
        if (DataBytes == 0)
        {
            throw RecordException.AtByte(path, offset, "the file holds no samples.");
        }
    }

    /// <summary>Finds our writer's comment in an INFO list.</summary>
    private void TakeComment(ReadOnlySpan<byte> list)
    {
        if (!list.StartsWith("INFO"u8))
        {
            return;
        }

        list = list[4..];
        while (list.Length >= 8)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(list[4..]);
            if (size > list.Length - 8)
            {
                return;
            }

            if (list.StartsWith("ICMT"u8))
            {
                foreach (var part in WfdbFiles.Text(list.Slice(8, (int)size)).TrimEnd('\0').Split("; "))
                {
                    if (part.StartsWith(ScaleMark, StringComparison.Ordinal) && part.EndsWith(" mV", StringComparison.Ordinal)
                        && double.TryParse(part[ScaleMark.Length..^3], NumberStyles.Float, CultureInfo.InvariantCulture, out var scale))
                    {
                        FullScaleMillivolts = scale;
                    }
                    else if (part.StartsWith(LeadsMark, StringComparison.Ordinal))
                    {
                        Leads = part[LeadsMark.Length..].Split(", ");
                    }
                }
            }

            list = list[(int)Math.Min(list.Length, 8 + size + (size & 1))..];
        }
    }
}
