using System.Buffers.Binary;
using System.Numerics;
using EcgGate.Signals;

namespace EcgGate.Records.Sessions;

/// <summary>
/// The bytes of <c>inputs.bin</c>: all that entered the core, exactly, in blocks that each stand alone. Little-endian.
/// </summary>
/// <remarks>
/// <code>
/// file   "ECGGIN01"                                   8 bytes
/// block  "EGIB"   magic                               u32
///        length of the entries in bytes               u32
///        number of the block's first input, from 0    u64
///        how many inputs                              u32
///        CRC-32C of the 16 bytes before, and entries  u32
/// entry  1: the sample after the one before, status 0:  lead 0, lead 1 (f32)
///        2: a sample:  status u16, index i64, lead 0, lead 1 (f32)
///        16 + kind: anything else:  code i32, number i64, edge f64, nanoseconds i64
/// </code>
/// </remarks>
internal static class InputLog
{
    public const int HeaderBytes = 24;

    /// <summary>No block is longer; what says so is damaged.</summary>
    public const int MostEntryBytes = 1 << 20;

    public const int LongestEntry = 29;

    public const uint BlockMagic = 0x42_49_47_45;

    private const byte NextSample = 1;
    private const byte AnySample = 2;
    private const byte Other = 16;

    public static ReadOnlySpan<byte> FileMagic => "ECGGIN01"u8;

    /// <summary>CRC-32C (Castagnoli), as iSCSI and ext4 have it.</summary>
    public static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }

    public static uint Crc32C(ReadOnlySpan<byte> bytes) => ~Crc32C(uint.MaxValue, bytes);

    /// <summary>Fills a block's header in.</summary>
    public static void WriteHeader(Span<byte> header, long firstInput, int count, ReadOnlySpan<byte> entries)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, BlockMagic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], entries.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], firstInput);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], ~Crc32C(Crc32C(uint.MaxValue, header[4..20]), entries));
    }

    /// <summary>Whether a block's checksum is that of what it holds.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> header, ReadOnlySpan<byte> entries) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[20..]) == ~Crc32C(Crc32C(uint.MaxValue, header[4..20]), entries);

    /// <summary>Writes one entry.</summary>
    /// <param name="to">Room for <see cref="LongestEntry"/> bytes.</param>
    /// <param name="input">What entered.</param>
    /// <param name="lastIndex">Index of the sample before in this block; the lowest number for none.</param>
    /// <returns>How many bytes.</returns>
    public static int Encode(Span<byte> to, in GateInput input, ref long lastIndex)
    {
        if (input.Kind != GateInputKind.Sample)
        {
            to[0] = (byte)(Other + (int)input.Kind);
            BinaryPrimitives.WriteInt32LittleEndian(to[1..], input.Code);
            BinaryPrimitives.WriteInt64LittleEndian(to[5..], input.Number);
            BinaryPrimitives.WriteInt64LittleEndian(to[13..], BitConverter.DoubleToInt64Bits(input.Edge));
            BinaryPrimitives.WriteInt64LittleEndian(to[21..], input.Nanoseconds);
            return LongestEntry;
        }

        var isNext = input.Code == 0 && input.Number == lastIndex + 1 && lastIndex != long.MinValue;
        lastIndex = input.Number;
        var at = 1;
        to[0] = isNext ? NextSample : AnySample;
        if (!isNext)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(to[1..], (ushort)input.Code);
            BinaryPrimitives.WriteInt64LittleEndian(to[3..], input.Number);
            at = 11;
        }

        BinaryPrimitives.WriteInt32LittleEndian(to[at..], BitConverter.SingleToInt32Bits(input.Lead0Millivolts));
        BinaryPrimitives.WriteInt32LittleEndian(to[(at + 4)..], BitConverter.SingleToInt32Bits(input.Lead1Millivolts));
        return at + 8;
    }

    /// <summary>Reads the entries of a whole block.</summary>
    /// <returns>False where they are none: a newer version wrote them.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> entries, int count, List<GateInput> inputs)
    {
        var lastIndex = long.MinValue;
        for (var i = 0; i < count; i++)
        {
            if (entries.IsEmpty)
            {
                return false;
            }

            var tag = entries[0];
            var length = tag switch { NextSample => 9, AnySample => 19, >= Other and < Other + 64 => LongestEntry, _ => int.MaxValue };
            if (length > entries.Length)
            {
                return false;
            }

            if (tag >= Other)
            {
                inputs.Add(new GateInput(
                    (GateInputKind)(tag - Other),
                    BinaryPrimitives.ReadInt32LittleEndian(entries[1..]),
                    BinaryPrimitives.ReadInt64LittleEndian(entries[5..]),
                    BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(entries[13..])),
                    BinaryPrimitives.ReadInt64LittleEndian(entries[21..]),
                    0,
                    0));
            }
            else
            {
                var isNext = tag == NextSample;
                lastIndex = isNext ? lastIndex + 1 : BinaryPrimitives.ReadInt64LittleEndian(entries[3..]);
                var at = isNext ? 1 : 11;
                inputs.Add(GateInput.Of(new EcgSample(
                    lastIndex,
                    BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt32LittleEndian(entries[at..])),
                    BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt32LittleEndian(entries[(at + 4)..])),
                    isNext ? SampleStatus.None : (SampleStatus)BinaryPrimitives.ReadUInt16LittleEndian(entries[1..]))));
            }

            entries = entries[length..];
        }

        return entries.IsEmpty;
    }
}
