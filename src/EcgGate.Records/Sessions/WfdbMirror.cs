using EcgGate.Gating;
using EcgGate.Signals;

namespace EcgGate.Records.Sessions;

/// <summary>
/// The session as a WFDB record for every other program: ECG rounded to 50 nV, beats and pulses as annotations. A frame's
/// number is its sample's index; samples that were lost are marked as invalid.
/// </summary>
/// <remarks>
/// <see cref="Add(in EcgSample)"/>, <see cref="Add(in BeatOutcome)"/> and <see cref="Take"/> under the owner's lock, the rest on the writing thread.
/// </remarks>
internal sealed class WfdbMirror : IDisposable
{
    /// <summary>No gap is filled beyond this: the record ends before it instead, and says so.</summary>
    private const double LongestGapSeconds = 600;

    /// <summary>Below what the writer buffers, so that it is told to write and never does so by itself.</summary>
    private const int FramesBetweenFlushes = 2048;

    private readonly string _folder;
    private readonly WfdbWriter _signals;
    private readonly AnnotationWriter _beats;
    private readonly AnnotationWriter _pulses;
    private readonly double[] _frame;
    private readonly long _longestGap;
    private readonly List<Annotation> _lateBeats = [];
    private List<EcgSample> _incomingSamples = new(256);
    private List<EcgSample> _samples = new(256);
    private List<BeatOutcome> _incomingLines = [];
    private List<BeatOutcome> _lines = [];
    private int _samplesDone;
    private int _linesDone;
    private long _lastBeat;
    private long _lastPulse;
    private bool _hasEnded;

    /// <exception cref="WfdbException">A file cannot be created.</exception>
    public WfdbMirror(string folder, EcgSourceInfo source, RecordFileOpener open)
    {
        _folder = folder;
        _frame = new double[Math.Clamp(source.LeadNames.Count, 1, 2)];
        _longestGap = (long)(LongestGapSeconds * source.SamplingRateHertz);
        WfdbSignal[] leads = [.. source.LeadNames.Take(_frame.Length).Select(name => WfdbSignal.Lead(name, SessionFiles.UnitsPerMillivolt, WfdbFormat.Format24))];
        _signals = WfdbWriter.Create(
            SessionFiles.RecordPath(folder),
            new WfdbHeader { RecordName = SessionFiles.Record, SamplingFrequencyHertz = source.SamplingRateHertz, Signals = leads },
            open);
        _beats = AnnotationWriter.Create(SessionFiles.AnnotationPath(folder, SessionFiles.Beats), null, open);
        _pulses = AnnotationWriter.Create(SessionFiles.AnnotationPath(folder, SessionFiles.Pulses), null, open);
    }

    /// <summary>Samples and lines that wait.</summary>
    public int Unsaved => _incomingSamples.Count + (_samples.Count - _samplesDone) + _incomingLines.Count + (_lines.Count - _linesDone);

    public void Add(in EcgSample sample) => _incomingSamples.Add(sample);

    public void Add(in BeatOutcome line) => _incomingLines.Add(line);

    public void Take()
    {
        Move(ref _incomingSamples, ref _samples, ref _samplesDone);
        Move(ref _incomingLines, ref _lines, ref _linesDone);
    }

    /// <summary>Writes what was taken, and waits until it is on the disk.</summary>
    /// <exception cref="WfdbException">It could not be written; what was not is kept.</exception>
    public void Save()
    {
        if (_samples.Count == 0 && _lines.Count == 0)
        {
            return;
        }

        var since = 0;
        while (_samplesDone < _samples.Count)
        {
            if (WriteFrame(_samples[_samplesDone]))
            {
                _samplesDone++;
            }

            if (++since == FramesBetweenFlushes)
            {
                since = 0;
                _signals.Flush();
            }
        }

        for (; _linesDone < _lines.Count; _linesDone++)
        {
            Write(_lines[_linesDone]);
        }

        _signals.FlushToDisk();
        _beats.FlushToDisk();
        _pulses.FlushToDisk();
        _samples.Clear();
        _lines.Clear();
        _samplesDone = _linesDone = 0;
    }

    /// <summary>Writes the record's length into its header, and puts beats that were found late where they belong.</summary>
    /// <exception cref="WfdbException">It could not be written.</exception>
    public void Complete()
    {
        _signals.Complete();
        _pulses.Dispose();
        _beats.Dispose();
        if (_lateBeats.Count == 0)
        {
            return;
        }

        var path = SessionFiles.AnnotationPath(_folder, SessionFiles.Beats);
        var all = AnnotationReader.ReadAll(path).Concat(_lateBeats).OrderBy(beat => beat.Sample).ToList();
        var temporary = path + ".tmp";
        using (var writer = AnnotationWriter.Create(temporary))
        {
            all.ForEach(beat => writer.Write(beat));
            writer.FlushToDisk();
        }

        File.Move(temporary, path, overwrite: true);
    }

    public void Dispose()
    {
        Close(_signals);
        Close(_pulses);
        Close(_beats);
    }

    private static void Close(IDisposable file)
    {
        try
        {
            file.Dispose();
        }
        catch (WfdbException)
        {
            // The disk has failed, and that was told before.
        }
    }

    private static void Move<T>(ref List<T> incoming, ref List<T> outgoing, ref int done)
    {
        if (outgoing.Count == 0)
        {
            (incoming, outgoing) = (outgoing, incoming);
            return;
        }

        outgoing.RemoveRange(0, done);
        done = 0;
        outgoing.AddRange(incoming);
        incoming.Clear();
    }

    /// <summary>Writes a frame: the sample's, or one of a gap before it.</summary>
    /// <returns>Whether the sample is done.</returns>
    private bool WriteFrame(in EcgSample sample)
    {
        var gap = sample.Index - _signals.FramesWritten;
        _hasEnded |= gap > _longestGap;
        if (_hasEnded || gap < 0)
        {
            return true;
        }

        if (gap > 0)
        {
            _frame.AsSpan().Fill(double.NaN);
        }
        else
        {
            _frame[0] = sample.Lead0Millivolts;
            if (_frame.Length > 1)
            {
                _frame[1] = sample.Lead1Millivolts;
            }
        }

        _signals.WriteMillivolts(_frame);
        return gap == 0;
    }

    private void Write(in BeatOutcome line)
    {
        var beat = new Annotation(Math.Max(0, line.Beat.RTime.Nearest), AnnotationCodes.Of(line.Beat.Class));
        if (beat.Sample < _lastBeat)
        {
            _lateBeats.Add(beat);
        }
        else
        {
            _beats.Write(beat);
            _lastBeat = beat.Sample;
        }

        if (line.Outcome == Outcome.Fired && Math.Max(0, line.PulseTime.Nearest) is var pulse && pulse >= _lastPulse)
        {
            _pulses.Write(new Annotation(pulse, AnnotationCode.PacerSpike));
            _lastPulse = pulse;
        }
    }
}
