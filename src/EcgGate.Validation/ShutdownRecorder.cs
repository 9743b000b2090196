using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Validation;

/// <summary>
/// Stands around a detector and keeps when its signal was not <see cref="SignalConditions.Good"/>: the shutdown intervals
/// of a replay. Decisions pass through unchanged.
/// </summary>
/// <remarks>
/// An interval begins where the signal was found bad, less <see cref="HeldSeconds"/>, since a beat announced shortly
/// before still waits for its pulse and is withheld too; or just before the beat whose decision found it bad. For
/// recordings: it keeps a list that grows with the intervals. One thread owns it.
/// </remarks>
public sealed class ShutdownRecorder : IBeatDetector
{
    /// <summary>How long before it was found bad a shutdown begins: the usual delay from R to the pulse, 50 ms.</summary>
    public const double HeldSeconds = 0.05;

    private readonly IBeatDetector _detector;
    private readonly double _held;
    private readonly List<MarkedInterval> _intervals = [];
    private long _last = -1;
    private bool _isOpen;

    /// <summary>Wraps a detector.</summary>
    /// <param name="detector">Owned from now on.</param>
    /// <param name="samplingRateHertz">Samples per second.</param>
    public ShutdownRecorder(IBeatDetector detector, double samplingRateHertz)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samplingRateHertz);
        _detector = detector;
        _held = HeldSeconds * samplingRateHertz;
    }

    /// <summary>The intervals so far, in order and apart from each other; the last may still go on.</summary>
    public IReadOnlyList<MarkedInterval> Intervals => _intervals;

    /// <inheritdoc/>
    public SignalConditions Conditions => _detector.Conditions;

    /// <inheritdoc/>
    public bool Process(in EcgSample sample, out BeatDecision decision)
    {
        var decided = _detector.Process(in sample, out decision);
        _last = sample.Index;
        if (_detector.Conditions == SignalConditions.Good)
        {
            _isOpen = false;
            return decided;
        }

        if (_isOpen)
        {
            _intervals[^1] = _intervals[^1] with { End = _last };
            return decided;
        }

        _isOpen = true;
        var start = (long)Math.Floor(Math.Max(0, Math.Min(_last - _held, decided ? decision.RTime.Samples - 1 : double.PositiveInfinity)));
        while (_intervals.Count > 0 && _intervals[^1].End >= start - 1)
        {
            start = Math.Min(start, _intervals[^1].Start);
            _intervals.RemoveAt(_intervals.Count - 1);
        }

        _intervals.Add(new MarkedInterval(start, _last, IntervalKind.Shutdown));
        return decided;
    }

    /// <inheritdoc/>
    public bool TryTakeVerdict(out SampleTime rTime, out VerifierVerdict verdict) => _detector.TryTakeVerdict(out rTime, out verdict);

    /// <inheritdoc/>
    public void Blank(SampleTime from, SampleTime until) => _detector.Blank(from, until);

    /// <inheritdoc/>
    public void Reset()
    {
        _detector.Reset();
        _intervals.Clear();
        _isOpen = false;
        _last = -1;
    }
}
