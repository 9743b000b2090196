using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EcgGate.Detection;

/// <summary>
/// A few shapes seen lately around R, from 60 ms before to 40 ms after it, that slowly follow the beats they match.
/// </summary>
/// <remarks>
/// The match is gain-sensitive: norm of (beat − shape) over norm of the shape, each less its own mean. Correlation alone
/// ignores gain and tells normal from ectopic beats less well.
/// </remarks>
internal sealed class QrsPrototypes
{
    private const double BeforeSeconds = 0.072;
    private const double AfterSeconds = 0.040;
    private const double GridSeconds = 0.004;

    // A shape follows its beats with a time constant of this many; faster lets noise in, slower loses breathing.
    private const float FollowBeats = 12;

    // How much a beat is taken to be as large as its shape, as a multiple of what it says itself. From 1 on it hardly matters.
    private const float GainTrust = 3;

    // Share of the beats that come on time above which a shape belongs to the rhythm beside the prevailing one.
    private const float OfRhythm = 0.35f;

    // A lobe before R is known again if its height agrees this well.
    private const float LobeTolerance = 0.5f;

    // Beats nearer to a shape than this share it: above the beat-to-beat spread of one rhythm, below that between two.
    private const float SameShape = 0.45f;

    private readonly int _capacity;
    private readonly float[] _values;
    private readonly float[] _sums;
    private readonly float[] _squares;
    private readonly bool[] _isMaximum;
    private readonly float[] _matches;
    private readonly float[] _regular;
    private readonly long[] _lastUse;
    private readonly float[] _early;
    private readonly float[] _beat;
    private readonly int _before;
    private readonly int _length;
    private readonly int _stride;
    private float _beatPower;

    public QrsPrototypes(double samplingRateHertz, int capacity)
    {
        _capacity = capacity;
        Step = Math.Max(1, (int)Math.Round(GridSeconds * samplingRateHertz));
        _before = (int)Math.Round(BeforeSeconds * samplingRateHertz / Step);
        _length = _before + 1 + (int)Math.Round(AfterSeconds * samplingRateHertz / Step);
        _stride = (_length + Vector128<float>.Count - 1) / Vector128<float>.Count * Vector128<float>.Count;
        _values = new float[capacity * _stride];
        _sums = new float[capacity * (_length + 1)];
        _squares = new float[capacity * (_length + 1)];
        _isMaximum = new bool[capacity];
        _matches = new float[capacity];
        _regular = new float[capacity];
        _lastUse = new long[capacity];
        _early = new float[capacity];
        _beat = new float[_stride];
    }

    /// <summary>Samples between two points of a shape.</summary>
    public int Step { get; }

    /// <summary>How many shapes there are.</summary>
    public int Count { get; private set; }

    /// <summary>The shape of the prevailing rhythm, or −1.</summary>
    public int Dominant { get; private set; } = -1;

    /// <summary>Whether beats of this shape make up the rhythm: the prevailing shape, or one that alternates with it.</summary>
    public bool IsOfRhythm(int shape) => shape == Dominant || (_regular[shape] > OfRhythm && _early[shape] < 0.15f);

    public bool IsMaximum(int shape) => _isMaximum[shape];

    /// <summary>How many beats the shape has taken up, at most 255.</summary>
    public float Matches(int shape) => _matches[shape];

    public void Clear()
    {
        Count = 0;
        Dominant = -1;
    }

    /// <summary>
    /// Finds the shape with the same polarity that is nearest to the signal around R, over the part up to the newest
    /// sample.
    /// </summary>
    /// <returns>
    /// The nearest shape, or −1. The residual is that of the nearest, 1 where there is none or too little was seen;
    /// the dominant residual that of the rhythm's own shape, whatever its polarity, NaN without one.
    /// </returns>
    public int Nearest(SignalRing signal, double r, long newest, bool isMaximum, out float residual, out float dominantResidual)
    {
        // One sample less than there is: interpolation looks ahead.
        var seen = Math.Min(_length, _before + 1 + (int)Math.Floor((newest - 1 - r) / Step));
        if (seen > _before && Count > 0)
        {
            Load(signal, r, seen);
        }

        return Nearest(seen, isMaximum, out residual, out dominantResidual);
    }

    /// <summary>The same for an R on a sample, without interpolation: for looking at many lobes quickly.</summary>
    public int Nearest(SignalRing signal, long r, long newest, bool isMaximum, out float residual, out float dominantResidual)
    {
        var seen = (int)Math.Min(_length, _before + 1 + ((newest - r) / Step));
        if (seen > _before && Count > 0)
        {
            Load(signal, r, seen);
        }

        return Nearest(seen, isMaximum, out residual, out dominantResidual);
    }

    private int Nearest(int seen, bool isMaximum, out float residual, out float dominantResidual)
    {
        var best = -1;
        residual = 1;
        dominantResidual = float.NaN;
        if (seen <= _before || Count == 0)
        {
            return best;
        }

        for (var shape = 0; shape < Count; shape++)
        {
            if (_isMaximum[shape] != isMaximum && !IsOfRhythm(shape))
            {
                continue;
            }

            var value = Compare(shape, seen);
            if (IsOfRhythm(shape) && !(dominantResidual <= value))
            {
                dominantResidual = value;
            }

            if (_isMaximum[shape] == isMaximum && (best < 0 || value < residual))
            {
                residual = value;
                best = shape;
            }
        }

        return best;
    }

    /// <summary>
    /// How long after a lobe of this height a shape of the rhythm has its R, where the lobe looks like one that
    /// precedes R in that shape; 0 where none does. Keeps a small r or q from being taken for R before R is there.
    /// </summary>
    public int SamplesToR(float height)
    {
        var longest = 0;
        for (var shape = 0; shape < Count; shape++)
        {
            if (!IsOfRhythm(shape))
            {
                continue;
            }

            var values = _values.AsSpan(shape * _stride, _length);
            var level = (values[0] + values[1] + values[2]) / 3;
            for (var i = 2; i < _before - 2; i++)
            {
                var lobe = values[i] - level;
                if ((values[i] - values[i - 1]) * (values[i + 1] - values[i]) <= 0
                    && Math.Abs(lobe - height) < LobeTolerance * Math.Abs(height)
                    && _before - i > longest)
                {
                    longest = _before - i;
                }
            }
        }

        return longest * Step;
    }

    /// <summary>
    /// Where R is if the beat, as far as it has been seen, is to fit a shape best: least squares in shift and gain at once,
    /// since a larger beat seen on its way up looks like an earlier one. Averages noise over the whole QRS where the top
    /// alone cannot.
    /// </summary>
    public double Align(SignalRing signal, double r, long newest, int shape)
    {
        var aligned = r;
        for (var round = 0; round < 2; round++)
        {
            var seen = Math.Min(_length, _before + 1 + (int)Math.Floor((newest - 2 - aligned) / Step));
            if (seen <= _before)
            {
                return r;
            }

            Load(signal, aligned, seen);
            var values = _values.AsSpan(shape * _stride, _length);
            var mean = 0f;
            for (var i = 0; i < seen; i++)
            {
                mean += values[i];
            }

            mean /= seen;
            // Each less its mean: the level is free, too.
            var meanSlope = 0.5f * (values[seen - 1] + values[seen - 2] - values[0] - values[1]) / (seen - 2);
            float slopes = 0, cross = 0, power = 1e-9f, beatSlope = 0, beatValue = 0;
            for (var i = 1; i < seen - 1; i++)
            {
                var slope = (0.5f * (values[i + 1] - values[i - 1])) - meanSlope;
                var value = values[i] - mean;
                var difference = _beat[i] - value;
                slopes += slope * slope;
                cross += slope * value;
                power += value * value;
                beatSlope += slope * difference;
                beatValue += value * difference;
            }

            power *= 1 + GainTrust;
            var determinant = (slopes * power) - (cross * cross);
            if (determinant <= 1e-6f * slopes * power)
            {
                return r;
            }

            // The beat is gain x shape(t - shift): its slope part is -gain x shift.
            var gain = 1 + (((beatValue * slopes) - (beatSlope * cross)) / determinant);
            var slopePart = ((beatSlope * power) - (beatValue * cross)) / determinant;
            if (!(gain > 0.5f))
            {
                return r;
            }

            aligned += Math.Clamp(-slopePart / gain, -1.5f, 1.5f) * Step;
        }

        return aligned;
    }

    /// <summary>
    /// How long the rhythm's shapes of one polarity take from half of their height to R: the longest; 0 without one.
    /// </summary>
    public int SamplesOfRise(bool isMaximum)
    {
        var longest = 0;
        for (var shape = 0; shape < Count; shape++)
        {
            if (_isMaximum[shape] != isMaximum || !IsOfRhythm(shape))
            {
                continue;
            }

            var values = _values.AsSpan(shape * _stride, _length);
            var level = (values[0] + values[1] + values[2]) / 3;
            var half = 0.5f * (values[_before] - level);
            var at = _before;
            while (at > 0 && (values[at] - level) / half > 1)
            {
                at--;
            }

            longest = Math.Max(longest, _before - at);
        }

        return longest * Step;
    }

    /// <summary>Takes a whole beat up into the shape it matches, or makes a new one.</summary>
    public void Learn(SignalRing signal, double r, bool isMaximum, bool isRegular, long now)
    {
        var best = -1;
        var bestResidual = SameShape;
        Load(signal, r, _length);
        for (var shape = 0; shape < Count; shape++)
        {
            if (_isMaximum[shape] != isMaximum)
            {
                continue;
            }

            var residual = Compare(shape, _length);
            if (residual < bestResidual)
            {
                bestResidual = residual;
                best = shape;
            }

            // What fits the prevailing shape goes to it, though another fit better: one rhythm, one shape.
            if (shape == Dominant && residual < SameShape)
            {
                best = shape;
                break;
            }
        }

        if (best < 0)
        {
            if (Count < _capacity)
            {
                best = Count++;
            }
            else
            {
                best = 0;
                for (var shape = 1; shape < Count; shape++)
                {
                    // The shape of the rhythm stays; of the others, the one unused the longest goes.
                    if (best == Dominant || (shape != Dominant && _lastUse[shape] < _lastUse[best]))
                    {
                        best = shape;
                    }
                }
            }

            _matches[best] = 0;
            _regular[best] = 0;
            _early[best] = 0;
            _isMaximum[best] = isMaximum;

            // From zero the first beat is taken over to the last bit, whatever stood here before.
            _values.AsSpan(best * _stride, _length).Clear();
        }

        var matches = Math.Min(_matches[best] + 1, 255);
        _matches[best] = matches;
        _lastUse[best] = now;
        _early[best] += ((isRegular ? 0 : 1) - _early[best]) / Math.Min(matches, 8);
        var share = 1 / Math.Min(matches, FollowBeats);
        var values = _values.AsSpan(best * _stride, _length);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] += share * (_beat[i] - values[i]);
        }

        Sum(best);

        var top = -1;
        for (var shape = 0; shape < Count; shape++)
        {
            // Of the beats that come on time, the shape that took most of the last dozen rules the rhythm.
            if (isRegular)
            {
                _regular[shape] += ((shape == best ? 1 : 0) - _regular[shape]) / 12;
            }

            if (top < 0 || _regular[shape] > _regular[top])
            {
                top = shape;
            }
        }

        Dominant = top;
    }

    private void Load(SignalRing signal, double r, int seen)
    {
        for (var i = 0; i < seen; i++)
        {
            _beat[i] = signal.At(r + ((i - _before) * Step));
        }

        Centre(seen);
    }

    private void Load(SignalRing signal, long r, int seen)
    {
        signal.CopyTo(_beat.AsSpan(0, seen), r - (_before * (long)Step), Step);
        Centre(seen);
    }

    /// <summary>Takes the mean off the loaded beat, and puts zeros where it has not been seen yet.</summary>
    private void Centre(int seen)
    {
        var rest = _beat.AsSpan(seen);
        rest.Clear();
        ref var beat = ref MemoryMarshal.GetArrayDataReference(_beat);
        var lanes = Vector128<float>.Zero;
        for (nuint i = 0; i < (nuint)seen; i += (nuint)Vector128<float>.Count)
        {
            lanes += Vector128.LoadUnsafe(ref beat, i);
        }

        var mean = Vector128.Create(Sum(lanes) / seen);
        for (nuint i = 0; i < (nuint)seen; i += (nuint)Vector128<float>.Count)
        {
            (Vector128.LoadUnsafe(ref beat, i) - mean).StoreUnsafe(ref beat, i);
        }

        rest.Clear();
        lanes = Vector128<float>.Zero;
        for (nuint i = 0; i < (nuint)seen; i += (nuint)Vector128<float>.Count)
        {
            var value = Vector128.LoadUnsafe(ref beat, i);
            lanes += value * value;
        }

        _beatPower = Sum(lanes);
    }

    private static float Sum(Vector128<float> lanes) => lanes[0] + lanes[1] + (lanes[2] + lanes[3]);

    /// <summary>
    /// Norm of (beat − shape) over norm of the shape, each less its mean over what has been seen, by way of their product:
    /// the beat's mean is zero, and the shape's sums up to each point are known.
    /// </summary>
    /// <remarks>Four lanes in a fixed order on any machine: the same samples give the same bits.</remarks>
    private float Compare(int shape, int seen)
    {
        var product = Vector128<float>.Zero;
        ref var beat = ref MemoryMarshal.GetArrayDataReference(_beat);
        ref var values = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_values), shape * _stride);
        for (nuint i = 0; i < (nuint)seen; i += (nuint)Vector128<float>.Count)
        {
            product += Vector128.LoadUnsafe(ref beat, i) * Vector128.LoadUnsafe(ref values, i);
        }

        var at = (shape * (_length + 1)) + seen;
        var power = _squares[at] - (_sums[at] * _sums[at] / seen) + 1e-9f;
        var error = _beatPower - (2 * Sum(product)) + power;
        return MathF.Sqrt(Math.Max(error, 0) / power);
    }

    /// <summary>Keeps the sums over the first points of a shape that has changed.</summary>
    private void Sum(int shape)
    {
        var values = _values.AsSpan(shape * _stride, _length);
        var at = shape * (_length + 1);
        float sum = 0, square = 0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i];
            square += values[i] * values[i];
            _sums[at + i + 1] = sum;
            _squares[at + i + 1] = square;
        }
    }
}
