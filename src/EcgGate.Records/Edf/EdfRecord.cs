using System.Buffers.Binary;
using EcgGate.Signals;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Edf;

/// <summary>
/// An EDF, EDF+, BDF or BDF+ file as a source of ECG samples in millivolts: one or two of its leads, streamed, in memory
/// that does not depend on the length of the file or of its data records.
/// </summary>
/// <remarks>
/// <para>One thread reads; <see cref="Interrupt"/> may be called from any. After opening, <see cref="Read"/> allocates
/// nothing.</para>
/// <para>The source's rate is that of lead 0. Without a choice, lead 1 is one of the same rate. A lead 1 of another rate
/// that is asked for by name gives for each sample of lead 0 its nearest sample within the data record, at most half a
/// period of its own away: good enough to look at; gating uses lead 0 alone.</para>
/// <para>In a discontinuous file (EDF+D) time passes between data records: the first sample after a gap is marked
/// <see cref="SampleStatus.GapBefore"/> and its index jumps, so that index ÷ rate stays the time since the first sample.
/// A shift of less than a sample is no gap.</para>
/// <para>Values at the digital limits are not marked as saturated: many programs scale a recording so that its largest
/// R wave just reaches the limit.</para>
/// </remarks>
public sealed class EdfRecord : IEcgSource
{
    private const int WindowBytes = 48 * 1024;
    private const int OnsetBytes = 64;
    private const int LargestAnnotationBlock = 64 * 1024 * 1024;

    // Indices stay exact in a double, and in any arithmetic on them.
    private const double LargestIndex = 1L << 50;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly Lead _lead0;
    private readonly Lead? _lead1;
    private readonly FileWindow? _onsets;
    private readonly long _onsetOffset;
    private readonly int _onsetBytes;
    private readonly double _rate;
    private long _record = -1;
    private int _inRecord;
    private long _index;
    private bool _gap;
    private volatile bool _interrupted;

    private EdfRecord(SafeFileHandle file, string path, EdfHeader header, long records, int[] leads, string? unit)
    {
        _file = file;
        _path = path;
        Header = header;
        RecordCount = records;
        SignalNumbers = leads;
        _rate = header.RateHertzOf(leads[0]);
        _lead0 = new Lead(file, path, header, leads[0], unit);
        _lead1 = leads.Length > 1 ? new Lead(file, path, header, leads[1], unit) : null;
        _inRecord = _lead0.Samples;

        var annotations = AnnotationSignals(header);
        if (header.IsDiscontinuous && annotations.Length == 0)
        {
            throw RecordException.InFile(path, "the header says that the recording is discontinuous (EDF+D), but there is no 'EDF Annotations' signal to give the times; the file is damaged.");
        }

        long? length = records * _lead0.Samples;
        if (annotations.Length > 0)
        {
            _onsetOffset = OffsetOf(header, annotations[0]);
            _onsetBytes = (int)Math.Min(OnsetBytes, (long)header.Signals[annotations[0]].SamplesPerRecord * (header.SampleBits / 8));
            _onsets = new FileWindow(file, path, _onsetBytes);
            if (header.IsDiscontinuous)
            {
                StartOffsetSeconds = Onset(0);
                length = IndexOfRecord(records - 1) + _lead0.Samples;
            }
            else if (TryOnset(0, out var onset))
            {
                StartOffsetSeconds = onset;
            }
        }

        Info = new EcgSourceInfo
        {
            Name = Path.GetFileNameWithoutExtension(path),
            SamplingRateHertz = _rate,
            LeadNames = [.. leads.Select(signal => NameOf(header, signal))],
            LengthSamples = length,
        };
    }

    /// <summary>The file's header.</summary>
    public EdfHeader Header { get; }

    /// <summary>Which signals of the file the leads are, lead 0 first.</summary>
    public IReadOnlyList<int> SignalNumbers { get; }

    /// <summary>How many whole data records the file holds.</summary>
    public long RecordCount { get; }

    /// <summary>
    /// Seconds from the file's start time, which has whole seconds only, to sample 0; 0 where the file does not say.
    /// </summary>
    public double StartOffsetSeconds { get; }

    /// <inheritdoc/>
    /// <remarks>In a discontinuous file the length counts the gaps: it is the last sample's index + 1.</remarks>
    public EcgSourceInfo Info { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file, such as <c>night.edf</c>.</param>
    /// <param name="options">Which leads and how; null for the defaults.</param>
    /// <exception cref="RecordException">The file is missing or damaged, has no such lead, or the lead is no voltage or has no scale.</exception>
    public static EdfRecord Open(string path, EdfReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= EdfReadOptions.Default;
        var length = RecordFiles.Length(path);
        var file = RecordFiles.Open(path);
        try
        {
            var header = EdfHeader.Read(file, path, length);
            var records = CountRecords(path, header, length, options);
            return new EdfRecord(file, path, header, records, SelectLeads(path, header, options), options.Unit);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        if (destination.IsEmpty)
        {
            throw new ArgumentException("Room for at least one sample is needed.", nameof(destination));
        }

        var done = 0;
        try
        {
            while (done < destination.Length && !_interrupted && EnterRecord())
            {
                done += ReadWithinRecord(destination[done..]);
            }
        }
        catch (RecordException problem)
        {
            throw new EcgSourceException(problem.Message, problem);
        }

        return new EcgBlock(done, default);
    }

    /// <summary>Reads all annotations of the file; empty where it can hold none. Does not disturb <see cref="Read"/>.</summary>
    /// <returns>The annotations in the order in which the file has them, which need not be that of time.</returns>
    /// <exception cref="RecordException">An annotation is damaged.</exception>
    public IReadOnlyList<EdfAnnotation> ReadAnnotations()
    {
        var annotations = new List<EdfAnnotation>();
        foreach (var signal in AnnotationSignals(Header))
        {
            var size = (long)Header.Signals[signal].SamplesPerRecord * (Header.SampleBits / 8);
            if (size > LargestAnnotationBlock)
            {
                throw RecordException.InFile(_path, $"signal {signal} has {size} bytes of annotations in each data record; at most {LargestAnnotationBlock} are read.");
            }

            var block = new FileWindow(_file, _path, (int)size);
            for (long record = 0; record < RecordCount; record++)
            {
                var offset = Header.HeaderBytes + (record * Header.RecordBytes) + OffsetOf(Header, signal);
                AnnotationList.Parse(block.At(offset, (int)size, readOn: false), _path, offset, annotations);
            }
        }

        return annotations;
    }

    /// <summary>The sample, with its fraction, at a number of seconds after the file's start time.</summary>
    public double SampleOf(double onsetSeconds) => (onsetSeconds - StartOffsetSeconds) * _rate;

    /// <inheritdoc/>
    public void Interrupt() => _interrupted = true;

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static long CountRecords(string path, EdfHeader header, long length, EdfReadOptions options)
    {
        var data = length - header.HeaderBytes;
        var held = data / header.RecordBytes;
        if (held == 0)
        {
            throw RecordException.AtByte(path, length, $"the file ends here, before the end of its first data record of {header.RecordBytes} bytes; fetch it again.");
        }

        if (header.RecordCount is not { } announced || announced == held || options.AllowIncomplete)
        {
            return header.RecordCount is { } count ? Math.Min(held, count == 0 ? held : count) : held;
        }

        throw announced > held
            ? RecordException.AtByte(path, length, $"the file ends here, after {held} of the {announced} data records that its header announces; it is cut short: fetch it again, or allow incomplete files.")
            : RecordException.AtByte(path, header.HeaderBytes + (announced * header.RecordBytes), $"the file goes on for {held - announced} more data records than the {announced} that its header announces; check how it was made, or allow incomplete files.");
    }

    private static int[] SelectLeads(string path, EdfHeader header, EdfReadOptions options)
    {
        string[] names = [.. header.Signals.Select((_, i) => NameOf(header, i))];
        int[] leads;
        if (options.Leads is not null)
        {
            leads = EcgLabels.Find(path, names, options.Leads);
        }
        else
        {
            int[] voltages = [.. Enumerable.Range(0, header.Signals.Count).Where(i => !header.Signals[i].IsAnnotations && MillivoltsPer(header.Signals[i], options.Unit) is not null)];
            int[] named = [.. voltages.Where(i => EcgLabels.LooksLikeEcg(header.Signals[i].Label))];
            int[] candidates = named.Length > 0 ? named : voltages;
            if (candidates.Length == 0)
            {
                throw RecordException.InFile(path, $"the file has no ECG: none of its signals is a voltage; it has {EcgLabels.List(names)}. Where units are missing, say which unit to assume.");
            }

            leads = [.. candidates.Where(i => header.Signals[i].SamplesPerRecord == header.Signals[candidates[0]].SamplesPerRecord).Take(EcgLabels.MaxLeads)];
        }

        foreach (var lead in leads)
        {
            Check(path, header, lead, options.Unit);
        }

        return leads;
    }

    private static void Check(string path, EdfHeader header, int lead, string? unit)
    {
        var signal = header.Signals[lead];
        var name = $"signal {lead} ({NameOf(header, lead)})";
        if (signal.IsAnnotations)
        {
            throw RecordException.InFile(path, $"{name} holds annotations and no samples; choose another lead.");
        }

        if (MillivoltsPer(signal, unit) is not { } millivolts)
        {
            throw RecordException.InFile(path, signal.PhysicalDimension.Length == 0
                ? $"{name} names no unit; say which unit to assume, such as mV."
                : $"{name} is measured in '{signal.PhysicalDimension}', which is no voltage; choose a lead in uV, mV or V.");
        }

        if (signal.DigitalMinimum >= signal.DigitalMaximum || signal.PhysicalMinimum == signal.PhysicalMaximum)
        {
            throw RecordException.InFile(path, $"{name} has no scale: {signal.DigitalMinimum} to {signal.DigitalMaximum} stands for {signal.PhysicalMinimum} to {signal.PhysicalMaximum} {signal.PhysicalDimension}; correct the header.");
        }

        // The stored values may lie outside of the digital limits, so it is the whole range of the format that counts.
        var (gain, offset) = Scale(signal, millivolts);
        if (!(Math.Abs(offset) + (Math.Abs(gain) * (1 << (header.SampleBits - 1))) <= EcgLabels.LargestMillivolts))
        {
            throw RecordException.InFile(path, $"{name} has a scale by which voltages exceed {EcgLabels.LargestMillivolts:0} mV, which no electrode has; correct the physical limits or the unit in the header.");
        }

        if (header.RecordSeconds <= 0)
        {
            throw RecordException.AtByte(path, 244, "a data record is 0 s long, so that there is no sampling rate; correct the header.");
        }
    }

    private static double? MillivoltsPer(EdfSignal signal, string? unit) =>
        signal.PhysicalDimension.Length == 0 && unit is not null ? EcgLabels.MillivoltsPer(unit) : signal.MillivoltsPerUnit;

    private static (double Gain, double Offset) Scale(EdfSignal signal, double millivolts)
    {
        var gain = (signal.PhysicalMaximum - signal.PhysicalMinimum) / ((double)signal.DigitalMaximum - signal.DigitalMinimum) * millivolts;
        return (gain, (signal.PhysicalMinimum * millivolts) - (gain * signal.DigitalMinimum));
    }

    private static string NameOf(EdfHeader header, int signal) =>
        header.Signals[signal].Label.Length == 0 ? $"signal {signal}" : header.Signals[signal].Label;

    private static int[] AnnotationSignals(EdfHeader header) =>
        [.. Enumerable.Range(0, header.Signals.Count).Where(i => header.Signals[i].IsAnnotations)];

    /// <summary>Where a signal's samples begin in a data record.</summary>
    private static long OffsetOf(EdfHeader header, int signal) =>
        header.Signals.Take(signal).Sum(before => (long)before.SamplesPerRecord) * (header.SampleBits / 8);

    /// <summary>Goes to the next data record where the current one has been read; false at the end.</summary>
    private bool EnterRecord()
    {
        if (_inRecord < _lead0.Samples)
        {
            return true;
        }

        if (_record + 1 >= RecordCount)
        {
            return false;
        }

        _record++;
        _inRecord = 0;
        if (Header.IsDiscontinuous && _record > 0)
        {
            var index = IndexOfRecord(_record);
            if (index < _index - 1)
            {
                throw RecordException.AtByte(_path, OnsetOffset(_record), $"data record {_record} begins {(_index - index) / _rate:0.###} s before the end of the one before it; the file is damaged.");
            }

            _gap = index > _index + 1;
            _index = _gap ? index : _index;
        }

        return true;
    }

    private int ReadWithinRecord(Span<EcgSample> destination)
    {
        var count = Math.Min(destination.Length, _lead0.Samples - _inRecord);
        count = Math.Min(count, WindowBytes / _lead0.SampleBytes);
        if (_lead1 is not null)
        {
            count = Math.Min(count, _lead1.MostPerWindow(_lead0.Samples));
        }

        _lead0.Load(_record, _inRecord, count, _lead0.Samples);
        _lead1?.Load(_record, _inRecord, count, _lead0.Samples);
        for (var i = 0; i < count; i++)
        {
            var status = _gap ? SampleStatus.GapBefore : SampleStatus.None;
            _gap = false;
            destination[i] = new EcgSample(_index++, _lead0.Value(_inRecord), _lead1?.Value(_inRecord) ?? 0f, status);
            _inRecord++;
        }

        return count;
    }

    private long IndexOfRecord(long record)
    {
        var samples = Math.Round(SampleOf(Onset(record)), MidpointRounding.AwayFromZero);
        return Math.Abs(samples) <= LargestIndex
            ? (long)samples
            : throw RecordException.AtByte(_path, OnsetOffset(record), $"data record {record} begins {samples / _rate:0} s after the first, longer than any recording; the file is damaged.");
    }

    private double Onset(long record) => TryOnset(record, out var seconds)
        ? seconds
        : throw RecordException.AtByte(_path, OnsetOffset(record), $"the time of data record {record} was expected here, such as '+12.5' and byte 20; the file is damaged.");

    private bool TryOnset(long record, out double seconds) =>
        AnnotationList.TryOnset(_onsets!.At(OnsetOffset(record), _onsetBytes, readOn: false), out seconds);

    private long OnsetOffset(long record) => Header.HeaderBytes + (record * Header.RecordBytes) + _onsetOffset;

    private sealed class Lead
    {
        private readonly FileWindow _window;
        private readonly long _first;
        private readonly long _recordBytes;
        private readonly bool _readOn;
        private readonly double _gain;
        private readonly double _offset;
        private readonly byte[] _bytes = new byte[WindowBytes];
        private int _loaded;
        private int _per;

        public Lead(SafeFileHandle file, string path, EdfHeader header, int signal, string? unit)
        {
            Samples = header.Signals[signal].SamplesPerRecord;
            SampleBytes = header.SampleBits / 8;
            (_gain, _offset) = Scale(header.Signals[signal], MillivoltsPer(header.Signals[signal], unit)!.Value);
            _first = header.HeaderBytes + OffsetOf(header, signal);
            _recordBytes = header.RecordBytes;

            // Small data records are read many at once; of large ones only this lead's part.
            _readOn = _recordBytes <= WindowBytes / 2;
            _window = new FileWindow(file, path, WindowBytes);
        }

        public int Samples { get; }

        public int SampleBytes { get; }

        /// <summary>How many samples of lead 0 can be served from one window of this lead.</summary>
        public int MostPerWindow(int samplesOfLead0) =>
            (int)Math.Clamp(((long)(WindowBytes / SampleBytes) - 2) * samplesOfLead0 / Samples, 1, int.MaxValue);

        /// <summary>Makes ready the samples nearest to some of lead 0's.</summary>
        public void Load(long record, int from, int count, int samplesOfLead0)
        {
            _per = samplesOfLead0;
            _loaded = Nearest(from);
            var samples = Nearest(from + count - 1) - _loaded + 1;
            _window.At(_first + (record * _recordBytes) + ((long)_loaded * SampleBytes), samples * SampleBytes, _readOn).CopyTo(_bytes);
        }

        public float Value(int sampleOfLead0)
        {
            var at = _bytes.AsSpan((Nearest(sampleOfLead0) - _loaded) * SampleBytes, SampleBytes);
            var value = SampleBytes == 2
                ? BinaryPrimitives.ReadInt16LittleEndian(at)
                : (at[0] | (at[1] << 8) | ((sbyte)at[2] << 16));
            return (float)((value * _gain) + _offset);
        }

        private int Nearest(int sampleOfLead0) => Samples == _per
            ? sampleOfLead0
            : (int)Math.Min(Samples - 1, (((long)sampleOfLead0 * Samples) + (_per / 2)) / _per);
    }
}
