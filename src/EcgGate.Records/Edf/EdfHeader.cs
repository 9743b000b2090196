using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Edf;

/// <summary>
/// The header of an EDF, EDF+, BDF or BDF+ file (Kemp et al. 1992; Kemp &amp; Olivan 2003; BioSemi's 24-bit variant).
/// Immutable; safe to share between threads.
/// </summary>
public sealed record EdfHeader
{
    /// <summary>Most signals that are accepted in one file.</summary>
    public const int MaxSignals = 4_096;

    /// <summary>Most seconds that are accepted in one data record: 100 days.</summary>
    public const double MaxRecordSeconds = 8_640_000;

    internal const int BlockBytes = 256;

    // Widths of a signal's fields, in the order in which the header has them: first all labels, then all transducers...
    internal static ReadOnlySpan<int> SignalFields => [16, 80, 8, 8, 8, 8, 8, 80, 8, 32];

    /// <summary>Bits of a stored sample: 16 in EDF, 24 in BDF.</summary>
    public int SampleBits { get; init; } = 16;

    /// <summary>True for EDF+ and BDF+, which may hold annotations.</summary>
    public bool IsPlus { get; init; }

    /// <summary>True for EDF+D and BDF+D, in which time passes between data records.</summary>
    public bool IsDiscontinuous { get; init; }

    /// <summary>Who was recorded, as the file has it.</summary>
    public string Patient { get; init; } = string.Empty;

    /// <summary>Which recording this is, as the file has it.</summary>
    public string Recording { get; init; } = string.Empty;

    /// <summary>Local time at which the recording began; null where the file has no valid one.</summary>
    public DateTime? StartTime { get; init; }

    /// <summary>Number of data records; null where the header does not say (it was not closed).</summary>
    public long? RecordCount { get; init; }

    /// <summary>Length of a data record in seconds.</summary>
    public double RecordSeconds { get; init; } = 1;

    /// <summary>The signals in their order, annotation signals included.</summary>
    public IReadOnlyList<EdfSignal> Signals { get; init; } = [];

    /// <summary>Bytes before the first data record.</summary>
    public int HeaderBytes => BlockBytes * (Signals.Count + 1);

    /// <summary>Bytes of one data record.</summary>
    public long RecordBytes => Signals.Sum(signal => (long)signal.SamplesPerRecord) * (SampleBits / 8);

    /// <summary>Samples per second of a signal.</summary>
    public double RateHertzOf(int signal) => Signals[signal].SamplesPerRecord / RecordSeconds;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="RecordException">The file is missing, or its header is damaged.</exception>
    public static EdfHeader Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var length = RecordFiles.Length(path);
        using var file = RecordFiles.Open(path);
        return Read(file, path, length);
    }

    /// <summary>True where a file begins like an EDF or BDF file.</summary>
    internal static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith("0       "u8) || IsBdf(start);

    internal static EdfHeader Read(SafeFileHandle file, string path, long length)
    {
        var start = new byte[BlockBytes];
        var got = RecordFiles.Fill(file, path, start, 0);
        if (!Matches(start))
        {
            throw RecordException.AtByte(path, 0, "the file begins neither with '0' and seven spaces (EDF) nor with byte 255 and 'BIOSEMI' (BDF); it is no EDF file.");
        }

        if (got < BlockBytes)
        {
            throw RecordException.AtByte(path, got, $"the file ends here, within its header of at least {BlockBytes} bytes; fetch it again.");
        }

        var fields = new Fields(path, start, 0);
        var reserved = fields.Text(192, 44);
        var count = fields.Integer(252, 4, "the number of signals", 1, MaxSignals);
        var headerBytes = fields.Integer(184, 8, "the length of the header", 0, int.MaxValue);
        if (headerBytes != BlockBytes * (count + 1))
        {
            throw RecordException.AtByte(path, 184, $"the header's length is given as {headerBytes} bytes, but with {count} signals it is {BlockBytes * (count + 1)}; the file is damaged.");
        }

        if (length < headerBytes)
        {
            throw RecordException.AtByte(path, length, $"the file ends here, within its header of {headerBytes} bytes; fetch it again.");
        }

        var records = fields.Integer(236, 8, "the number of data records (-1 if unknown)", -1, int.MaxValue);
        return new EdfHeader
        {
            SampleBits = IsBdf(start) ? 24 : 16,
            IsPlus = reserved.StartsWith("EDF+", StringComparison.Ordinal) || reserved.StartsWith("BDF+", StringComparison.Ordinal),
            IsDiscontinuous = reserved.StartsWith("EDF+D", StringComparison.Ordinal) || reserved.StartsWith("BDF+D", StringComparison.Ordinal),
            Patient = fields.Text(8, 80),
            Recording = fields.Text(88, 80),
            StartTime = Time(fields.Text(168, 8), fields.Text(176, 8)),
            RecordCount = records < 0 ? null : records,
            RecordSeconds = fields.Number(244, 8, "the length of a data record in seconds", 0, MaxRecordSeconds),
            Signals = ReadSignals(file, path, count),
        };
    }

    private static bool IsBdf(ReadOnlySpan<byte> start) => start is [0xFF, ..] && start[1..].StartsWith("BIOSEMI"u8);

    private static EdfSignal[] ReadSignals(SafeFileHandle file, string path, int count)
    {
        var bytes = new byte[BlockBytes * count];
        if (RecordFiles.Fill(file, path, bytes, BlockBytes) < bytes.Length)
        {
            throw RecordException.InFile(path, "the file became shorter while it was read.");
        }

        var fields = new Fields(path, bytes, BlockBytes);
        var signals = new EdfSignal[count];
        for (var i = 0; i < count; i++)
        {
            var name = fields.Text(At(0, i), 16);
            signals[i] = new EdfSignal
            {
                Label = name,
                Transducer = fields.Text(At(1, i), 80),
                PhysicalDimension = fields.Text(At(2, i), 8),
                PhysicalMinimum = fields.Number(At(3, i), 8, $"the physical minimum of signal {i} ({name})", -double.MaxValue, double.MaxValue),
                PhysicalMaximum = fields.Number(At(4, i), 8, $"the physical maximum of signal {i} ({name})", -double.MaxValue, double.MaxValue),
                DigitalMinimum = fields.Integer(At(5, i), 8, $"the digital minimum of signal {i} ({name})", -8_388_608, 8_388_607),
                DigitalMaximum = fields.Integer(At(6, i), 8, $"the digital maximum of signal {i} ({name})", -8_388_608, 8_388_607),
                Prefiltering = fields.Text(At(7, i), 80),
                SamplesPerRecord = fields.Integer(At(8, i), 8, $"the samples per data record of signal {i} ({name})", 1, 99_999_999),
            };
        }

        return signals;

        int At(int field, int signal)
        {
            var before = 0;
            for (var f = 0; f < field; f++)
            {
                before += SignalFields[f];
            }

            return (before * count) + (SignalFields[field] * signal);
        }
    }

    private static DateTime? Time(string date, string time)
    {
        if (!DateTime.TryParseExact($"{date} {time}", "dd.MM.yy HH.mm.ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var start))
        {
            return null;
        }

        // The format's own rule for two digits: 85 to 99 are 1985 to 1999, 00 to 84 are 2000 to 2084.
        var year = start.Year % 100;
        return start.AddYears((year >= 85 ? 1900 : 2000) + year - start.Year);
    }

    private readonly ref struct Fields(string path, ReadOnlySpan<byte> bytes, int offset)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public string Text(int at, int width) => WfdbFiles.Text(_bytes.Slice(at, width)).Trim('\0', ' ');

        public int Integer(int at, int width, string what, int least, int most) =>
            int.TryParse(Text(at, width), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? value
                : throw Error(at, width, what, $"a whole number of {least} to {most}");

        public double Number(int at, int width, string what, double least, double most) =>
            double.TryParse(Text(at, width), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? value
                : throw Error(at, width, what, "a number with a decimal point");

        private RecordException Error(int at, int width, string what, string expected)
        {
            var text = new StringBuilder();
            foreach (var letter in Text(at, width))
            {
                text.Append(char.IsControl(letter) ? '?' : letter);
            }

            return RecordException.AtByte(path, offset + at, $"{what} reads '{text}', where {expected} was expected; the header is damaged.");
        }
    }
}
