using EcgGate.Emulator.Punctuality;

namespace EcgGate.Cli.Bench;

/// <summary>The real-time part in this process's own runtime, whose collections halt it.</summary>
internal sealed class InProcessRuntime : IBenchRuntime
{
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(250);

    public string Name => "inprocess";

    public string? Unavailable => null;

    public PunctualityResult Measure(PunctualityOptions options, Action<int> progress, CancellationToken cancellation)
    {
        using var run = new PunctualityRun(options);
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
