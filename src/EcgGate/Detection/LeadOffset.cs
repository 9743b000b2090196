namespace EcgGate.Detection;

/// <summary>How much later R stands on one lead than on another: the median over the last beats seen on both.</summary>
internal sealed class LeadOffset
{
    private const int Capacity = 15;
    private const int Enough = 3;

    private readonly double[] _values = new double[Capacity];
    private readonly double[] _sorted = new double[Capacity];
    private int _count;
    private int _next;

    /// <summary>The offset in samples; 0 while it is not known.</summary>
    public double Samples { get; private set; }

    /// <summary>Whether enough beats have shown it.</summary>
    public bool IsKnown => _count >= Enough;

    public void Reset()
    {
        _count = _next = 0;
        Samples = 0;
    }

    public void Add(double samples)
    {
        _values[_next] = samples;
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
        _values.AsSpan(0, _count).CopyTo(_sorted);
        SmallSort.Sort(_sorted.AsSpan(0, _count));
        Samples = IsKnown ? _sorted[_count / 2] : 0;
    }
}
