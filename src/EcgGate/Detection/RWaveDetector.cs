using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>
/// Finds R waves with the least delay: a Pan-Tompkins detector redesigned for a decision within some 40 ms of R.
/// </summary>
/// <remarks>
/// <para>
/// A minimum-phase band-pass (5-25 Hz), squared derivative and 60 ms mean give the slope energy. A candidate opens
/// deliberately early, and is scored with every sample by a linear score over causal features. It is accepted when the
/// score passes a margin that is strict at first and relaxes with age, at the latest a horizon after R. A verifier
/// looks at each candidate again 360 ms after R, when its surroundings are known; its verdicts drive the thresholds,
/// the shapes and the weights. What it finds missed comes out as a late decision, which serves the rhythm only.
/// </para>
/// <para>
/// Any sampling rate from 125 to 2,000 Hz; all coefficients are computed from it. Bounded work and no allocation per
/// sample. Deterministic: equal samples give equal decisions. Not thread-safe: one core owns it.
/// </para>
/// </remarks>
public sealed class RWaveDetector : IBeatDetector
{
    // Constants without another source were swept on the even-numbered half of the MIT-BIH records at hand and
    // checked on the odd half; where the result hardly moved, a round value was kept.

    // Slope energy (mV/s) and height (mV) of an ordinary QRS: the middle of the MIT-BIH records at hand, whose medians
    // lie between 12 and 75 mV/s. They stand in until beats are known, so that there is no learning period.
    private const float PriorPeak = 30f;
    private const float PriorHeight = 1f;

    // A candidate opens at this share of the median energy of the last beats: well before R. 0.12 brings false beats,
    // 0.22 decides wide beats late.
    private const float OpenShare = 0.15f;

    // An open candidate is looked at this often; finer brings nothing at 1,000 or 2,000 Hz.
    private const double EvaluateSeconds = 0.0028;
    private const double FreshMilliseconds = 50;
    private const double RarelyMilliseconds = 11;

    // Time constants of the high-frequency noise and of the slow level that a converter's limit is seen against.
    private const double NoiseSeconds = 0.3;
    private const double LevelSeconds = 1;

    // The score asked for falls from the first to zero over the second (ms after R): strict early, lenient late.
    private const float StrictMargin = 1f;
    private const float StrictMilliseconds = 30;

    // A turning point counts once the signal has come back by this share of the usual height: 2 to 3 ms after R.
    private const float TurnShare = 0.05f;

    // A lobe is the R of a known shape below this residual. Otherwise it must stand this long, to see whether a larger
    // one follows: a little shorter for one with this share of the usual energy.
    private const float KnownShape = 0.5f;
    private const float SeveralMatches = 3;
    private const float UnknownMilliseconds = 22;
    private const float LargeUnknownMilliseconds = 14;
    private const float LargeUnknown = 0.35f;

    // Residuals to the rhythm's shape: normal below 0.35 and, for lack of a better place, ectopic above 0.6. Between a
    // clear match and a clear mismatch the decision waits a little, which tells more than any early feature.
    private const float NormalBelow = 0.35f;
    private const float EctopicAbove = 0.6f;
    private const float UnclearAbove = 0.2f;
    private const float UnclearMilliseconds = 17;

    // A lobe that is not there so long after the rhythm's usual one, or after opening, is not waited for: half of the usual
    // height and a third of the energy tell a wide beat by its edge. The score has to be better then, for lack of a shape.
    private const float OverdueMilliseconds = 25;
    private const float OverdueMarginMilliseconds = 8;
    private const float EdgeHeight = 0.5f;
    private const float EdgePeak = 0.35f;
    private const float EdgeSteep = 0.25f;
    private const float EdgeMargin = 1.5f;

    // Two means of this length: no more than takes the top off a converter's noise, and one sample of delay at 360 Hz.
    private const double SmoothingSeconds = 0.0056;

    // High-frequency noise is seen against this share of a beat's height. From the one multiple of it on R is placed by the
    // shape as well as by its top, from the other on by the shape alone, with so much of the way down seen, and never moved further than that.
    private const float NoiseOfQrs = 0.05f;
    private const float AlignFrom = 0.3f;
    private const float AlignFully = 0.8f;
    private const double AlignMostMilliseconds = 8;
    private const double AlignAfterMilliseconds = 10;

    // After a start or a gap there is nothing to compare with for so long.
    private const double FirstMilliseconds = 120;

    // Lobes below this share of the usual height may be the r or q before R.
    private const float SmallLobe = 0.7f;

    // Lobes below this share of the tallest one so far are no R, whatever they look like.
    private const float LobeShare = 0.25f;

    // Until then a signal that moves as fast as it ever did in this beat is on its way to the next lobe.
    private const float StillSteep = 0.9f;

    // 100 ms after R a beat's energy is past its top; if it doubles then, another beat has begun.
    private const float RisenAnew = 2f;

    // In hindsight the rhythm's own shape is preferred by this much residual, and R moves from the lobe of a shape to
    // the tallest one only if that is so much taller: two lobes of near equal height must not take turns.
    private const float PreferRhythm = 0.2f;
    private const float ClearlyTaller = 1.8f;

    // The verifier: an accepted candidate is no beat if one within 260 ms is so much larger; one that was not accepted
    // is a beat if nothing near is larger, it has some size and its score was not hopeless.
    private const double NearSeconds = 0.26;
    private const float Refuting = 1.3f;
    private const float LateShare = 0.3f;
    private const float LateScore = -2f;
    private const float LateShareUnseen = 0.6f;

    // What the verifier adds must have some height, and be of a known shape or not too early: a strange early one is
    // noise in two of three cases.
    // Non-beats larger than this share of the beats fade with each beat, or a noisy start would be remembered for long.
    private const float LoudNoise = 0.5f;
    private const float NoiseFade = 0.8f;

    private const float LateHeight = 0.1f;
    private const float LateStrange = 0.75f;
    private const double LateEarly = 0.66;

    // Pan and Tompkins (1985): within 360 ms a slope of less than half the last QRS's is a T wave. 400 ms here, since
    // the verifier has time and long QT is common.
    private const double TWaveSeconds = 0.4;
    private const float TWaveShare = 0.5f;

    // The longest from R to the top of a T wave, and the bend there as a share of the QRS's: the T of IEC 60601-2-27
    // (half a sine of 180 ms, 1.2 mV) has 0.07 of what its QRS has (a triangle of 100 ms, 1 mV), a wide premature beat 0.2
    // and, unlike the T wave, bends as sharply as its QRS somewhere else.
    private const float SharpShare = 0.7f;
    private const double RoundFromSeconds = 0.15;
    private const double RoundSeconds = 0.45;
    private const float NoBeat = -10;
    private const float RoundShare = 0.12f;

    // Only clear cases teach the score: a beat well above its surroundings, or a non-beat well below a beat near it.
    private const float ClearBeatDominance = 0.7f;
    private const float ClearBeatShare = 0.7f;
    private const float ClearNonBeatDominance = 1.2f;

    // A beat is on time, for the choice of the rhythm's shape, if it comes no earlier than this share of the mean RR.
    private const double OnTime = 0.85;

    // A pacing pulse this long before R made the beat.
    private const double PacedSeconds = 0.15;

    private const int CandidateCapacity = 16;

    private readonly double _rate;
    private readonly DetectorOptions _options;
    private readonly InputConditioner _input;
    private readonly MovingMean _smoothFirst;
    private readonly MovingMean _smoothSecond;
    private readonly MovingMean _energyMean;
    private readonly SignalRing _smooth;
    private readonly SignalRing _raw;
    private readonly SignalRing _band;
    private readonly SignalRing _energy;
    private readonly TurningPoints _turns = new();
    private readonly QrsPrototypes _beats;
    private readonly QrsPrototypes _nonBeats;
    private readonly BeatScore _score = new();
    private readonly SignalQuality _quality;
    private readonly RunningScale _peaks = new(PriorPeak);
    private readonly RunningScale _heights = new(PriorHeight);
    private readonly RunningScale _sharps = new(PriorHeight);
    private readonly RunningScale _bends = new(PriorHeight);
    private readonly BeatCandidate[] _candidates = new BeatCandidate[CandidateCapacity];
    private readonly Verdict[] _verdicts = new Verdict[CandidateCapacity];

    private readonly int _smoothDelay;
    private readonly int _derivativeLag;
    private readonly double _derivativeScale;
    private readonly int _refractory;
    private readonly int _horizon;
    private readonly int _verifyAfter;
    private readonly int _fiducialHalfWidth;
    // So many milliseconds, in samples.
    private readonly int _ms8;
    private readonly int _ms10;
    private readonly int _ms15;
    private readonly int _ms30;
    private readonly int _ms40;
    private readonly int _ms45;
    private readonly int _ms50;
    private readonly int _ms60;
    private readonly int _ms120;
    private readonly int _ms220;
    private readonly int _ms250;
    private readonly int _evaluateEvery;
    private readonly int _freshFor;
    private readonly int _lookRarely;
    private readonly int _settledAfter;
    private readonly int _unclear;
    private readonly int _overdue;
    private readonly int _overdueMargin;
    private readonly int _unknown;
    private readonly double _alignMost;
    private readonly int _alignAfter;
    private readonly float _noiseShare;
    private readonly float _levelShare;

    private BiquadFilter _highPass;
    private BiquadFilter _lowPass;
    private bool _started;
    private long _index;
    private long _firstIndex;
    private long _openFrom;
    private long _candidateCount;
    private long _verified;
    private bool _isOpen;
    private double _lastR;
    private double _lastEmittedR;
    private float _lastPeak;
    private float _lastSharpest;
    private float _lastBend;
    private double _meanRR;
    private double _usualRise;
    private float _lowestSinceClose;
    private float _noisePeak;
    private float _noisePower;
    private float _slowLevel;
    private long _verdictHead;
    private long _verdictTail;
    private double _lastVerifiedR;
    private float _lastVerifiedPeak;

    /// <summary>Creates a detector.</summary>
    /// <param name="samplingRateHertz">Samples per second, 125 to 2,000.</param>
    /// <param name="options">What to set otherwise than by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate lies outside 125 to 2,000 Hz.</exception>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public RWaveDetector(double samplingRateHertz, DetectorOptions? options = null)
    {
        if (!(samplingRateHertz is >= 125 and <= 2000))
        {
            throw new ArgumentOutOfRangeException(nameof(samplingRateHertz), samplingRateHertz, $"The sampling rate is {samplingRateHertz} Hz; the detector works from 125 to 2,000 Hz.");
        }

        _options = options ?? new DetectorOptions();
        var problems = _options.Validate();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        _rate = samplingRateHertz;
        _input = new InputConditioner(_rate);
        _quality = new SignalQuality(_rate);
        _settledAfter = Samples(100);
        _ms8 = Samples(8);
        _ms10 = Samples(10);
        _ms15 = Samples(15);
        _ms30 = Samples(30);
        _ms40 = Samples(40);
        _ms45 = Samples(45);
        _ms50 = Samples(50);
        _ms60 = Samples(60);
        _ms120 = Samples(120);
        _ms220 = Samples(220);
        _ms250 = Samples(250);
        _unclear = Samples(UnclearMilliseconds);
        _overdue = Samples(OverdueMilliseconds);
        _overdueMargin = Samples(OverdueMarginMilliseconds);
        _unknown = Samples(UnknownMilliseconds);
        _alignAfter = Samples(AlignAfterMilliseconds);
        _alignMost = AlignMostMilliseconds * 0.001 * _rate;
        _evaluateEvery = Math.Max(1, (int)Math.Round(_rate * EvaluateSeconds));
        _freshFor = Samples(FreshMilliseconds);
        _lookRarely = _evaluateEvery * Math.Max(1, Samples(RarelyMilliseconds) / _evaluateEvery);
        _noiseShare = (float)Math.Min(1, 1 / (NoiseSeconds * _rate));
        _levelShare = (float)Math.Min(1, 1 / (LevelSeconds * _rate));
        var smoothing = Math.Max(1, (int)Math.Round(SmoothingSeconds * _rate));
        _smoothFirst = new MovingMean(smoothing);
        _smoothSecond = new MovingMean(smoothing);
        _smoothDelay = smoothing - 1;
        _energyMean = new MovingMean(Samples(60));
        _smooth = new SignalRing(Samples(1000));
        _raw = new SignalRing(_smoothDelay + 1);
        _band = new SignalRing(Samples(100));
        _energy = new SignalRing(Samples(600));
        _beats = new QrsPrototypes(_rate, 4);
        _nonBeats = new QrsPrototypes(_rate, 3);
        _derivativeLag = Math.Max(1, Samples(8));
        _derivativeScale = _rate / _derivativeLag;
        _refractory = Samples(_options.Refractory.TotalMilliseconds);
        _horizon = Samples(_options.DecisionHorizon.TotalMilliseconds);
        _verifyAfter = Samples(_options.VerifyAfter.TotalMilliseconds);
        _fiducialHalfWidth = Math.Max(1, (int)Math.Round(0.004 * _rate));
        _highPass = BiquadFilter.HighPass(5, _rate);
        _lowPass = BiquadFilter.LowPass(25, _rate);
        Reset();
    }

    /// <summary>Samples per second.</summary>
    public double SamplingRateHertz => _rate;

    /// <inheritdoc/>
    public SignalConditions Conditions => _quality.Conditions;

    /// <summary>Since which sample a candidate is open that may become a beat; null while there is none.</summary>
    internal long? OpenSince => _isOpen ? _candidates[(_candidateCount - 1) & (CandidateCapacity - 1)].Opened : null;

    /// <inheritdoc/>
    public void Reset()
    {
        _started = false;
        _input.Reset();
        _score.Reset();
        _peaks.Reset();
        _heights.Reset();
        _sharps.Reset();
        _bends.Reset();
        _beats.Clear();
        _nonBeats.Clear();
        _meanRR = 0.8 * _rate;
        _noisePeak = 0.1f * PriorPeak;
        _candidateCount = _verified = 0;
        _verdictHead = _verdictTail = 0;
        _lastR = _lastEmittedR = _lastVerifiedR = double.NegativeInfinity;
        _lastPeak = _lastVerifiedPeak = PriorPeak;
        _lastSharpest = _lastBend = 0;
        _noisePower = 0;
        _usualRise = 0;
        _quality.Reset();
        _slowLevel = 0;
    }

    /// <inheritdoc/>
    public void Blank(SampleTime from, SampleTime until) => _input.Blank((long)Math.Ceiling(from.Samples), until.Floor);

    /// <inheritdoc/>
    public bool TryTakeVerdict(out SampleTime rTime, out VerifierVerdict verdict)
    {
        if (_verdictTail == _verdictHead)
        {
            rTime = default;
            verdict = default;
            return false;
        }

        var next = _verdicts[_verdictTail++ & (CandidateCapacity - 1)];
        rTime = new SampleTime(next.R);
        verdict = next.Value;
        return true;
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
        var smooth = (float)_smoothSecond.Process(_smoothFirst.Process(value));
        var time = _index - _smoothDelay;
        _smooth[time] = smooth;
        _raw[_index] = (float)value;
        var residue = _raw[time] - smooth;
        _noisePower += _noiseShare * ((residue * residue) - _noisePower);
        _slowLevel += _levelShare * (smooth - _slowLevel);

        var band = (float)_lowPass.Process(_highPass.Process(value));
        _band[_index] = band;
        var slope = (band - _band[_index - _derivativeLag]) * _derivativeScale;
        var energy = (float)Math.Sqrt(Math.Max(0, _energyMean.Process(slope * slope)));
        _energy[_index] = energy;

        var height = _heights.Value;
        _turns.Process(time, smooth, TurnShare * height);
        _quality.Process(in sample, (float)value - _slowLevel, height, energy, _peaks.Value);

        decision = default;
        var decided = false;
        if (_isOpen)
        {
            decided = Follow(energy, out decision);
        }
        else
        {
            _lowestSinceClose = Math.Min(_lowestSinceClose, energy);
            if (!_input.IsBridging && _index >= _openFrom && energy > OpenShare * Reference() && energy > 1.2f * _lowestSinceClose && (_index > _lastR + _refractory - _ms30 || (energy > 1.3f * _lastPeak && _index > _lastR + _ms120)))
            {
                Open(energy);
            }
        }

        if (!decided && _verified < _candidateCount)
        {
            decided = Verify(out decision);
        }

        if (decided)
        {
            _quality.Announce(in decision);
        }

        return decided;
    }

    private int Samples(double milliseconds) => Math.Max(1, (int)Math.Round(milliseconds * 0.001 * _rate));

    private void RestartSignal(long index)
    {
        if (!_started || index <= _index)
        {
            _candidateCount = _verified = 0;
            _lastR = _lastEmittedR = _lastVerifiedR = double.NegativeInfinity;
            _firstIndex = index;
        }

        _started = true;
        _quality.Restart();
        _input.Reset();
        _slowLevel = 0;
        _smoothFirst.Settle(0);
        _smoothSecond.Settle(0);
        _energyMean.Settle(0);
        _highPass.Settle(0);
        _lowPass.Settle(0);
        _smooth.Fill(0);
        _raw.Fill(0);
        _band.Fill(0);
        _energy.Fill(0);
        _turns.Reset(index - _smoothDelay, 0);
        _isOpen = false;
        _verified = _candidateCount;
        _lowestSinceClose = 0;
        _openFrom = index + Samples(FirstMilliseconds);
        _index = index - 1;
    }

    /// <summary>Energy to expect of a beat now: falls when no beat has come for long, so that small ones are found.</summary>
    private float Reference()
    {
        var since = _index - Math.Max(_lastR, _firstIndex);
        var quiet = (since / _rate) - 1.5;
        var peak = _peaks.Value;
        if (quiet > 0)
        {
            // Down to a half in a second, enough for a beat of a quarter; further only after five, so that the P waves of
            // a slow rhythm do not grow into beats. While no beat has shown the scale, a small lead must not stay unseen.
            var lowest = _peaks.IsKnown ? 0.5 : 0.15;
            peak *= (float)Math.Max(Math.Exp(-quiet / 1.5), lowest * Math.Exp(-Math.Max(0, quiet - 3.5) / 3));
        }

        return Math.Max(peak, 0.5f);
    }

    private void Open(float energy)
    {
        _isOpen = true;
        ref var candidate = ref _candidates[_candidateCount++ & (CandidateCapacity - 1)];
        candidate = default;
        candidate.Opened = _index;
        candidate.Peak = energy;
        candidate.PeakIndex = _index;
        candidate.Score = float.NegativeInfinity;
        candidate.Shape = -1;
        candidate.Level = Mean(_smooth, candidate.Opened - _ms60, candidate.Opened - _ms30);
        candidate.Activity = Mean(_energy, candidate.Opened - _ms220, candidate.Opened - _ms50) / Reference();
    }

    private bool Follow(float energy, out BeatDecision decision)
    {
        decision = default;
        ref var candidate = ref _candidates[(_candidateCount - 1) & (CandidateCapacity - 1)];
        if (energy > candidate.Peak)
        {
            candidate.Peak = energy;
            candidate.PeakIndex = _index;
        }

        if (!(_index - candidate.PeakIndex > _settledAfter))
        {
            var newest = _index - _smoothDelay;
            var middle = _smooth[newest - _derivativeLag];
            var step = _smooth[newest] - middle;
            candidate.Steepest = Math.Max(candidate.Steepest, Math.Abs(step));
            candidate.Sharpest = Math.Max(candidate.Sharpest, Math.Abs(step - (middle - _smooth[newest - (2 * _derivativeLag)])));
        }

        // A beat is over by then; what rises anew is another one, or the beat of which this was the P wave.
        var afterR = candidate.IsAccepted ? _index - candidate.R : 0;
        if (afterR >= _settledAfter)
        {
            if (candidate.Settled == 0)
            {
                candidate.Settled = candidate.Peak;
            }
            else if (energy > RisenAnew * candidate.Settled)
            {
                candidate.Peak = candidate.Settled;
                Open(energy);
                candidate = ref _candidates[(_candidateCount - 1) & (CandidateCapacity - 1)];
            }
        }

        var decided = false;
        if ((_index - candidate.Opened) % _evaluateEvery == 0)
        {
            if (!candidate.IsAccepted)
            {
                if (IsWorthALook(in candidate, energy))
                {
                    decided = Evaluate(ref candidate, out decision);
                }
            }
            else if (!candidate.IsEmitted)
            {
                decided = Announce(ref candidate, out decision);
            }
        }

        var old = _index - candidate.PeakIndex;
        var isOver = candidate.IsAccepted
            ? candidate.IsEmitted && energy < 0.5f * candidate.Peak && old > _ms60
            : (energy < 0.5f * candidate.Peak && old > _ms60) || _index - candidate.Opened > _ms250;
        if (isOver || (candidate.IsAccepted && _index - candidate.R > _ms250))
        {
            EndWithoutR(ref candidate);
            _isOpen = false;
            _lowestSinceClose = energy;
        }

        return decided;
    }

    /// <summary>
    /// An old candidate in which nothing has turned lately and whose energy does not rise looks the same as before: most of
    /// the work would go into T waves.
    /// </summary>
    private bool IsWorthALook(in BeatCandidate candidate, float energy) =>
        _index - candidate.Opened < _freshFor
        || energy >= candidate.Peak
        || (_turns.Count > 0 && _index - _turns[0].Index < _freshFor)
        || (_index - candidate.Opened) % _lookRarely == 0;

    private void EndWithoutR(ref BeatCandidate candidate)
    {
        if (!candidate.HasR)
        {
            candidate.R = candidate.PeakIndex - _ms40;
            candidate.HasR = true;
        }
    }

    private bool Evaluate(ref BeatCandidate candidate, out BeatDecision decision)
    {
        decision = default;
        var newest = _index - _smoothDelay;
        var from = Math.Max(candidate.Opened - _ms45, _lastR + (0.5 * _refractory));
        var level = candidate.Level;

        var bestResidual = 2f;
        var count = 0;
        var bestByShape = -1;
        var bestShape = -1;
        var bestHeight = 0f;
        var tallest = -1;
        float dominantOfBest = float.NaN;
        for (var i = 0; i < _turns.Count && i < 8; i++)
        {
            ref readonly var turn = ref _turns[i];
            if (turn.Index < from)
            {
                break;
            }

            count = i + 1;
            var height = Math.Abs(turn.Value - level);
            if (height > bestHeight)
            {
                bestHeight = height;
                tallest = i;
            }
        }

        for (var i = 0; i < count; i++)
        {
            ref readonly var turn = ref _turns[i];
            if (Math.Abs(turn.Value - level) < LobeShare * bestHeight)
            {
                continue;
            }

            var shape = _beats.Nearest(_smooth, turn.Index, newest, turn.IsMaximum, out var residual, out var dominant);
            if (shape >= 0 && residual < bestResidual)
            {
                bestResidual = residual;
                bestByShape = i;
                bestShape = shape;
                dominantOfBest = dominant;
            }
        }

        var matched = bestByShape >= 0 && bestResidual < KnownShape;
        var isByEdge = tallest < 0 || AwaitsMore(in candidate, _turns[matched ? bestByShape : tallest], level, matched, bestShape);
        TurningPoint chosen;
        if (!isByEdge)
        {
            chosen = _turns[matched ? bestByShape : tallest];
        }
        else if (!FindEdge(in candidate, level, out chosen))
        {
            return false;
        }

        if (isByEdge)
        {
            matched = false;
        }

        var age = (_index - chosen.Index) / _rate * 1000;
        var tall = Math.Abs(chosen.Value - level);
        if (!matched)
        {
            bestResidual = 1;
            if (!isByEdge && _beats.Nearest(_smooth, chosen.Index, newest, chosen.IsMaximum, out var residual, out dominantOfBest) >= 0)
            {
                bestResidual = residual;
            }
        }

        BeatFeatures features = default;
        var reference = Reference();
        var since = (chosen.Index - _lastR) / _rate;
        var soon = (float)Math.Max(0, 1 - (since / 0.4));
        var phase = (float)((chosen.Index - _lastR) / _meanRR);
        var nonResidual = 1f;
        if (!isByEdge)
        {
            _nonBeats.Nearest(_smooth, chosen.Index, newest, chosen.IsMaximum, out nonResidual, out _);
        }

        features[0] = 1;
        features[1] = Log(candidate.Peak / reference, 3);
        features[2] = Log(tall * _peaks.Value / (_heights.Value * reference), 3);
        features[3] = Log(candidate.Peak / ((candidate.Activity + 0.02f) * reference), 3) - 1;
        features[4] = Log(MathF.Sqrt(_noisePower) / (NoiseOfQrs * _heights.Value), 3);
        features[5] = Log(_noisePeak / (0.1f * _peaks.Value), 3);
        features[6] = soon;
        features[7] = soon * Log(candidate.Peak / _lastPeak, 3);
        features[8] = Math.Clamp(phase - 1, -1, 0);
        features[9] = Math.Clamp(phase - 1, 0, 1);
        features[10] = 1 - Math.Min(bestResidual, 1.5f);
        features[11] = _nonBeats.Count > 0 ? 1 - Math.Min(nonResidual, 1.5f) : 0;
        features[12] = Math.Max(0, 1 - ((float)age / 40));
        features[13] = features[1] * features[1] * Math.Sign(features[1]);
        var score = !isByEdge && IsRound(in candidate, chosen.Index, since) ? NoBeat : _score.Score(in features);
        if (!candidate.HasR || score > candidate.Score)
        {
            candidate.Score = score;
            candidate.Features = features;
            candidate.HasR = true;
            candidate.R = chosen.Index;
            candidate.IsMaximum = chosen.IsMaximum;
            candidate.Amplitude = chosen.Value - level;
        }

        var margin = isByEdge ? EdgeMargin : StrictMargin * (float)Math.Max(0, 1 - (age / StrictMilliseconds));
        var ripe = matched || isByEdge || age >= UnknownMilliseconds || (age >= LargeUnknownMilliseconds && candidate.Peak > LargeUnknown * reference);
        if (score < margin || !ripe)
        {
            return false;
        }

        var half = (int)Math.Min(_fiducialHalfWidth, newest - chosen.Index);
        var r = half < 1 || isByEdge ? chosen.Index : RFiducial.Refine(_smooth, chosen.Index, half);
        if (r < _lastEmittedR + _refractory)
        {
            return false;
        }

        candidate.IsAccepted = true;
        candidate.R = r;
        candidate.Lobe = chosen.Index;
        candidate.IsMaximum = chosen.IsMaximum;
        candidate.Amplitude = chosen.Value - level;
        candidate.Score = score;
        candidate.Features = features;
        candidate.Shape = matched ? bestShape : -1;
        _lastR = r;
        _lastEmittedR = r;
        _lastPeak = candidate.Peak;
        _lastSharpest = candidate.Sharpest;
        _lastBend = BendAt((long)Math.Round(r));
        return Announce(ref candidate, out decision);
    }

    /// <summary>
    /// A T wave may be as tall as its QRS, and as steep, but is never as sharp: it bends over a tenth of a second or more.
    /// </summary>
    private bool IsRound(in BeatCandidate candidate, long top, double secondsSinceBeat) =>
        secondsSinceBeat is > RoundFromSeconds and < RoundSeconds
        && candidate.Sharpest < SharpShare * Usual(_lastSharpest, _sharps)
        && BendAt(top) < RoundShare * Usual(_lastBend, _bends);

    /// <summary>What the last beat had; one artefact must not set the scale.</summary>
    private static float Usual(float last, RunningScale beats) => beats.IsKnown ? Math.Min(last, 2 * beats.Value) : last;

    /// <summary>How sharply the signal bends at its top, mV within 8 ms; what has been seen of it, where that is less.</summary>
    private float BendAt(long top)
    {
        var lag = Math.Clamp(_index - _smoothDelay - top, 1, _derivativeLag);
        var scale = (float)_derivativeLag / lag;
        return Math.Abs((2 * _smooth[top]) - _smooth[top - lag] - _smooth[top + lag]) * scale * scale;
    }

    /// <summary>Whether what follows this lobe may well be the R wave itself.</summary>
    private bool AwaitsMore(in BeatCandidate candidate, in TurningPoint chosen, float level, bool matched, int shape)
    {
        var newest = _index - _smoothDelay;
        var old = _index - chosen.Index;

        // Already as far to the other side of the level, or further to this one: the dominant deflection is still to come.
        // Not so where a shape that has come several times, seen well past its R, explains what follows.
        var excursion = (_smooth[newest] - level) * (chosen.Value > level ? 1 : -1);
        var tall = Math.Abs(chosen.Value - level);
        if ((excursion > tall || -excursion > 0.8f * tall) && !(matched && old > _unknown && _beats.Matches(shape) >= SeveralMatches))
        {
            return true;
        }

        if (matched)
        {
            return false;
        }

        // Still moving as fast as it ever did, or a lobe that comes before R in a known shape and is smaller than R.
        var steepness = Math.Abs(_smooth[newest] - _smooth[newest - _derivativeLag]);
        return (old < _unknown && steepness > StillSteep * candidate.Steepest)
            || (tall < SmallLobe * _heights.Value && old < _beats.SamplesToR(chosen.Value - level) + _ms15);
    }

    /// <summary>
    /// A beat whose lobe takes longer to come than those of the rhythm is known by its edge: half of the way from the level.
    /// </summary>
    private bool FindEdge(in BeatCandidate candidate, float level, out TurningPoint edge)
    {
        edge = default;
        var newest = _index - _smoothDelay;
        var height = _smooth[newest] - level;
        if (_index - candidate.Opened < Math.Max(_overdue, _usualRise + _overdueMargin)
            || Math.Abs(height) < EdgeHeight * _heights.Value
            || Math.Abs(_smooth[newest] - _smooth[newest - _derivativeLag]) < EdgeSteep * candidate.Steepest
            || candidate.Peak < EdgePeak * Reference())
        {
            return false;
        }

        var at = newest;
        while (at > candidate.Opened - _ms45 && (_smooth[at] - level) / height > 0.5f)
        {
            at--;
        }

        edge = new TurningPoint(at, _smooth[newest], height > 0);
        var since = newest - at;
        return since >= _beats.SamplesOfRise(height > 0) + _overdueMargin && since < _ms45;
    }

    /// <summary>Gives an accepted beat out, as soon as it is clear what it is or time is up.</summary>
    private bool Announce(ref BeatCandidate candidate, out BeatDecision decision)
    {
        // On the sample and between samples, whichever is closer: at 125 Hz half a sample off looks like another beat,
        // and where the top is flat the interpolation may stray.
        var r = candidate.R;
        var newest = _index - _smoothDelay;
        _beats.Nearest(_smooth, r, newest, candidate.IsMaximum, out _, out var residual);
        _beats.Nearest(_smooth, candidate.Lobe, newest, candidate.IsMaximum, out _, out var onSample);
        residual = residual < onSample ? residual : onSample;
        if (residual is > UnclearAbove and < EctopicAbove && _index - r < _unclear)
        {
            decision = default;
            return false;
        }

        var kind = Classify(residual);
        if (candidate.Shape >= 0)
        {
            // The noisier the signal, the less its top alone tells.
            var noise = MathF.Sqrt(_noisePower) / (NoiseOfQrs * _heights.Value);
            var weight = Math.Clamp((noise - AlignFrom) / (AlignFully - AlignFrom), 0, 1);
            if (weight > 0)
            {
                if (_index - r < _alignAfter)
                {
                    decision = default;
                    return false;
                }

                r += weight * Math.Clamp(_beats.Align(_smooth, r, newest, candidate.Shape) - r, -_alignMost, _alignMost);
                candidate.R = r;
            }
        }

        if (_input.LastEdgeIndex >= 0 && r - _input.LastEdgeIndex < PacedSeconds * _rate)
        {
            kind = BeatClass.Paced;
        }

        candidate.IsEmitted = true;
        decision = new BeatDecision(
            new SampleTime(r),
            _index,
            kind,
            1 / (1 + MathF.Exp(-candidate.Score)),
            residual,
            candidate.Amplitude,
            _index - r > _horizon);
        return true;
    }

    private static BeatClass Classify(float residual) => residual switch
    {
        < NormalBelow => BeatClass.Normal,
        > EctopicAbove => BeatClass.Ectopic,
        _ => BeatClass.Doubtful,
    };

    /// <summary>
    /// With the whole beat seen, moves R to its dominant deflection if another lobe is clearly higher, so that the
    /// shape that is learnt from it leads later beats to that lobe at once.
    /// </summary>
    private bool Recentre(ref BeatCandidate candidate)
    {
        var level = candidate.Level;
        var present = (long)Math.Round(candidate.R);
        var top = present;
        var tallest = present;
        var tallestHeight = 0f;
        var bestResidual = float.PositiveInfinity;
        for (var i = candidate.Opened - _ms45; i < candidate.PeakIndex + _ms10; i++)
        {
            if ((_smooth[i] - _smooth[i - 1]) * (_smooth[i + 1] - _smooth[i]) > 0)
            {
                continue;
            }

            var height = Math.Abs(_smooth[i] - level);
            if (height > tallestHeight)
            {
                tallestHeight = height;
                tallest = i;
            }

            // Where two lobes are of equal height, the shape of the rhythm says which is R.
            if (height > 0.3f * _heights.Value)
            {
                var shape = _beats.Nearest(_smooth, i, i + _ms60, _smooth[i] > level, out var residual, out _);
                residual -= shape == _beats.Dominant ? PreferRhythm : 0;
                if (shape >= 0 && residual < bestResidual)
                {
                    bestResidual = residual;
                    top = i;
                }
            }
        }

        if (bestResidual > KnownShape)
        {
            top = candidate.IsAccepted ? present : tallest;
        }

        if (tallestHeight > ClearlyTaller * Math.Abs(_smooth[top] - level))
        {
            top = tallest;
        }

        if (candidate.IsAccepted && Math.Abs(top - candidate.R) < _ms8)
        {
            return false;
        }

        candidate.R = RFiducial.Refine(_smooth, top, _fiducialHalfWidth);
        candidate.Amplitude = _smooth[top] - level;
        candidate.IsMaximum = candidate.Amplitude > 0;
        return true;
    }

    private static float Mean(SignalRing ring, long from, long to)
    {
        var step = Math.Max(1, (to - from) / 8);
        var sum = 0f;
        var count = 0;
        for (var i = from; i <= to; i += step)
        {
            sum += ring[i];
            count++;
        }

        return sum / count;
    }

    private static float Log(float ratio, float limit) => Math.Clamp(MathF.Log(ratio + 1e-6f), -limit, limit);

    /// <summary>Looks again at the oldest candidate once its surroundings are known.</summary>
    private bool Verify(out BeatDecision decision)
    {
        decision = default;
        ref var candidate = ref _candidates[_verified & (CandidateCapacity - 1)];
        var isLast = _verified == _candidateCount - 1;
        if (isLast && _isOpen)
        {
            return false;
        }

        if (_index < candidate.R + _verifyAfter && _candidateCount - _verified < CandidateCapacity - 2)
        {
            return false;
        }

        var number = _verified++;
        // The one that falls while nothing is found, as the other may be an artefact's.
        var reference = Math.Min(_peaks.Value, Reference());
        var dominance = 0f;
        for (var other = Math.Max(0, number - 4); other < _candidateCount; other++)
        {
            ref readonly var near = ref _candidates[other & (CandidateCapacity - 1)];
            if (other != number && Math.Abs(near.R - candidate.R) < NearSeconds * _rate)
            {
                dominance = Math.Max(dominance, near.Peak / candidate.Peak);
            }
        }

        var relative = candidate.Peak / reference;
        var sinceVerified = (candidate.R - _lastVerifiedR) / _rate;
        var isTWave = (sinceVerified < TWaveSeconds && candidate.Peak < TWaveShare * _lastVerifiedPeak)
            || (!candidate.IsAccepted && candidate.HasR && IsRound(in candidate, (long)Math.Round(candidate.R), sinceVerified));
        var dominated = dominance > 1;
        var isBeat = candidate.IsAccepted
            ? dominance < Refuting
            : !dominated && !isTWave && relative > LateShare && (candidate.Score > LateScore || (candidate.Score == float.NegativeInfinity && relative > LateShareUnseen)) && candidate.R > _lastVerifiedR + _refractory;
        var emittedR = candidate.R;
        var moved = isBeat && Recentre(ref candidate);
        var match = 1f;
        var isStrange = isBeat && !(_beats.Nearest(_smooth, candidate.R, _index, candidate.IsMaximum, out match, out _) >= 0 && match < KnownShape);
        if (isBeat || relative > LateShare)
        {
            _quality.Judge(isStrange || candidate.IsAccepted != isBeat);
        }

        if (!moved && candidate.Score > float.NegativeInfinity)
        {
            if (isBeat && dominance < ClearBeatDominance && relative > ClearBeatShare)
            {
                _score.Learn(in candidate.Features, isBeat: true);
            }
            else if (!isBeat && (dominance > ClearNonBeatDominance || isTWave))
            {
                _score.Learn(in candidate.Features, isBeat: false);
            }
        }

        var late = false;
        if (isBeat)
        {
            _peaks.Add(candidate.Peak);
            _heights.Add(Math.Abs(candidate.Amplitude));
            _sharps.Add(candidate.Sharpest);
            _bends.Add(BendAt((long)Math.Round(candidate.R)));
            _usualRise += 0.125 * (candidate.R - candidate.Opened - _usualRise);
            _beats.Learn(_smooth, candidate.R, candidate.IsMaximum, candidate.R - _lastVerifiedR > OnTime * _meanRR, number);
            if (_noisePeak > LoudNoise * _peaks.Value)
            {
                _noisePeak *= NoiseFade;
            }

            // From the verifier, not from what was accepted early: skipping every other beat would double the mean and
            // make the skipped ones look early for good.
            var interval = candidate.R - _lastVerifiedR;
            if (interval > 0.2 * _rate && interval < 2.5 * _rate)
            {
                _meanRR += 0.125 * (interval - _meanRR);
            }

            _lastVerifiedR = candidate.R;
            _lastVerifiedPeak = candidate.Peak;
            var fits = (match < LateStrange || !(interval < LateEarly * _meanRR)) && Math.Abs(candidate.Amplitude) > LateHeight * _heights.Value;
            if (!candidate.IsEmitted && fits && candidate.R >= _lastEmittedR + _refractory)
            {
                candidate.IsEmitted = true;
                late = true;
                _lastEmittedR = candidate.R;
                if (candidate.R > _lastR)
                {
                    _lastR = candidate.R;
                    _lastPeak = candidate.Peak;
                    _lastSharpest = candidate.Sharpest;
                    _lastBend = BendAt((long)Math.Round(candidate.R));
                }

                decision = new BeatDecision(new SampleTime(candidate.R), _index, BeatClass.Doubtful, 0.5f, float.NaN, candidate.Amplitude, true);
            }
        }
        else
        {
            // Only clear cases teach what is no beat; doubtful ones would let a mistake confirm itself.
            if (dominated || isTWave || relative < 0.25f)
            {
                _noisePeak += 0.125f * (candidate.Peak - _noisePeak);
                if (candidate.HasR)
                {
                    _nonBeats.Learn(_smooth, candidate.R, candidate.IsMaximum, true, number);
                }
            }
        }

        if (candidate.IsAccepted)
        {
            _verdicts[_verdictHead++ & (CandidateCapacity - 1)] = new Verdict(emittedR, isBeat ? VerifierVerdict.Confirmed : VerifierVerdict.Refuted);
            _verdictTail = Math.Max(_verdictTail, _verdictHead - CandidateCapacity);
        }

        return late;
    }

    private readonly record struct Verdict(double R, VerifierVerdict Value);
}
