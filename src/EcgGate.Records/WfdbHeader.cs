using System.Globalization;
using System.Text;

namespace EcgGate.Records;

/// <summary>
/// A record's header file, after header(5) of the WFDB specification: the record line, one line a signal or segment,
/// and the comments. Immutable; safe to share between threads.
/// </summary>
public sealed record WfdbHeader
{
    /// <summary>Frames per second that header(5) assumes where the field is missing: 250.</summary>
    public const double DefaultSamplingFrequencyHertz = 250;

    /// <summary>Most signals that are accepted in one record.</summary>
    public const int MaxSignals = 1_024;

    /// <summary>Most segments that are accepted in one record.</summary>
    public const int MaxSegments = 100_000;

    /// <summary>Most samples of one signal that are accepted in a frame.</summary>
    public const int MaxSamplesPerFrame = 65_536;

    /// <summary>Fastest sampling frequency that is accepted, Hz.</summary>
    public const double MaxSamplingFrequencyHertz = 10_000_000;

    /// <summary>The record's name: letters, digits, <c>_</c>, <c>-</c> and <c>.</c></summary>
    public required string RecordName { get; init; }

    /// <summary>The signals, signal 0 first. Empty in a multi-segment header, whose segments have them.</summary>
    public IReadOnlyList<WfdbSignal> Signals { get; init; } = [];

    /// <summary>The segments of a multi-segment record, in time order; empty for an ordinary record.</summary>
    public IReadOnlyList<WfdbSegment> Segments { get; init; } = [];

    /// <summary>How many signals the record has; equals the count of <see cref="Signals"/> in an ordinary record.</summary>
    public int SignalCount { get; init; }

    /// <summary>Frames per second, Hz. A signal with more samples per frame is sampled at that multiple of it.</summary>
    public double SamplingFrequencyHertz { get; init; } = DefaultSamplingFrequencyHertz;

    /// <summary>Ticks per second of the counter (a tape counter, chart pages); null where it equals the sampling frequency.</summary>
    public double? CounterFrequencyHertz { get; init; }

    /// <summary>Counter value at frame 0; null where it is not given, which means 0.</summary>
    public double? BaseCounterValue { get; init; }

    /// <summary>Frames in the record (samples per signal at one sample per frame); null where the header does not say.</summary>
    public long? LengthFrames { get; init; }

    /// <summary>Time of day at frame 0; null where it is not given.</summary>
    public TimeOnly? BaseTime { get; init; }

    /// <summary>Date at frame 0; null where it is not given (0/0/0 counts as not given).</summary>
    public DateOnly? BaseDate { get; init; }

    /// <summary>Comment lines before the last signal or segment line, without their <c>#</c>.</summary>
    public IReadOnlyList<string> LeadingComments { get; init; } = [];

    /// <summary>Comment lines after the last signal or segment line ("info strings"), without their <c>#</c>.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    /// <summary>True where the record is made of other records.</summary>
    public bool IsMultiSegment => Segments.Count > 0;

    /// <summary>True for a variable-layout record: its first segment is a header without samples that lists all signals.</summary>
    public bool HasLayoutSegment => Segments is [{ LengthFrames: 0, IsGap: false }, ..];

    /// <summary>Line of each signal in the file it came from, for messages; null where there was no file.</summary>
    internal IReadOnlyList<int>? SignalLines { get; init; }

    /// <summary>Reads a header file.</summary>
    /// <param name="path">The header, or the record's path without the <c>.hea</c> ending.</param>
    /// <exception cref="WfdbException">There is no such file, or it is no valid header.</exception>
    public static WfdbHeader Parse(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return WfdbHeaderParser.Read(WfdbFiles.HeaderPath(path));
    }

    /// <summary>Reads a header from its text.</summary>
    /// <param name="text">The whole header.</param>
    /// <param name="fileName">Name for messages.</param>
    /// <exception cref="WfdbException">The text is no valid header.</exception>
    public static WfdbHeader ParseText(string text, string fileName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(fileName);
        return new WfdbHeaderParser(fileName).Parse(text);
    }

    /// <summary>
    /// Writes the header so that <see cref="ParseText"/> gives an equal one back. Fields that come before a given one
    /// are written with their defaults where they are missing, as the format demands.
    /// </summary>
    /// <exception cref="WfdbException">A field cannot stand in a header, such as a line break in a description.</exception>
    public void WriteTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        WfdbHeaderWriter.Write(this, writer);
    }

    /// <summary>The header as text, with linefeeds.</summary>
    public string ToText()
    {
        using var writer = new StringWriter(new StringBuilder(), CultureInfo.InvariantCulture) { NewLine = "\n" };
        WriteTo(writer);
        return writer.ToString();
    }

    /// <summary>Writes the header file: first under a temporary name, then renamed, so that it is never half there.</summary>
    /// <exception cref="WfdbException">The file cannot be written.</exception>
    public void WriteTo(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var target = path.EndsWith(".hea", StringComparison.Ordinal) ? path : path + ".hea";
        var text = ToText();
        var temporary = target + ".tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                // On the disk before it takes the old one's place, or a power cut could leave an empty header.
                file.Write(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw WfdbException.InFile(target, $"the header cannot be written ({problem.Message}); check that the folder exists and may be written.", problem);
        }
    }
}
