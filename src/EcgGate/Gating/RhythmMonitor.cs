using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Gating;

/// <summary>How a beat stands to the rhythm before it.</summary>
public enum RhythmClass
{
    /// <summary>No rhythm known yet to compare with.</summary>
    Unknown,

    /// <summary>On time.</summary>
    Regular,

    /// <summary>Too early by more than the premature fraction.</summary>
    Premature,

    /// <summary>Too late by more than the pause fraction.</summary>
    Pause,
}

/// <summary>The rhythm as one beat finds it.</summary>
/// <param name="RRSeconds">From the beat before; NaN for the first beat and after a gap.</param>
/// <param name="ExpectedRRSeconds">What the rhythm led to expect; NaN while not known.</param>
/// <param name="Class">On time, early or late.</param>
/// <param name="FollowsDisturbance">The beat before was ectopic, premature, doubtful, found late or refuted.</param>
/// <param name="RegularBeats">Consecutive regular beats, this one included.</param>
public readonly record struct RhythmView(
    double RRSeconds,
    double ExpectedRRSeconds,
    RhythmClass Class,
    bool FollowsDisturbance,
    int RegularBeats)
{
    /// <summary>Beats of the rhythm less others, since learning began, this one included; never below 0.</summary>
    public int Evidence { get; init; }

    /// <summary>Early for the beats before it, of whatever shape: what the shapes are learnt by.</summary>
    public bool IsEarlyOfAll { get; init; }

    /// <summary>The conducted beats themselves come irregularly, as in atrial fibrillation: RR says little of a beat.</summary>
    public bool IsIrregular { get; init; }

    /// <summary>Share of ectopic beats among the last thirty or so: where they are frequent, fusion beats are too.</summary>
    public double EctopicShare { get; init; }

    /// <summary>Heart rate over the last eight intervals, this one included; NaN while fewer than three are known.</summary>
    public double RatePerMinute { get; init; }
}

/// <summary>
/// Keeps the RR history and says of each beat whether it is on time. Knows nothing of pulses.
/// </summary>
/// <remarks>
/// The expected RR is the median of the last eight intervals that ended in a regular beat: a median, since one early
/// beat must not move it. While fewer than three are known, all intervals serve. Not thread-safe; allocates nothing.
/// </remarks>
public sealed class RhythmMonitor
{
    private const int HistoryLength = 8;
    private const int MinimumHistory = 3;
    private const double SteadyFraction = 0.12;
    private const int MostEvidence = 1000;
    private const double EctopicMemory = 32;

    // Sinus rhythm, breathing included, scatters by 2 to 6 % from beat to beat, atrial fibrillation by 15 to 25 %.
    private const int ScatterMemory = 16;
    private const double IrregularScatter = 0.10;
    private const double RegularScatter = 0.07;

    private readonly double _samplingRateHertz;
    private readonly double _earliest;
    private readonly double _latest;
    private readonly double[] _regular = new double[HistoryLength];
    private readonly double[] _all = new double[HistoryLength];
    private int _regularCount;
    private int _allCount;
    private SampleTime _lastR = new(double.NaN);
    private SampleTime _beforeLastR = new(double.NaN);
    private bool _disturbed;
    private double _lastRR = double.NaN;
    private int _steadyOffRhythm;
    private double _ectopicShare;
    private double _scatter;
    private int _scatterCount;
    private bool _isIrregular;
    private bool _wasConducted;
    private double _lastConductedRR = double.NaN;

    /// <summary>Creates a monitor.</summary>
    /// <param name="samplingRateHertz">Rate of the sample times.</param>
    /// <param name="prematureFraction">See <see cref="GateOptions.PrematureFraction"/>.</param>
    /// <param name="pauseFraction">See <see cref="GateOptions.PauseFraction"/>.</param>
    public RhythmMonitor(double samplingRateHertz, double prematureFraction, double pauseFraction)
    {
        _samplingRateHertz = samplingRateHertz;
        _earliest = 1 - prematureFraction;
        _latest = 1 + pauseFraction;
    }

    /// <summary>The latest R wave; NaN where none is known.</summary>
    public SampleTime LastR => _lastR;

    /// <summary>Consecutive regular beats up to the latest one.</summary>
    public int RegularBeats { get; private set; }

    /// <summary>Beats of the rhythm less others, since learning began; never below 0.</summary>
    public int Evidence { get; private set; }

    /// <summary>Consecutive ectopic beats: three are a run of ventricular tachycardia.</summary>
    public int EctopicBeats { get; private set; }

    /// <summary>Consecutive beats that were ectopic, doubtful, premature or found late: three are a run.</summary>
    public int DisturbedBeats { get; private set; }

    /// <summary>Median RR of the present rhythm in seconds; NaN while not known.</summary>
    public double ExpectedRRSeconds =>
        _regularCount >= MinimumHistory ? Median(_regular, _regularCount) :
        _allCount >= MinimumHistory ? Median(_all, _allCount) : double.NaN;

    /// <summary>Forgets the rhythm: arming, or the end of an inhibit, starts anew.</summary>
    public void Restart()
    {
        RegularBeats = 0;
        Evidence = 0;
        DisturbedBeats = 0;
        EctopicBeats = 0;
        _scatter = 0;
        _scatterCount = 0;
        _isIrregular = false;
        _regularCount = 0;
        _allCount = 0;
        _disturbed = false;
        _steadyOffRhythm = 0;
    }

    /// <summary>A few odd beats in a row: the rhythm stays known, and has to show itself again a little.</summary>
    /// <param name="evidence">What is left of the evidence at most.</param>
    public void Doubt(int evidence)
    {
        RegularBeats = 0;
        DisturbedBeats = 0;
        Evidence = Math.Min(Evidence, evidence);
    }

    /// <summary>
    /// After a time in which beats were not to be trusted: the rhythm stays known and has to show itself again a little, and the
    /// rate is measured anew, as beats may have been missed or invented in between.
    /// </summary>
    /// <param name="evidence">What is left of the evidence at most.</param>
    public void Resume(int evidence)
    {
        Doubt(evidence);
        Break();
        _allCount = 0;
        _disturbed = false;
        _steadyOffRhythm = 0;
    }

    /// <summary>Time was lost: the next beat has no RR.</summary>
    public void Break()
    {
        _lastR = new SampleTime(double.NaN);
        _beforeLastR = new SampleTime(double.NaN);
        RegularBeats = 0;
    }

    /// <summary>Takes the next beat and says how it stands to the rhythm.</summary>
    /// <param name="beat">The beat.</param>
    /// <param name="isCertain">Its shape alone is proof enough, where its time is none.</param>
    public RhythmView Observe(in BeatDecision beat, bool isCertain)
    {
        if (beat.RTime <= _lastR)
        {
            // Found late, behind a beat that is known already: it cannot be on time any more.
            _disturbed = true;
            RegularBeats = 0;
            Evidence = Math.Max(0, Evidence - 1);
            DisturbedBeats++;
            return new RhythmView(double.NaN, ExpectedRRSeconds, RhythmClass.Unknown, FollowsDisturbance: true, 0) { RatePerMinute = double.NaN };
        }

        var rr = (beat.RTime.Samples - _lastR.Samples) / _samplingRateHertz;
        var expected = ExpectedRRSeconds;
        var standing =
            double.IsNaN(rr) || double.IsNaN(expected) ? RhythmClass.Unknown :
            rr < _earliest * expected ? RhythmClass.Premature :
            rr > _latest * expected ? RhythmClass.Pause : RhythmClass.Regular;
        var ofRhythm = beat.Class is BeatClass.Normal or BeatClass.Paced && !beat.IsLate;
        var followsDisturbance = _disturbed;
        var isEarlyOfAll = _allCount >= MinimumHistory && rr < _earliest * Median(_all, _allCount);

        if (!double.IsNaN(rr))
        {
            Push(_all, ref _allCount, rr);
        }

        var onTime = standing is RhythmClass.Regular or RhythmClass.Unknown;
        var good = ofRhythm && (_isIrregular ? isCertain : onTime);
        var odd = !ofRhythm || (!good && standing != RhythmClass.Pause);
        RegularBeats = ofRhythm && onTime && !followsDisturbance ? RegularBeats + 1 : 0;
        Evidence = Math.Clamp(Evidence + (good ? 1 : -1), 0, MostEvidence);

        // The interval after a disturbance counts too where it is an ordinary one, or a rate that changes while early
        // beats come and go would never be followed; a compensatory pause is not ordinary.
        if (good && !double.IsNaN(rr) && (!followsDisturbance || rr < (2 - _earliest) * expected))
        {
            Push(_regular, ref _regularCount, rr);
        }

        _ectopicShare += ((beat.Class == BeatClass.Ectopic ? 1 : 0) - _ectopicShare) / EctopicMemory;
        Scatter(rr, ofRhythm && !followsDisturbance);
        FollowChange(rr, ofRhythm && !good);
        DisturbedBeats = odd ? DisturbedBeats + 1 : 0;
        EctopicBeats = beat.Class == BeatClass.Ectopic ? EctopicBeats + 1 : 0;
        _disturbed = odd;
        _beforeLastR = _lastR;
        _lastR = beat.RTime;
        return new RhythmView(rr, expected, standing, followsDisturbance, RegularBeats)
        {
            Evidence = Evidence,
            IsEarlyOfAll = isEarlyOfAll,
            IsIrregular = _isIrregular,
            EctopicShare = _ectopicShare,
            RatePerMinute = _allCount >= MinimumHistory ? 60 * _allCount / Sum(_all, _allCount) : double.NaN,
        };
    }

    /// <summary>
    /// How much successive intervals between conducted beats differ: some 5 % in sinus rhythm, 20 % in atrial fibrillation.
    /// Those around ectopic beats do not count.
    /// </summary>
    private void Scatter(double rr, bool isConducted)
    {
        if (isConducted && _wasConducted)
        {
            _scatterCount = Math.Min(_scatterCount + 1, ScatterMemory);
            _scatter += ((Math.Abs(rr - _lastConductedRR) / rr) - _scatter) / _scatterCount;
            _isIrregular = _scatterCount == ScatterMemory && _scatter > (_isIrregular ? RegularScatter : IrregularScatter);
        }

        _wasConducted = isConducted && !double.IsNaN(rr);
        _lastConductedRR = rr;
    }

    /// <summary>The verifier says that the beat at this R wave was none: the next one must not be measured from it.</summary>
    public void Refute(SampleTime rTime)
    {
        _disturbed = true;
        RegularBeats = 0;
        Evidence = Math.Max(0, Evidence - 1);
        if (rTime == _lastR)
        {
            _lastR = _beforeLastR;
        }
        else if (rTime == _beforeLastR)
        {
            _beforeLastR = new SampleTime(double.NaN);
        }
    }

    /// <summary>
    /// A rate that has changed for good is adopted once four intervals off the rhythm agree with each other; else the
    /// old rhythm would call every beat early, or a pause, for ever.
    /// </summary>
    private void FollowChange(double rr, bool offRhythm)
    {
        _steadyOffRhythm = offRhythm && Math.Abs(rr - _lastRR) < SteadyFraction * rr ? _steadyOffRhythm + 1 : 0;
        _lastRR = rr;
        if (_steadyOffRhythm >= MinimumHistory)
        {
            _steadyOffRhythm = 0;
            _regularCount = 0;
            for (var i = _allCount - MinimumHistory; i < _allCount; i++)
            {
                Push(_regular, ref _regularCount, _all[i]);
            }
        }
    }

    private static double Sum(double[] values, int count)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            sum += values[i];
        }

        return sum;
    }

    private static void Push(double[] history, ref int count, double value)
    {
        if (count == history.Length)
        {
            Array.Copy(history, 1, history, 0, count - 1);
            count--;
        }

        history[count++] = value;
    }

    private static double Median(double[] values, int count)
    {
        Span<double> sorted = stackalloc double[HistoryLength];
        values.AsSpan(0, count).CopyTo(sorted);
        sorted = sorted[..count];
        SmallSort.Sort(sorted);
        return count % 2 == 1 ? sorted[count / 2] : 0.5 * (sorted[(count / 2) - 1] + sorted[count / 2]);
    }
}
