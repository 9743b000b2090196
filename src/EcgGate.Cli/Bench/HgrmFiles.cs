using EcgGate.Cli.Output;
using HdrHistogram;

namespace EcgGate.Cli.Bench;

/// <summary>Writes a run's distributions as HdrHistogram percentile files, in microseconds.</summary>
internal static class HgrmFiles
{
    private const long HighestNanoseconds = 10_000_000_000;
    private const double NanosecondsPerMicrosecond = 1_000;

    public static void Write(string folder, BenchRun run)
    {
        var name = $"{run.Runtime}-{BenchLoads.NameOf(run.Load)}";
        Write(folder, $"{name}-lateness", Histogram(run.Result.Traces.Select((trace, i) => (i < run.Result.Loopback.Count ? run.Result.Loopback[i] : null) ?? trace.LatenessNanoseconds)));
        Write(folder, $"{name}-reference", Histogram(run.Result.Reference));
        Write(folder, $"{name}-gaps", run.Result.Gaps);
        Write(folder, $"{name}-pipeline", run.Result.Pipeline);
    }

    private static LongHistogram Histogram(IEnumerable<long> nanoseconds)
    {
        var histogram = new LongHistogram(HighestNanoseconds, 3);
        foreach (var value in nanoseconds)
        {
            histogram.RecordValue(Math.Clamp(value, 0, HighestNanoseconds));
        }

        return histogram;
    }

    private static void Write(string folder, string name, HistogramBase histogram)
    {
        using var file = new CompleteFile("--hgrm", Path.Combine(folder, $"{name}.hgrm"));
        histogram.OutputPercentileDistribution(file.Writer, outputValueUnitScalingRatio: NanosecondsPerMicrosecond);
        file.Complete();
    }
}
