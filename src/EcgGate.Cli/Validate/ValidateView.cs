using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Validation;
using Spectre.Console;
using ValidationResult = EcgGate.Validation.ValidationResult;

namespace EcgGate.Cli.Validate;

/// <summary>A validation's figures on the screen.</summary>
internal static class ValidateView
{
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Warn = new(Color.Yellow);
    private static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);

    public static void Write(IAnsiConsole console, ValidationResult result, bool quiet)
    {
        if (!quiet && result.Records.Count > 1)
        {
            console.Write(TableOf(result));
        }

        var total = result.Total;
        WriteTotal(console, result, total);
        if (total.TwoLeads is { } voted)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The same with leads {result.Settings?.Leads} voting, above on lead {result.Settings?.Lead} alone"));
            WriteFigures(console, voted);
        }

        if (!quiet && total.Curve is { } curve)
        {
            console.WriteLine("With other shape tolerances, nothing else changed");
            console.Write(TableOf(curve));
        }

        if (result.Settings?.Noise is { } noise)
        {
            SummaryView.Line(console, "Noise", string.Create(CultureInfo.InvariantCulture, $"{noise.Name} at {noise.SignalToNoiseDecibels} dB, from 5:00, two minutes in four"));
        }

        foreach (var record in result.Records.Where(record => record.Remark is not null))
        {
            console.WriteLine($"{record.Name}: {record.Remark}", Warn);
        }
    }

    private static void WriteTotal(IAnsiConsole console, ValidationResult result, TotalResult total)
    {
        var found = total.Detection;
        var part = result.Part is { } shard ? string.Create(CultureInfo.InvariantCulture, $"Part {shard.Number} of {shard.Of}: ") : string.Empty;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{part}{result.Records.Count} record{(result.Records.Count == 1 ? string.Empty : "s")}, {SummaryView.Duration(total.DurationSeconds)}, {found.ReferenceBeats:N0} reference beats{(result.Failures.Count > 0 ? $"; {result.Failures.Count} could not be judged" : string.Empty)}"));
        WriteFigures(console, total);
    }

    private static void WriteFigures(IAnsiConsole console, TotalResult total)
    {
        var found = total.Detection;
        SummaryView.Line(console, "Detection", $"Se {Percent(found.Se)}, +P {Percent(found.Ppv)} ({found.Fn:N0} missed, {found.Fp:N0} false)");
        if (total.DetectionEc57.ReferenceBeats > 0)
        {
            SummaryView.Line(console, "EC57, from 5:00", $"Se {Percent(total.DetectionEc57.Se)}, +P {Percent(total.DetectionEc57.Ppv)}; average {Percent(total.DetectionEc57Average.Se)}, {Percent(total.DetectionEc57Average.Ppv)}");
        }

        if (found.ShutdownSeconds > 0)
        {
            SummaryView.Line(console, "Shutdown", $"{Percent(found.ShutdownPercent)} of the time, the signal too poor to judge; outside it Se {Percent(found.SeOutsideShutdown)}, +P {Percent(found.PpvOutsideShutdown)}");
        }

        if (total.DecisionLatencyMs is { } latency)
        {
            SummaryView.Line(console, "Decision latency", $"p50 {Number(latency.P50)} ms, p95 {Number(latency.P95)} ms, p99 {Number(latency.P99)} ms after R; by R+45 ms {Percent(latency.By45)}, by R+50 ms {Percent(latency.By50)}");
        }

        if (total.Audit is { } audit)
        {
            SummaryView.Line(console, "Pulses", $"{audit.Pulses:N0}; a zero below is given with its 95 % upper bound, 3/N");
            if (audit.VulnerableRate is { } vulnerable)
            {
                SummaryView.Line(console, "In the T wave", vulnerable.ToString(), vulnerable.Count > 0 ? Bad : Style.Plain);
            }

            SummaryView.Line(console, "Unsafe pulses", audit.UnsafeRate.ToString(), audit.Unsafe > 0 ? Bad : Style.Plain);
            SummaryView.Line(console, "On ectopic beats", audit.EctopicRate.ToString(), audit.Ectopic > 0 ? Warn : Style.Plain);
            SummaryView.Line(console, "On fusion beats", audit.FusionRate.ToString(), audit.Fusion > 0 ? Warn : Style.Plain);
            SummaryView.Line(console, "On premature beats", audit.PrematureRate.ToString(), audit.Premature > 0 ? Warn : Style.Plain);
            SummaryView.Line(console, "Yield", $"{Percent(audit.Yield)} ({audit.EligibleFired:N0} of {audit.Eligible:N0} eligible beats)");
        }
    }

    /// <summary>How long it took, reading the files included.</summary>
    public static void WriteSpeed(IAnsiConsole console, ValidationResult result, TimeSpan elapsed, TimeSpan coreTime)
    {
        if (result.TotalSamples > 0)
        {
            // Each point of a curve, and two leads beside one, go through all samples once more.
            var replays = (result.Total.Curve?.Count ?? 1) + (result.Total.TwoLeads is null ? 0 : 1);
            SummaryView.Line(console, "Time", string.Create(
                CultureInfo.InvariantCulture,
                $"{elapsed.TotalSeconds:0.0} s; {coreTime.TotalSeconds:0.0} s of core time, {coreTime.TotalNanoseconds / (result.TotalSamples * replays):0} ns a sample"));
        }
    }

    public static void WriteVerdict(IAnsiConsole console, IReadOnlyList<LimitVerdict> verdicts)
    {
        foreach (var verdict in verdicts)
        {
            SummaryView.Line(console, verdict.IsMet ? "Limit met" : "Limit not met", $"{verdict.Limit}: {verdict.Limit.Figure.Name} is {verdict.Reached}", verdict.IsMet ? Good : Bad);
        }
    }

    private static Table TableOf(ValidationResult result)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("Record");
        string[] numbers = ["Length", "Beats", "Se %", "+P %", .. result.Total.Audit is null ? Array.Empty<string>() : ["by R+45 %", "Pulses", "Unsafe", "Ectopic", "Fusion", "Premature", "Yield %"]];
        foreach (var header in numbers)
        {
            table.AddColumn(new TableColumn(header).RightAligned().NoWrap());
        }

        foreach (var record in result.Records)
        {
            table.AddRow(Cells(record.Name, record.DurationSeconds, record.Detection, record.DecisionLatencyMs, record.Audit));
        }

        var total = result.Total;
        table.AddEmptyRow();
        table.AddRow(Cells("all", total.DurationSeconds, total.Detection, total.DecisionLatencyMs, total.Audit));
        return table;
    }

    private static Table TableOf(IReadOnlyList<TolerancePoint> curve)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("Tolerance");
        foreach (var header in new[] { "Pulses", "Unsafe", "Ectopic", "Fusion", "Premature", "Eligible", "Yield %" })
        {
            table.AddColumn(new TableColumn(header).RightAligned().NoWrap());
        }

        foreach (var point in curve)
        {
            table.AddRow(
                point.Tolerance.ToString(CultureInfo.InvariantCulture) + (point.AsRun ? " (as run)" : string.Empty),
                Count(point.Pulses), Count(point.Unsafe + (point.Vulnerable ?? 0), "red"), Count(point.Ectopic, "yellow"), Count(point.Fusion, "yellow"), Count(point.Premature, "yellow"), Count(point.Eligible), Share(point.Yield));
        }

        return table;
    }

    private static string[] Cells(string name, double seconds, DetectionResult found, DecisionLatency? latency, AuditResult? audit)
    {
        string[] cells = [Markup.Escape(name), SummaryView.Duration(seconds), Count(found.ReferenceBeats), Share(found.Se), Share(found.Ppv)];
        return audit is null ? cells
            : [.. cells, Share(latency?.By45), Count(audit.Pulses), Count(audit.Unsafe + (audit.Vulnerable ?? 0), "red"), Count(audit.Ectopic, "yellow"), Count(audit.Fusion, "yellow"), Count(audit.Premature, "yellow"), Share(audit.Yield)];
    }

    private static string Share(double? value) => value is { } percent ? percent.ToString("0.00", CultureInfo.InvariantCulture) : "-";

    private static string Count(long value, string? colour = null) => colour is null || value == 0
        ? value.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"[{colour}]{value}[/]");

    private static string Percent(double? value) => value is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent:0.00} %") : "-";

    private static string Number(double? value) => value is { } number ? number.ToString("0.0", CultureInfo.InvariantCulture) : "-";
}
