using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records;

/// <summary>
/// Streams the frames of one single-segment record: several files, several signals in each, several samples a frame,
/// each signal's skew taken out. Memory does not depend on the record's length.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    private const int ScratchSamples = 12_288;

    // Padding to a block of the medium is common in old records; more than this is no padding.
    private const int UsualBlock = 4_096;

    private readonly List<SafeFileHandle> _files = [];
    private readonly List<Lane> _lanes = [];
    private readonly int _frameLength;
    private readonly int[] _scratch = [];
    private readonly bool _hasGaps;
    private long _position;

    /// <param name="header">A single-segment header.</param>
    /// <param name="headerPath">Where it came from.</param>
    /// <param name="frame">Where each signal goes in the frame, or -1 to leave it out.</param>
    /// <param name="frameLength">Samples in a frame of the whole record.</param>
    /// <param name="options">Reading options.</param>
    /// <param name="inFileOrder">True ignores skew: the samples as they are stored.</param>
    public SegmentReader(WfdbHeader header, string headerPath, ReadOnlySpan<int> frame, int frameLength, WfdbReadOptions options, bool inFileOrder = false)
    {
        _frameLength = frameLength;
        try
        {
            var groups = Groups(header, headerPath, frame);
            LengthFrames = header.LengthFrames ?? (groups.Count == 0 ? 0 : long.MaxValue);
            foreach (var group in groups)
            {
                group.Length = CheckSize(header, headerPath, group, options);
                LengthFrames = Math.Min(LengthFrames, group.Length);
            }

            var covered = 0;
            foreach (var group in groups)
            {
                covered += Open(header, group, frame, inFileOrder, bufferSamples: groups.Count > 16 ? 768 : ScratchSamples);
            }

            _hasGaps = covered < frameLength;
            if (_lanes.Count > 0)
            {
                _scratch = new int[Math.Max(ScratchSamples, _lanes.Max(lane => lane.GroupFrame))];
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long LengthFrames { get; }

    public long Position => _position;

    public void Seek(long frame)
    {
        _position = frame;
        foreach (var lane in _lanes)
        {
            lane.Reader.Seek(Math.Min(frame + lane.Skew, LengthFrames) * lane.GroupFrame);
        }
    }

    /// <summary>Reads whole frames into the span, as many as there are and fit, and says how many.</summary>
    /// <param name="destination">Room for frames.</param>
    /// <param name="native">True leaves "invalid" values as they are stored, false makes them one and the same.</param>
    public int Read(Span<int> destination, bool native = false)
    {
        var frames = (int)Math.Min(destination.Length / _frameLength, LengthFrames - _position);
        if (frames <= 0)
        {
            return 0;
        }

        destination = destination[..(frames * _frameLength)];
        if (_hasGaps)
        {
            destination.Fill(WfdbSignalReader.InvalidSample);
        }

        foreach (var lane in _lanes)
        {
            ReadLane(lane, destination, frames, native);
        }

        _position += frames;
        return frames;
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private static List<Group> Groups(WfdbHeader header, string headerPath, ReadOnlySpan<int> frame)
    {
        var groups = new List<Group>();
        Group? current = null;
        for (var i = 0; i < header.Signals.Count; i++)
        {
            var signal = header.Signals[i];
            if (current is null || signal.FileName != current.Name)
            {
                if (groups.Exists(group => group.Name == signal.FileName) && signal.Format != WfdbFormat.Null)
                {
                    throw Error(header, headerPath, i, $"the file '{signal.FileName}' was already used by an earlier group of signals; signals that share a file must follow one another.");
                }

                current = new Group { Name = signal.FileName, First = i, Format = signal.Format, ByteOffset = signal.ByteOffset, BlockSize = Math.Abs((long)signal.BlockSize) };
                groups.Add(current);
            }
            else if (signal.Format != current.Format || signal.ByteOffset != current.ByteOffset)
            {
                throw Error(header, headerPath, i, $"format and byte offset differ from signal {current.First}'s, which is in the same file '{signal.FileName}'; all signals of a file have the same.");
            }

            current.Count++;
            current.Frame += signal.SamplesPerFrame;
            current.Wanted |= frame[i] >= 0;
        }

        // Files that nobody asks for are not opened: they may as well be missing.
        groups.RemoveAll(group => !group.Wanted || group.Format == WfdbFormat.Null);
        foreach (var group in groups)
        {
            if (group.Name == "-")
            {
                throw Error(header, headerPath, group.First, "the samples are to come from standard input, which is not read here; write them to a file and name it.");
            }

            group.Path = WfdbFiles.Beside(headerPath, group.Name);
        }

        return groups;
    }

    /// <summary>How many frames the group's file holds, refused where that cannot be.</summary>
    private static long CheckSize(WfdbHeader header, string headerPath, Group group, WfdbReadOptions options)
    {
        var bytes = WfdbFiles.Length(group.Path, $"the signal file that {Where(header, headerPath, group.First)} names is missing; put it beside its header.");
        var data = bytes - group.ByteOffset;
        if (header.LengthFrames is not { } length)
        {
            var frames = data <= 0 ? 0 : group.Format.SamplesIn(data) / group.Frame;
            return frames > 0
                ? frames
                : throw WfdbException.AtByte(group.Path, bytes, $"the file holds not one frame of {group.Count} signals; it is empty or cut short.");
        }

        var samples = (Int128)length * group.Frame;
        var needed = samples > long.MaxValue / 8 ? long.MaxValue : group.Format.BytesFor((long)samples);
        if (data < needed)
        {
            var held = data <= 0 ? 0 : group.Format.SamplesIn(data) / group.Frame;
            throw WfdbException.AtByte(
                group.Path, bytes, $"the file ends here, but {Where(header, headerPath, group.First)} announces {length} samples per signal in format {(int)group.Format} and the file holds {held}; it is cut short: fetch it again, or correct the header's length.");
        }

        if (data - needed >= Math.Max(UsualBlock, group.BlockSize) && !options.AllowTrailingData)
        {
            throw WfdbException.AtByte(
                group.Path, group.ByteOffset + needed, $"{data - needed} more bytes follow after the {length} samples per signal that {Where(header, headerPath, group.First)} announces; check its length, format {(int)group.Format} and number of signals, or allow trailing data.");
        }

        return length;
    }

    private int Open(WfdbHeader header, Group group, ReadOnlySpan<int> frame, bool inFileOrder, int bufferSamples)
    {
        var file = WfdbFiles.Open(group.Path);
        _files.Add(file);
        var covered = 0;
        var source = 0;
        for (var i = group.First; i < group.First + group.Count; i++)
        {
            var signal = header.Signals[i];
            if (frame[i] >= 0)
            {
                // Each skew gets a reading place of its own, so that a large one costs no memory.
                var skew = inFileOrder ? 0 : signal.SkewFrames;
                var lane = _lanes.Find(known => known.Reader.Path == group.Path && known.Skew == skew);
                if (lane is null)
                {
                    var reader = new SignalFileReader(file, group.Path, group.Format, group.ByteOffset, LengthFrames * group.Frame, bufferSamples);
                    lane = new Lane(reader, skew, group.Frame);
                    reader.Seek(Math.Min(skew, LengthFrames) * group.Frame);
                    _lanes.Add(lane);
                }

                lane.Parts.Add(new Part(source, frame[i], signal.SamplesPerFrame));
                covered += signal.SamplesPerFrame;
            }

            source += signal.SamplesPerFrame;
        }

        return covered;
    }

    private void ReadLane(Lane lane, Span<int> destination, int frames, bool native)
    {
        // Skewed signals run out before the others; what is missing at the end has no value.
        var there = (int)Math.Clamp(LengthFrames - lane.Skew - _position, 0, frames);
        var stored = lane.Reader.Format.InvalidValue();
        if (lane.Fills(_frameLength) && there == frames)
        {
            lane.Reader.Read(destination);
            if (!native)
            {
                destination.Replace(stored, WfdbSignalReader.InvalidSample);
            }

            return;
        }

        var chunk = _scratch.Length / lane.GroupFrame;
        for (var done = 0; done < there;)
        {
            var count = Math.Min(chunk, there - done);
            var samples = _scratch.AsSpan(0, count * lane.GroupFrame);
            lane.Reader.Read(samples);
            if (!native)
            {
                samples.Replace(stored, WfdbSignalReader.InvalidSample);
            }

            foreach (var part in lane.Parts)
            {
                var from = part.Source;
                var to = (done * _frameLength) + part.Destination;
                for (var f = 0; f < count; f++, from += lane.GroupFrame, to += _frameLength)
                {
                    for (var s = 0; s < part.Samples; s++)
                    {
                        destination[to + s] = samples[from + s];
                    }
                }
            }

            done += count;
        }

        for (var f = there; f < frames; f++)
        {
            foreach (var part in lane.Parts)
            {
                destination.Slice((f * _frameLength) + part.Destination, part.Samples).Fill(WfdbSignalReader.InvalidSample);
            }
        }
    }

    private static WfdbException Error(WfdbHeader header, string headerPath, int signal, string problem) =>
        header.SignalLines is { } lines ? WfdbException.AtLine(headerPath, lines[signal], problem) : WfdbException.InFile(headerPath, problem);

    private static string Where(WfdbHeader header, string headerPath, int signal)
    {
        var name = Path.GetFileName(headerPath);
        return header.SignalLines is { } lines ? $"{name}, line {lines[signal]}," : name;
    }

    private sealed class Group
    {
        public required string Name { get; init; }

        public required int First { get; init; }

        public required WfdbFormat Format { get; init; }

        public required long ByteOffset { get; init; }

        public required long BlockSize { get; init; }

        public string Path { get; set; } = string.Empty;

        public int Count { get; set; }

        public int Frame { get; set; }

        public bool Wanted { get; set; }

        public long Length { get; set; }
    }

    /// <summary>One reading place in one file: the signals there that have the same skew.</summary>
    private sealed class Lane(SignalFileReader reader, int skew, int groupFrame)
    {
        public SignalFileReader Reader => reader;

        public int Skew => skew;

        public int GroupFrame => groupFrame;

        public List<Part> Parts { get; } = [];

        /// <summary>True where the file's frames are the record's frames, so that no sample need be moved.</summary>
        public bool Fills(int frameLength)
        {
            if (groupFrame != frameLength)
            {
                return false;
            }

            var samples = 0;
            foreach (var part in Parts)
            {
                if (part.Source != part.Destination)
                {
                    return false;
                }

                samples += part.Samples;
            }

            return samples == frameLength;
        }
    }

    private readonly record struct Part(int Source, int Destination, int Samples);
}
