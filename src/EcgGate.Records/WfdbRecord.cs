using System.Globalization;
using EcgGate.Signals;

namespace EcgGate.Records;

/// <summary>
/// A WFDB record as a source of ECG samples in millivolts: one or two of its leads, streamed, in memory that does not
/// depend on the record's length.
/// </summary>
/// <remarks>
/// <para>One thread reads; <see cref="Interrupt"/> may be called from any. After opening, <see cref="Read"/> allocates
/// nothing, but for opening the next file where a segment of a multi-segment record begins.</para>
/// <para>A lead that has several samples per frame is delivered at the record's frame rate, each sample the mean of the
/// frame's valid ones, as the WFDB library does in its low-resolution mode. Millivolts are (stored - baseline) / gain,
/// times the unit's size. A stored "invalid" value repeats the last valid one (0 mV before the first) and is marked
/// <see cref="SampleStatus.Lead0Invalid"/> or <see cref="SampleStatus.Lead1Invalid"/>.</para>
/// </remarks>
public sealed class WfdbRecord : IEcgSource
{
    private const double SmallestGain = 1e-9;
    private const double LargestGain = 1e15;

    private readonly WfdbSignalReader _reader;
    private readonly WfdbReadOptions _options;
    private readonly string _headerPath;
    private readonly int[] _buffer;
    private readonly Lead[] _leads;
    private IReadOnlyList<WfdbSignal?>? _calibratedFor;
    private long _index;
    private volatile bool _interrupted;

    private WfdbRecord(string headerPath, WfdbSignalReader reader, int[] leads, WfdbReadOptions options)
    {
        _headerPath = headerPath;
        _reader = reader;
        _options = options;
        _leads = [.. leads.Select(signal => new Lead(signal, reader.OffsetOf(signal), reader.Signals[signal].SamplesPerFrame))];
        _buffer = new int[Math.Max(4_096 / reader.FrameLength, 1) * reader.FrameLength];
        SignalNumbers = leads;
        Info = new EcgSourceInfo
        {
            Name = reader.Header.RecordName,
            SamplingRateHertz = reader.Header.SamplingFrequencyHertz,
            LeadNames = [.. leads.Select(signal => reader.Signals[signal].NameOr(signal))],
            LengthSamples = reader.LengthFrames,
        };
    }

    /// <summary>The record's header.</summary>
    public WfdbHeader Header => _reader.Header;

    /// <summary>The record's path without the <c>.hea</c> ending: annotation files are this plus a dot and their name.</summary>
    public string RecordPath => WfdbFiles.RecordPath(_headerPath);

    /// <summary>Which signals of the record the leads are, lead 0 first.</summary>
    public IReadOnlyList<int> SignalNumbers { get; }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>The sample that is read next, from 0.</summary>
    public long Position => _index;

    /// <summary>Opens a record.</summary>
    /// <param name="path">Path of the record, with or without the <c>.hea</c> ending.</param>
    /// <param name="options">Which leads and how; null for the first two voltages.</param>
    /// <exception cref="WfdbException">
    /// The record is missing, damaged or not supported, has no such lead, or the lead is no voltage or not calibrated.
    /// </exception>
    public static WfdbRecord Open(string path, WfdbReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= WfdbReadOptions.Default;
        var headerPath = WfdbFiles.HeaderPath(path);
        var header = WfdbHeaderParser.Read(headerPath);
        var signals = WfdbSignalReader.RecordSignals(headerPath, header);
        var leads = SelectLeads(headerPath, signals, options);
        foreach (var lead in leads)
        {
            if (signals[lead].Format == WfdbFormat.Null && !header.IsMultiSegment)
            {
                throw WfdbException.InFile(headerPath, $"signal {lead} ({signals[lead].NameOr(lead)}) has format 0, which has no samples; choose another lead.");
            }

            _ = Calibration(headerPath, header, signals[lead], lead, options);
        }

        if (options.VerifyChecksums)
        {
            WfdbChecksums.Require(path, options);
        }

        return new WfdbRecord(headerPath, WfdbSignalReader.Open(headerPath, header, signals, options, leads), leads, options);
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
            while (done < destination.Length && !_interrupted)
            {
                var frames = Math.Min(destination.Length - done, _buffer.Length / _reader.FrameLength);
                var count = _reader.ReadWithinSegment(_buffer.AsSpan(0, frames * _reader.FrameLength));
                if (count == 0)
                {
                    break;
                }

                Calibrate();
                Convert(destination.Slice(done, count));
                done += count;
            }
        }
        catch (WfdbException problem)
        {
            throw new EcgSourceException(problem.Message, problem);
        }

        return new EcgBlock(done, default);
    }

    /// <summary>Goes to a sample, from 0 to the record's length; reading goes on from there.</summary>
    /// <exception cref="WfdbException">The segment there cannot be read.</exception>
    public void SeekTo(long sample)
    {
        _reader.SeekTo(sample);
        _index = sample;
        foreach (var lead in _leads)
        {
            lead.LastMillivolts = 0;
        }
    }

    /// <inheritdoc/>
    public void Interrupt() => _interrupted = true;

    /// <summary>Opens one of the record's annotation files, checked against its length and rate.</summary>
    /// <param name="annotator">The ending of the file: <c>atr</c> for reference beats.</param>
    /// <exception cref="WfdbException">The file is missing, or its beginning is damaged.</exception>
    public AnnotationReader OpenAnnotations(string annotator) => AnnotationReader.Open(this, annotator);

    /// <summary>Whether there is an annotation file of this name (<c>atr</c> for reference beats).</summary>
    public bool HasAnnotations(string annotator) => File.Exists($"{RecordPath}.{annotator}");

    /// <summary>Closes the files.</summary>
    public void Dispose() => _reader.Dispose();

    private static int[] SelectLeads(string headerPath, IReadOnlyList<WfdbSignal> signals, WfdbReadOptions options)
    {
        if (options.Leads is null)
        {
            int[] leads = [.. Enumerable.Range(0, signals.Count).Where(i => signals[i].MillivoltsPerUnit is not null).Take(WfdbReadOptions.MaxLeads)];
            return leads.Length > 0
                ? leads
                : throw WfdbException.InFile(headerPath, $"the record has no ECG: none of its {signals.Count} signals is a voltage.");
        }

        if (options.Leads.Count is 0 or > WfdbReadOptions.MaxLeads)
        {
            throw new ArgumentException($"One or {WfdbReadOptions.MaxLeads} leads can be read at once, not {options.Leads.Count}.", nameof(options));
        }

        return [.. options.Leads.Select(name => FindLead(headerPath, signals, name))];
    }

    private static int FindLead(string headerPath, IReadOnlyList<WfdbSignal> signals, string name)
    {
        for (var i = 0; i < signals.Count; i++)
        {
            if (string.Equals(signals[i].Description?.Trim(), name.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < signals.Count)
        {
            return number;
        }

        var known = string.Join(", ", signals.Take(20).Select((signal, i) => $"{i} ({signal.NameOr(i)})"));
        throw WfdbException.InFile(headerPath, $"the record has no lead '{name}'; it has {known}.");
    }

    /// <summary>Gain in ADC units per mV and baseline of a lead, refused where there is no telling.</summary>
    private static (double Gain, int Baseline) Calibration(string headerPath, WfdbHeader? header, WfdbSignal signal, int index, WfdbReadOptions options)
    {
        if (signal.MillivoltsPerUnit is not { } millivolts)
        {
            throw Error($"signal {index} ({signal.NameOr(index)}) is measured in '{signal.Units}', which is no voltage; choose a lead in uV, mV or V.");
        }

        var gain = signal.EffectiveGain / millivolts;
        if (gain == 0)
        {
            gain = options.UncalibratedGain
                ?? throw Error($"signal {index} ({signal.NameOr(index)}) has gain 0, which says that it is not calibrated; put its gain in ADC units per mV into the header, or read it with an assumed gain (usually {WfdbSignal.DefaultGain}).");
        }

        return double.IsFinite(gain) && Math.Abs(gain) is >= SmallestGain and <= LargestGain
            ? (gain, signal.EffectiveBaseline)
            : throw Error($"signal {index} ({signal.NameOr(index)}) has a gain of {gain} per mV, which no converter has; correct the header.");

        WfdbException Error(string problem) => header?.SignalLines is { } lines && index < lines.Count
            ? WfdbException.AtLine(headerPath, lines[index], problem)
            : WfdbException.InFile(headerPath, problem);
    }

    /// <summary>Takes over the calibration of the segment that was just read from.</summary>
    private void Calibrate()
    {
        var signals = _reader.CurrentSignals;
        if (ReferenceEquals(signals, _calibratedFor))
        {
            return;
        }

        foreach (var lead in _leads)
        {
            if (signals[lead.Signal] is { } signal)
            {
                var (gain, baseline) = Calibration(_headerPath, header: null, signal, lead.Signal, _options);
                lead.Gain = gain;
                lead.Baseline = baseline;
            }
        }

        _calibratedFor = signals;
    }

    private void Convert(Span<EcgSample> destination)
    {
        var step = _reader.FrameLength;
        var first = _leads[0];
        var second = _leads.Length > 1 ? _leads[1] : null;
        var at = 0;
        for (var i = 0; i < destination.Length; i++, at += step)
        {
            var frame = _buffer.AsSpan(at, step);
            var status = first.Update(frame) ? SampleStatus.None : SampleStatus.Lead0Invalid;
            if (second is not null && !second.Update(frame))
            {
                status |= SampleStatus.Lead1Invalid;
            }

            destination[i] = new EcgSample(_index++, first.LastMillivolts, second?.LastMillivolts ?? 0f, status);
        }
    }

    private sealed class Lead(int signal, int offset, int samples)
    {
        public int Signal => signal;

        public double Gain { get; set; } = WfdbSignal.DefaultGain;

        public int Baseline { get; set; }

        public float LastMillivolts { get; set; }

        /// <summary>Takes the frame's value; false, and the last one stays, where it has none.</summary>
        public bool Update(ReadOnlySpan<int> frame)
        {
            if (samples == 1)
            {
                var value = frame[offset];
                if (value == WfdbSignalReader.InvalidSample)
                {
                    return false;
                }

                LastMillivolts = (float)(((double)value - Baseline) / Gain);
                return true;
            }

            long sum = 0;
            var count = 0;
            foreach (var value in frame.Slice(offset, samples))
            {
                if (value != WfdbSignalReader.InvalidSample)
                {
                    sum += value;
                    count++;
                }
            }

            if (count == 0)
            {
                return false;
            }

            LastMillivolts = (float)((((double)sum / count) - Baseline) / Gain);
            return true;
        }
    }
}
