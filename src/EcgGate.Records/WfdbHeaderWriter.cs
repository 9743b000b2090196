using System.Globalization;
using System.Text;

namespace EcgGate.Records;

/// <summary>Writes header(5) text.</summary>
internal static class WfdbHeaderWriter
{
    public static void Write(WfdbHeader header, TextWriter writer)
    {
        foreach (var comment in header.LeadingComments)
        {
            Line(writer, '#' + comment);
        }

        Line(writer, RecordLine(header));
        foreach (var segment in header.Segments)
        {
            Line(writer, string.Create(CultureInfo.InvariantCulture, $"{segment.RecordName} {segment.LengthFrames}"));
        }

        foreach (var signal in header.Signals)
        {
            Line(writer, SignalLine(signal));
        }

        foreach (var comment in header.Comments)
        {
            Line(writer, '#' + comment);
        }
    }

    private static void Line(TextWriter writer, string line)
    {
        foreach (var c in line)
        {
            if (c != '\t' && char.IsControl(c))
            {
                throw new WfdbException($"The header line '{line.ReplaceLineEndings(" ")}' holds the control character 0x{(int)c:X2}, which a header cannot hold; take it out of the name, units, description or comment.");
            }
        }

        writer.Write(line);
        writer.Write('\n');
    }

    private static string RecordLine(WfdbHeader header)
    {
        var line = new StringBuilder(header.RecordName);
        if (header.IsMultiSegment)
        {
            line.Append('/').Append(header.Segments.Count);
        }

        line.Append(' ').Append(header.IsMultiSegment ? header.SignalCount : header.Signals.Count).Append(' ').Append(Number(header.SamplingFrequencyHertz));
        if (header.CounterFrequencyHertz is not null || header.BaseCounterValue is not null)
        {
            line.Append('/').Append(Number(header.CounterFrequencyHertz ?? header.SamplingFrequencyHertz));
            if (header.BaseCounterValue is { } counter)
            {
                line.Append('(').Append(Number(counter)).Append(')');
            }
        }

        // A field may only stand after all before it: zero says "not given" for the length, and midnight for the time.
        if (header.LengthFrames is not null || header.BaseTime is not null || header.BaseDate is not null)
        {
            line.Append(' ').Append(header.LengthFrames ?? 0);
        }

        if (header.BaseTime is not null || header.BaseDate is not null)
        {
            line.Append(' ').Append((header.BaseTime ?? TimeOnly.MinValue).ToString("HH':'mm':'ss'.'FFFFFFF", CultureInfo.InvariantCulture).TrimEnd('.'));
        }

        if (header.BaseDate is { } date)
        {
            line.Append(' ').Append(date.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture));
        }

        return line.ToString();
    }

    private static string SignalLine(WfdbSignal signal)
    {
        if (signal.FileName.Length == 0 || signal.FileName.AsSpan().ContainsAny(' ', '\t') || signal.Units?.AsSpan().ContainsAny(' ', '\t') == true)
        {
            throw new WfdbException($"The file name '{signal.FileName}' or the units '{signal.Units}' hold a blank or nothing, which a header cannot hold; choose others.");
        }

        var line = new StringBuilder(signal.FileName).Append(' ').Append((int)signal.Format);
        if (signal.SamplesPerFrame != 1)
        {
            line.Append('x').Append(signal.SamplesPerFrame);
        }

        if (signal.SkewFrames != 0)
        {
            line.Append(':').Append(signal.SkewFrames);
        }

        if (signal.ByteOffset != 0)
        {
            line.Append('+').Append(signal.ByteOffset);
        }

        // The last field that is needed decides how many must be written before it.
        var fields = signal.Description is not null ? 6
            : signal.BlockSize != 0 ? 5
            : signal.Checksum is not null ? 4
            : signal.InitialValue is not null ? 3
            : signal.AdcZero != 0 ? 2
            : signal.AdcResolution is not null ? 1
            : signal.Gain is not null || signal.Baseline is not null || signal.Units is not null ? 0
            : -1;
        if (fields >= 0)
        {
            line.Append(' ').Append(Number(signal.EffectiveGain));
            if (signal.Baseline is { } baseline)
            {
                line.Append('(').Append(baseline).Append(')');
            }

            if (signal.Units is { } units)
            {
                line.Append('/').Append(units);
            }
        }

        Span<long> values = [signal.AdcResolution ?? 0, signal.AdcZero, signal.InitialValue ?? signal.AdcZero, signal.Checksum ?? 0, signal.BlockSize];
        for (var i = 0; i < fields && i < values.Length; i++)
        {
            line.Append(' ').Append(values[i]);
        }

        return signal.Description is { } description ? line.Append(' ').Append(description.Trim()).ToString() : line.ToString();
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
