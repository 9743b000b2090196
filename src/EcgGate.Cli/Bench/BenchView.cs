using System.Globalization;
using EcgGate.Cli.Output;
using Spectre.Console;

namespace EcgGate.Cli.Bench;

/// <summary>The figures of <c>bench</c> on the screen.</summary>
internal static class BenchView
{
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Warn = new(Color.Yellow);
    private static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);

    /// <summary>The machine, on a few lines.</summary>
    public static void WriteMachine(IAnsiConsole console, MachineDescription machine)
    {
        string Known(string? text) => string.IsNullOrEmpty(text) ? "not known" : text;
        var kind = machine.IsVirtual switch { true => ", virtual", false => ", not virtual", _ => string.Empty };
        SummaryView.Line(console, "Machine", $"{Known(machine.Processor)}, {machine.Processors} processor{(machine.Processors == 1 ? string.Empty : "s")}{kind}; {machine.Runtime}");
        SummaryView.Line(console, "Kernel", $"{Known(machine.Kernel)}, preemption {Known(machine.Preemption)}, clock {Known(machine.ClockSource)}");
        var limit = machine.RealtimeRuntimeUs is { } us ? string.Create(CultureInfo.InvariantCulture, $"{us / 10_000.0:0.#} % of the time") : "without limit, or not known";
        SummaryView.Line(console, "Real time", $"governor {machine.Governor ?? "none"}, isolated processors {(machine.Isolated is { Length: > 0 } isolated ? isolated : "none")}, real-time threads may run {limit}");
        if (machine.Granted is { } granted)
        {
            string Got(bool got, string what) => got ? what : $"NO {what}";
            SummaryView.Line(
                console,
                "Granted",
                $"{(granted.FifoPriority > 0 ? string.Create(CultureInfo.InvariantCulture, $"SCHED_FIFO {granted.FifoPriority}") : granted.MultimediaClass ? "multimedia class" : "NO real-time priority")}, processor {granted.Processor?.ToString(CultureInfo.InvariantCulture) ?? "any"}, {Got(granted.MemoryLocked, "locked memory")}, {Got(granted.ProcessorHeldAwake, "/dev/cpu_dma_latency")}",
                granted.Warnings.Count == 0 ? Style.Plain : Warn);
        }
    }

    /// <summary>All runs in one table, each with its references beside it.</summary>
    public static void WriteTable(IAnsiConsole console, IReadOnlyList<BenchRun> runs)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("us").NoWrap());
        foreach (var header in new[] { "Pulses", "p50", "p95", "p99", "p99.9", "p99.99", "max", "Dropped", "Late" })
        {
            table.AddColumn(new TableColumn(header).RightAligned().NoWrap());
        }

        foreach (var run in runs)
        {
            table.AddRow([$"{run.Runtime}, {BenchLoads.NameOf(run.Load)}", Count(run.Orders), .. Cells(run.Lateness), Count(run.Dropped, "yellow"), Count(run.Late, "red")]);
            if (run.Unseen is { } unseen)
            {
                table.AddRow(["  by the timer's clock", unseen == 0 ? string.Empty : $"{unseen} unseen", .. Cells(run.SoftwareLateness), string.Empty, string.Empty]);
            }

            table.AddRow(["  bare sleep", string.Empty, .. Cells(run.Reference), string.Empty, string.Empty]);
            table.AddRow(["  clock only", string.Empty, .. Cells(run.Gaps.Lateness), string.Empty, string.Empty]);
        }

        console.Write(table);
    }

    /// <summary>What stands behind one run's figures.</summary>
    public static void WriteDetails(IAnsiConsole console, BenchRun run)
    {
        var result = run.Result;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Runtime}, load {BenchLoads.NameOf(run.Load)}: {run.Orders} pulses in {result.Time.TotalSeconds:0.0} s{(result.IsStopped ? ", stopped early" : string.Empty)}"));
        SummaryView.Line(console, "Sample to decision", Nanoseconds(run.Pipeline));
        SummaryView.Line(console, "Sample to order", Nanoseconds(run.Order));
        var first = true;
        foreach (var (cause, count) in run.Causes)
        {
            SummaryView.Line(console, first ? "Later than 10 us" : string.Empty, string.Create(CultureInfo.InvariantCulture, $"{count,6}  {LateCauses.Explain(cause)}"));
            first = false;
        }

        var gaps = string.Join(", ", run.Gaps.Counts.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Count} over {(entry.LongerThanMicroseconds < 1000 ? $"{entry.LongerThanMicroseconds:0} us" : $"{entry.LongerThanMicroseconds / 1000:0} ms")}")));
        SummaryView.Line(console, "Gaps of the clock", string.Create(CultureInfo.InvariantCulture, $"{gaps} in {run.Gaps.Seconds:0.0} s; {run.Gaps.LostPercent:0.00} % of the time in those over 10 us"));
        var stolen = run.StolenMilliseconds is { } ms ? string.Create(CultureInfo.InvariantCulture, $"; {ms:0} ms stolen by the machine's host") : string.Empty;
        SummaryView.Line(console, "Collections", string.Create(CultureInfo.InvariantCulture, $"{result.Collections} in the pulse thread's runtime, {result.Pause.TotalMilliseconds:0} ms of pause; {result.AllocatedBytes} bytes allocated by its threads{stolen}"), result.AllocatedBytes > 0 ? Warn : Style.Plain);
        var without = result.Missed.Concat(result.Withheld).Where(entry => entry.Key != Gating.Reason.Learning && entry.Key != Gating.Reason.Stopped).ToArray();
        if (without.Length > 0)
        {
            SummaryView.Line(console, "Without a pulse", string.Join(", ", without.Select(entry => $"{entry.Value} {entry.Key}")), Warn);
        }

        if (result.Faults > 0)
        {
            SummaryView.Line(console, "Faults", $"{result.Faults}: the timer disarmed itself, and was armed again", Bad);
        }
    }

    /// <summary>What to change.</summary>
    public static void WriteAdvice(IAnsiConsole console, IReadOnlyList<string> advice)
    {
        if (advice.Count > 0)
        {
            console.WriteLine("What to change, the most effective first:");
            foreach (var sentence in advice)
            {
                console.WriteLine($"  - {sentence}");
            }
        }
    }

    /// <summary>Each limit on each run that it concerns. True if all are met; one that concerns no run is not met.</summary>
    public static bool WriteVerdicts(IAnsiConsole console, IReadOnlyList<BenchLimit> limits, IReadOnlyList<BenchRun> runs)
    {
        var met = true;
        foreach (var limit in limits)
        {
            var concerned = runs.Where(limit.Concerns).ToArray();
            var holds = concerned.Length > 0 && concerned.All(limit.Holds);
            met &= holds;
            var reached = concerned.Length == 0
                ? "no such run"
                : string.Join(", ", concerned.Select(run => string.Create(CultureInfo.InvariantCulture, $"{limit.Figure.Of(run):0.###} ({run.Runtime}, {BenchLoads.NameOf(run.Load)})")));
            SummaryView.Line(console, holds ? "Limit met" : "Limit not met", $"{limit}: {reached}", holds ? Good : Bad);
        }

        return met;
    }

    private static string[] Cells(Percentiles values) => [.. new[] { values.P50, values.P95, values.P99, values.P999, values.P9999, values.Max }.Select(Microseconds)];

    private static string Microseconds(double value) => !double.IsFinite(value) ? "-"
        : value.ToString(value < 10 ? "0.00" : value < 1000 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static string Nanoseconds(Percentiles values) => values.Count == 0 ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"p50 {values.P50:#,0} ns, p99 {values.P99:#,0} ns, p99.9 {values.P999:#,0} ns, max {values.Max:#,0} ns");

    private static string Count(int value, string? colour = null) => colour is null || value == 0
        ? value.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"[{colour}]{value}[/]");
}
