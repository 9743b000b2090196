namespace EcgGate.Detection;

/// <summary>The size to expect of a beat: the median of the last eight, drawn to a fixed prior while there are few.</summary>
internal sealed class RunningScale
{
    private const int Capacity = 8;

    // The prior counts as much as this many beats, so one beat already moves it and three settle it.
    private const int PriorBeats = 1;

    // Beats of one rhythm differ by less than this.
    private const float FarBelow = 0.35f;
    private const float Alike = 1.5f;

    private readonly float _prior;
    private readonly float[] _values = new float[Capacity];
    private readonly float[] _sorted = new float[Capacity];
    private float _last;
    private int _count;
    private int _next;

    public RunningScale(float prior)
    {
        _prior = prior;
        Reset();
    }

    /// <summary>The expected size, always positive.</summary>
    public float Value { get; private set; }

    /// <summary>Whether any beat has shown it.</summary>
    public bool IsKnown => _count >= 1;

    public void Reset()
    {
        _count = _next = 0;
        _last = 0;
        Value = _prior;
    }

    public void Add(float size)
    {
        size = Math.Max(size, 1e-3f);
        var before = _last;
        _last = size;
        if (_count >= 2 && Math.Max(size, before) < FarBelow * Value && Math.Max(size, before) < Alike * Math.Min(size, before))
        {
            // Two small ones in a row, alike: what was large is gone, an artefact or an amplifier's old gain.
            _count = 0;
            _next = 0;
            _values[_next++] = before;
            _count = 1;
        }

        _values[_next] = size;
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
        _values.AsSpan(0, _count).CopyTo(_sorted);
        SmallSort.Sort(_sorted.AsSpan(0, _count));
        var median = 0.5f * (_sorted[(_count - 1) / 2] + _sorted[_count / 2]);
        Value = _count >= Capacity
            ? median
            : MathF.Exp(((_count * MathF.Log(median)) + (PriorBeats * MathF.Log(_prior))) / (_count + PriorBeats));
    }
}
