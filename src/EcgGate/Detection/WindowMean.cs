namespace EcgGate.Detection;

/// <summary>
/// Mean over a window whose length is a time, not a number of samples: the samples at both ends count by the part of
/// them that lies within. So the response is the same at every sampling rate, up to what sampling itself does to it.
/// </summary>
/// <remarks>O(1) per sample, symmetric, so of linear phase: each frequency is delayed by <see cref="Delay"/>.</remarks>
internal sealed class WindowMean
{
    private readonly MovingMean _whole;
    private readonly double[] _ring;
    private readonly double _wholeShare;
    private readonly double _endShare;
    private double _previous;
    private int _position;

    /// <summary>Makes a mean over so many samples, at least 2; need not be a whole number.</summary>
    public WindowMean(double lengthSamples)
    {
        var whole = (int)Math.Floor(lengthSamples + 1e-9);
        var end = Math.Max(0, (lengthSamples - whole) / 2);
        _whole = new MovingMean(whole);
        _endShare = end < 1e-6 ? 0 : end / lengthSamples;
        _wholeShare = 1 - (2 * _endShare);
        _ring = new double[whole + 1];
        Delay = _endShare > 0 ? (whole + 1) / 2.0 : (whole - 1) / 2.0;
    }

    /// <summary>Samples by which each frequency is delayed: a multiple of one half.</summary>
    public double Delay { get; }

    public double Process(double value)
    {
        if (_endShare == 0)
        {
            return _whole.Process(value);
        }

        // The whole samples of the window lie between the newest and the oldest, which count in part.
        var oldest = _ring[_position];
        _ring[_position] = value;
        _position = _position + 1 == _ring.Length ? 0 : _position + 1;
        var mean = _whole.Process(_previous);
        _previous = value;
        return (_wholeShare * mean) + (_endShare * (value + oldest));
    }

    /// <summary>Puts the mean into the state it would have after this value for ever.</summary>
    public void Settle(double value)
    {
        _whole.Settle(value);
        Array.Fill(_ring, value);
        _previous = value;
        _position = 0;
    }
}
