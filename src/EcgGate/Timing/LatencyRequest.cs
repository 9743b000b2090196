using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Timing;

/// <summary>
/// A request to the kernel's power management that no processor may sleep so deeply that it wakes slowly: an open
/// /dev/cpu_dma_latency. Opening it asks for nothing yet; closing it, also by the end of the process, takes it back.
/// </summary>
/// <remarks>One thread. <see cref="Hold"/> allocates nothing and throws nothing.</remarks>
internal sealed partial class LatencyRequest : IDisposable
{
    public const string Device = "/dev/cpu_dma_latency";

    // The kernel's "no wish": PM_QOS_CPU_LATENCY_DEFAULT_VALUE, in microseconds.
    private const int NoWish = 2_000_000_000;

    private readonly SafeFileHandle _handle;
    private bool _held;

    private LatencyRequest(SafeFileHandle handle) => _handle = handle;

    /// <summary>Opens the device; null, and a sentence more in <paramref name="warnings"/>, if that is refused.</summary>
    public static LatencyRequest? Open(string device, List<string> warnings)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            return Write(handle, NoWish) ? new LatencyRequest(handle) : throw new IOException("writing to it failed");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            handle?.Dispose();
            warnings.Add(problem is UnauthorizedAccessException
                ? $"{device} may not be written: a processor that sleeps deeply may wake late; run as root, or make the device writable for the user's group with a udev rule."
                : $"{device} could not be held ({problem.Message}): a processor that sleeps deeply may wake late; limit its sleep with the kernel parameter processor.max_cstate=1 if pulses are dropped.");
            return null;
        }
    }

    /// <summary>Asks for 0 us, or takes that back; a call of the system only where that is a change.</summary>
    public void Hold(bool hold)
    {
        if (hold != _held)
        {
            _held = hold;
            _ = Write(_handle, hold ? 0 : NoWish);
        }
    }

    public void Dispose() => _handle.Dispose();

    private static unsafe bool Write(SafeFileHandle handle, int microseconds) => Write(handle, &microseconds, sizeof(int)) == sizeof(int);

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint Write(SafeFileHandle file, void* data, nuint length);
}
