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

    /// <summary>The value between two samples, linearly.</summary>
    public float At(double index)
    {
        var floor = (long)Math.Floor(index);
        var fraction = (float)(index - floor);
        var before = this[floor];
        return before + (fraction * (this[floor + 1] - before));
    }

    public void Fill(float value) => Array.Fill(_values, value);
}
