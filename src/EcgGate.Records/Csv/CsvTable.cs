using System.Globalization;

namespace EcgGate.Records.Csv;

/// <summary>What a column of a table holds.</summary>
internal enum ColumnKind
{
    Other,
    Voltage,
    Seconds,
    SampleNumber,
}

/// <summary>One column: its name without the unit, and what one unit is in mV or seconds.</summary>
internal readonly record struct CsvColumn(string Name, ColumnKind Kind, double Scale, bool NamesUnit)
{
    public bool IsTime => Kind is ColumnKind.Seconds or ColumnKind.SampleNumber;
}

/// <summary>
/// The head of a table of samples: comment lines, the line of names, and maybe a line of units. Says how the file is laid
/// out, and where its rows begin.
/// </summary>
internal sealed class CsvTable
{
    private const int MaxColumns = 4_096;
    private const int MaxCommentLines = 10_000;

    private CsvTable(byte delimiter, CsvColumn[] columns, double? rate, long headerLine)
    {
        Delimiter = delimiter;
        Columns = columns;
        SamplingRateHertz = rate;
        HeaderLine = headerLine;
    }

    public byte Delimiter { get; }

    public CsvColumn[] Columns { get; }

    /// <summary>What a line <c># rate: 360</c> says.</summary>
    public double? SamplingRateHertz { get; }

    public long HeaderLine { get; }

    /// <summary>Reads the head and leaves the reader at the first row.</summary>
    public static CsvTable Read(LineReader reader, string path)
    {
        double? rate = null;
        ReadOnlySpan<byte> line;
        while (true)
        {
            if (reader.LineNumber > MaxCommentLines || !reader.TryRead(out line))
            {
                throw RecordException.InFile(path, "a header line such as 'time [s],II [mV]' was expected, and there is none; this is no table of samples.");
            }

            if (reader.LineNumber == 1)
            {
                line = WithoutMark(line, path);
            }

            if (line.TrimStart((byte)' ').StartsWith("#"u8))
            {
                rate = RateOf(line, path, reader.LineNumber) ?? rate;
            }
            else if (!line.Trim((byte)' ').IsEmpty)
            {
                break;
            }
        }

        var headerLine = reader.LineNumber;
        var delimiter = DelimiterOf(line);
        var names = Split(line, delimiter);
        if (names.Count > MaxColumns || line.Contains((byte)0))
        {
            throw RecordException.At(path, $"line {headerLine}", $"a header line with at most {MaxColumns} column names was expected; this is no table of samples.");
        }

        if (names.TrueForAll(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            throw RecordException.At(path, $"line {headerLine}", "numbers stand here, where a header line such as 'time [s],II [mV]' was expected; add one that names the columns and their units.");
        }

        var units = UnitLine(reader, delimiter, names.Count);
        return new CsvTable(delimiter, [.. names.Select((name, i) => ColumnOf(name, units?[i]))], rate, headerLine);
    }

    /// <summary>Takes the next field off a row; quotes keep delimiters together and are taken off.</summary>
    public static ReadOnlySpan<byte> NextField(scoped ref ReadOnlySpan<byte> rest, byte delimiter, out bool isLast)
    {
        var from = 0;
        var text = rest.TrimStart((byte)' ');
        if (!text.IsEmpty && text[0] is (byte)'"' or (byte)'\'')
        {
            var close = text[1..].IndexOf(text[0]);
            from = close < 0 ? 0 : rest.Length - text.Length + close + 2;
        }

        var end = rest[from..].IndexOf(delimiter);
        isLast = end < 0;
        var field = (isLast ? rest : rest[..(from + end)]).Trim((byte)' ');
        rest = isLast ? default : rest[(from + end + 1)..];
        return field.Length >= 2 && field[0] is (byte)'"' or (byte)'\'' && field[^1] == field[0] ? field[1..^1].Trim((byte)' ') : field;
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line, string path)
    {
        if (line.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || line.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw RecordException.AtByte(path, 0, "the file is in UTF-16; save it as UTF-8 or plain ASCII text.");
        }

        return line.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? line[3..] : line;
    }

    /// <summary>The rate in a comment such as <c># rate: 360 Hz</c>; null where the comment is about something else.</summary>
    private static double? RateOf(ReadOnlySpan<byte> line, string path, long number)
    {
        var text = WfdbFiles.Text(line).TrimStart('#', ' ');
        var split = text.IndexOfAny([':', '=']);
        if (split < 0 || text[..split].Trim().ToUpperInvariant() is not ("RATE" or "SAMPLING RATE" or "SAMPLE RATE" or "FS"))
        {
            return null;
        }

        var value = text[(split + 1)..].Trim();
        value = value.EndsWith("Hz", StringComparison.OrdinalIgnoreCase) ? value[..^2].Trim() : value;
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate > 0 && rate <= WfdbHeader.MaxSamplingFrequencyHertz
            ? rate
            : throw RecordException.At(path, $"line {number}", $"the rate reads '{Shown(value)}', where samples per second such as 360 were expected.");
    }

    private static byte DelimiterOf(ReadOnlySpan<byte> line) =>
        line.Contains((byte)'\t') ? (byte)'\t' : line.Contains((byte)';') ? (byte)';' : (byte)',';

    private static List<string> Split(ReadOnlySpan<byte> line, byte delimiter)
    {
        var fields = new List<string>();
        bool isLast;
        do
        {
            fields.Add(WfdbFiles.Text(NextField(ref line, delimiter, out isLast)));
        }
        while (!isLast && fields.Count <= MaxColumns);
        return fields;
    }

    /// <summary>The second line where it holds units and no number, as the rdsamp program writes it; otherwise null.</summary>
    private static List<string>? UnitLine(LineReader reader, byte delimiter, int columns)
    {
        var (offset, number) = (reader.Offset, reader.LineNumber);
        if (reader.TryRead(out var line) && !line.TrimStart((byte)' ').StartsWith("#"u8))
        {
            var fields = Split(line, delimiter);
            if (fields.Count == columns && fields.Exists(field => EcgLabels.MillivoltsPer(field) is not null))
            {
                return fields;
            }
        }

        reader.Return(offset, number);
        return null;
    }

    private static CsvColumn ColumnOf(string text, string? unitBelow)
    {
        var (name, unit) = SplitUnit(text);
        unit ??= unitBelow;
        if (unit is not null && EcgLabels.MillivoltsPer(unit) is { } millivolts)
        {
            return new CsvColumn(name, ColumnKind.Voltage, millivolts, NamesUnit: true);
        }

        var key = name.ToUpperInvariant().Replace('_', ' ');
        if (key is "TIME" or "T" or "ELAPSED TIME" or "TIMESTAMP" or "SECONDS" or "MILLISECONDS")
        {
            var scale = SecondsPer(unit ?? (key is "SECONDS" ? "s" : key is "MILLISECONDS" ? "ms" : string.Empty));
            return new CsvColumn(name, ColumnKind.Seconds, scale ?? 0, scale is not null);
        }

        if (unit is null && key is "SAMPLE" or "SAMPLE #" or "SAMPLE NUMBER" or "SAMPLE INDEX" or "SAMPLES" or "INDEX" or "N")
        {
            return new CsvColumn(name, ColumnKind.SampleNumber, 1, NamesUnit: true);
        }

        return new CsvColumn(name, ColumnKind.Other, 0, unit is not null);
    }

    /// <summary>Splits <c>II [mV]</c>, <c>II (mV)</c> and <c>II_mV</c>.</summary>
    private static (string Name, string? Unit) SplitUnit(string text)
    {
        var open = text.EndsWith(']') ? text.LastIndexOf('[') : text.EndsWith(')') ? text.LastIndexOf('(') : -1;
        if (open >= 0)
        {
            return (text[..open].Trim(), text[(open + 1)..^1].Trim());
        }

        // A bare letter after an underscore may as well be part of the name.
        var tail = text.LastIndexOf('_');
        var unit = text[(tail + 1)..];
        return tail > 0 && unit.Length > 1 && (EcgLabels.MillivoltsPer(unit) ?? SecondsPer(unit)) is not null ? (text[..tail].Trim(), unit) : (text.Trim(), null);
    }

    private static double? SecondsPer(string unit) => unit.Trim().ToUpperInvariant() switch
    {
        "S" or "SEC" or "SECOND" or "SECONDS" => 1,
        "MS" or "MSEC" or "MILLISECOND" or "MILLISECONDS" => 1e-3,
        "US" or "\u00B5S" or "\u039CS" or "MICROSECONDS" => 1e-6,
        _ => null,
    };

    /// <summary>A piece of the file that may go into a message.</summary>
    internal static string Shown(string text)
    {
        var letters = text.Length > 40 ? text[..40] : text;
        return string.Concat(letters.Select(letter => char.IsControl(letter) ? '?' : letter));
    }
}
