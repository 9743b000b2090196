namespace EcgGate.Records;

/// <summary>How samples lie in a signal file; the numbers are those of signal(5), the WFDB signal file specification.</summary>
public enum WfdbFormat
{
    /// <summary>No file and no samples: every value is invalid. Found in null segments and layout headers; read only.</summary>
    Null = 0,

    /// <summary>16-bit two's complement, low byte first.</summary>
    Format16 = 16,

    /// <summary>24-bit two's complement, low byte first.</summary>
    Format24 = 24,

    /// <summary>32-bit two's complement, low byte first.</summary>
    Format32 = 32,

    /// <summary>16-bit two's complement, high byte first.</summary>
    Format61 = 61,

    /// <summary>8-bit offset binary: 128 stands for 0.</summary>
    Format80 = 80,

    /// <summary>12-bit two's complement, two samples in three bytes.</summary>
    Format212 = 212,

    /// <summary>10-bit two's complement, three samples in two 16-bit words, of which each first bit is unused.</summary>
    Format310 = 310,

    /// <summary>10-bit two's complement, three samples in one 32-bit word from the low bit up.</summary>
    Format311 = 311,
}

/// <summary>Figures of each <see cref="WfdbFormat"/>.</summary>
public static class WfdbFormats
{
    /// <summary>Bits that a sample has; 0 for <see cref="WfdbFormat.Null"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a format of the enumeration.</exception>
    public static int SampleBits(this WfdbFormat format) => format switch
    {
        WfdbFormat.Null => 0,
        WfdbFormat.Format80 => 8,
        WfdbFormat.Format310 or WfdbFormat.Format311 => 10,
        WfdbFormat.Format212 => 12,
        WfdbFormat.Format16 or WfdbFormat.Format61 => 16,
        WfdbFormat.Format24 => 24,
        WfdbFormat.Format32 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a signal format that is read or written here."),
    };

    /// <summary>
    /// The stored value that says "no sample here": the format's most negative one (-2048 for format 212). For
    /// <see cref="WfdbFormat.Null"/> it is <see cref="WfdbSignalReader.InvalidSample"/>.
    /// </summary>
    public static int InvalidValue(this WfdbFormat format) =>
        format == WfdbFormat.Null ? int.MinValue : (int)(-1L << (format.SampleBits() - 1));

    /// <summary>The smallest value that is a sample: one above <see cref="InvalidValue"/>.</summary>
    public static int MinValue(this WfdbFormat format) => format.InvalidValue() + 1;

    /// <summary>The largest value that is a sample.</summary>
    public static int MaxValue(this WfdbFormat format) => ~format.InvalidValue();

    internal static bool IsSupported(int number) => Enum.IsDefined((WfdbFormat)number);

    /// <summary>Samples that are packed together; files are cut and sought at packets only.</summary>
    internal static int PacketSamples(this WfdbFormat format) => format switch
    {
        WfdbFormat.Format212 => 2,
        WfdbFormat.Format310 or WfdbFormat.Format311 => 3,
        _ => 1,
    };

    /// <summary>Bytes of one packet.</summary>
    internal static int PacketBytes(this WfdbFormat format) => format switch
    {
        WfdbFormat.Format80 => 1,
        WfdbFormat.Format16 or WfdbFormat.Format61 => 2,
        WfdbFormat.Format24 or WfdbFormat.Format212 => 3,
        WfdbFormat.Format32 or WfdbFormat.Format310 or WfdbFormat.Format311 => 4,
        _ => 0,
    };

    /// <summary>The least number of bytes that hold so many samples; a last packet may be cut short.</summary>
    internal static long BytesFor(this WfdbFormat format, long samples)
    {
        var whole = samples / format.PacketSamples() * format.PacketBytes();
        var rest = (int)(samples % format.PacketSamples());
        return rest == 0 ? whole : whole + PartialBytes(format, rest);
    }

    /// <summary>How many samples so many bytes hold, at most.</summary>
    internal static long SamplesIn(this WfdbFormat format, long bytes)
    {
        var samples = bytes / format.PacketBytes() * format.PacketSamples();
        var rest = (int)(bytes % format.PacketBytes());
        for (var more = format.PacketSamples() - 1; more > 0; more--)
        {
            if (rest >= PartialBytes(format, more))
            {
                return samples + more;
            }
        }

        return samples;
    }

    // The last packet of a file may hold fewer samples; only the bytes that carry their bits are needed.
    private static int PartialBytes(WfdbFormat format, int samples) => format switch
    {
        WfdbFormat.Format310 => samples * 2,
        WfdbFormat.Format311 => samples + 1,
        _ => 2,
    };
}
