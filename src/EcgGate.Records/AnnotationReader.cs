using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records;

/// <summary>What an annotation file is checked against and converted to. Immutable.</summary>
public sealed record AnnotationReadOptions
{
    /// <summary>
    /// The record's length; an annotation at or beyond it is refused, since it does not belong to the record. Null
    /// checks nothing.
    /// </summary>
    public long? LengthFrames { get; init; }

    /// <summary>
    /// The record's sampling frequency, Hz. Where the file carries another time resolution, annotations are converted to
    /// this one. Null leaves them as they are.
    /// </summary>
    public double? SamplingFrequencyHertz { get; init; }

    /// <summary>
    /// How far before the record's start an annotation may lie, in samples. Default 0; some detectors (wqrs) place their
    /// first beat there.
    /// </summary>
    public int SamplesBeforeStart { get; init; }
}

/// <summary>A meaning that an annotation file gives to a code in its first notes.</summary>
/// <param name="Code">The code.</param>
/// <param name="Symbol">Its mnemonic in this file.</param>
/// <param name="Description">What it means; empty where the file does not say.</param>
public readonly record struct AnnotationDefinition(AnnotationCode Code, string Symbol, string Description);

/// <summary>
/// Streams an annotation file in MIT format, as annot(5) describes it: time differences, SKIP, NUM, SUB, CHN and AUX,
/// the leading notes with time resolution and definitions, up to the end mark.
/// </summary>
/// <remarks>One thread at a time. Memory does not depend on the file's length.</remarks>
public sealed class AnnotationReader : IDisposable
{
    internal const int Skip = 59;
    internal const int Number = 60;
    internal const int SubType = 61;
    internal const int Channel = 62;
    internal const int Auxiliary = 63;
    internal const string TimeResolution = "## time resolution:";
    internal const string Definitions = "## annotation type definitions";
    internal const string EndOfDefinitions = "## end of definitions";

    // No recording has this many samples: at 1 MHz it is nine years.
    internal const long LargestTime = 1L << 48;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly AnnotationReadOptions _options;
    private readonly byte[] _buffer = new byte[8_192];
    private readonly byte[] _aux = new byte[1_024];
    private readonly List<AnnotationDefinition> _definitions = [];
    private int _bufferLength;
    private int _bufferPosition;
    private long _bufferOffset;
    private long _time;
    private byte _channel;
    private sbyte _number;
    private double _scale = 1;
    private bool _ended;
    private bool _inDefinitions;
    private Annotation? _first;

    private AnnotationReader(SafeFileHandle file, string path, AnnotationReadOptions options)
    {
        _file = file;
        _path = path;
        _options = options;
        ReadLeadingNotes();
    }

    /// <summary>Time ticks per second of the file, where its first note says so; otherwise the record's rate counts.</summary>
    public double? TimeResolutionHertz { get; private set; }

    /// <summary>Codes that the file defines for itself.</summary>
    public IReadOnlyList<AnnotationDefinition> CustomDefinitions => _definitions;

    /// <summary>The byte of the file at which reading stands.</summary>
    public long BytePosition => _bufferOffset + _bufferPosition;

    /// <summary>Opens an annotation file.</summary>
    /// <param name="path">The file, such as <c>mitdb/100.atr</c>.</param>
    /// <param name="options">What to check it against; null for nothing.</param>
    /// <exception cref="WfdbException">The file is missing, or its beginning is damaged.</exception>
    public static AnnotationReader Open(string path, AnnotationReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (WfdbFiles.Length(path, "there is no such annotation file; check the record's folder and the annotator's name.") == 0)
        {
            throw WfdbException.AtByte(path, 0, "the file is empty, where at least an end mark (two zero bytes) was expected; it is cut short.");
        }

        var file = WfdbFiles.Open(path);
        try
        {
            return new AnnotationReader(file, path, options ?? new AnnotationReadOptions());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens an annotation file of a record and checks it against the record's length and rate.</summary>
    /// <param name="record">The record.</param>
    /// <param name="annotator">The ending of the file: <c>atr</c> for reference beats.</param>
    /// <exception cref="WfdbException">The file is missing, or its beginning is damaged.</exception>
    public static AnnotationReader Open(WfdbRecord record, string annotator)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentException.ThrowIfNullOrWhiteSpace(annotator);
        return Open(
            $"{record.RecordPath}.{annotator}",
            new AnnotationReadOptions { LengthFrames = record.Info.LengthSamples, SamplingFrequencyHertz = record.Info.SamplingRateHertz });
    }

    /// <summary>Reads a whole annotation file.</summary>
    /// <exception cref="WfdbException">The file is missing, damaged or does not belong to the record.</exception>
    public static IReadOnlyList<Annotation> ReadAll(string path, AnnotationReadOptions? options = null)
    {
        using var reader = Open(path, options);
        return [.. reader.ReadToEnd()];
    }

    /// <summary>Reads the next annotation; false at the end mark.</summary>
    /// <exception cref="WfdbException">The file is damaged or does not belong to the record.</exception>
    public bool TryRead(out Annotation annotation)
    {
        if (_first is { } first)
        {
            _first = null;
            annotation = first;
            return true;
        }

        return TryReadNext(out annotation);
    }

    /// <summary>The annotations from here to the end, read as they are asked for.</summary>
    public IEnumerable<Annotation> ReadToEnd()
    {
        while (TryRead(out var annotation))
        {
            yield return annotation;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private void ReadLeadingNotes()
    {
        while (TryReadNext(out var annotation))
        {
            if (annotation is not { Code: AnnotationCode.Note, Sample: 0, Aux: { } note } || !TakeNote(note))
            {
                _first = annotation;
                return;
            }
        }
    }

    /// <summary>True where a note at time 0 speaks about the file and not about the ECG.</summary>
    private bool TakeNote(string note)
    {
        if (note.StartsWith(TimeResolution, StringComparison.Ordinal))
        {
            var text = note.AsSpan(TimeResolution.Length).Trim();
            if (!double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var hertz)
                || hertz is not (> 0 and <= WfdbHeader.MaxSamplingFrequencyHertz))
            {
                throw Error(BytePosition, $"the time resolution '{text}' before here is no number of ticks per second; the file is damaged.");
            }

            TimeResolutionHertz = hertz;
            _scale = _options.SamplingFrequencyHertz is { } rate && Math.Abs(rate - hertz) > rate * 1e-12 ? rate / hertz : 1;
            return true;
        }

        if (note.StartsWith(Definitions, StringComparison.Ordinal))
        {
            _inDefinitions = true;
            return true;
        }

        if (note.StartsWith(EndOfDefinitions, StringComparison.Ordinal))
        {
            _inDefinitions = false;
            return true;
        }

        if (!_inDefinitions)
        {
            return false;
        }

        var fields = note.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length >= 2 && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is > 0 and < 50
            && _definitions.Count < 1_000)
        {
            _definitions.Add(new AnnotationDefinition((AnnotationCode)code, fields[1], fields.Length > 2 ? fields[2] : string.Empty));
        }

        return true;
    }

    private bool TryReadNext(out Annotation annotation)
    {
        annotation = default;
        if (_ended)
        {
            return false;
        }

        var at = BytePosition;
        var word = NextWord("an annotation or the end mark (two zero bytes)");
        while (word >> 10 == Skip)
        {
            _time = Advance(_time, NextInterval(), at);
            at = BytePosition;
            word = NextWord("an annotation after a time skip");
        }

        if (word == 0)
        {
            _ended = true;
            return false;
        }

        var code = word >> 10;
        if (code > (int)AnnotationCodes.Largest)
        {
            throw Error(at, code >= Skip
                ? "a field of an annotation stands here before any annotation; this is no MIT annotation file, or it is damaged."
                : $"code {code} is none of the annotation codes 0 to {(int)AnnotationCodes.Largest}; this is no MIT annotation file, or it is damaged.");
        }

        _time = Advance(_time, word & 0x3FF, at);
        var time = _time;
        sbyte subType = 0;
        string? aux = null;
        while (TryPeekWord(out word) && word >> 10 >= Skip)
        {
            var fieldAt = BytePosition;
            _bufferPosition += 2;
            switch (word >> 10)
            {
                case Skip:
                    // Belongs to the next annotation; more fields of this one may still follow.
                    _time = Advance(_time, NextInterval(), fieldAt);
                    break;
                case Number:
                    _number = (sbyte)word;
                    break;
                case SubType:
                    subType = (sbyte)word;
                    break;
                case Channel:
                    _channel = (byte)word;
                    break;
                default:
                    aux = NextAux(word & 0x3FF, fieldAt);
                    break;
            }
        }

        var sample = _scale == 1 ? time : (long)Math.Round(time * _scale, MidpointRounding.AwayFromZero);
        if (sample < -_options.SamplesBeforeStart)
        {
            throw Error(at, $"the annotation lies {-sample} samples before the record's start; the file is damaged.");
        }

        if (_options.LengthFrames is { } length && sample >= length)
        {
            throw Error(at, $"the annotation is at sample {sample} but the record ends at {length}; the file belongs to another record, or one of the two is cut short.");
        }

        annotation = new Annotation(sample, (AnnotationCode)code, subType, _channel, _number, aux);
        return true;
    }

    private long Advance(long time, long interval, long at)
    {
        time += interval;
        return Math.Abs(time) <= LargestTime
            ? time
            : throw Error(at, "the time skips add up to more than any recording; the file is damaged.");
    }

    private string? NextAux(int length, long at)
    {
        // A null byte keeps the file on whole words where the length is odd.
        var padded = (length + 1) & ~1;
        for (var done = 0; done < padded; done++)
        {
            if (_bufferPosition == _bufferLength && !Fill())
            {
                throw Error(at, $"the text of {length} bytes is cut off after {done}; the file is cut short.");
            }

            _aux[done] = _buffer[_bufferPosition++];
        }

        // Older files count a closing null in.
        var text = _aux.AsSpan(0, length).TrimEnd((byte)0);
        return text.IsEmpty ? null : WfdbFiles.Text(text);
    }

    /// <summary>Four bytes in PDP-11 order: the high word first, each word low byte first.</summary>
    private int NextInterval()
    {
        var high = NextWord("a time skip's high word");
        return (high << 16) | NextWord("a time skip's low word");
    }

    private int NextWord(string expected)
    {
        if (!TryPeekWord(out var word))
        {
            throw Error(BytePosition, $"the file ends here, where {expected} was expected; it is cut short.");
        }

        _bufferPosition += 2;
        return word;
    }

    private bool TryPeekWord(out int word)
    {
        if (_bufferLength - _bufferPosition < 2)
        {
            Fill();
        }

        var there = _bufferLength - _bufferPosition >= 2;
        word = there ? BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(_bufferPosition)) : 0;
        return there;
    }

    /// <summary>Moves what is left to the front and reads on; false where nothing more came.</summary>
    private bool Fill()
    {
        var left = _bufferLength - _bufferPosition;
        _buffer.AsSpan(_bufferPosition, left).CopyTo(_buffer);
        _bufferOffset += _bufferPosition;
        _bufferPosition = 0;
        var count = WfdbFiles.Fill(_file, _path, _buffer.AsSpan(left), _bufferOffset + left);
        _bufferLength = left + count;
        return count > 0;
    }

    private WfdbException Error(long position, string problem) => WfdbException.AtByte(_path, position, problem);
}
