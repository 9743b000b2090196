namespace EcgGate.Records;

/// <summary>
/// Streams all signals of a record as the converter's integers, frame by frame, in memory that does not depend on the
/// record's length. Reads ordinary and multi-segment records, of fixed and of variable layout.
/// </summary>
/// <remarks>
/// One thread at a time. After opening, reading allocates nothing, but for opening the next file where a new segment
/// begins.
/// </remarks>
public sealed class WfdbSignalReader : IDisposable
{
    /// <summary>
    /// The value of a sample that the record has not: stored as its format's <see cref="WfdbFormats.InvalidValue"/>, in
    /// a gap between segments, or beyond the end of a skewed signal.
    /// </summary>
    public const int InvalidSample = int.MinValue;

    private readonly string _headerPath;
    private readonly WfdbReadOptions _options;
    private readonly bool[]? _wanted;
    private readonly int[] _offsets;
    private readonly Dictionary<string, int>? _byDescription;
    private SegmentReader? _segment;
    private int _segmentIndex = -1;
    private long _segmentStart;
    private long _segmentLength;
    private bool _disposed;

    private WfdbSignalReader(string headerPath, WfdbHeader header, IReadOnlyList<WfdbSignal> signals, WfdbReadOptions options, bool[]? wanted)
    {
        _headerPath = headerPath;
        _options = options;
        _wanted = wanted;
        Header = header;
        Signals = signals;
        _offsets = new int[signals.Count];
        for (var i = 0; i < signals.Count; i++)
        {
            _offsets[i] = FrameLength;
            FrameLength += signals[i].SamplesPerFrame;
        }

        CurrentSignals = [.. signals];
        if (header.HasLayoutSegment)
        {
            _byDescription = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < signals.Count; i++)
            {
                _byDescription.TryAdd(signals[i].Description ?? string.Empty, i);
            }
        }

        if (header.IsMultiSegment)
        {
            LengthFrames = header.Segments.Sum(segment => segment.LengthFrames);
            EnterSegment(0, 0, 0);
        }
        else
        {
            _segment = new SegmentReader(header, headerPath, FrameOf(header.Signals, null), FrameLength, options);
            _segmentLength = LengthFrames = _segment.LengthFrames;
            _segmentIndex = 0;
        }
    }

    /// <summary>The record's header.</summary>
    public WfdbHeader Header { get; }

    /// <summary>The signals, signal 0 first; for a multi-segment record those of its layout header or first segment.</summary>
    public IReadOnlyList<WfdbSignal> Signals { get; }

    /// <summary>
    /// The signals as the segment that was read last describes them (their gain may differ from segment to segment);
    /// null where it lacks one. In an ordinary record the same as <see cref="Signals"/>.
    /// </summary>
    public IReadOnlyList<WfdbSignal?> CurrentSignals { get; private set; }

    /// <summary>Samples in one frame, all signals together.</summary>
    public int FrameLength { get; }

    /// <summary>Frames in the record: what the header says, or what its files hold where it does not say.</summary>
    public long LengthFrames { get; }

    /// <summary>The frame that is read next, from 0.</summary>
    public long Position => _segmentStart + (_segment?.Position ?? _gapPosition);

    private long _gapPosition;

    /// <summary>Opens a record.</summary>
    /// <param name="path">Path of the record, with or without the <c>.hea</c> ending.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="WfdbException">The record is missing, damaged or not supported.</exception>
    public static WfdbSignalReader Open(string path, WfdbReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var headerPath = WfdbFiles.HeaderPath(path);
        var header = WfdbHeaderParser.Read(headerPath);
        return new WfdbSignalReader(headerPath, header, RecordSignals(headerPath, header), options ?? WfdbReadOptions.Default, wanted: null);
    }

    /// <summary>Opens a record for some of its signals; the others' files need not be there and read as invalid.</summary>
    internal static WfdbSignalReader Open(string headerPath, WfdbHeader header, IReadOnlyList<WfdbSignal> signals, WfdbReadOptions options, ReadOnlySpan<int> wanted)
    {
        var mask = new bool[signals.Count];
        foreach (var signal in wanted)
        {
            mask[signal] = true;
        }

        return new WfdbSignalReader(headerPath, header, signals, options, mask);
    }

    /// <summary>The signals of a whole record, from its layout or first segment where it has several.</summary>
    internal static IReadOnlyList<WfdbSignal> RecordSignals(string headerPath, WfdbHeader header)
    {
        if (!header.IsMultiSegment)
        {
            return header.Signals;
        }

        var first = header.Segments.FirstOrDefault(segment => !segment.IsGap);
        if (first.RecordName is null)
        {
            throw WfdbException.InFile(headerPath, "the record has gaps only, no segment with signals.");
        }

        var signals = SegmentHeader(headerPath, first).Signals;
        return signals.Count == header.SignalCount
            ? signals
            : throw WfdbException.InFile(headerPath, $"the record line announces {header.SignalCount} signals but segment '{first.RecordName}' has {signals.Count}; correct the headers.");
    }

    /// <summary>Where the samples of a signal begin in a frame.</summary>
    public int OffsetOf(int signal) => _offsets[signal];

    /// <summary>Reads the next whole frames, as many as there are and fit.</summary>
    /// <param name="destination">Room for at least one frame of <see cref="FrameLength"/> samples.</param>
    /// <returns>How many frames were read; 0 at the end.</returns>
    /// <exception cref="WfdbException">A file is damaged or was cut while being read.</exception>
    public int ReadFrames(Span<int> destination)
    {
        if (destination.Length < FrameLength)
        {
            throw new ArgumentException($"Room for at least one frame of {FrameLength} samples is needed.", nameof(destination));
        }

        var frames = 0;
        while (FrameLength > 0 && destination.Length >= FrameLength)
        {
            var count = ReadWithinSegment(destination);
            if (count == 0)
            {
                break;
            }

            frames += count;
            destination = destination[(count * FrameLength)..];
        }

        return frames;
    }

    /// <summary>Goes to a frame, from 0 to <see cref="LengthFrames"/>, in a time that does not depend on where it is.</summary>
    /// <exception cref="WfdbException">The segment there cannot be read.</exception>
    public void SeekTo(long frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame, LengthFrames);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Header.IsMultiSegment)
        {
            long start = 0;
            var index = 0;
            while (index < Header.Segments.Count - 1 && start + Header.Segments[index].LengthFrames <= frame)
            {
                start += Header.Segments[index++].LengthFrames;
            }

            EnterSegment(index, start, frame - start);
        }
        else
        {
            _segment!.Seek(frame);
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _disposed = true;
        _segment?.Dispose();
    }

    /// <summary>As <see cref="ReadFrames"/>, but stops where a segment ends, so that all frames have one calibration.</summary>
    internal int ReadWithinSegment(Span<int> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (true)
        {
            int count;
            if (_segment is not null)
            {
                count = _segment.Read(destination);
            }
            else
            {
                count = (int)Math.Min(destination.Length / FrameLength, _segmentLength - _gapPosition);
                destination[..(count * FrameLength)].Fill(InvalidSample);
                _gapPosition += count;
            }

            if (count > 0 || _segmentIndex + 1 >= Math.Max(Header.Segments.Count, 1))
            {
                return count;
            }

            EnterSegment(_segmentIndex + 1, _segmentStart + _segmentLength, 0);
        }
    }

    private static WfdbHeader SegmentHeader(string headerPath, WfdbSegment segment)
    {
        var path = WfdbFiles.Beside(headerPath, segment.RecordName + ".hea");
        var header = WfdbHeaderParser.Read(path);
        return header.IsMultiSegment
            ? throw WfdbException.InFile(path, $"this segment of {Path.GetFileName(headerPath)} is itself made of segments, which the format does not allow.")
            : header;
    }

    private void EnterSegment(int index, long start, long position)
    {
        var segment = Header.Segments[index];
        var current = new WfdbSignal?[Signals.Count];
        SegmentReader? reader = null;
        if (!segment.IsGap && segment.LengthFrames > 0)
        {
            var path = WfdbFiles.Beside(_headerPath, segment.RecordName + ".hea");
            var header = SegmentHeader(_headerPath, segment);
            CheckSegment(path, header, segment);
            reader = new SegmentReader(header, path, FrameOf(header.Signals, current, path), FrameLength, _options);
        }

        reader?.Seek(position);
        _segment?.Dispose();
        _segment = reader;
        _segmentIndex = index;
        _segmentStart = start;
        _segmentLength = segment.LengthFrames;
        _gapPosition = position;
        CurrentSignals = current;
    }

    private void CheckSegment(string path, WfdbHeader header, WfdbSegment segment)
    {
        if (header.LengthFrames != segment.LengthFrames)
        {
            throw WfdbException.InFile(path, $"the segment is {header.LengthFrames?.ToString() ?? "an unknown number of"} samples long but {Path.GetFileName(_headerPath)} says {segment.LengthFrames}; correct the headers.");
        }

        if (Math.Abs(header.SamplingFrequencyHertz - Header.SamplingFrequencyHertz) > Header.SamplingFrequencyHertz * 1e-9)
        {
            throw WfdbException.InFile(path, $"the segment is sampled at {header.SamplingFrequencyHertz} Hz but {Path.GetFileName(_headerPath)} at {Header.SamplingFrequencyHertz} Hz; all segments must have one rate.");
        }

        if (_byDescription is null && header.Signals.Count != Signals.Count)
        {
            throw WfdbException.InFile(path, $"the segment has {header.Signals.Count} signals but {Path.GetFileName(_headerPath)} announces {Signals.Count}; a record whose segments differ needs a layout segment.");
        }
    }

    /// <summary>Where each of a segment's signals goes in the record's frame; -1 for those not wanted.</summary>
    private int[] FrameOf(IReadOnlyList<WfdbSignal> signals, WfdbSignal?[]? current, string? path = null)
    {
        var frame = new int[signals.Count];
        for (var i = 0; i < signals.Count; i++)
        {
            var target = i;
            if (_byDescription is not null && !_byDescription.TryGetValue(signals[i].Description ?? string.Empty, out target))
            {
                throw WfdbException.InFile(path ?? _headerPath, $"signal {i} ('{signals[i].Description}') is not in the layout segment of {Path.GetFileName(_headerPath)}; correct the headers.");
            }

            if (signals[i].SamplesPerFrame != Signals[target].SamplesPerFrame)
            {
                throw WfdbException.InFile(path ?? _headerPath, $"signal {i} has {signals[i].SamplesPerFrame} samples per frame but the record {Signals[target].SamplesPerFrame}; all segments must have the same.");
            }

            if (current is not null)
            {
                current[target] = signals[i];
            }

            frame[i] = _wanted is null || _wanted[target] ? _offsets[target] : -1;
        }

        return frame;
    }
}
