using HdrHistogram;

namespace EcgGate.Timing;

/// <content>Figures without allocating: for a runtime that must never have a reason to collect.</content>
public sealed partial class PulseTimer
{
    /// <summary>
    /// Copies the counts, and the histograms where asked for. Any thread; allocates nothing; the timer is not held up.
    /// </summary>
    /// <param name="counts">Gets the counts.</param>
    /// <param name="lateness">Gets the edges' lateness; must come from <see cref="NewHistogram"/>. Null for no copy.</param>
    /// <param name="wakeUpLateness">Gets the wake-ups' lateness; as above.</param>
    internal void CopyStatistics(out PulseTimerCounts counts, LongHistogram? lateness = null, LongHistogram? wakeUpLateness = null)
    {
        while (true)
        {
            var version = Volatile.Read(ref _statisticsVersion);
            if ((version & 1) == 0)
            {
                counts = new PulseTimerCounts(_fired, _droppedLate, _cancelled, _faults, _wokeAfterDeadline, _largestGap, _margin);
                Copy(_lateness, lateness);
                Copy(_wakeUpLateness, wakeUpLateness);
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _statisticsVersion) == version)
                {
                    return;
                }
            }

            Thread.Yield();
        }
    }

    /// <summary>A histogram of the kind that the timer keeps.</summary>
    internal static LongHistogram NewHistogram() => new(HighestRecorded, 3);

    private static void Copy(LongHistogram from, LongHistogram? to)
    {
        to?.Reset();
        to?.Add(from);
    }
}
