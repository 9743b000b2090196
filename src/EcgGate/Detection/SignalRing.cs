namespace EcgGate.Detection;

/// <summary>The recent past of one signal, found by absolute sample index.</summary>
internal sealed class SignalRing
{
    private readonly float[] _values;
    private readonly int _mask;

    /// <summary>Makes a ring that holds at least so many samples.</summary>
    public SignalRing(int atLeast)
    {
        _values = new float[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)atLeast)];
        _mask = _values.Length - 1;
    }

    public int Length => _values.Length;

    public float this[long index]
    {
        get => _values[(int)index & _mask];
        set => _values[(int)index & _mask] = value;
    }

    /// <summary>
    /// The value between two samples: cubic (Catmull-Rom), which at 125 Hz keeps the top of a QRS where a straight line
    /// would cut off a tenth of it. Reads one sample before and two after.
    /// </summary>
    public float At(double index)
    {
        var floor = (long)Math.Floor(index);
        var t = (float)(index - floor);
        float p0 = this[floor - 1], p1 = this[floor], p2 = this[floor + 1], p3 = this[floor + 2];
        return p1 + (0.5f * t * (p2 - p0 + (t * ((2 * p0) - (5 * p1) + (4 * p2) - p3 + (t * ((3 * (p1 - p2)) + p3 - p0))))));
    }

    /// <summary>Copies every so many samples from one on.</summary>
    public void CopyTo(Span<float> target, long from, int step)
    {
        var at = (int)from & _mask;
        if (step == 1 && at + target.Length <= _values.Length)
        {
            _values.AsSpan(at, target.Length).CopyTo(target);
            return;
        }

        for (var i = 0; i < target.Length; i++)
        {
            target[i] = _values[at];
            at = (at + step) & _mask;
        }
    }

    public void Fill(float value) => Array.Fill(_values, value);
}
