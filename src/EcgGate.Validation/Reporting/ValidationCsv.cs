using System.Globalization;

namespace EcgGate.Validation;

/// <summary>Writes the figures as CSV: a header line, a line for each record, and one called <c>TOTAL</c>.</summary>
public static class ValidationCsv
{
    private static readonly (string Name, Func<Row, object?> Of)[] Columns =
    [
        ("record", row => row.Name),
        ("seconds", row => row.Seconds),
        ("tp", row => row.Whole.Tp),
        ("fn", row => row.Whole.Fn),
        ("fp", row => row.Whole.Fp),
        ("se_percent", row => row.Whole.Se),
        ("ppv_percent", row => row.Whole.Ppv),
        ("tp_from_5min", row => row.Ec57.Tp),
        ("fn_from_5min", row => row.Ec57.Fn),
        ("fp_from_5min", row => row.Ec57.Fp),
        ("se_from_5min_percent", row => row.Ec57.Se),
        ("ppv_from_5min_percent", row => row.Ec57.Ppv),
        ("veb_se_percent", row => row.Whole.VebSe),
        ("veb_ppv_percent", row => row.Whole.VebPpv),
        ("rr_error_ms", row => row.Whole.RRErrorMs),
        ("latency_p50_ms", row => row.Latency?.P50),
        ("latency_p95_ms", row => row.Latency?.P95),
        ("latency_p99_ms", row => row.Latency?.P99),
        ("decided_by_45ms_percent", row => row.Latency?.By45),
        ("decided_by_50ms_percent", row => row.Latency?.By50),
        ("pulses", row => row.Audit?.Pulses),
        ("safe", row => row.Audit?.Safe),
        ("unsafe", row => row.Audit?.Unsafe),
        ("vulnerable", row => row.Audit?.Vulnerable),
        ("ectopic", row => row.Audit?.Ectopic),
        ("fusion", row => row.Audit?.Fusion),
        ("premature", row => row.Audit?.Premature),
        ("eligible", row => row.Audit?.Eligible),
        ("eligible_fired", row => row.Audit?.EligibleFired),
        ("yield_percent", row => row.Audit?.Yield),
        ("shutdown_percent", row => row.Whole.ShutdownPercent),
        ("se_outside_shutdown_percent", row => row.Whole.SeOutsideShutdown),
        ("ppv_outside_shutdown_percent", row => row.Whole.PpvOutsideShutdown),
    ];

    /// <summary>Writes all lines, with line feeds. What is not known is left empty.</summary>
    public static void Write(TextWriter writer, ValidationResult result)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(result);
        writer.Write(string.Join(',', Columns.Select(column => column.Name)) + "\n");
        var total = result.Total;
        var rows = result.Records
            .Select(record => new Row(record.Name, record.DurationSeconds, record.Detection, record.DetectionEc57, record.DecisionLatencyMs, record.Audit))
            .Append(new Row("TOTAL", total.DurationSeconds, total.Detection, total.DetectionEc57, total.DecisionLatencyMs, total.Audit));
        foreach (var row in rows)
        {
            writer.Write(string.Join(',', Columns.Select(column => Field(column.Of(row)))) + "\n");
        }
    }

    private static string Field(object? value) => value switch
    {
        null => string.Empty,
        double number => Math.Round(number, 6, MidpointRounding.AwayFromZero).ToString(CultureInfo.InvariantCulture),
        string text when text.AsSpan().IndexOfAny(",\"\r\n") >= 0 => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private sealed record Row(string Name, double Seconds, DetectionResult Whole, DetectionResult Ec57, DecisionLatency? Latency, AuditResult? Audit);
}
