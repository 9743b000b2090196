using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EcgGate.Timing;

/// <summary>
/// Lets one thread sleep until a moment or until another thread signals, without a lock and without allocating.
/// </summary>
/// <remarks>
/// On Linux a futex with an absolute time-out on CLOCK_MONOTONIC, so that the same sleep serves for the deadline and
/// for being woken. Elsewhere a semaphore, whose time-out is coarse; it then returns early, never late. The waiter
/// reads <see cref="Version"/>, looks at the shared state, and only then waits with that version: a signal in between
/// makes the wait return at once, so none is lost. Waits may end for no reason.
/// </remarks>
#pragma warning disable CA1001 // A semaphore whose wait handle is never asked for holds nothing to dispose of.
internal sealed unsafe partial class WakeSignal
#pragma warning restore CA1001
{
    private const int FutexWakePrivate = 1 | 128;
    private const int FutexWaitBitsetPrivate = 9 | 128;
    private const int MatchAny = -1;

    private static readonly nint FutexCall = FindFutexCall();

    // Pinned for its life, as the kernel knows the word by its address; collected like any other array.
    private readonly int[] _word = GC.AllocateArray<int>(32, pinned: true);
    private readonly int* _address;
    private readonly WindowsWait? _windows = OperatingSystem.IsWindows() ? WindowsWait.TryCreate() : null;
    private readonly SemaphoreSlim? _semaphore;

    public WakeSignal()
    {
        _address = (int*)Unsafe.AsPointer(ref _word[16]);
        _semaphore = FutexCall == 0 && _windows is null ? new SemaphoreSlim(0) : null;
    }

    /// <summary>How many signals there have been.</summary>
    public int Version => Volatile.Read(ref _word[16]);

    /// <summary>Wakes the waiter, or makes its next wait with an older version return at once. Any thread.</summary>
    public void Signal()
    {
        Interlocked.Increment(ref _word[16]);
        if (OperatingSystem.IsWindows() && _windows is not null)
        {
            _windows.Signal();
        }
        else if (_semaphore is null)
        {
            _ = FutexWake(FutexCall, _address, FutexWakePrivate, 1, 0, 0, 0);
            GC.KeepAlive(_word);
        }
        else if (_semaphore.CurrentCount == 0)
        {
            _semaphore.Release();
        }
    }

    /// <summary>Waits for a signal newer than <paramref name="version"/>, without a time limit.</summary>
    public void Wait(int version)
    {
        if (OperatingSystem.IsWindows() && _windows is not null)
        {
            if (Version == version)
            {
                _windows.Wait();
            }
        }
        else if (_semaphore is null)
        {
            _ = FutexWait(FutexCall, _address, FutexWaitBitsetPrivate, version, null, 0, MatchAny);
            GC.KeepAlive(_word);
        }
        else if (Version == version)
        {
            _semaphore.Wait();
        }
    }

    /// <summary>Waits for a signal newer than <paramref name="version"/>, at the longest until the moment.</summary>
    public void WaitUntil(int version, MonotonicTime until)
    {
        if (until.Nanoseconds < 0)
        {
            return;
        }

        if (OperatingSystem.IsWindows() && _windows is not null)
        {
            if (Version == version)
            {
                _windows.WaitUntil(until);
            }
        }
        else if (_semaphore is null)
        {
            var time = new TimeSpecification { Seconds = until.Nanoseconds / 1_000_000_000, Nanoseconds = until.Nanoseconds % 1_000_000_000 };
            _ = FutexWait(FutexCall, _address, FutexWaitBitsetPrivate, version, &time, 0, MatchAny);
            GC.KeepAlive(_word);
        }
        else if (Version == version)
        {
            // One to two milliseconds are left to the caller's loop, as the time-out is that coarse.
            var left = Math.Min((until.NanosecondsSince(MonotonicClock.Now) / 1_000_000) - 1, 1_000);
            if (left > 0)
            {
                _ = _semaphore.Wait((int)left);
            }
            else
            {
                Thread.SpinWait(20);
            }
        }
    }

    // The C library has no futex function; the number of the call depends on the processor.
    private static nint FindFutexCall() => !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 98,
        _ => 0,
    };

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint FutexWait(nint call, int* word, nint operation, nint expected, TimeSpecification* until, nint unused, nint bits);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint FutexWake(nint call, int* word, nint operation, nint count, nint unused1, nint unused2, nint unused3);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
