namespace EcgGate.Records;

/// <summary>
/// Writes a record, frame by frame, in memory that does not depend on its length: any number of signals, of files and
/// of samples per frame.
/// </summary>
/// <remarks>
/// One thread at a time. The header is there from the start, with an unspecified length, and is replaced by renaming
/// when the record is completed: at any moment the files on disk are a readable record of what was flushed.
/// Writing a frame allocates nothing.
/// </remarks>
public sealed class WfdbWriter : IDisposable
{
    private const int BufferSamples = 12_288;

    private readonly string _headerPath;
    private readonly WfdbHeader _header;
    private readonly SignalState[] _signals;
    private readonly SignalFile[] _files;
    private readonly int[] _signalOfSample;
    private readonly int[] _frame;
    private bool _completed;

    private WfdbWriter(string headerPath, WfdbHeader header, SignalState[] signals, SignalFile[] files)
    {
        _headerPath = headerPath;
        _header = header;
        _signals = signals;
        _files = files;
        FrameLength = header.Signals.Sum(signal => signal.SamplesPerFrame);
        _signalOfSample = [.. header.Signals.SelectMany((signal, i) => Enumerable.Repeat(i, signal.SamplesPerFrame))];
        _frame = new int[FrameLength];
    }

    /// <summary>Samples in one frame, all signals together.</summary>
    public int FrameLength { get; }

    /// <summary>Frames written so far.</summary>
    public long FramesWritten { get; private set; }

    /// <summary>The header as it stands: length, initial values and checksums are those of the frames written so far.</summary>
    public WfdbHeader Header => _header with
    {
        LengthFrames = FramesWritten == 0 ? null : FramesWritten,
        Signals = [.. _header.Signals.Select((signal, i) => signal with { InitialValue = _signals[i].First ?? signal.AdcZero, Checksum = (short)_signals[i].Sum })],
    };

    /// <summary>Creates a record; one of the same name is overwritten.</summary>
    /// <param name="path">Path of the record, with or without the <c>.hea</c> ending; its folder must exist. The file name is the record's name.</param>
    /// <param name="header">
    /// Signals, sampling frequency, times and comments. Its record name, length, initial values and checksums are
    /// replaced. A signal without a file name goes to <c>NAME.dat</c>.
    /// </param>
    /// <exception cref="ArgumentException">The header describes what cannot be written.</exception>
    /// <exception cref="WfdbException">A file cannot be created.</exception>
    public static WfdbWriter Create(string path, WfdbHeader header) => Create(path, header, DiskFile.Create);

    internal static WfdbWriter Create(string path, WfdbHeader header, RecordFileOpener open)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(header);
        var recordPath = WfdbFiles.RecordPath(path);
        var name = Path.GetFileName(recordPath);
        Check(header);
        header = header with
        {
            RecordName = name,
            SignalCount = header.Signals.Count,
            LengthFrames = null,
            SignalLines = null,
            Signals = [.. header.Signals.Select(signal => signal with
            {
                FileName = signal.FileName.Length == 0 ? name + ".dat" : signal.FileName,
                AdcResolution = signal.AdcResolution ?? signal.Format.SampleBits(),
                InitialValue = signal.AdcZero,
                Checksum = 0,
            })],
        };

        // What cannot be read back must not be written; this also checks names, ranges and places.
        var headerPath = recordPath + ".hea";
        _ = WfdbHeader.ParseText(header.ToText(), headerPath);

        var files = new List<SignalFile>();
        try
        {
            var signals = OpenFiles(header, headerPath, files, open);
            header.WriteTo(headerPath);
            return new WfdbWriter(headerPath, header, signals, [.. files]);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Creates a record of the given signals; see <see cref="Create(string, WfdbHeader)"/>.</summary>
    public static WfdbWriter Create(string path, double samplingFrequencyHertz, params WfdbSignal[] signals) =>
        Create(path, new WfdbHeader { RecordName = "record", SamplingFrequencyHertz = samplingFrequencyHertz, Signals = signals });

    /// <summary>Writes one frame: each signal's samples in turn, in ADC units.</summary>
    /// <param name="samples">
    /// <see cref="FrameLength"/> values; <see cref="WfdbSignalReader.InvalidSample"/> stands for "no value".
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value does not fit its signal's format. Nothing is written.</exception>
    /// <exception cref="WfdbException">The file cannot be written: the disk is full, for instance.</exception>
    public void WriteFrame(ReadOnlySpan<int> samples)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        CheckLength(samples.Length);
        for (var i = 0; i < samples.Length; i++)
        {
            var signal = _signals[_signalOfSample[i]];
            _frame[i] = samples[i] == WfdbSignalReader.InvalidSample ? signal.Invalid : samples[i];
            if (_frame[i] < signal.Invalid || _frame[i] > signal.Max)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(samples), samples[i], $"Signal {_signalOfSample[i]} takes {signal.Invalid + 1} to {signal.Max} in its format; scale the samples or choose a format with more bits.");
            }
        }

        Append();
    }

    /// <summary>Writes one frame in millivolts; values beyond the format's range are written as its limit.</summary>
    /// <param name="millivolts"><see cref="FrameLength"/> values; NaN stands for "no value".</param>
    /// <exception cref="InvalidOperationException">A signal is no voltage or has gain 0.</exception>
    /// <exception cref="WfdbException">The file cannot be written: the disk is full, for instance.</exception>
    public void WriteMillivolts(ReadOnlySpan<double> millivolts)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        CheckLength(millivolts.Length);
        for (var i = 0; i < millivolts.Length; i++)
        {
            var signal = _signals[_signalOfSample[i]];
            if (signal.UnitsPerMillivolt is not { } gain)
            {
                throw new InvalidOperationException($"Signal {_signalOfSample[i]} is no voltage or has gain 0, so that millivolts mean nothing for it; write ADC units with WriteFrame.");
            }

            _frame[i] = double.IsNaN(millivolts[i])
                ? signal.Invalid
                : (int)Math.Clamp(Math.Round((millivolts[i] * gain) + signal.Baseline, MidpointRounding.AwayFromZero), (double)signal.Invalid + 1, signal.Max);
        }

        Append();
    }

    /// <summary>Hands all whole packets (of up to three samples) to the operating system.</summary>
    /// <exception cref="WfdbException">The file cannot be written.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        foreach (var file in _files)
        {
            file.Flush(all: false);
        }
    }

    /// <summary>As <see cref="Flush"/>, and returns once a power cut would leave it there.</summary>
    /// <exception cref="WfdbException">The file cannot be written.</exception>
    public void FlushToDisk()
    {
        Flush();
        foreach (var file in _files)
        {
            file.Sync();
        }
    }

    /// <summary>Writes the rest and the final header, and closes the files. Once; later calls do nothing.</summary>
    /// <exception cref="WfdbException">A file cannot be written.</exception>
    public void Complete()
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        try
        {
            foreach (var file in _files)
            {
                file.Flush(all: true);
            }
        }
        finally
        {
            foreach (var file in _files)
            {
                file.Dispose();
            }
        }

        Header.WriteTo(_headerPath);
    }

    /// <summary>Completes the record, as <see cref="Complete"/>.</summary>
    public void Dispose() => Complete();

    private static void Check(WfdbHeader header)
    {
        if (header.IsMultiSegment || header.Signals.Count is 0 or > WfdbHeader.MaxSignals)
        {
            throw new ArgumentException($"A record of 1 to {WfdbHeader.MaxSignals} signals and without segments can be written.", nameof(header));
        }

        foreach (var signal in header.Signals)
        {
            if (signal.Format == WfdbFormat.Null || signal.SkewFrames != 0 || signal.ByteOffset != 0 || signal.SamplesPerFrame < 1)
            {
                throw new ArgumentException($"Signal '{signal.Description}' cannot be written: it needs a format with samples, at least one sample per frame, no skew and no byte offset.", nameof(header));
            }
        }
    }

    private static SignalState[] OpenFiles(WfdbHeader header, string headerPath, List<SignalFile> files, RecordFileOpener open)
    {
        var states = new SignalState[header.Signals.Count];
        for (var i = 0; i < states.Length; i++)
        {
            var signal = header.Signals[i];
            var path = WfdbFiles.Beside(headerPath, signal.FileName);
            if (i == 0 || signal.FileName != header.Signals[i - 1].FileName)
            {
                if (path == headerPath || files.Exists(file => file.Path == path))
                {
                    throw new ArgumentException($"The file '{signal.FileName}' is named twice; signals that share a file must follow one another.", nameof(header));
                }

                files.Add(new SignalFile(path, signal.Format, open));
            }
            else if (signal.Format != header.Signals[i - 1].Format)
            {
                throw new ArgumentException($"Signals in the file '{signal.FileName}' have different formats; all signals of a file have the same.", nameof(header));
            }

            files[^1].FrameLength += signal.SamplesPerFrame;
            states[i] = new SignalState(signal);
        }

        return states;
    }

    private void CheckLength(int length)
    {
        if (length != FrameLength)
        {
            throw new ArgumentException($"A frame of this record has {FrameLength} samples, not {length}.");
        }
    }

    private void Append()
    {
        for (var i = 0; i < _frame.Length; i++)
        {
            var signal = _signals[_signalOfSample[i]];
            signal.First ??= _frame[i];
            signal.Sum += _frame[i];
        }

        var at = 0;
        foreach (var file in _files)
        {
            file.Append(_frame.AsSpan(at, file.FrameLength));
            at += file.FrameLength;
        }

        FramesWritten++;
    }

    private sealed class SignalState(WfdbSignal signal)
    {
        public int Invalid { get; } = signal.Format.InvalidValue();

        public int Max { get; } = signal.Format.MaxValue();

        public int Baseline { get; } = signal.EffectiveBaseline;

        public double? UnitsPerMillivolt { get; } = signal.EffectiveGain == 0 ? null : signal.EffectiveGain / signal.MillivoltsPerUnit;

        public int? First { get; set; }

        public long Sum { get; set; }
    }

    private sealed class SignalFile : IDisposable
    {
        private readonly IRecordFile _file;
        private readonly WfdbFormat _format;
        private readonly int[] _samples = new int[BufferSamples];
        private readonly byte[] _bytes;
        private int _count;
        private long _offset;

        public SignalFile(string path, WfdbFormat format, RecordFileOpener open)
        {
            Path = path;
            _format = format;
            _bytes = new byte[format.BytesFor(BufferSamples)];
            try
            {
                _file = open(path);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw WfdbException.InFile(path, $"the signal file cannot be created ({problem.Message}); check that its folder exists and may be written.", problem);
            }
        }

        public string Path { get; }

        public int FrameLength { get; set; }

        public void Append(ReadOnlySpan<int> samples)
        {
            while (samples.Length > 0)
            {
                var count = Math.Min(samples.Length, _samples.Length - _count);
                samples[..count].CopyTo(_samples.AsSpan(_count));
                _count += count;
                samples = samples[count..];
                if (_count == _samples.Length)
                {
                    Flush(all: false);
                }
            }
        }

        public void Flush(bool all)
        {
            var count = all ? _count : _count / _format.PacketSamples() * _format.PacketSamples();
            var length = SampleCodec.Encode(_format, _samples.AsSpan(0, count), _bytes);
            try
            {
                _file.Write(_bytes.AsSpan(0, length), _offset);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw WfdbException.AtByte(Path, _offset, $"the samples cannot be written ({problem.Message}); check the space on the disk.", problem);
            }

            _offset += length;
            _samples.AsSpan(count, _count - count).CopyTo(_samples);
            _count -= count;
        }

        public void Sync()
        {
            try
            {
                _file.Sync();
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw WfdbException.InFile(Path, $"the samples cannot be written ({problem.Message}); check the disk.", problem);
            }
        }

        public void Dispose() => _file.Dispose();
    }
}
