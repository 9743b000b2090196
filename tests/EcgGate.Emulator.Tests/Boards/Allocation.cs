namespace EcgGate.Emulator.Tests.Boards;

/// <summary>Measures what a piece of work allocates on this thread.</summary>
internal static class Allocation
{
    /// <summary>
    /// The least that five rounds allocated: a collection that another test causes in the middle of a round leaves the
    /// unused rest of this thread's allocation buffer in the count.
    /// </summary>
    public static long LeastOf(Action round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
