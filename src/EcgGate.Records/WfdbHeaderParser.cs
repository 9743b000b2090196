using System.Globalization;

namespace EcgGate.Records;

/// <summary>Reads header(5) text, line by line. One use each.</summary>
internal sealed class WfdbHeaderParser(string fileName)
{
    private const int MaxLineLength = 4_096;
    private const int MaxFrameSamples = 1 << 20;

    // 35 years at 1 kHz.
    private const long MaxFrames = 1L << 40;

    private static readonly char[] Blanks = [' ', '\t'];

    private int _line;

    public static WfdbHeader Read(string path) => new WfdbHeaderParser(path).Parse(WfdbFiles.ReadHeaderText(path));

    public WfdbHeader Parse(string text)
    {
        WfdbHeader? header = null;
        var segmentCount = 0;
        var signals = new List<WfdbSignal>();
        var signalLines = new List<int>();
        var segments = new List<WfdbSegment>();
        var leading = new List<string>();
        var trailing = new List<string>();
        // Some editors put a byte order mark first.
        foreach (var raw in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            _line++;
            if (raw.Length > MaxLineLength)
            {
                throw Error($"the line has {raw.Length} characters, at most {MaxLineLength} are expected; this is no WFDB header.");
            }

            if (FindControlCharacter(raw) is { } control)
            {
                throw Error($"the character 0x{(int)control:X2} cannot stand in a header, which is plain text; this is no WFDB header, or it is damaged.");
            }

            var line = raw.Trim();
            if (line.IsEmpty)
            {
                continue;
            }

            var complete = header is not null && (segmentCount > 0 ? segments.Count == segmentCount : signals.Count == header.SignalCount);
            if (line[0] == '#')
            {
                (complete ? trailing : leading).Add(line[1..].ToString());
            }
            else if (header is null)
            {
                header = RecordLine(line.ToString(), out segmentCount);
            }
            else if (complete)
            {
                // Extra lines are not read, says header(5).
            }
            else if (segmentCount > 0)
            {
                segments.Add(SegmentLine(line.ToString(), segments.Count));
            }
            else
            {
                signals.Add(SignalLine(line.ToString(), signals.Count));
                signalLines.Add(_line);
            }
        }

        if (header is null)
        {
            throw Error("there is no record line (name, number of signals, sampling frequency, length); the file is empty or no WFDB header.");
        }

        if (segmentCount > 0)
        {
            CheckSegments(header, segments, segmentCount);
        }
        else
        {
            CheckSignals(header, signals);
        }

        return header with { Signals = signals, Segments = segments, SignalLines = signalLines, LeadingComments = leading, Comments = trailing };
    }

    private static char? FindControlCharacter(ReadOnlySpan<char> line)
    {
        foreach (var c in line)
        {
            if (c != '\t' && char.IsControl(c))
            {
                return c;
            }
        }

        return null;
    }

    private WfdbHeader RecordLine(string line, out int segmentCount)
    {
        var fields = line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2)
        {
            throw Error("the record line has no number of signals; expected at least 'NAME SIGNALS', such as '100 2 360 650000'.");
        }

        var name = fields[0];
        segmentCount = 0;
        if (name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
        {
            segmentCount = Whole(name[(slash + 1)..], "number of segments", 1, WfdbHeader.MaxSegments);
            name = name[..slash];
        }

        CheckName(name, "record name");
        var header = new WfdbHeader { RecordName = name, SignalCount = Whole(fields[1], "number of signals", 0, WfdbHeader.MaxSignals) };
        if (fields.Length > 2)
        {
            header = Frequencies(header, fields[2]);
        }

        if (fields.Length > 3)
        {
            var length = WholeLong(fields[3], "number of samples per signal", 0, MaxFrames);
            header = header with { LengthFrames = length == 0 ? null : length };
        }

        if (fields.Length > 4)
        {
            header = header with { BaseTime = TimeOfDay(fields[4]) };
        }

        return fields.Length > 5 ? header with { BaseDate = Date(fields[5]) } : header;
    }

    private WfdbHeader Frequencies(WfdbHeader header, string field)
    {
        var slash = field.IndexOf('/', StringComparison.Ordinal);
        var sampling = Number(slash < 0 ? field : field[..slash], "sampling frequency");
        if (sampling is <= 0 or > WfdbHeader.MaxSamplingFrequencyHertz)
        {
            throw Error($"the sampling frequency '{field}' is out of range; expected more than 0 and at most {WfdbHeader.MaxSamplingFrequencyHertz:0} Hz.");
        }

        header = header with { SamplingFrequencyHertz = sampling };
        if (slash < 0)
        {
            return header;
        }

        var counter = field[(slash + 1)..];
        double? baseCounter = null;
        if (counter.IndexOf('(', StringComparison.Ordinal) is >= 0 and var open)
        {
            if (!counter.EndsWith(')'))
            {
                throw Error($"the base counter value in '{field}' has no closing parenthesis; expected a form such as '360/24(0)'.");
            }

            baseCounter = Number(counter[(open + 1)..^1], "base counter value");
            counter = counter[..open];
        }

        // "If the counter frequency is absent or not positive, it is assumed to be equal to the sampling frequency."
        var frequency = Number(counter, "counter frequency");
        return header with { CounterFrequencyHertz = frequency > 0 ? frequency : null, BaseCounterValue = baseCounter };
    }

    private TimeOnly? TimeOfDay(string field)
    {
        var parts = field.Split(':');
        if (parts.Length <= 3)
        {
            // HH:MM:SS with fractions; fewer parts are minutes and seconds, or seconds, as in the WFDB library.
            double seconds = 0;
            var good = true;
            for (var i = 0; i < parts.Length; i++)
            {
                var last = i == parts.Length - 1;
                good &= double.TryParse(parts[i], last ? NumberStyles.AllowDecimalPoint : NumberStyles.None, CultureInfo.InvariantCulture, out var part)
                    && (part < 60 || i == 0);
                seconds = (seconds * 60) + part;
            }

            if (good && seconds < 86_400)
            {
                return new TimeOnly(Math.Min((long)Math.Round(seconds * TimeSpan.TicksPerSecond), TimeOnly.MaxValue.Ticks));
            }
        }

        throw Error($"the base time '{field}' is no time of day; expected HH:MM:SS, such as 13:05:00.");
    }

    private DateOnly? Date(string field)
    {
        if (field == "0/0/0")
        {
            return null;
        }

        return DateOnly.TryParseExact(field, ["d/M/yyyy", "d/M/y"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw Error($"the base date '{field}' is no date; expected DD/MM/YYYY, such as 25/4/1989.");
    }

    private WfdbSegment SegmentLine(string line, int index)
    {
        var fields = line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2)
        {
            throw Error($"segment {index} has no length; expected 'RECORD SAMPLES'.");
        }

        if (fields[0] != "~")
        {
            CheckName(fields[0], "segment's record name");
        }

        return new WfdbSegment(fields[0], WholeLong(fields[1], "number of samples of the segment", 0, MaxFrames));
    }

    private WfdbSignal SignalLine(string line, int index)
    {
        var fields = new FieldReader(line);
        var file = fields.Next() ?? string.Empty;
        if (!WfdbFiles.LiesBeside(file))
        {
            throw Error($"the file name '{file}' leads out of the header's own folder; signal files must lie beside their header: move the file there and name it without a path.");
        }

        var format = fields.Next() ?? throw Error($"signal {index} has no format; expected 'FILE FORMAT', such as '100.dat 212'.");
        var signal = Format(new WfdbSignal { FileName = file, Format = WfdbFormat.Null }, format);
        if (fields.Next() is { } gain)
        {
            signal = Gain(signal, gain);
        }

        if (fields.Next() is { } resolution)
        {
            signal = signal with { AdcResolution = Whole(resolution, "ADC resolution", 0, 64) };
        }

        if (fields.Next() is { } zero)
        {
            signal = signal with { AdcZero = Whole(zero, "ADC zero", int.MinValue, int.MaxValue) };
        }

        if (fields.Next() is { } initial)
        {
            signal = signal with { InitialValue = Whole(initial, "initial value", int.MinValue, int.MaxValue) };
        }

        if (fields.Next() is { } checksum)
        {
            // Some writers give it unsigned.
            signal = signal with { Checksum = unchecked((short)Whole(checksum, "checksum", short.MinValue, ushort.MaxValue)) };
        }

        if (fields.Next() is { } blockSize)
        {
            signal = signal with { BlockSize = Whole(blockSize, "block size", int.MinValue, int.MaxValue) };
        }

        return fields.Rest() is { Length: > 0 } description ? signal with { Description = description } : signal;
    }

    private WfdbSignal Format(WfdbSignal signal, string field)
    {
        var at = 0;
        var number = (int)Digits(field, ref at, "format", int.MaxValue);
        if (!WfdbFormats.IsSupported(number))
        {
            var known = number is 8 or 160 or 508 or 516 or 524 ? "is not read here" : "is no WFDB signal format";
            throw Error($"format {number} {known}; expected 16, 24, 32, 61, 80, 212, 310 or 311: convert the record with the WFDB tool xform.");
        }

        signal = signal with { Format = (WfdbFormat)number };
        while (at < field.Length)
        {
            switch (field[at++])
            {
                case 'x':
                    signal = signal with { SamplesPerFrame = (int)Digits(field, ref at, "samples per frame", WfdbHeader.MaxSamplesPerFrame) };
                    if (signal.SamplesPerFrame == 0)
                    {
                        signal = signal with { SamplesPerFrame = 1 };
                    }

                    break;
                case ':':
                    signal = signal with { SkewFrames = (int)Digits(field, ref at, "skew", int.MaxValue) };
                    break;
                case '+':
                    signal = signal with { ByteOffset = Digits(field, ref at, "byte offset", MaxFrames) };
                    break;
                default:
                    throw Error($"'{field}' is no format; expected a number with optional 'xSAMPLES', ':SKEW' and '+OFFSET', such as '212x2:1+512'.");
            }
        }

        return signal;
    }

    private WfdbSignal Gain(WfdbSignal signal, string field)
    {
        var slash = field.IndexOf('/', StringComparison.Ordinal);
        var number = slash < 0 ? field : field[..slash];
        if (slash >= 0)
        {
            var units = field[(slash + 1)..];
            signal = signal with { Units = units.Length > 0 ? units : null };
        }

        if (number.IndexOf('(', StringComparison.Ordinal) is >= 0 and var open)
        {
            if (!number.EndsWith(')'))
            {
                throw Error($"the baseline in '{field}' has no closing parenthesis; expected a form such as '1716(6)/mV'.");
            }

            signal = signal with { Baseline = Whole(number[(open + 1)..^1], "baseline", int.MinValue, int.MaxValue) };
            number = number[..open];
        }

        return signal with { Gain = Number(number, "ADC gain") };
    }

    private void CheckSignals(WfdbHeader header, List<WfdbSignal> signals)
    {
        if (signals.Count < header.SignalCount)
        {
            throw Error($"the record line announces {header.SignalCount} signals but only {signals.Count} signal lines follow; the header is cut short.");
        }

        long frame = 0;
        foreach (var signal in signals)
        {
            frame += signal.SamplesPerFrame;
        }

        if (frame > MaxFrameSamples)
        {
            throw Error($"one frame holds {frame} samples, at most {MaxFrameSamples} are expected; the header is damaged.");
        }
    }

    private void CheckSegments(WfdbHeader header, List<WfdbSegment> segments, int segmentCount)
    {
        if (segments.Count < segmentCount)
        {
            throw Error($"the record line announces {segmentCount} segments but only {segments.Count} segment lines follow; the header is cut short.");
        }

        long sum = 0;
        foreach (var segment in segments)
        {
            sum = checked(sum + segment.LengthFrames);
            if (sum > MaxFrames)
            {
                throw Error("the segments are longer together than any recording; the header is damaged.");
            }
        }

        if (header.LengthFrames is { } length && length != sum)
        {
            throw Error($"the record line says {length} samples per signal but the segments add up to {sum}; correct the header.");
        }
    }

    private void CheckName(string name, string what)
    {
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('_' or '-' or '.'))
            {
                throw Error($"the {what} '{name}' holds '{c}'; expected letters, digits, '_', '-' and '.' only.");
            }
        }

        if (name.Trim('.').Length == 0)
        {
            throw Error($"the {what} '{name}' is no name; expected letters, digits, '_' and '-'.");
        }
    }

    private long Digits(string field, ref int at, string what, long max)
    {
        var start = at;
        while (at < field.Length && char.IsAsciiDigit(field[at]))
        {
            at++;
        }

        return WholeLong(field[start..at], what, 0, max);
    }

    private int Whole(string field, string what, int min, int max) => (int)WholeLong(field, what, min, max);

    private long WholeLong(string field, string what, long min, long max)
    {
        if (!long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw Error($"the {what} '{field}' is no whole number; correct the header.");
        }

        return value >= min && value <= max
            ? value
            : throw Error($"the {what} {value} is out of range; expected {min} to {max}.");
    }

    private double Number(string field, string what)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(field, Styles, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw Error($"the {what} '{field}' is no finite number; correct the header.");
    }

    private WfdbException Error(string problem) => WfdbException.AtLine(fileName, Math.Max(_line, 1), problem);

    private ref struct FieldReader(string line)
    {
        private ReadOnlySpan<char> _rest = line.AsSpan().Trim();

        public string? Next()
        {
            if (_rest.IsEmpty)
            {
                return null;
            }

            var end = _rest.IndexOfAny(' ', '\t');
            var field = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[end..].TrimStart();
            return field.ToString();
        }

        public readonly string Rest() => _rest.ToString();
    }
}
