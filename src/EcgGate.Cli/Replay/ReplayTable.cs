using System.Globalization;
using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using Spectre.Console;

namespace EcgGate.Cli.Replay;

/// <summary>The table of several replayed records.</summary>
internal static class ReplayTable
{
    public static Table Of(IReadOnlyList<GateFigures> records, GateFigures total)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("Record");
        string[] numbers = ["Length", "Beats", "Fired", "Withheld", "Missed", "Decided p50", "p99 ms"];
        foreach (var header in numbers)
        {
            table.AddColumn(new TableColumn(header).RightAligned().NoWrap());
        }

        table.AddColumn("Most often withheld for");
        foreach (var record in records)
        {
            table.AddRow(Cells(record));
        }

        table.AddEmptyRow();
        table.AddRow(Cells(total));
        return table;
    }

    /// <summary>How much core time it took, reading the files included.</summary>
    public static void WriteSpeed(IAnsiConsole output, GateFigures total, TimeSpan coreTime, bool quiet)
    {
        if (!quiet && total.Samples > 0)
        {
            // Over a short record it is mostly the runtime's own start.
            var each = total.Samples < 1_000_000 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {coreTime.TotalNanoseconds / total.Samples:0} ns a sample");
            SummaryView.Line(output, "Core time", string.Create(CultureInfo.InvariantCulture, $"{coreTime.TotalSeconds:0.00} s for {SummaryView.Duration(total.Seconds)} of signal{each}"));
        }
    }

    private static string[] Cells(GateFigures figures)
    {
        var latency = figures.DecisionLatencyMilliseconds;
        var most = figures.Withheld.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Key} {entry.Value}").FirstOrDefault(string.Empty);
        return
        [
            Markup.Escape(figures.Name),
            SummaryView.Duration(figures.Seconds),
            Number(figures.Beats),
            Number(figures.Fired),
            Number(figures.WithheldCount),
            Number(figures.MissedCount),
            latency.Count == 0 ? "-" : latency.P50.ToString("0.0", CultureInfo.InvariantCulture),
            latency.Count == 0 ? "-" : latency.P99.ToString("0.0", CultureInfo.InvariantCulture),
            most,
        ];
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
