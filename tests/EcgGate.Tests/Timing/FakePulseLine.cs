using EcgGate.Timing;

namespace EcgGate.Tests.Timing;

/// <summary>A line that remembers its edges and can be told to refuse.</summary>
internal sealed class FakePulseLine : IPulseLine
{
    private int _rises;
    private int _falls;
    private int _isHigh;
    private int _refuseRaise;
    private int _refuseLower;
    private int _lowersToRefuse;
    private long _lastRiseStart;
    private long _lastRise;
    private long _lastFall;

    /// <summary>Called at the beginning of a raise, on the timer's thread.</summary>
    public Action? OnRaise { get; init; }

    public int Rises => Volatile.Read(ref _rises);

    public int Falls => Volatile.Read(ref _falls);

    public bool IsHigh => Volatile.Read(ref _isHigh) != 0;

    public bool RefuseRaise
    {
        get => Volatile.Read(ref _refuseRaise) != 0;
        set => Volatile.Write(ref _refuseRaise, value ? 1 : 0);
    }

    public bool RefuseLower
    {
        get => Volatile.Read(ref _refuseLower) != 0;
        set => Volatile.Write(ref _refuseLower, value ? 1 : 0);
    }

    /// <summary>How many times more the line refuses to fall.</summary>
    public int LowersToRefuse
    {
        set => Volatile.Write(ref _lowersToRefuse, value);
    }

    public MonotonicTime LastRiseStart => new(Volatile.Read(ref _lastRiseStart));

    public MonotonicTime LastRise => new(Volatile.Read(ref _lastRise));

    public MonotonicTime LastFall => new(Volatile.Read(ref _lastFall));

    public bool TryRaise()
    {
        Volatile.Write(ref _lastRiseStart, MonotonicClock.Now.Nanoseconds);
        OnRaise?.Invoke();
        if (RefuseRaise)
        {
            return false;
        }

        Interlocked.Increment(ref _rises);
        Volatile.Write(ref _isHigh, 1);
        Volatile.Write(ref _lastRise, MonotonicClock.Now.Nanoseconds);
        return true;
    }

    public bool TryLower()
    {
        if (RefuseLower || Interlocked.Decrement(ref _lowersToRefuse) >= 0)
        {
            return false;
        }

        if (Interlocked.Exchange(ref _isHigh, 0) != 0)
        {
            Interlocked.Increment(ref _falls);
            Volatile.Write(ref _lastFall, MonotonicClock.Now.Nanoseconds);
        }

        return true;
    }

    public void Dispose() => TryLower();
}
