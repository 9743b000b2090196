using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Edf;

/// <summary>
/// Writes a continuous EDF+ (16 bit) or BDF+ (24 bit) file with annotations, sample by sample, in memory that does not
/// depend on its length. All its signals have one sampling rate.
/// </summary>
/// <remarks>
/// One thread at a time. The header says "unknown number of data records" until <see cref="Complete"/>, so that what
/// reached the disk can be read after a crash. The format knows whole data records only: the last one is filled up with
/// the last values. Memory is allocated once a data record, for its annotations.
/// </remarks>
public sealed class EdfWriter : IDisposable
{
    /// <summary>Bytes for annotations in each data record: some eight short ones.</summary>
    public const int AnnotationBytes = 240;

    private const double LargestRateError = 1e-6;
    private const int MaxSamplesPerRecord = 100_000;
    private const int MaxWaiting = 1_000_000;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly int _signals;
    private readonly int _sampleBytes;
    private readonly int _perRecord;
    private readonly byte[] _record;
    private readonly int[] _last;
    private readonly Queue<byte[]> _waiting = [];
    private long _records;
    private int _inRecord;
    private bool _completed;

    private EdfWriter(string path, EdfHeader header)
    {
        _path = path;
        Header = header;
        _signals = header.Signals.Count - 1;
        _sampleBytes = header.SampleBits / 8;
        _perRecord = header.Signals[0].SamplesPerRecord;
        _record = new byte[header.RecordBytes];
        _last = new int[_signals];
        var bytes = HeaderBytes(header);
        _file = RecordFiles.Create(path);
        try
        {
            RecordFiles.Write(_file, path, bytes, 0);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The header as it was written; the annotation signal is the last of its signals. Limits and rate are what the
    /// header's eight characters hold of those that were asked for.
    /// </summary>
    public EdfHeader Header { get; }

    /// <summary>Samples of each signal written so far.</summary>
    public long FramesWritten => (_records * _perRecord) + _inRecord;

    /// <summary>Creates a file; one of the same name is overwritten.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="samplingRateHertz">Samples per second of all signals.</param>
    /// <param name="header">
    /// Signals, sample bits, start time, patient and recording. The annotation signal is added; samples per record,
    /// record length and number of records are replaced.
    /// </param>
    /// <exception cref="ArgumentException">The header describes what EDF cannot hold.</exception>
    /// <exception cref="RecordException">The file cannot be created.</exception>
    public static EdfWriter Create(string path, double samplingRateHertz, EdfHeader header)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(header);
        if (!(samplingRateHertz > 0) || !double.IsFinite(samplingRateHertz))
        {
            throw new ArgumentOutOfRangeException(nameof(samplingRateHertz), samplingRateHertz, "The sampling rate must be a positive number of samples per second.");
        }

        if (header.SampleBits is not (16 or 24) || header.Signals.Count is 0 or >= EdfHeader.MaxSignals || header.Signals.Any(signal => signal.IsAnnotations))
        {
            throw new ArgumentException($"A file of 16 or 24 bits and 1 to {EdfHeader.MaxSignals - 1} signals, annotations not counted, can be written.", nameof(header));
        }

        var (perRecord, seconds) = RecordLength(samplingRateHertz);
        var bytes = header.SampleBits / 8;
        return new EdfWriter(path, header with
        {
            IsPlus = true,
            IsDiscontinuous = false,
            RecordCount = null,
            RecordSeconds = seconds,
            Signals =
            [
                .. header.Signals.Select(signal => Checked(signal, header.SampleBits) with { SamplesPerRecord = perRecord }),
                new EdfSignal
                {
                    Label = bytes == 2 ? "EDF Annotations" : "BDF Annotations",
                    PhysicalMinimum = -1,
                    PhysicalMaximum = 1,
                    DigitalMinimum = -1 << (header.SampleBits - 1),
                    DigitalMaximum = (1 << (header.SampleBits - 1)) - 1,
                    SamplesPerRecord = AnnotationBytes / bytes,
                },
            ],
        });
    }

    /// <summary>Creates a 16-bit file of the given leads; see <see cref="Create(string, double, EdfHeader)"/>.</summary>
    public static EdfWriter Create(string path, double samplingRateHertz, params EdfSignal[] signals) =>
        Create(path, samplingRateHertz, new EdfHeader { Signals = signals });

    /// <summary>Writes one sample of each signal as it is stored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value lies outside of its signal's digital limits. Nothing is written.</exception>
    /// <exception cref="RecordException">The file cannot be written: the disk is full, for instance.</exception>
    public void WriteFrame(ReadOnlySpan<int> samples)
    {
        CheckLength(samples.Length);
        for (var i = 0; i < samples.Length; i++)
        {
            if (samples[i] < Header.Signals[i].DigitalMinimum || samples[i] > Header.Signals[i].DigitalMaximum)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(samples), samples[i], $"Signal {i} takes {Header.Signals[i].DigitalMinimum} to {Header.Signals[i].DigitalMaximum}; scale the samples or widen its limits.");
            }
        }

        samples.CopyTo(_last);
        Append();
    }

    /// <summary>
    /// Writes one sample of each signal in millivolts; values beyond the physical limits are written as the limit, and NaN
    /// repeats the last value (EDF knows no "no value").
    /// </summary>
    /// <exception cref="InvalidOperationException">A signal is no voltage.</exception>
    /// <exception cref="RecordException">The file cannot be written: the disk is full, for instance.</exception>
    public void WriteMillivolts(ReadOnlySpan<double> millivolts)
    {
        CheckLength(millivolts.Length);
        for (var i = 0; i < millivolts.Length; i++)
        {
            var signal = Header.Signals[i];
            var unit = signal.MillivoltsPerUnit
                ?? throw new InvalidOperationException($"Signal {i} is no voltage, so that millivolts mean nothing for it; write stored values with WriteFrame.");
            if (!double.IsNaN(millivolts[i]))
            {
                var share = ((millivolts[i] / unit) - signal.PhysicalMinimum) / (signal.PhysicalMaximum - signal.PhysicalMinimum);
                var value = signal.DigitalMinimum + (share * ((double)signal.DigitalMaximum - signal.DigitalMinimum));
                _last[i] = (int)Math.Clamp(Math.Round(value, MidpointRounding.AwayFromZero), signal.DigitalMinimum, signal.DigitalMaximum);
            }
        }

        Append();
    }

    /// <summary>
    /// Adds an annotation, at any time before <see cref="Complete"/>. It is stored in the next data record with room for it.
    /// </summary>
    /// <param name="annotation">Onset in seconds after the first sample; its text is not empty.</param>
    /// <exception cref="ArgumentException">The annotation is too long, or its numbers cannot be written.</exception>
    public void WriteAnnotation(EdfAnnotation annotation)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (string.IsNullOrEmpty(annotation.Text) || annotation.Text.AsSpan().ContainsAny('\0', '\u0014', '\u0015'))
        {
            throw new ArgumentException("The text of an annotation is not empty and holds no characters 0, 20 or 21.", nameof(annotation));
        }

        if (!(Math.Abs(annotation.OnsetSeconds) < 1e10) || annotation.DurationSeconds is not (null or (>= 0 and < 1e10)))
        {
            throw new ArgumentException("Onset and duration of an annotation are numbers of seconds, the duration not negative.", nameof(annotation));
        }

        var duration = annotation.DurationSeconds is { } seconds ? $"\u0015{Seconds(seconds)}" : string.Empty;
        var bytes = Encoding.UTF8.GetBytes($"{(annotation.OnsetSeconds < 0 ? '-' : '+')}{Seconds(Math.Abs(annotation.OnsetSeconds))}{duration}\u0014{annotation.Text}\u0014\0");
        if (bytes.Length > AnnotationBytes - TimeKeeping(long.MaxValue / MaxSamplesPerRecord).Length || _waiting.Count >= MaxWaiting)
        {
            throw new ArgumentException($"The annotation takes {bytes.Length} bytes and {_waiting.Count} are waiting; each data record has room for {AnnotationBytes}. Write shorter or fewer annotations.", nameof(annotation));
        }

        _waiting.Enqueue(bytes);
    }

    /// <summary>Writes the rest and the number of data records, and closes the file. Once; later calls do nothing.</summary>
    /// <exception cref="RecordException">
    /// The file cannot be written, or more annotations are waiting than the recording has room for; the samples and those
    /// that fit are there.
    /// </exception>
    public void Complete()
    {
        if (_completed)
        {
            return;
        }

        try
        {
            while (_inRecord > 0 || _records == 0)
            {
                Append();
            }

            RecordFiles.Write(_file, _path, Encoding.ASCII.GetBytes(_records.ToString(CultureInfo.InvariantCulture).PadRight(8)), 236);
        }
        finally
        {
            _completed = true;
            _file.Dispose();
        }

        if (_waiting.Count > 0)
        {
            throw RecordException.InFile(_path, $"{_waiting.Count} annotations found no room in the {_records} data records of the recording, which take {AnnotationBytes} bytes each; the other annotations and all samples are there.");
        }
    }

    /// <summary>Completes the file, as <see cref="Complete"/>.</summary>
    public void Dispose() => Complete();

    /// <summary>
    /// How many samples make a data record, so that its length is a number of eight characters and the rate comes out.
    /// </summary>
    private static (int Samples, double Seconds) RecordLength(double rate)
    {
        // Most rates have a whole number of samples in 1 s, or in some seconds; the others in about one.
        for (var seconds = 1; seconds <= 60; seconds++)
        {
            var samples = rate * seconds;
            if (samples is >= 1 and <= MaxSamplesPerRecord && Math.Abs(samples - Math.Round(samples)) < 1e-9 * samples)
            {
                return ((int)Math.Round(samples), seconds);
            }
        }

        var count = Math.Max(1, Math.Ceiling(rate));
        if (count <= MaxSamplesPerRecord && double.TryParse(Number(count / rate), CultureInfo.InvariantCulture, out var length)
            && length > 0 && Math.Abs((count / length / rate) - 1) <= LargestRateError)
        {
            return ((int)count, length);
        }

        throw new ArgumentOutOfRangeException(nameof(rate), rate, "The header of an EDF file cannot hold this sampling rate; resample the signal to a whole number of samples per second.");
    }

    private static EdfSignal Checked(EdfSignal signal, int bits)
    {
        var most = 1 << (bits - 1);
        return signal.DigitalMinimum < signal.DigitalMaximum && signal.DigitalMinimum >= -most && signal.DigitalMaximum < most
            && double.IsFinite(signal.PhysicalMinimum) && double.IsFinite(signal.PhysicalMaximum)
            && Parsed(signal.PhysicalMinimum) != Parsed(signal.PhysicalMaximum)
            ? signal with { PhysicalMinimum = Parsed(signal.PhysicalMinimum), PhysicalMaximum = Parsed(signal.PhysicalMaximum) }
            : throw new ArgumentException($"Signal '{signal.Label}' has no scale that {bits} bits and eight characters can hold: {signal.DigitalMinimum} to {signal.DigitalMaximum} for {signal.PhysicalMinimum} to {signal.PhysicalMaximum}.", nameof(signal));

        static double Parsed(double value) => double.Parse(Number(value), CultureInfo.InvariantCulture);
    }

    /// <summary>A number in at most eight characters, as exact as they allow, without an exponent.</summary>
    private static string Number(double value)
    {
        for (var digits = 7; digits >= 0; digits--)
        {
            var text = value.ToString(digits == 0 ? "0" : "0." + new string('#', digits), CultureInfo.InvariantCulture);
            if (text.Length <= 8)
            {
                return text;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, "The number does not fit the eight characters that EDF has for it.");
    }

    private static string Seconds(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    private static byte[] HeaderBytes(EdfHeader header)
    {
        var text = new StringBuilder();
        var plus = header.SampleBits == 16 ? "EDF+C" : "BDF+C";
        var start = header.StartTime ?? new DateTime(1985, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        Put(header.SampleBits == 16 ? "0" : "\u00FFBIOSEMI", 8);
        Put(header.Patient.Length == 0 ? "X X X X" : header.Patient, 80);
        Put(header.Recording.Length == 0 ? $"Startdate {(header.StartTime is null ? "X" : start.ToString("dd-MMM-yyyy", CultureInfo.InvariantCulture).ToUpperInvariant())} X X X" : header.Recording, 80);
        Put(start.ToString("dd.MM.yy", CultureInfo.InvariantCulture), 8);
        Put(start.ToString("HH.mm.ss", CultureInfo.InvariantCulture), 8);
        Put(header.HeaderBytes.ToString(CultureInfo.InvariantCulture), 8);
        Put(plus, 44);
        Put("-1", 8);
        Put(Number(header.RecordSeconds), 8);
        Put(header.Signals.Count.ToString(CultureInfo.InvariantCulture), 4);
        Func<EdfSignal, string>[] fields =
        [
            signal => signal.Label,
            signal => signal.Transducer,
            signal => signal.PhysicalDimension,
            signal => Number(signal.PhysicalMinimum),
            signal => Number(signal.PhysicalMaximum),
            signal => signal.DigitalMinimum.ToString(CultureInfo.InvariantCulture),
            signal => signal.DigitalMaximum.ToString(CultureInfo.InvariantCulture),
            signal => signal.Prefiltering,
            signal => signal.SamplesPerRecord.ToString(CultureInfo.InvariantCulture),
            _ => string.Empty,
        ];
        for (var field = 0; field < fields.Length; field++)
        {
            foreach (var signal in header.Signals)
            {
                Put(fields[field](signal), EdfHeader.SignalFields[field]);
            }
        }

        return Encoding.Latin1.GetBytes(text.ToString());

        void Put(string value, int width)
        {
            // Only byte 255 of BDF's mark lies outside of ASCII.
            if (value.Length > width || (text.Length > 0 && value.AsSpan().ContainsAnyExceptInRange(' ', '~')))
            {
                throw new ArgumentException($"'{value}' does not fit {width} ASCII characters, all that EDF has for it.", nameof(header));
            }

            text.Append(value.PadRight(width));
        }
    }

    private byte[] TimeKeeping(long record) => Encoding.ASCII.GetBytes($"+{Seconds(record * Header.RecordSeconds)}\u0014\u0014\0");

    private void CheckLength(int length)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (length != _signals)
        {
            throw new ArgumentException($"A frame of this file has {_signals} samples, not {length}.");
        }
    }

    private void Append()
    {
        for (var i = 0; i < _signals; i++)
        {
            var at = _record.AsSpan(((i * _perRecord) + _inRecord) * _sampleBytes, _sampleBytes);
            BinaryPrimitives.WriteInt16LittleEndian(at, (short)_last[i]);
            if (_sampleBytes == 3)
            {
                at[2] = (byte)(_last[i] >> 16);
            }
        }

        if (++_inRecord == _perRecord)
        {
            WriteRecord();
        }
    }

    private void WriteRecord()
    {
        var annotations = _record.AsSpan(_signals * _perRecord * _sampleBytes);
        annotations.Clear();
        var time = TimeKeeping(_records);
        time.CopyTo(annotations);
        annotations = annotations[time.Length..];
        while (_waiting.TryPeek(out var next) && next.Length <= annotations.Length)
        {
            next.CopyTo(annotations);
            annotations = annotations[next.Length..];
            _waiting.Dequeue();
        }

        RecordFiles.Write(_file, _path, _record, Header.HeaderBytes + (_records * _record.Length));
        _records++;
        _inRecord = 0;
    }
}
