namespace EcgGate.Detection;

/// <summary>
/// Mean over a window whose length is a time, not a number of samples: the samples at both ends count by the part of
/// them that lies within. So the response is the same at every sampling rate, up to what sampling itself does to it.
/// </summary>
/// <remarks>
/// O(1) per sample, symmetric, so of linear phase: each frequency is delayed by <see cref="Delay"/>. As in
/// <see cref="MovingMean"/>, the running sum is replaced by a fresh one each time round, so that rounding errors do not
/// stay.
/// </remarks>
internal sealed class WindowMean
{
    private readonly double[] _ring;
    private readonly int _whole;
    private readonly double _scale;
    private readonly double _endScale;
    private double _sum;
    private double _fresh;
    private double _previous;
    private int _position;
    private int _summed;

    /// <summary>Makes a mean over so many samples, at least 1; need not be a whole number.</summary>
    public WindowMean(double lengthSamples)
    {
        _whole = (int)Math.Floor(lengthSamples + 1e-9);
        var end = Math.Max(0, (lengthSamples - _whole) / 2);
        var hasEnds = end > 1e-6;
        _scale = 1 / lengthSamples;
        _endScale = hasEnds ? end / lengthSamples : 0;
        _ring = new double[hasEnds ? _whole + 1 : _whole];
        Delay = hasEnds ? (_whole + 1) / 2.0 : (_whole - 1) / 2.0;
    }

    /// <summary>Samples by which each frequency is delayed: a multiple of one half.</summary>
    public double Delay { get; }

    public double Process(double value)
    {
        // With ends, the whole samples lie between the newest and the oldest, which count in part; without, they are all.
        var oldest = _ring[_position];
        _ring[_position] = value;
        _position = _position + 1 == _ring.Length ? 0 : _position + 1;
        var entering = _endScale > 0 ? _previous : value;
        _previous = value;
        _sum += entering - oldest;
        _fresh += entering;
        if (++_summed == _whole)
        {
            _sum = _fresh;
            _fresh = 0;
            _summed = 0;
        }

        return (_scale * _sum) + (_endScale * (value + oldest));
    }

    /// <summary>Puts the mean into the state it would have after this value for ever.</summary>
    public void Settle(double value)
    {
        Array.Fill(_ring, value);
        _previous = value;
        _sum = value * _whole;
        _fresh = 0;
        _position = _summed = 0;
    }
}
