using System.Runtime.InteropServices;

namespace EcgGate.Timing;

/// <summary>The host's monotonic clock, and sleeping until a moment on it. Thread-safe, allocates nothing.</summary>
/// <remarks>
/// On Linux this is CLOCK_MONOTONIC through libc, so that moments compare with kernel time stamps; a read takes some
/// 25 ns. Elsewhere it is <see cref="System.Diagnostics.Stopwatch"/>, and sleeping is coarse; on Windows it uses a
/// high-resolution timer, not tested there yet.
/// </remarks>
public static partial class MonotonicClock
{
    private const int ClockMonotonic = 1;
    private const int TimerAbsolute = 1;
    private const int Interrupted = 4;
    private const long NanosecondsPerSecond = 1_000_000_000;

    [ThreadStatic]
    private static WindowsWait? _windows;

    /// <summary>Reads the clock.</summary>
    public static MonotonicTime Now
    {
        get
        {
            if (OperatingSystem.IsLinux())
            {
                _ = ClockGetTime(ClockMonotonic, out var time);
                return new MonotonicTime((time.Seconds * NanosecondsPerSecond) + time.Nanoseconds);
            }

            var ticks = System.Diagnostics.Stopwatch.GetTimestamp();
            var frequency = System.Diagnostics.Stopwatch.Frequency;
            return new MonotonicTime((ticks / frequency * NanosecondsPerSecond) + (ticks % frequency * NanosecondsPerSecond / frequency));
        }
    }

    /// <summary>
    /// Sleeps until the moment, absolutely, so that errors do not add up. Returns at once if it has passed. Wakes
    /// late by as much as the scheduler pleases: check the clock afterwards.
    /// </summary>
    public static void SleepUntil(MonotonicTime time)
    {
        if (OperatingSystem.IsLinux())
        {
            var until = new TimeSpecification
            {
                Seconds = time.Nanoseconds / NanosecondsPerSecond,
                Nanoseconds = time.Nanoseconds % NanosecondsPerSecond,
            };
            while (ClockNanosleep(ClockMonotonic, TimerAbsolute, in until, IntPtr.Zero) == Interrupted)
            {
                // A signal ended the sleep; the target is absolute, so simply sleep on.
            }

            return;
        }

        if (OperatingSystem.IsWindows() && (_windows ??= WindowsWait.TryCreate()) is { } wait)
        {
            while (Now < time)
            {
                wait.WaitUntil(time);
            }

            return;
        }

        long left;
        while ((left = time.NanosecondsSince(Now)) > 0)
        {
            if (left > 2_000_000)
            {
                Thread.Sleep((int)Math.Min((left / 1_000_000) - 1, 100));
            }
            else
            {
                Thread.SpinWait(20);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static partial int ClockGetTime(int clock, out TimeSpecification time);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in TimeSpecification request, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
