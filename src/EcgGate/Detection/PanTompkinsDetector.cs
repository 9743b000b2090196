using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>
/// The detector of Pan and Tompkins (1985) at any sampling rate: the yardstick, and far too late to gate with.
/// </summary>
/// <remarks>
/// <para>
/// After J. Pan, W. J. Tompkins, "A Real-Time QRS Detection Algorithm", IEEE Trans. Biomed. Eng. 32 (1985) 230-236:
/// band-pass, derivative, square, integral over 150 ms; a peak is a beat if it stands above the threshold both in the
/// integrated and in the band-passed signal; search-back after 1.66 RR with half the thresholds; 200 ms of blanking; a
/// peak within 360 ms with less than half the slope of the beat before is a T wave. A peak of the integral can be told
/// only when it is past, so decisions come some 250 to 350 ms after R and are all marked late.
/// </para>
/// <para>
/// Beyond the paper, for lack of which its descendants are known to lock up: bounded levels
/// (<see cref="PanTompkinsThreshold"/>); a second average that follows a step of the rate (<see cref="RRAverages"/>); and
/// learning anew, from the peaks of the last seconds, where no beat has been found for long.
/// </para>
/// <para>
/// 125 to 2,000 Hz. Bounded work and no allocation per sample. Deterministic: equal samples give equal decisions. Not
/// thread-safe: one core owns it.
/// </para>
/// </remarks>
public sealed class PanTompkinsDetector : IBeatDetector
{
    private const double BlankingSeconds = 0.200;
    private const double TWaveSeconds = 0.360;
    private const double TWaveSlope = 0.5;
    private const double LearningSeconds = 2;

    // What stands so near to the start, or to the end of a gap, is the start itself: hum or noise that begins at once.
    private const double FirstSeconds = 0.120;

    // A peak is past once the integral has fallen to half of it (Hamilton and Tompkins 1986), or, in a flutter that never
    // falls so far, once this time has gone by without a higher one.
    private const double FallenTo = 0.5;
    private const double LongestTopSeconds = 0.3;

    // What the search for the band's deflection and the steepest slope may look at.
    private const double MemorySeconds = 0.7;

    // A peak counts for at most so many times the present level: four times the height, which is squared in the
    // integral.
    private const double LargestBandStep = 4;
    private const double LargestIntegralStep = LargestBandStep * LargestBandStep;

    // Without a beat for so long, or so many RR, the thresholds are wrong, or the heart stands still: learn anew.
    private const double LostSeconds = 4;
    private const double LostIntervals = 2.5;

    // The least levels (assumed): a QRS of 1 mV has some 0.5 mV in the band and 150 in the integral, so these are one of
    // 0.06 to 0.08 mV, far below the 0.5 mV that are to be found (IEC 60601-2-27).
    private const double BandFloorMillivolts = 0.03;
    private const double IntegralFloor = 1;

    private const double SmoothingSeconds = 0.0083;
    private const double FiducialSeconds = 0.040;
    private const double SettleSeconds = 0.5;

    private const int PeakCapacity = 32;
    private const int DecisionCapacity = 32;

    private readonly double _rate;
    private readonly InputConditioner _input;
    private readonly PanTompkinsFilters _filters;
    private readonly MovingMean _smoothFirst;
    private readonly MovingMean _smoothSecond;
    private readonly SignalRing _smooth;
    private readonly SignalRing _band;
    private readonly SignalRing _slope;
    private readonly RRAverages _intervals = new();
    private readonly PanTompkinsPeak[] _peaks = new PanTompkinsPeak[PeakCapacity];
    private readonly BeatDecision[] _decisions = new BeatDecision[DecisionCapacity];
    private readonly int _smoothDelay;
    private readonly int _fiducialReach;
    private readonly int _fiducialHalfWidth;
    private readonly int _window;
    private readonly int _memory;
    private readonly int _longestTop;
    private readonly int _learning;
    private readonly double _blanking;
    private readonly int _first;
    private readonly int _settle;
    private readonly double _horizon;
    private readonly int _decisionDelay;
    private PanTompkinsThreshold _integralLevel;
    private PanTompkinsThreshold _bandLevel;
    private bool _started;
    private long _index;
    private long _firstIndex;
    private bool _isRising;
    private double _top;
    private long _topIndex;
    private double _trough;
    private long _peakCount;
    private long _peakTail;
    private bool _isNewPeak;
    private long _decisionHead;
    private long _decisionTail;
    private bool _isLearning;
    private long _learnFrom;
    private long _signalSince;
    private long _lostSince;
    private double _lastR;
    private double _lastSlope;
    private bool _lastIsKnown;
    private int _leadOffLeft;
    private int _saturatedLeft;
    private int _poorLeft;

    /// <summary>Creates a detector.</summary>
    /// <param name="samplingRateHertz">Samples per second, 125 to 2,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate lies outside 125 to 2,000 Hz.</exception>
    public PanTompkinsDetector(double samplingRateHertz)
    {
        if (!(samplingRateHertz is >= 125 and <= 2000))
        {
            throw new ArgumentOutOfRangeException(nameof(samplingRateHertz), samplingRateHertz, $"The sampling rate is {samplingRateHertz} Hz; the detector works from 125 to 2,000 Hz.");
        }

        _rate = samplingRateHertz;
        _input = new InputConditioner(_rate);
        _filters = new PanTompkinsFilters(_rate);
        var smoothing = Math.Max(1, (int)Math.Round(SmoothingSeconds * _rate));
        _smoothFirst = new MovingMean(smoothing);
        _smoothSecond = new MovingMean(smoothing);
        _smoothDelay = smoothing - 1;
        _memory = Samples(MemorySeconds);
        _smooth = new SignalRing(_memory + Samples(0.3));
        _band = new SignalRing(_memory + 1);
        _slope = new SignalRing(_memory + 1);
        _fiducialReach = Samples(FiducialSeconds);
        _fiducialHalfWidth = Math.Max(1, (int)Math.Round(0.004 * _rate));
        _window = (int)Math.Ceiling(_filters.IntegralLength);
        _longestTop = Samples(LongestTopSeconds);
        _blanking = BlankingSeconds * _rate;
        _first = Samples(FirstSeconds);
        _settle = Samples(SettleSeconds);
        _horizon = new DetectorOptions().DecisionHorizon.TotalSeconds * _rate;

        // From R to the moment at which its peak of the integral is past, at the latest for an ordinary beat.
        _decisionDelay = (int)Math.Ceiling(_filters.BandDelay + _filters.SlopeLag + (1.5 * _filters.IntegralLength));
        _learning = Samples(LearningSeconds);
        Reset();
    }

    /// <summary>Samples per second.</summary>
    public double SamplingRateHertz => _rate;

    /// <inheritdoc/>
    /// <remarks>Told from the sample's status alone, and poor while learning.</remarks>
    public SignalConditions Conditions { get; private set; }

    /// <inheritdoc/>
    public void Reset()
    {
        _started = false;
        _input.Reset();
        _integralLevel = new PanTompkinsThreshold(LargestIntegralStep, IntegralFloor);
        _bandLevel = new PanTompkinsThreshold(LargestBandStep, BandFloorMillivolts);
        _intervals.Reset();
        _decisionHead = _decisionTail = 0;
        _leadOffLeft = _saturatedLeft = _poorLeft = 0;
        Conditions = SignalConditions.Poor;
    }

    /// <inheritdoc/>
    public void Blank(SampleTime from, SampleTime until) => _input.Blank((long)Math.Ceiling(from.Samples), until.Floor);

    /// <inheritdoc/>
    /// <remarks>It has no second opinion on its own decisions: always false.</remarks>
    public bool TryTakeVerdict(out SampleTime rTime, out VerifierVerdict verdict)
    {
        rTime = default;
        verdict = default;
        return false;
    }

    /// <inheritdoc/>
    public bool Process(in EcgSample sample, out BeatDecision decision)
    {
        if (!_started || sample.Index != _index + 1 || (sample.Status & SampleStatus.GapBefore) != SampleStatus.None)
        {
            RestartSignal(sample.Index);
        }

        _index = sample.Index;
        var value = _input.Process(in sample);
        _smooth[_index - _smoothDelay] = (float)_smoothSecond.Process(_smoothFirst.Process(value));
        _filters.Process(value);
        _band[_index] = (float)_filters.Band;
        _slope[_index] = (float)_filters.Slope;
        FollowIntegral(_filters.Integral);
        Watch(sample.Status);
        LookBack();
        if (_decisionTail == _decisionHead)
        {
            decision = default;
            return false;
        }

        decision = _decisions[_decisionTail++ & (DecisionCapacity - 1)] with { DecisionIndex = _index };
        decision = decision with { IsLate = _index - decision.RTime.Samples > _horizon };
        return true;
    }

    private int Samples(double seconds) => Math.Max(1, (int)Math.Round(seconds * _rate));

    /// <summary>Starts the filters anew. Levels and intervals are kept over a gap: the patient is the same.</summary>
    private void RestartSignal(long index)
    {
        // Time that runs backwards is another recording.
        var isFirst = !_started || index <= _index;
        _started = true;
        _input.Reset();
        _filters.Settle(0);
        _smoothFirst.Settle(0);
        _smoothSecond.Settle(0);
        _smooth.Fill(0);
        _band.Fill(0);
        _slope.Fill(0);
        _isRising = false;
        _top = _trough = 0;
        _peakCount = _peakTail = 0;
        _isNewPeak = false;
        _firstIndex = _signalSince = _lostSince = index;
        _poorLeft = _settle;
        if (isFirst)
        {
            _isLearning = true;
            _lastIsKnown = false;
            _decisionTail = _decisionHead;
            _intervals.Reset();
        }

        _learnFrom = index;
        _index = index - 1;
    }

    private void Watch(SampleStatus status)
    {
        var isLeadOff = (status & SampleStatus.Lead0Off) != 0;
        var isSaturated = (status & SampleStatus.Lead0Saturated) != 0;
        var isMissing = _input.IsBridging && !_input.IsBlanked(_index);
        _leadOffLeft = isLeadOff ? _settle : Math.Max(0, _leadOffLeft - 1);
        _saturatedLeft = isSaturated ? _settle : Math.Max(0, _saturatedLeft - 1);
        _poorLeft = isMissing && !isLeadOff && !isSaturated ? _settle : Math.Max(0, _poorLeft - 1);
        Conditions = (_leadOffLeft > 0 ? SignalConditions.LeadOff : SignalConditions.Good)
            | (_saturatedLeft > 0 ? SignalConditions.Saturated : SignalConditions.Good)
            | (_poorLeft > 0 || _isLearning ? SignalConditions.Poor : SignalConditions.Good);
        if (isMissing)
        {
            // Time without a signal is neither time without beats nor an interval, and nothing to learn from.
            _signalSince = _lostSince = _learnFrom = _index;
        }
    }

    /// <summary>Finds the peaks of the integral: a top, once the integral has fallen to half of it.</summary>
    private void FollowIntegral(double integral)
    {
        if (_isRising)
        {
            if (integral > _top)
            {
                _top = integral;
                _topIndex = _index;
            }
            else if (integral < FallenTo * _top || _index - _topIndex > _longestTop)
            {
                _isRising = false;
                _trough = integral;
                TakePeak();
            }
        }
        else if (integral < _trough)
        {
            _trough = integral;
        }
        else if (integral > _trough / FallenTo && integral > 0.05 * IntegralFloor)
        {
            _isRising = true;
            _top = integral;
            _topIndex = _index;
        }
    }

    private void TakePeak()
    {
        // The band's own deflection lies within the integral's window, and no beat lies within the blanking.
        var to = _topIndex - _filters.SlopeLag;
        var from = Math.Max(to - _window, _index - _memory + _filters.SlopeLag);
        if (_lastIsKnown)
        {
            from = Math.Max(from, (long)Math.Ceiling(_lastR + _blanking + _filters.BandDelay));
        }

        if (from > to)
        {
            return;
        }

        var peak = default(PanTompkinsPeak);
        var top = from;
        for (var i = from; i <= to; i++)
        {
            if (Math.Abs(_band[i]) > Math.Abs(_band[top]))
            {
                top = i;
            }

            peak.Slope = Math.Max(peak.Slope, Math.Abs(_slope[i + _filters.SlopeLag]));
        }

        peak.Integral = _top;
        peak.Band = Math.Abs(_band[top]);
        Place(ref peak, top);
        if (peak.R < _firstIndex + _first || IsBlanked(in peak))
        {
            return;
        }

        if (!_isLearning)
        {
            if (!IsTWave(in peak) && Passes(in peak, 1))
            {
                Accept(in peak, isSearchBack: false);
                _peakTail = _peakCount;
                return;
            }

            _integralLevel.AddNoise(peak.Integral);
            _bandLevel.AddNoise(peak.Band);
        }

        // Kept for the search-back, with its absolute index: published code keeps one relative to the window searched,
        // and places the beat elsewhere.
        _isNewPeak = true;
        _peaks[_peakCount++ & (PeakCapacity - 1)] = peak;
        _peakTail = Math.Max(_peakTail, _peakCount - PeakCapacity);
    }

    private bool IsBlanked(in PanTompkinsPeak peak) => _lastIsKnown && peak.R < _lastR + _blanking;

    private bool IsTWave(in PanTompkinsPeak peak) =>
        _lastIsKnown && peak.R < _lastR + (TWaveSeconds * _rate) && peak.Slope < TWaveSlope * _lastSlope;

    /// <summary>Above the thresholds of both signals, which an irregular rhythm halves.</summary>
    private bool Passes(in PanTompkinsPeak peak, double share)
    {
        var part = _intervals.IsRegular ? share : 0.5 * share;
        return peak.Integral > part * _integralLevel.First && peak.Band > part * _bandLevel.First;
    }

    /// <summary>Finds R in the signal itself, near the top of the band-passed one and on the same side.</summary>
    private void Place(ref PanTompkinsPeak peak, long bandTop)
    {
        var around = bandTop - (long)Math.Round(_filters.BandDelay);
        var sign = Math.Sign(_band[bandTop]);
        var top = around;
        for (var i = around - _fiducialReach; i <= around + _fiducialReach; i++)
        {
            if (sign * _smooth[i] > sign * _smooth[top])
            {
                top = i;
            }
        }

        peak.R = RFiducial.Refine(_smooth, top, _fiducialHalfWidth);
        peak.Amplitude = _smooth[top] - _smooth[top - (2 * _fiducialReach)];
    }

    /// <summary>Learns at the start; searches back where a beat is overdue; learns anew where none has come for long.</summary>
    private void LookBack()
    {
        if (_isLearning)
        {
            if (_index - _learnFrom >= _learning + _decisionDelay && _peakCount > _peakTail)
            {
                _isLearning = false;
                Learn(_learnFrom);
            }

            return;
        }

        var now = _index - _decisionDelay;
        if (_isNewPeak && _lastIsKnown && _intervals.IsKnown && now - Math.Max(_lastR, _signalSince) > _intervals.MissedLimit)
        {
            _isNewPeak = false;
            SearchBack();
        }

        var lostSince = _lastIsKnown ? Math.Max(_lastR, _lostSince) : _lostSince;
        if (now - lostSince > Math.Max(LostSeconds * _rate, LostIntervals * _intervals.Ordinary))
        {
            Learn(now - _learning);
            _lostSince = now;
        }
    }

    /// <summary>Takes the largest peak between the thresholds since the last beat.</summary>
    private void SearchBack()
    {
        var best = -1L;
        for (var i = _peakTail; i < _peakCount; i++)
        {
            ref readonly var peak = ref Peak(i);
            if (!IsBlanked(in peak) && !IsTWave(in peak) && Passes(in peak, 0.5) && (best < 0 || peak.Integral > Peak(best).Integral))
            {
                best = i;
            }
        }

        if (best >= 0)
        {
            Accept(in Peak(best), isSearchBack: true);
            _peakTail = best + 1;

            // The rest may hold another one that is overdue by now.
            _isNewPeak = true;
        }
    }

    /// <summary>Sets the levels from the peaks since a moment, then takes those that are beats by these levels.</summary>
    private void Learn(double from)
    {
        double integral = 0, band = 0, integralSum = 0, bandSum = 0;
        var count = 0;
        for (var i = _peakTail; i < _peakCount; i++)
        {
            ref readonly var peak = ref Peak(i);
            if (peak.R >= from)
            {
                integral = Math.Max(integral, peak.Integral);
                band = Math.Max(band, peak.Band);
                integralSum += peak.Integral;
                bandSum += peak.Band;
                count++;
            }
        }

        if (count == 0)
        {
            return;
        }

        // The paper leaves open how; the largest peak is a beat, and the others are taken for noise of half their height.
        var others = Math.Max(1, 2 * (count - 1));
        _integralLevel.Start(integral, (integralSum - integral) / others);
        _bandLevel.Start(band, (bandSum - band) / others);
        for (var i = _peakTail; i < _peakCount; i++)
        {
            ref readonly var peak = ref Peak(i);
            if (peak.R >= from && !IsBlanked(in peak) && !IsTWave(in peak) && Passes(in peak, 1))
            {
                Accept(in peak, isSearchBack: false);
                _peakTail = i + 1;
            }
        }
    }

    private ref PanTompkinsPeak Peak(long number) => ref _peaks[number & (PeakCapacity - 1)];

    private void Accept(in PanTompkinsPeak peak, bool isSearchBack)
    {
        var confidence = (float)(peak.Integral / (peak.Integral + _integralLevel.First));
        _integralLevel.AddSignal(peak.Integral, isSearchBack);
        _bandLevel.AddSignal(peak.Band, isSearchBack);
        if (_lastIsKnown && _lastR > _signalSince)
        {
            _intervals.Add(peak.R - _lastR);
        }

        _lastR = peak.R;
        _lastSlope = peak.Slope;
        _lastIsKnown = true;
        _decisions[_decisionHead++ & (DecisionCapacity - 1)] = new BeatDecision(
            new SampleTime(peak.R), _index, BeatClass.Doubtful, confidence, float.NaN, peak.Amplitude, IsLate: true);
    }
}
