using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EcgGate.Timing;

/// <summary>Priority and processor of a thread on Windows: the multimedia class scheduler. Not tested on Windows yet.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsRealtime
{
    private const string Task = "Pro Audio";
    private const int CriticalPriority = 2;

    /// <summary>Puts the calling thread into the multimedia class; 0, and a warning, where that is refused.</summary>
    public static nint JoinMultimediaClass(List<string> warnings)
    {
        uint index = 0;
        var task = SetCharacteristics(Task, ref index);
        if (task == 0)
        {
            warnings.Add($"The multimedia class \"{Task}\" was refused ({Marshal.GetLastPInvokeErrorMessage()}): the timing thread runs at the highest ordinary priority, and pulses may be dropped as late; start the service \"Multimedia Class Scheduler\".");
            return 0;
        }

        if (!SetPriority(task, CriticalPriority))
        {
            warnings.Add($"Critical priority within the multimedia class was refused ({Marshal.GetLastPInvokeErrorMessage()}): the timing thread runs at the class's usual priority, and pulses may be dropped as late.");
        }

        return task;
    }

    /// <summary>Takes the calling thread out of the class again.</summary>
    public static void LeaveMultimediaClass(nint task) => _ = RevertCharacteristics(task);

    /// <summary>Binds the calling thread to one processor.</summary>
    public static bool Bind(int processor, List<string> warnings)
    {
        if (processor < 64 && SetAffinity(CurrentThread(), (nuint)(1UL << processor)) != 0)
        {
            return true;
        }

        warnings.Add($"Binding the timing thread to processor {processor} was refused: it runs on any; this machine has processors 0 to {Environment.ProcessorCount - 1}.");
        return false;
    }

    [LibraryImport("avrt.dll", EntryPoint = "AvSetMmThreadCharacteristicsW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint SetCharacteristics(string task, ref uint index);

    [LibraryImport("avrt.dll", EntryPoint = "AvSetMmThreadPriority", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetPriority(nint task, int priority);

    [LibraryImport("avrt.dll", EntryPoint = "AvRevertMmThreadCharacteristics")]
    private static partial int RevertCharacteristics(nint task);

    [LibraryImport("kernel32.dll", EntryPoint = "GetCurrentThread")]
    private static partial nint CurrentThread();

    [LibraryImport("kernel32.dll", EntryPoint = "SetThreadAffinityMask")]
    private static partial nuint SetAffinity(nint thread, nuint mask);
}
