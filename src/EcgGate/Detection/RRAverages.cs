namespace EcgGate.Detection;

/// <summary>
/// The two RR averages of Pan and Tompkins (1985): of the last eight intervals, and of the last eight that were
/// ordinary (0.92 to 1.16 times their own average).
/// </summary>
/// <remarks>Intervals in any unit; what comes out is in the same.</remarks>
internal sealed class RRAverages
{
    private const int Length = 8;
    private const double Low = 0.92;
    private const double High = 1.16;
    private const double Missed = 1.66;

    private readonly double[] _recent = new double[Length];
    private readonly double[] _ordinary = new double[Length];
    private int _recentCount;
    private int _ordinaryCount;
    private int _oddInARow;

    /// <summary>True once two beats have shown an interval (the paper's second learning phase).</summary>
    public bool IsKnown => _recentCount > 0;

    /// <summary>RR AVERAGE 2; 0 while not known.</summary>
    public double Ordinary { get; private set; }

    /// <summary>After this a beat has been missed.</summary>
    public double MissedLimit => Missed * Ordinary;

    /// <summary>Whether each of the last eight intervals was ordinary; true while there are fewer.</summary>
    public bool IsRegular { get; private set; } = true;

    public void Reset()
    {
        _recentCount = _ordinaryCount = _oddInARow = 0;
        Ordinary = 0;
        IsRegular = true;
    }

    public void Add(double interval)
    {
        _recent[_recentCount++ % Length] = interval;
        if (_ordinaryCount == 0 || (interval >= Low * Ordinary && interval <= High * Ordinary))
        {
            _ordinary[_ordinaryCount++ % Length] = interval;
            Ordinary = Mean(_ordinary, _ordinaryCount);
            _oddInARow = 0;
        }
        else if (++_oddInARow >= Length)
        {
            // The paper's second average stands still for good after a step of the rate: none of the new intervals is
            // within its limits. Eight in a row are a new rhythm.
            Array.Copy(_recent, _ordinary, Length);
            _ordinaryCount = Length;
            Ordinary = Mean(_ordinary, Length);
            _oddInARow = 0;
        }

        IsRegular = true;
        for (var i = 0; i < Math.Min(_recentCount, Length); i++)
        {
            IsRegular &= _recent[i] >= Low * Ordinary && _recent[i] <= High * Ordinary;
        }

        if (IsRegular && _recentCount >= Length)
        {
            Array.Copy(_recent, _ordinary, Length);
            _ordinaryCount = _recentCount;
            Ordinary = Mean(_ordinary, Length);
        }

        // Only the remainder matters; so the counts stay small for ever.
        _recentCount = _recentCount >= 2 * Length ? _recentCount - Length : _recentCount;
        _ordinaryCount = _ordinaryCount >= 2 * Length ? _ordinaryCount - Length : _ordinaryCount;
    }

    private static double Mean(double[] values, int count)
    {
        count = Math.Min(count, Length);
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            sum += values[i];
        }

        return sum / count;
    }
}
