using EcgGate.Cli.Bench;
using EcgGate.Emulator.Punctuality;
using EcgGate.Gating;
using EcgGate.Timing;
using HdrHistogram;

namespace EcgGate.Cli.Tests.Bench;

/// <summary>Runs with figures made up.</summary>
internal static class Runs
{
    public static PulseTrace Fired(long lateness, long deadline = 1_000_000_000) =>
        new() { Result = PulseResult.Fired, LatenessNanoseconds = lateness, Deadline = new MonotonicTime(deadline), FirstLookNanoseconds = -200_000, TakenNanoseconds = -1_500_000 };

    public static PulseTrace Dropped(long lateness, long deadline = 1_000_000_000) => Fired(lateness, deadline) with { Result = PulseResult.DroppedLate };

    public static PunctualityResult Result(IReadOnlyList<PulseTrace> traces, IReadOnlyList<long>? reference = null, IReadOnlyList<long?>? loopback = null) => new()
    {
        Traces = traces,
        Loopback = loopback ?? [],
        Reference = reference ?? [20_000, 30_000],
        Gaps = Histogram(30, 30, 30, 30, 50_000),
        Pipeline = Histogram(400, 400, 500),
        Order = Histogram(20_000),
        Missed = [KeyValuePair.Create(Reason.TimerLate, 1L)],
        Withheld = [KeyValuePair.Create(Reason.Learning, 8L)],
        Faults = 0,
        AllocatedBytes = 0,
        Collections = 0,
        Pause = TimeSpan.Zero,
        PulseThread = new RealtimeStatus { FifoPriority = 80, Processor = 1, MemoryLocked = true, ProcessorHeldAwake = true },
        CoreThread = new RealtimeStatus(),
        Time = TimeSpan.FromSeconds(1),
        IsStopped = false,
    };

    public static BenchRun Run(PunctualityResult result, BenchLoadKind load = BenchLoadKind.None, string runtime = "inprocess") =>
        BenchRun.Of(runtime, load, result, 1_000_000, stolenMilliseconds: 10);

    public static LongHistogram Histogram(params long[] values)
    {
        var histogram = new LongHistogram(10_000_000_000, 3);
        foreach (var value in values)
        {
            histogram.RecordValue(value);
        }

        return histogram;
    }
}
