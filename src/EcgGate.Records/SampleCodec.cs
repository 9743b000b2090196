using System.Buffers.Binary;

namespace EcgGate.Records;

/// <summary>Packs and unpacks samples as signal(5) lays them out. Stateless; whole packets, the last one possibly short.</summary>
internal static class SampleCodec
{
    /// <summary>Unpacks <paramref name="samples"/>.Length samples from the start of a packet.</summary>
    public static void Decode(WfdbFormat format, ReadOnlySpan<byte> bytes, Span<int> samples)
    {
        switch (format)
        {
            case WfdbFormat.Format16:
                for (var i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]);
                }

                break;
            case WfdbFormat.Format24:
                for (var i = 0; i < samples.Length; i++)
                {
                    var at = 3 * i;
                    samples[i] = bytes[at] | (bytes[at + 1] << 8) | ((sbyte)bytes[at + 2] << 16);
                }

                break;
            case WfdbFormat.Format32:
                for (var i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
                }

                break;
            case WfdbFormat.Format61:
                for (var i = 0; i < samples.Length; i++)
                {
                    samples[i] = BinaryPrimitives.ReadInt16BigEndian(bytes[(2 * i)..]);
                }

                break;
            case WfdbFormat.Format80:
                for (var i = 0; i < samples.Length; i++)
                {
                    samples[i] = bytes[i] - 128;
                }

                break;
            case WfdbFormat.Format212:
                Decode212(bytes, samples);
                break;
            case WfdbFormat.Format310:
                Decode310(bytes, samples);
                break;
            case WfdbFormat.Format311:
                Decode311(bytes, samples);
                break;
            default:
                samples.Fill(int.MinValue);
                break;
        }
    }

    /// <summary>Packs samples, all within the format's bits, and returns how many bytes they took.</summary>
    public static int Encode(WfdbFormat format, ReadOnlySpan<int> samples, Span<byte> bytes)
    {
        var count = (int)format.BytesFor(samples.Length);
        bytes = bytes[..count];
        switch (format)
        {
            case WfdbFormat.Format16:
                for (var i = 0; i < samples.Length; i++)
                {
                    BinaryPrimitives.WriteInt16LittleEndian(bytes[(2 * i)..], (short)samples[i]);
                }

                break;
            case WfdbFormat.Format24:
                for (var i = 0; i < samples.Length; i++)
                {
                    var at = 3 * i;
                    bytes[at] = (byte)samples[i];
                    bytes[at + 1] = (byte)(samples[i] >> 8);
                    bytes[at + 2] = (byte)(samples[i] >> 16);
                }

                break;
            case WfdbFormat.Format32:
                for (var i = 0; i < samples.Length; i++)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], samples[i]);
                }

                break;
            case WfdbFormat.Format61:
                for (var i = 0; i < samples.Length; i++)
                {
                    BinaryPrimitives.WriteInt16BigEndian(bytes[(2 * i)..], (short)samples[i]);
                }

                break;
            case WfdbFormat.Format80:
                for (var i = 0; i < samples.Length; i++)
                {
                    bytes[i] = (byte)(samples[i] + 128);
                }

                break;
            case WfdbFormat.Format212:
            case WfdbFormat.Format310:
            case WfdbFormat.Format311:
                EncodePacked(format, samples, bytes);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "Samples cannot be written in this format.");
        }

        return count;
    }

    private static void Decode212(ReadOnlySpan<byte> bytes, Span<int> samples)
    {
        // byte 0: low 8 bits of the first; byte 1: its high 4 bits, then the second's high 4; byte 2: the second's low 8.
        var at = 0;
        var i = 0;
        for (; i + 1 < samples.Length; i += 2, at += 3)
        {
            var middle = bytes[at + 1];
            samples[i] = SignExtend(bytes[at] | ((middle & 0x0F) << 8), 12);
            samples[i + 1] = SignExtend(bytes[at + 2] | ((middle & 0xF0) << 4), 12);
        }

        if (i < samples.Length)
        {
            samples[i] = SignExtend(bytes[at] | ((bytes[at + 1] & 0x0F) << 8), 12);
        }
    }

    private static void Decode310(ReadOnlySpan<byte> bytes, Span<int> samples)
    {
        // Two little-endian words. Bits 1-10 of each are a sample; bits 11-15 are the low and the high half of the third.
        var at = 0;
        for (var i = 0; i < samples.Length; i += 3, at += 4)
        {
            int first = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
            samples[i] = SignExtend(first >> 1, 10);
            if (i + 1 >= samples.Length)
            {
                break;
            }

            int second = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]);
            samples[i + 1] = SignExtend(second >> 1, 10);
            if (i + 2 < samples.Length)
            {
                samples[i + 2] = SignExtend((first >> 11) | ((second >> 11) << 5), 10);
            }
        }
    }

    private static void Decode311(ReadOnlySpan<byte> bytes, Span<int> samples)
    {
        // One little-endian 32-bit word: bits 0-9, 10-19, 20-29. A last packet may lack its high bytes.
        var at = 0;
        for (var i = 0; i < samples.Length; i += 3, at += 4)
        {
            var word = 0;
            for (var b = 0; b < 4 && at + b < bytes.Length; b++)
            {
                word |= bytes[at + b] << (8 * b);
            }

            for (var k = 0; k < 3 && i + k < samples.Length; k++)
            {
                samples[i + k] = SignExtend(word >> (10 * k), 10);
            }
        }
    }

    private static void EncodePacked(WfdbFormat format, ReadOnlySpan<int> samples, Span<byte> bytes)
    {
        var packet = format.PacketSamples();
        var size = format.PacketBytes();
        Span<byte> word = stackalloc byte[4];
        var at = 0;
        for (var i = 0; i < samples.Length; i += packet, at += size)
        {
            var a = samples[i];
            var b = i + 1 < samples.Length && packet > 1 ? samples[i + 1] : 0;
            var c = i + 2 < samples.Length && packet > 2 ? samples[i + 2] : 0;
            switch (format)
            {
                case WfdbFormat.Format212:
                    word[0] = (byte)a;
                    word[1] = (byte)(((a >> 8) & 0x0F) | ((b >> 4) & 0xF0));
                    word[2] = (byte)b;
                    break;
                case WfdbFormat.Format310:
                    BinaryPrimitives.WriteUInt16LittleEndian(word, (ushort)(((a & 0x3FF) << 1) | ((c & 0x1F) << 11)));
                    BinaryPrimitives.WriteUInt16LittleEndian(word[2..], (ushort)(((b & 0x3FF) << 1) | (((c >> 5) & 0x1F) << 11)));
                    break;
                default:
                    BinaryPrimitives.WriteInt32LittleEndian(word, (a & 0x3FF) | ((b & 0x3FF) << 10) | ((c & 0x3FF) << 20));
                    break;
            }

            // The last packet may be cut to the bytes that carry samples.
            word[..Math.Min(size, bytes.Length - at)].CopyTo(bytes[at..]);
        }
    }

    private static int SignExtend(int value, int bits) => value << (32 - bits) >> (32 - bits);
}
