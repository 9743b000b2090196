using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>How a beat's shape compares with the shapes of the rhythm.</summary>
/// <param name="Residual">
/// Norm of (beat − shape) over norm of the shape, for the nearest established shape; NaN while none is established.
/// </param>
/// <param name="NormalBelow">The largest residual with which a beat still is one of that shape: learnt from its own beats.</param>
/// <param name="ShiftMilliseconds">How much later than the given R the beat fits that shape best.</param>
/// <param name="FiducialOffsetMilliseconds">
/// From that best fit to the place that a pulse is measured from: 0 where the given R is there already.
/// </param>
/// <param name="IsAmbiguous">
/// R of this shape cannot be told: its tallest deflection is a pacing pulse, or a much taller one lies far from it.
/// </param>
/// <param name="IsBetweenLobes">
/// The shape has several deflections that may be R, and its pulses are measured from a place that is good for each.
/// </param>
/// <param name="AfterFirstLobeMilliseconds">How much later than the first of several lobes that place is; 0 for a single one.</param>
/// <param name="HeightMillivolts">Height over the level before it, signed, that the beats of the shape were announced with.</param>
internal readonly record struct ShapeMatch(float Residual, float NormalBelow, float ShiftMilliseconds, float FiducialOffsetMilliseconds, bool IsAmbiguous, bool IsBetweenLobes, float AfterFirstLobeMilliseconds, float HeightMillivolts)
{
    /// <summary>The beat is one of the shape.</summary>
    public bool IsNormal => Residual < NormalBelow;
}

/// <summary>
/// Remembers the QRS shapes of the rhythm and compares each beat with them once, as late before its pulse as can be:
/// from 60 ms before R to some 40 ms after it, twice of what an early detector has seen when it announces the beat.
/// </summary>
/// <remarks>
/// <para>
/// The residual is gain-sensitive: correlation alone ignores height and tells normal from ectopic beats less well. How far
/// a beat may be from its shape follows from how far the shape's own beats are. A shape is established by the beats of the
/// learning phase; later by many of them, if they do not come early and are no wider: a run of ectopic beats that happens
/// to be regular must not make itself the rule.
/// </para>
/// <para>Bounded work, no allocation after construction, deterministic, not thread-safe.</para>
/// </remarks>
internal sealed class BeatShapeMemory
{
    private const int Capacity = 6;
    private const double BeforeMilliseconds = 60;
    private const double AfterMilliseconds = 40;

    // Learnt beyond what is compared: a beat may be announced on an early lobe of its QRS, the dominant one yet to come.
    private const double LearnBeforeMilliseconds = 120;
    private const double LearnAfterMilliseconds = 112;
    private const int LevelPoints = 6;

    // Another lobe must be clearly higher than the present one to take its place, and belong to the same QRS.
    private const float ClearlyHigher = 1.1f;
    private const double FarthestLobeMilliseconds = 44;

    // Lobes of this share of the dominant one, in a QRS of this width to either side, may be R by another lead or observer.
    // A pulse must come this long after the last of them, and well within the refractory window of the first, R + 100 ms: observers
    // and leads differ by some 10 ms about where a lobe is.
    private const float LobeShare = 0.5f;
    private const double WidestQrsMilliseconds = 88;
    private const double AfterLastLobeMilliseconds = 10;

    // A place between lobes is found to so much. Lobes as far apart as this are those of two ventricles that follow one another.
    private const double PlacingMilliseconds = 2;
    private const double WideMilliseconds = 60;
    private const double LeastAfterLastLobeMilliseconds = 5;
    private const double LatestAfterFirstLobeMilliseconds = 90;

    // A deflection so much higher than the dominant one, too far away to be reached, leaves R unknown.
    private const float MuchHigher = 1.4f;

    // A pacing pulse in a recording of some 100 Hz bandwidth is 12 ms wide at half its height, after the smoothing here; the
    // narrowest QRS of the records at hand 16 ms. What is left 16 to 24 ms later is the paced QRS. Below some 170 samples a second
    // it is two samples wide, and a narrow QRS looks the same: then neither is fired on.
    private const double SpikeMilliseconds = 12;
    private const double SpikeSamples = 2.1;
    private const float SpikePlateau = 0.12f;
    private const double GridMilliseconds = 4;
    private const double SmoothingMilliseconds = 8;
    private const double LongestShiftMilliseconds = 8;
    private const double ShiftStepMilliseconds = 2;
    private const int Shifts = (int)(2 * LongestShiftMilliseconds / ShiftStepMilliseconds) + 1;
    private const int StepsPerPoint = (int)(GridMilliseconds / ShiftStepMilliseconds);

    // A shape follows its beats with a time constant of this many: faster lets noise in, slower loses breathing.
    private const float FollowBeats = 10;

    // Of the last ten or so beats of the learning phase, this share makes a shape the rhythm's own.
    private const int BeatsToLearn = 5;
    private const float LearningMemoryBeats = 10;
    private const float ShareToLearn = 0.6f;

    // Later it takes as large a share of some hundred and twenty beats: an accelerated idioventricular rhythm is regular too, and
    // mostly shorter. A shape no further off than a doubtful beat (residual 0.6) takes thirty: the rhythm's own has changed.
    private const float AdoptionMemoryBeats = 128;
    private const float RelatedMemoryBeats = 32;
    private const float Related = 0.6f;
    private const float ShareToAdopt = 0.6f;
    private const int BeatsToAdopt = 6;
    private const float MostWider = 1.1f;

    // The same shape, announced at least 12 ms away on another lobe; looked for up to 60 ms away.
    private const float SameElsewhere = 0.3f;
    private const int ElsewherePoints = 3;
    private const int FarthestPoints = 15;

    // A beat whose RR is below this share of the next one's came early, or a pause follows it.
    private const double PauseRatio = 0.87;

    // Extrasystoles come early; of the conducted beats of atrial fibrillation, a third does by chance.
    private const float EarlyMemoryBeats = 16;
    private const float MostEarlyToLearn = 0.4f;
    private const float MostEarlyToAdopt = 0.15f;

    // A beat belongs to a shape up to so many times the spread of the shape's own beats, within bounds. Swept from 2.5 to 4.5:
    // each step up gains some 1 % of yield, and from 2.7 on brings the first unsafe pulses.
    private const float SpreadsToNormal = 2.5f;
    private const float LeastNormal = 0.20f;
    private const float MostNormal = 0.35f;
    private const float PriorSpread = 0.10f;
    private const float SpreadMemoryBeats = 32;

    // Beats nearer than this share a shape.
    private const float SameShape = 0.45f;

    private readonly InputConditioner _input;
    private readonly MovingMean _mean;
    private readonly SignalRing _signal;
    private readonly double _samplesPerMillisecond;
    private readonly double _delay;
    private readonly double _spike;
    private readonly float _tolerance;
    private readonly double _target;
    private readonly double _latest;
    private readonly double _cutoff;
    private readonly int _before;
    private readonly int _length;
    private readonly int _learnBefore;
    private readonly int _learnLength;
    private readonly int[] _fiducial = new int[Capacity];
    private readonly bool[] _isAmbiguous = new bool[Capacity];
    private readonly bool[] _isBetween = new bool[Capacity];
    private readonly float[] _afterFirst = new float[Capacity];
    private readonly int[] _dominant = new int[Capacity];
    private readonly float[] _share = new float[Capacity];
    private readonly float[] _relatedShare = new float[Capacity];
    private readonly float[] _slowShare = new float[Capacity];
    private readonly float[] _early = new float[Capacity];
    private readonly float[] _height = new float[Capacity];
    private readonly float[] _spread = new float[Capacity];
    private readonly float[] _shapes;
    private readonly int[] _beats = new int[Capacity];
    private readonly bool[] _established = new bool[Capacity];
    private readonly long[] _lastUse = new long[Capacity];
    private readonly float[] _beat;
    private readonly float[] _fine;
    private int _lastShape = -1;
    private double _lastRR;
    private double _blankFrom = double.NegativeInfinity;
    private bool _lastEarly;
    private int _count;
    private long _learned;
    private long _newest = -1;

    /// <param name="samplingRateHertz">Samples per second.</param>
    /// <param name="options">Where its pulses will be, and how far a beat may be from its shape; null for the defaults.</param>
    public BeatShapeMemory(double samplingRateHertz, GateOptions? options = null)
    {
        options ??= new GateOptions();
        _target = options.TargetDelay.TotalMilliseconds;
        _latest = _target + options.EdgeTolerance.TotalMilliseconds;
        _cutoff = options.Cutoff.TotalMilliseconds;
        var tolerance = options.ShapeTolerance;
        _tolerance = (float)tolerance;
        _samplesPerMillisecond = samplingRateHertz / 1000;
        _input = new InputConditioner(samplingRateHertz);
        var smoothing = Math.Max(1, (int)Math.Round(SmoothingMilliseconds * _samplesPerMillisecond));
        _mean = new MovingMean(smoothing);
        _delay = (smoothing - 1) / 2.0;
        _spike = Math.Max(SpikeMilliseconds, SpikeSamples / _samplesPerMillisecond);
        _signal = new SignalRing((int)Math.Ceiling(1200 * _samplesPerMillisecond));
        _before = (int)(BeforeMilliseconds / GridMilliseconds);
        _length = _before + 1 + (int)(AfterMilliseconds / GridMilliseconds);
        _learnBefore = (int)(LearnBeforeMilliseconds / GridMilliseconds);
        _learnLength = _learnBefore + 1 + (int)(LearnAfterMilliseconds / GridMilliseconds);
        _shapes = new float[Capacity * _learnLength];
        _beat = new float[_learnLength];
        _fine = new float[((_length - 1) * StepsPerPoint) + Shifts];
    }

    /// <summary>True once the rhythm's shape is known.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Takes a sample.</summary>
    public void Process(in EcgSample sample)
    {
        if (_newest >= 0 && sample.Index != _newest + 1)
        {
            _input.Rejoin();
        }

        _newest = sample.Index;
        _signal[_newest] = (float)_mean.Process(_input.Process(in sample));
    }

    /// <summary>See <see cref="IBeatDetector.Blank"/>.</summary>
    public void Blank(SampleTime from, SampleTime until)
    {
        _input.Blank((long)Math.Ceiling(from.Samples), until.Floor);
        _blankFrom = from.Samples;
    }

    /// <summary>Forgets all shapes: arming learns anew.</summary>
    public void Forget()
    {
        _count = 0;
        _lastShape = -1;
        _learned = 0;
        Array.Clear(_shapes);
        IsKnown = false;
    }

    /// <summary>Compares the beat at R with the established shapes, over the part of it that has been seen.</summary>
    public ShapeMatch Compare(SampleTime r)
    {
        var best = new ShapeMatch(float.NaN, _tolerance * MostNormal, 0, 0, false, false, 0, float.NaN);
        var fine = LoadFine(r.Samples);
        for (var step = 0; step < Shifts; step++)
        {
            var seen = Shift(step, fine);
            if (seen <= _before)
            {
                break;
            }

            var shift = (step * ShiftStepMilliseconds) - LongestShiftMilliseconds;
            for (var shape = 0; shape < _count; shape++)
            {
                if (!_established[shape])
                {
                    continue;
                }

                var residual = Residual(shape, seen);
                if (!(residual >= best.Residual))
                {
                    best = new ShapeMatch(residual, NormalBelow(shape), (float)shift, FiducialOffset(shape), _isAmbiguous[shape], _isBetween[shape], _afterFirst[shape], _height[shape]);
                }
            }
        }

        return best;
    }

    /// <summary>
    /// The dominant deflection near a place where it is expected, between samples; the place itself where there is none.
    /// </summary>
    public SampleTime Refine(SampleTime expected, double withinMilliseconds)
    {
        var from = (long)Math.Ceiling(expected.Samples - (withinMilliseconds * _samplesPerMillisecond) + _delay);
        var to = Math.Min(_newest - 1, (long)Math.Floor(expected.Samples + (withinMilliseconds * _samplesPerMillisecond) + _delay));
        var level = _signal.At(expected.Samples - (LearnBeforeMilliseconds * _samplesPerMillisecond) + _delay);
        var top = -1L;
        for (var i = from; i <= to; i++)
        {
            if (top < 0 || Math.Abs(_signal[i] - level) > Math.Abs(_signal[top] - level))
            {
                top = i;
            }
        }

        if (top <= from || top >= to)
        {
            return expected;
        }

        float before = _signal[top - 1], at = _signal[top], after = _signal[top + 1];
        var curvature = before - (2 * at) + after;
        var fraction = curvature == 0 ? 0 : Math.Clamp(0.5 * (before - after) / curvature, -0.5, 0.5);
        return new SampleTime(top + fraction - _delay);
    }

    /// <summary>Learns a beat that was confirmed.</summary>
    /// <param name="r">Its R, not more than a second ago.</param>
    /// <param name="amplitudeMillivolts">Its height as announced, signed.</param>
    /// <param name="rrSeconds">RR interval before it.</param>
    /// <param name="isEarly">Whether it came early for the beats before it, whatever their shapes.</param>
    /// <param name="isNext">Whether it follows the beat learnt last, with none between.</param>
    /// <param name="isLearningPhase">
    /// In the learning phase a handful of beats make a shape the rhythm's own; later it takes a long run of them.
    /// </param>
    public void Learn(SampleTime r, float amplitudeMillivolts, double rrSeconds, bool isEarly, bool isNext, bool isLearningPhase)
    {
        if (Load(r.Samples + (LongestShiftMilliseconds * _samplesPerMillisecond), _before, _length) < _length)
        {
            return;
        }

        var best = -1;
        var bestResidual = SameShape;
        var bestShift = 0.0;
        Nearest(r.Samples, ref best, ref bestResidual, ref bestShift);
        bestShift *= _samplesPerMillisecond;
        if (Load(r.Samples + bestShift, _learnBefore, _learnLength) < _learnLength)
        {
            return;
        }

        if (best < 0)
        {
            best = Place();
            _beats[best] = 0;
            _share[best] = _relatedShare[best] = _slowShare[best] = 0;
            _early[best] = 0;
            _lastShape = _lastShape == best ? -1 : _lastShape;
            _spread[best] = PriorSpread;
            _height[best] = 0;
            _established[best] = false;
        }

        _lastUse[best] = ++_learned;
        _beats[best] = Math.Min(_beats[best] + 1, 1 << 20);
        var share = 1 / Math.Min(_beats[best], FollowBeats);
        var values = Shape(best);
        var seen = _beats[best] == 1 ? values.Length : UpToBlanking(r.Samples + bestShift);
        var moved = 0f;
        for (var i = 0; i < seen; i++)
        {
            var step = share * (_beat[i] - values[i]);
            values[i] += step;
            moved += step / seen;
        }

        for (var i = seen; i < values.Length; i++)
        {
            // Not seen, but on the same baseline.
            values[i] += moved;
        }

        _height[best] += share * (amplitudeMillivolts - _height[best]);
        FindFiducial(best, _beats[best] == 1);
        NoteTiming(best, rrSeconds, isEarly, isNext);
        if (_beats[best] > 1)
        {
            _spread[best] += (Math.Min(bestResidual, 2 * _spread[best]) - _spread[best]) / SpreadMemoryBeats;
        }

        for (var shape = 0; shape < _count; shape++)
        {
            var hit = shape == best ? 1f : 0f;
            _share[shape] += (hit - _share[shape]) / Math.Min(_learned, LearningMemoryBeats);
            _relatedShare[shape] += (hit - _relatedShare[shape]) / RelatedMemoryBeats;
            _slowShare[shape] += (hit - _slowShare[shape]) / AdoptionMemoryBeats;
        }

        if (isLearningPhase && _beats[best] >= BeatsToLearn && _share[best] >= ShareToLearn && _early[best] <= MostEarlyToLearn)
        {
            Establish(best);
            for (var shape = 0; shape < _count; shape++)
            {
                // While learning, what no longer makes up the rhythm was not it.
                _established[shape] &= _share[shape] >= 1 - ShareToLearn || shape == best;
            }
        }
        else if (IsKnown && !_established[best] && _beats[best] >= BeatsToAdopt && _early[best] <= MostEarlyToLearn)
        {
            var likeness = Likeness(best, out var dominant, out var isElsewhere);
            if (isElsewhere && likeness < SameElsewhere)
            {
                // The same shape, announced on another lobe of its QRS.
                _dominant[best] = Math.Clamp(dominant, LevelPoints, _learnLength - 2);
                FindFiducial(best, false);
                Establish(best);
            }
            else if (_early[best] <= MostEarlyToAdopt && !IsWider(best)
                && (_slowShare[best] >= ShareToAdopt || (likeness < Related && _relatedShare[best] >= ShareToAdopt)))
            {
                Establish(best);
            }
        }
    }

    /// <summary>How many points of a beat come before its pulse: what is blanked is no part of its shape.</summary>
    private int UpToBlanking(double r)
    {
        var sincePulse = (_blankFrom - _delay - r) / (GridMilliseconds * _samplesPerMillisecond);
        return sincePulse > 0 ? (int)Math.Min(_learnLength, Math.Ceiling(_learnBefore + sincePulse)) : _learnLength;
    }

    /// <summary>The shape nearest to a beat that was seen as a whole, and where it fits; left as given where none is nearer.</summary>
    private void Nearest(double r, ref int best, ref float bestResidual, ref double bestShift)
    {
        var fine = LoadFine(r);
        for (var step = 0; step < Shifts; step++)
        {
            _ = Shift(step, fine);
            var shift = (step * ShiftStepMilliseconds) - LongestShiftMilliseconds;
            for (var shape = 0; shape < _count; shape++)
            {
                var residual = Residual(shape, _length);
                if (residual < bestResidual)
                {
                    (best, bestResidual, bestShift) = (shape, residual, shift);
                }
            }
        }
    }

    /// <summary>The least residual to an established shape, wherever in the QRS the beats were announced.</summary>
    private float Likeness(int shape, out int dominant, out bool isElsewhere)
    {
        dominant = _dominant[shape];
        isElsewhere = false;
        var best = float.PositiveInfinity;
        var values = Shape(shape);
        for (var other = 0; other < _count; other++)
        {
            if (!_established[other])
            {
                continue;
            }

            for (var shift = -FarthestPoints; shift <= FarthestPoints; shift++)
            {
                var start = _learnBefore - _before + shift;
                if (start < 0 || start + _length > _learnLength)
                {
                    continue;
                }

                values.Slice(start, _length).CopyTo(_beat);
                var residual = Residual(other, _length);
                if (residual < best)
                {
                    best = residual;
                    dominant = _dominant[other] + shift;
                    isElsewhere = Math.Abs(shift) >= ElsewherePoints;
                }
            }
        }

        return best;
    }

    /// <summary>
    /// A beat from a ventricular focus takes longer than a conducted one: a shape that is wider than those of the rhythm is never
    /// taken for one of them.
    /// </summary>
    private bool IsWider(int shape)
    {
        var widest = 0f;
        for (var other = 0; other < _count; other++)
        {
            widest = _established[other] ? Math.Max(widest, Width(other)) : widest;
        }

        return Width(shape) > MostWider * widest;
    }

    /// <summary>How far the slopes of a shape spread in time, in points: a width that no ST or T wave changes.</summary>
    private float Width(int shape)
    {
        var values = Shape(shape);
        float weight = 0, first = 0, second = 0;
        for (var i = 1; i < values.Length; i++)
        {
            var slope = (values[i] - values[i - 1]) * (values[i] - values[i - 1]);
            weight += slope;
            first += slope * i;
            second += slope * i * i;
        }

        var centre = first / (weight + 1e-9f);
        return MathF.Sqrt(Math.Max(0, (second / (weight + 1e-9f)) - (centre * centre)));
    }

    private void Establish(int shape)
    {
        _established[shape] = true;
        IsKnown = true;
    }

    /// <summary>Ectopic beats come early, or are followed by a pause: known of a beat once the next one is there.</summary>
    private void NoteTiming(int shape, double rrSeconds, bool isEarly, bool isNext)
    {
        var before = isNext ? _lastShape : -1;
        if (before >= 0)
        {
            var hasPause = _lastRR < PauseRatio * rrSeconds;
            _early[before] += ((_lastEarly || hasPause ? 1 : 0) - _early[before]) / Math.Min(_beats[before], EarlyMemoryBeats);
        }

        _lastShape = shape;
        _lastRR = rrSeconds;
        _lastEarly = isEarly;
    }

    /// <summary>A free place, or that of the shape unused the longest that is not established.</summary>
    private int Place()
    {
        if (_count < Capacity)
        {
            return _count++;
        }

        var oldest = -1;
        for (var shape = 0; shape < _count; shape++)
        {
            var better = oldest < 0
                || (_established[oldest] && !_established[shape])
                || (_established[oldest] == _established[shape] && _lastUse[shape] < _lastUse[oldest]);
            if (better)
            {
                oldest = shape;
            }
        }

        Shape(oldest).Clear();
        return oldest;
    }

    private Span<float> Shape(int shape) => _shapes.AsSpan(shape * _learnLength, _learnLength);

    private Span<float> Compared(int shape) => _shapes.AsSpan((shape * _learnLength) + _learnBefore - _before, _length);

    private float NormalBelow(int shape) => _tolerance * Math.Clamp(SpreadsToNormal * _spread[shape], LeastNormal, MostNormal);

    private float FiducialOffset(int shape) => (float)((_fiducial[shape] - _learnBefore) * GridMilliseconds);

    /// <summary>
    /// Finds the place in a shape that its pulses are measured from: the dominant deflection, or where a pulse is within the
    /// refractory period of each deflection that may be R.
    /// </summary>
    private void FindFiducial(int shape, bool anew)
    {
        var values = Shape(shape);
        var level = 0f;
        for (var i = 0; i < LevelPoints; i++)
        {
            level += values[i] / LevelPoints;
        }

        var reach = (int)(FarthestLobeMilliseconds / GridMilliseconds);
        var top = anew ? _learnBefore : _dominant[shape];
        var height = Math.Abs(values[top] - level) * (anew ? 1 : ClearlyHigher);
        for (var i = _learnBefore - reach; i <= _learnBefore + reach; i++)
        {
            if (IsLobe(values, i, level) && Math.Abs(values[i] - level) > height)
            {
                (top, height) = (i, Math.Abs(values[i] - level));
            }
        }

        _dominant[shape] = top;
        height = Math.Abs(values[top] - level);
        int first = top, last = top;
        var isOutdone = false;
        var farthest = (int)(WidestQrsMilliseconds / GridMilliseconds);
        for (var i = LevelPoints; i < values.Length - 1; i++)
        {
            var other = Math.Abs(values[i] - level) / height;
            isOutdone |= other > MuchHigher;
            if (Math.Abs(i - top) <= farthest && other > LobeShare && IsLobe(values, i, level))
            {
                first = Math.Min(first, i);
                last = Math.Max(last, i);
            }
        }

        var apart = (last - first) * GridMilliseconds;
        var isReached = TryPlace(apart, out var after);
        _isBetween[shape] = apart > 0;
        _afterFirst[shape] = (float)after;
        _isAmbiguous[shape] = isOutdone || !isReached || IsSpikeOnQrs(values, top, level);
        _fiducial[shape] = first + (int)(after / GridMilliseconds);
    }

    /// <summary>
    /// By its name R is the first of several lobes, and a pulse after it is after a close one too, or can be made so without passing
    /// the first's cut-off. Of two further apart the middle may still be within the refractory window of both.
    /// </summary>
    /// <param name="apart">From the first lobe to the last, ms.</param>
    /// <param name="after">From the first lobe to where pulses are measured from, ms.</param>
    /// <returns>False where no pulse suits both.</returns>
    private bool TryPlace(double apart, out double after)
    {
        after = Math.Max(0, apart + AfterLastLobeMilliseconds - _target);
        if (after == 0 || _latest + after <= _cutoff - PlacingMilliseconds)
        {
            return true;
        }

        after = apart / 2;
        return apart >= WideMilliseconds && _target - after >= LeastAfterLastLobeMilliseconds && _latest + after <= LatestAfterFirstLobeMilliseconds;
    }

    private static bool IsLobe(ReadOnlySpan<float> values, int at, float level)
    {
        var value = Math.Abs(values[at] - level);
        var (before, after) = (Math.Abs(values[at - 1] - level), Math.Abs(values[at + 1] - level));
        return value >= before && value >= after && (value > before || value > after);
    }

    /// <summary>
    /// A deflection narrower than a QRS, on a broad one of the same direction: a pacing pulse that the recording has widened. R
    /// comes after it, nobody can say where.
    /// </summary>
    private bool IsSpikeOnQrs(ReadOnlySpan<float> values, int top, float level)
    {
        var height = values[top] - level;
        int from = top, to = top;
        while (from > 0 && (values[from - 1] - level) / height > 0.5f)
        {
            from--;
        }

        while (to < values.Length - 1 && (values[to + 1] - level) / height > 0.5f)
        {
            to++;
        }

        var after = 0f;
        var start = top + (int)Math.Ceiling((_spike + GridMilliseconds) / GridMilliseconds);
        var end = Math.Min(values.Length - 1, start + 2);
        for (var i = start; i <= end; i++)
        {
            after += (values[i] - level) / height / (end - start + 1);
        }

        return (to - from) * GridMilliseconds <= _spike && after > SpikePlateau;
    }

    /// <summary>Puts the beat on the grid; says how many points of it have been seen.</summary>
    private int Load(double r, int before, int length)
    {
        var newest = _newest - _delay;
        var seen = 0;
        for (; seen < length; seen++)
        {
            var at = r + ((seen - before) * GridMilliseconds * _samplesPerMillisecond);
            if (at > newest)
            {
                break;
            }

            _beat[seen] = _signal.At(at + _delay);
        }

        return seen;
    }

    /// <summary>Puts the beat, with room for every shift, on the grid of the shifts; says how many points of it have been seen.</summary>
    private int LoadFine(double r)
    {
        var newest = _newest - _delay;
        var step = ShiftStepMilliseconds * _samplesPerMillisecond;
        var from = r - ((BeforeMilliseconds + LongestShiftMilliseconds) * _samplesPerMillisecond);
        var seen = 0;
        for (; seen < _fine.Length; seen++)
        {
            var at = from + (seen * step);
            if (at > newest)
            {
                break;
            }

            _fine[seen] = _signal.At(at + _delay);
        }

        return seen;
    }

    /// <summary>Takes the beat off that grid as it is at one shift; says how many points of it have been seen.</summary>
    private int Shift(int step, int fine)
    {
        var seen = Math.Clamp((fine - step + StepsPerPoint - 1) / StepsPerPoint, 0, _length);
        for (var i = 0; i < seen; i++)
        {
            _beat[i] = _fine[step + (i * StepsPerPoint)];
        }

        return seen;
    }

    /// <summary>Norm of (beat − shape) over norm of the shape, each less its own mean.</summary>
    private float Residual(int shape, int seen)
    {
        var values = Compared(shape);
        float beatMean = 0, shapeMean = 0;
        for (var i = 0; i < seen; i++)
        {
            beatMean += _beat[i];
            shapeMean += values[i];
        }

        beatMean /= seen;
        shapeMean /= seen;
        float error = 0, power = 1e-9f;
        for (var i = 0; i < seen; i++)
        {
            var value = values[i] - shapeMean;
            var difference = _beat[i] - beatMean - value;
            error += difference * difference;
            power += value * value;
        }

        return MathF.Sqrt(error / power);
    }
}
