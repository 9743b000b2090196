using EcgGate.Timing;

namespace EcgGate.Emulator.Boards;

/// <summary>The clock that an emulated board and generator run on: the host's own, or one that only a test moves.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IEmulatorClock
{
    /// <summary>The present moment.</summary>
    MonotonicTime Now { get; }

    /// <summary>Waits until a moment, or until cancelled. Returns at once if it has passed.</summary>
    /// <returns>False if cancelled before.</returns>
    bool SleepUntil(MonotonicTime time, CancellationToken cancellationToken);

    /// <summary>Waits about a millisecond because nothing is due; returns early if cancelled.</summary>
    void Idle(CancellationToken cancellationToken);

    /// <summary>Accounts for time that a real part would have needed, such as a bus transfer.</summary>
    void Spend(long nanoseconds);
}

/// <summary>The host's monotonic clock: the emulation runs in real time. A bus transfer takes no extra time.</summary>
public sealed class RealPace : IEmulatorClock
{
    // A sleep is cut into pieces of this length so that a cancellation is noticed.
    private const long SliceNanoseconds = 20_000_000;

    /// <inheritdoc/>
    public MonotonicTime Now => MonotonicClock.Now;

    /// <inheritdoc/>
    public bool SleepUntil(MonotonicTime time, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = MonotonicClock.Now;
            if (now >= time)
            {
                return true;
            }

            var slice = now.AddNanoseconds(SliceNanoseconds);
            MonotonicClock.SleepUntil(slice < time ? slice : time);
        }

        return false;
    }

    /// <inheritdoc/>
    public void Idle(CancellationToken cancellationToken)
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            MonotonicClock.SleepUntil(MonotonicClock.Now.AddNanoseconds(1_000_000));
        }
    }

    /// <inheritdoc/>
    public void Spend(long nanoseconds)
    {
    }
}

/// <summary>
/// A clock that stands still until somebody waits on it or moves it: whoever waits moves it to the end of the wait.
/// Tests run on it as fast as the machine allows, with the same result every time.
/// </summary>
public sealed class VirtualPace : IEmulatorClock
{
    // Not 0, so that a time that was never set is told from the start.
    private long _nanoseconds = 1_000_000_000;

    /// <inheritdoc/>
    public MonotonicTime Now => new(Interlocked.Read(ref _nanoseconds));

    /// <summary>Moves the clock forward.</summary>
    /// <param name="nanoseconds">By how much; not negative.</param>
    public void Advance(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        Interlocked.Add(ref _nanoseconds, nanoseconds);
    }

    /// <inheritdoc/>
    public bool SleepUntil(MonotonicTime time, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        long now;
        while ((now = Interlocked.Read(ref _nanoseconds)) < time.Nanoseconds)
        {
            Interlocked.CompareExchange(ref _nanoseconds, time.Nanoseconds, now);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Idle(CancellationToken cancellationToken)
    {
        // Real time passes too, so that a watchdog on the host's own timers comes to bite.
        if (!cancellationToken.WaitHandle.WaitOne(1))
        {
            Advance(1_000_000);
        }
    }

    /// <inheritdoc/>
    public void Spend(long nanoseconds) => Advance(nanoseconds);
}
