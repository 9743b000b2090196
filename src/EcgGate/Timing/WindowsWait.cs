using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Timing;

/// <summary>
/// Sleeping on Windows to better than the system's tick: a high-resolution waitable timer (Windows 10 1803 or later), and an
/// event that ends the sleep. Not tested on Windows yet.
/// </summary>
/// <remarks>One thread waits, any may signal. Allocates nothing once made. May return early, and late by some 0.5 ms.</remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe partial class WindowsWait
{
    private const uint HighResolution = 2;
    private const uint AllAccess = 0x1F0003;
    private const uint ForEver = uint.MaxValue;
    private const long NanosecondsPerUnit = 100;

    private readonly SafeWaitHandle _timer;
    private readonly SafeWaitHandle _signal;

    private WindowsWait(SafeWaitHandle timer, SafeWaitHandle signal)
    {
        _timer = timer;
        _signal = signal;
    }

    /// <summary>Makes one; null on a Windows without such timers.</summary>
    public static WindowsWait? TryCreate()
    {
        var timer = CreateTimer(0, 0, HighResolution, AllAccess);
        if (timer.IsInvalid)
        {
            timer.Dispose();
            return null;
        }

        return new WindowsWait(timer, CreateEvent(0, 0, 0, 0));
    }

    /// <summary>Ends a wait, or the next one. Any thread.</summary>
    public void Signal() => _ = SetEvent(_signal);

    /// <summary>Waits for a signal.</summary>
    public void Wait() => _ = WaitForOne(_signal, ForEver);

    /// <summary>Waits until a moment, or for a signal.</summary>
    public void WaitUntil(MonotonicTime until)
    {
        var left = until.NanosecondsSince(MonotonicClock.Now) / NanosecondsPerUnit;
        if (left <= 0)
        {
            return;
        }

        // Negative: counted from now.
        var due = -left;
        if (SetTimer(_timer, &due, 0, 0, 0, 0) == 0)
        {
            return;
        }

        var handles = stackalloc nint[2];
        handles[0] = _signal.DangerousGetHandle();
        handles[1] = _timer.DangerousGetHandle();
        _ = WaitForMultiple(2, handles, 0, ForEver);
        GC.KeepAlive(this);
    }

    [LibraryImport("kernel32.dll", EntryPoint = "CreateWaitableTimerExW")]
    private static partial SafeWaitHandle CreateTimer(nint attributes, nint name, uint flags, uint access);

    [LibraryImport("kernel32.dll", EntryPoint = "CreateEventW")]
    private static partial SafeWaitHandle CreateEvent(nint attributes, int manualReset, int initialState, nint name);

    [LibraryImport("kernel32.dll", EntryPoint = "SetWaitableTimer")]
    private static partial int SetTimer(SafeWaitHandle timer, long* due, int period, nint routine, nint argument, int resume);

    [LibraryImport("kernel32.dll", EntryPoint = "SetEvent")]
    private static partial int SetEvent(SafeWaitHandle handle);

    [LibraryImport("kernel32.dll", EntryPoint = "WaitForSingleObject")]
    private static partial uint WaitForOne(SafeWaitHandle handle, uint milliseconds);

    [LibraryImport("kernel32.dll", EntryPoint = "WaitForMultipleObjects")]
    private static partial uint WaitForMultiple(uint count, nint* handles, int all, uint milliseconds);
}
