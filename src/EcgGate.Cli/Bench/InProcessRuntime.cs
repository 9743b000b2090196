using EcgGate.Emulator.Punctuality;

namespace EcgGate.Cli.Bench;

/// <summary>The real-time part in this process's own runtime, whose collections halt it.</summary>
/// <param name="open">Opens the line for a run.</param>
internal sealed class InProcessRuntime(Func<BenchLine> open) : IBenchRuntime
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(250);

    public string Name => "inprocess";

    public string? Unavailable => null;

    public PunctualityResult Measure(PunctualityOptions options, Action<int> progress, CancellationToken cancellation)
    {
        using var line = open();
        using var run = new PunctualityRun(options with { Line = line.Line, Loopback = line.Loopback });
        run.Start();
        while (!run.Wait(ProgressPeriod))
        {
            progress(run.Answered);
            if (cancellation.IsCancellationRequested)
            {
                run.Stop();
            }
        }

        return run.TakeResult();
    }
}
