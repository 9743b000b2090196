using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EcgGate.Timing;

/// <summary>What the system and the runtime did to the calling thread so far. Reading takes about a microsecond.</summary>
/// <param name="Collections">Collections of this runtime.</param>
/// <param name="PauseNanoseconds">How long they held all managed threads.</param>
/// <param name="InvoluntarySwitches">Times that the processor was taken from the thread; −1 where not known.</param>
/// <param name="PageFaults">Its page faults; −1 where not known.</param>
internal readonly partial record struct ThreadUsage(int Collections, long PauseNanoseconds, long InvoluntarySwitches, long PageFaults)
{
    private const int OfThisThread = 1;

    /// <summary>Reads the counters. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe ThreadUsage Read()
    {
        var collections = GC.CollectionCount(0);
        var pause = GC.GetTotalPauseDuration().Ticks * 100;
        ResourceUsage usage;
        return OperatingSystem.IsLinux() && Environment.Is64BitProcess && GetResourceUsage(OfThisThread, &usage) == 0
            ? new ThreadUsage(collections, pause, usage.InvoluntarySwitches, usage.MinorFaults + usage.MajorFaults)
            : new ThreadUsage(collections, pause, -1, -1);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static unsafe partial int GetResourceUsage(int who, ResourceUsage* usage);

    // struct rusage of 64-bit Linux: two times of 16 bytes, then fourteen longs.
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct ResourceUsage
    {
        [FieldOffset(64)]
        public long MinorFaults;

        [FieldOffset(72)]
        public long MajorFaults;

        [FieldOffset(136)]
        public long InvoluntarySwitches;
    }
}
