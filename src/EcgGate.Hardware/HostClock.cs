using EcgGate.Timing;

namespace EcgGate.Hardware;

/// <summary>The clock that a driver stamps and waits with: the host's monotonic one, except on an emulated board in a test.</summary>
/// <param name="Now">Reads the clock. Thread-safe, allocates nothing.</param>
/// <param name="SleepUntil">Waits until a moment; returns at once if it has passed.</param>
public sealed record HostClock(Func<MonotonicTime> Now, Action<MonotonicTime> SleepUntil)
{
    /// <summary>The host's monotonic clock.</summary>
    public static HostClock Monotonic { get; } = new(static () => MonotonicClock.Now, MonotonicClock.SleepUntil);

    /// <summary>Waits for a time from now.</summary>
    internal void Sleep(TimeSpan time) => SleepUntil(Now() + time);
}
