namespace EcgGate.Cli.Bench;

/// <summary>A figure of a run that a limit can be put on.</summary>
/// <param name="Name">Its name in limits.</param>
/// <param name="Unit">Its unit; empty for a count.</param>
/// <param name="Of">Finds it; NaN where there is none.</param>
internal sealed record BenchFigure(string Name, string Unit, Func<BenchRun, double> Of)
{
    public static IReadOnlyList<BenchFigure> All { get; } =
    [
        new("p50", "us", run => run.Lateness.P50),
        new("p95", "us", run => run.Lateness.P95),
        new("p99", "us", run => run.Lateness.P99),
        new("p999", "us", run => run.Lateness.P999),
        new("p9999", "us", run => run.Lateness.P9999),
        new("max", "us", run => run.Lateness.Max),
        new("ratio99", "", run => run.Lateness.P99 / run.Reference.P99),
        new("ratio999", "", run => run.Lateness.P999 / run.Reference.P999),
        new("dropped", "", run => run.Dropped),
        new("droppedpercent", "%", run => 100.0 * run.Dropped / run.Orders),
        new("late", "", run => run.Late),
        new("pipeline50", "ns", run => run.Pipeline.P50),
        new("pipeline99", "ns", run => run.Pipeline.P99),
        new("pipeline999", "ns", run => run.Pipeline.P999),
        new("collections", "", run => run.Result.Collections),
        new("bytes", "", run => run.Result.AllocatedBytes),
        new("pulses", "", run => run.Orders),
    ];

    public static BenchFigure? Find(string name) => All.FirstOrDefault(figure => string.Equals(figure.Name, name, StringComparison.OrdinalIgnoreCase));
}
