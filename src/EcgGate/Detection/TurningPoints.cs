namespace EcgGate.Detection;

/// <summary>A local extremum of the smoothed signal, confirmed by the signal having turned back from it.</summary>
internal readonly record struct TurningPoint(long Index, float Value, bool IsMaximum);

/// <summary>
/// Follows the signal as a zigzag: an extremum counts once the signal has come back from it by the hysteresis, so
/// noise smaller than that makes no turning points. Keeps the last 32.
/// </summary>
internal sealed class TurningPoints
{
    private const int Capacity = 32;
    private readonly TurningPoint[] _ring = new TurningPoint[Capacity];
    private long _count;
    private long _extremeIndex;
    private float _extreme;
    private bool _rising;

    /// <summary>How many are kept.</summary>
    public int Count => (int)Math.Min(_count, Capacity);

    /// <summary>The latest (0), the one before (1), and so on.</summary>
    public ref readonly TurningPoint this[int back] => ref _ring[(int)((_count - 1 - back) & (Capacity - 1))];

    public void Reset(long index, float value)
    {
        _count = 0;
        _extremeIndex = index;
        _extreme = value;
        _rising = true;
    }

    public void Process(long index, float value, float hysteresis)
    {
        if (_rising ? value >= _extreme : value <= _extreme)
        {
            _extreme = value;
            _extremeIndex = index;
        }
        else if (Math.Abs(value - _extreme) > hysteresis)
        {
            _ring[(int)(_count++ & (Capacity - 1))] = new(_extremeIndex, _extreme, _rising);
            _rising = !_rising;
            _extreme = value;
            _extremeIndex = index;
        }
    }
}
