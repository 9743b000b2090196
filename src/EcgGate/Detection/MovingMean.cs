namespace EcgGate.Detection;

/// <summary>Mean of the last few values in O(1), without the drift of a plain running sum.</summary>
/// <remarks>
/// Each time the ring has gone round, the running sum is replaced by one that was summed afresh, so a rounding error
/// after a huge value lives for one window at most.
/// </remarks>
internal sealed class MovingMean
{
    private readonly double[] _ring;
    private readonly double _scale;
    private int _position;
    private double _sum;
    private double _fresh;

    public MovingMean(int length)
    {
        _ring = new double[length];
        _scale = 1.0 / length;
    }

    public int Length => _ring.Length;

    public double Process(double value)
    {
        var position = _position;
        _sum += value - _ring[position];
        _fresh += value;
        _ring[position] = value;
        if (++position == _ring.Length)
        {
            position = 0;
            _sum = _fresh;
            _fresh = 0;
        }

        _position = position;
        return _sum * _scale;
    }

    /// <summary>Puts the mean into the state it would have after this value for ever.</summary>
    public void Settle(double value)
    {
        Array.Fill(_ring, value);
        _position = 0;
        _fresh = 0;
        _sum = value * _ring.Length;
    }
}
