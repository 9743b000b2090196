using System.Globalization;
using System.Text;
using EcgGate.Gating;

namespace EcgGate.Validation;

/// <summary>How a report is made.</summary>
public sealed record ReportOptions
{
    /// <summary>Limits to judge by. Default: none.</summary>
    public ValidationLimits Limits { get; init; } = ValidationLimits.None;

    /// <summary>Most bytes of the page. Default 9.5 million; strips are left out, the least grave first, to keep it. At least 1 million.</summary>
    public long MaxBytes { get; init; } = 9_500_000;

    /// <summary>Most strips of each kind. Default 60.</summary>
    public int StripsPerKind { get; init; } = 60;
}

/// <summary>
/// The report for people: one HTML page that needs nothing else, neither files nor network. Equal figures give equal
/// pages, byte for byte; it carries neither date nor machine.
/// </summary>
public static class ValidationReport
{
    private const int MostRecordsListed = 5_000;
    private const int MostFailuresListed = 200;

    private static readonly AamiClass[] Classes = [AamiClass.N, AamiClass.S, AamiClass.V, AamiClass.F, AamiClass.Q, AamiClass.O, AamiClass.X];

    /// <summary>Makes the page.</summary>
    /// <param name="result">The figures.</param>
    /// <param name="options">How; the defaults if null.</param>
    public static string ToHtml(ValidationResult result, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        options ??= new ReportOptions();
        var page = new StringBuilder(1 << 20);
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>EcgGate validation</title>\n<style>\n")
            .Append(ReportText.Style.ReplaceLineEndings("\n")).Append("</style></head><body>\n");
        Head(page, result);
        Verdict(page, result, options.Limits);
        Cards(page, result.Total);
        TwoLeads(page, result);
        Limits(page, result, options.Limits);
        Failures(page, result);
        Curves(page, result);
        Tolerances(page, result.Total);
        Pulses(page, result.Total);
        Rules(page, result.Total);
        Detection(page, result.Total);
        Records(page, result);
        var rest = new StringBuilder();
        Definitions(rest, result);
        Strips(page, result, options, rest.Length);
        page.Append(rest);
        page.Append("<script>\n").Append(ReportText.Script.ReplaceLineEndings("\n")).Append("</script></body></html>\n");
        return page.ToString();
    }

    private static void Head(StringBuilder page, ValidationResult result)
    {
        var settings = result.Settings;
        var subject = settings?.TestAnnotator is { } annotator ? $"annotator {annotator}" : $"engine {settings?.EngineVersion}".TrimEnd() + (settings?.Detector is { } detector ? $", detector {detector}" : string.Empty);
        var part = result.Part is { } shard ? string.Create(CultureInfo.InvariantCulture, $": part {shard.Number} of {shard.Of} only") : string.Empty;
        page.Append(CultureInfo.InvariantCulture, $"<header><h1>EcgGate validation{part}</h1><div class=\"soft\">{ReportStrip.Html(subject)} on {Count(result.Records.Count, "record")}, {Hours(result.Total.DurationSeconds)}, {result.Total.Detection.ReferenceBeats:N0} reference beats");
        if (settings is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $" ({ReportStrip.Html(settings.ReferenceAnnotator)})");
        }

        if (settings?.Gate is { } gate)
        {
            page.Append(CultureInfo.InvariantCulture, $" · pulse at R+{gate.TargetDelay.TotalMilliseconds} ms, cut-off R+{gate.Cutoff.TotalMilliseconds} ms, {gate.MinimumRatePerMinute}–{gate.MaximumRatePerMinute}/min, ");
            page.Append(gate.MinimumInterval == TimeSpan.Zero ? "every beat tried" : string.Create(CultureInfo.InvariantCulture, $"at least {gate.MinimumInterval.TotalMilliseconds} ms between pulses"));
        }

        if (settings?.Noise is { } noise)
        {
            page.Append(CultureInfo.InvariantCulture, $" · noise {ReportStrip.Html(noise.Name)} mixed in at {noise.SignalToNoiseDecibels} dB");
        }

        page.Append("</div></header>\n");
    }

    private static void Verdict(StringBuilder page, ValidationResult result, ValidationLimits limits)
    {
        if (limits.All.Count == 0)
        {
            page.Append("<div class=\"verdict\"><b>No limits were set.</b> Give some with <code>--require</code> to get a verdict.</div>\n");
            return;
        }

        var verdicts = limits.Judge(result);
        var missed = verdicts.Count(verdict => !verdict.IsMet);
        var failed = result.Failures.Count == 0 ? string.Empty : $" {Count(result.Failures.Count, "record")} could not be judged.";
        page.Append(missed == 0
            ? $"<div class=\"verdict good\"><b>Within all limits.</b> {Count(verdicts.Count, "limit")} met.{failed}</div>"
            : $"<div class=\"verdict bad\"><b>Not within limits.</b> {missed} of {Count(verdicts.Count, "limit")} not met.{failed}</div>");
        page.Append('\n');
    }

    private static void Limits(StringBuilder page, ValidationResult result, ValidationLimits limits)
    {
        if (limits.All.Count == 0)
        {
            return;
        }

        page.Append("<table><thead><tr><th>Limit</th><th>Reached</th><th class=\"l\">Verdict</th><th class=\"l\">Figure</th></tr></thead><tbody>");
        foreach (var verdict in limits.Judge(result).OrderBy(verdict => verdict.IsMet))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><b>{ReportStrip.Html(verdict.Limit.ToString())}</b></td><td>{verdict.Reached}</td><td class=\"l {(verdict.IsMet ? "good" : "bad")}\">{(verdict.IsMet ? "met" : "not met")}</td><td class=\"l\">{ReportStrip.Html(verdict.Limit.Figure.Meaning)}</td></tr>");
        }

        page.Append("</tbody></table>\n");
    }

    private static void Cards(StringBuilder page, TotalResult total)
    {
        page.Append("<div class=\"cards\">");
        void Card(string label, string figure, string small, bool alarm = false) =>
            page.Append(CultureInfo.InvariantCulture, $"<div{(alarm ? " class=\"alarm\"" : string.Empty)}><span>{label}</span><strong>{figure}</strong><small>{small}</small></div>");

        if (total.Audit is { } audit)
        {
            var grave = audit.Unsafe + (audit.Vulnerable ?? 0);
            Card("Unsafe pulses", $"{grave:N0}", Rate(new ObservedRate(grave, audit.Pulses)), grave > 0);
            Card("After ventricular beats", $"{audit.Ectopic:N0}", Rate(audit.EctopicRate), audit.Ectopic > 0);
            Card("After fusion beats", $"{audit.Fusion:N0}", Rate(audit.FusionRate));
            Card("After premature beats", $"{audit.Premature:N0}", Rate(audit.PrematureRate));
            Card("Yield", Percent(audit.Yield), $"{audit.EligibleFired:N0} of {audit.Eligible:N0} eligible beats");
        }

        Card("Sensitivity", Percent(total.Detection.Se), $"{total.Detection.Fn:N0} of {total.Detection.ReferenceBeats:N0} missed");
        Card("Positive predictivity", Percent(total.Detection.Ppv), $"{total.Detection.Fp:N0} of {total.Detection.TestBeats:N0} false");
        if (total.DetectionEc57.ReferenceBeats > 0)
        {
            Card("EC57, from 5:00", Percent(total.DetectionEc57.Se), $"+P {Percent(total.DetectionEc57.Ppv)}");
        }

        if (total.DecisionLatencyMs is { } latency)
        {
            Card("Decided by R+45 ms", Percent(latency.By45), "of all reference beats");
            Card("Decision latency", Ms(latency.P50), $"median; p95 {latency.P95:0.0}, p99 {Ms(latency.P99)}");
        }

        page.Append("</div>\n");
    }

    private static void TwoLeads(StringBuilder page, ValidationResult result)
    {
        if (result.Total.TwoLeads is not { } two)
        {
            return;
        }

        page.Append("<h2>Two leads</h2><p class=\"soft\">All else on this page is about the first lead alone.</p><div class=\"wrap\"><table><thead><tr><th class=\"l\">Leads</th><th>Missed</th><th>False</th><th>Se</th><th>+P</th><th>Se 5:00</th><th>+P 5:00</th><th>Decided by R+45 ms</th><th>p50</th><th>p99</th><th>Shutdown</th><th>Pulses</th><th>unsafe</th><th>ventr.</th><th>fusion</th><th>premat.</th><th>Yield</th></tr></thead><tbody>");
        void Row(string? leads, TotalResult total)
        {
            var (found, latency, audit) = (total.Detection, total.DecisionLatencyMs, total.Audit);
            page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"l\">{ReportStrip.Html(leads ?? "0")}</td><td>{found.Fn:N0}</td><td>{found.Fp:N0}</td><td>{Percent(found.Se)}</td><td>{Percent(found.Ppv)}</td><td>{Percent(total.DetectionEc57.Se)}</td><td>{Percent(total.DetectionEc57.Ppv)}</td><td>{Percent(latency?.By45)}</td><td>{Ms(latency?.P50)}</td><td>{Ms(latency?.P99)}</td><td>{Percent(found.ShutdownPercent)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{audit?.Pulses:N0}</td><td>{audit?.Unsafe + (audit?.Vulnerable ?? 0):N0}</td><td>{audit?.Ectopic:N0}</td><td>{audit?.Fusion:N0}</td><td>{audit?.Premature:N0}</td><td>{Percent(audit?.Yield)}</td></tr>");
        }

        Row(result.Settings?.Lead, result.Total);
        Row($"{result.Settings?.Leads} voting", two);
        page.Append("</tbody></table></div>\n");
        foreach (var record in result.Records.Where(record => record.Remark is not null).Take(MostFailuresListed))
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"soft\">{ReportStrip.Html(record.Name)}: {ReportStrip.Html(record.Remark!)}</p>\n");
        }
    }

    private static void Failures(StringBuilder page, ValidationResult result)
    {
        if (result.Failures.Count == 0)
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"<h2>Not judged: {Count(result.Failures.Count, "record")}</h2><p>They are in no figure on this page.</p><ul class=\"fail\">");
        foreach (var failure in result.Failures.Take(MostFailuresListed))
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><b>{ReportStrip.Html(failure.Name)}</b>: {ReportStrip.Html(failure.Problem)}</li>");
        }

        if (result.Failures.Count > MostFailuresListed)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li>and {result.Failures.Count - MostFailuresListed:N0} more</li>");
        }

        page.Append("</ul>\n");
    }

    private static void Curves(StringBuilder page, ValidationResult result)
    {
        var total = result.Total;
        if (total.DecisionLatencyMs is not { } latency || total.Audit is not { } audit)
        {
            return;
        }

        double? target = result.Settings?.Gate?.TargetDelay.TotalMilliseconds;
        page.Append("<h2>Curves</h2><div class=\"two\">");
        void Curve(string title, string text, string svg) => page.Append(CultureInfo.InvariantCulture, $"<div><h3>{title}</h3><p class=\"soft\">{text}</p>{svg}</div>\n");
        if (latency.ReferenceBeats > 0)
        {
            Curve("Accuracy against allowed latency", "A beat decided later than allowed counts as missed; a false one decided later does no harm.", ReportChart.Latency(latency, target));
            Curve("When decisions came", $"{Spread("Decision − R", latency.Matched)} The outermost bars hold all that lies beyond.", ReportChart.Decisions(latency, target));
        }

        if (audit.Pulses > 0)
        {
            Curve("Where pulses fell", $"{Spread("Pulse − R", audit.OffsetMs)} Green: the refractory window, R to R+100 ms. The outermost bars hold all that lies beyond.", ReportChart.Offsets(audit.OffsetMs));
        }

        if (audit.Eligible > 0 && total.Strictness.Any(point => point.Unsafe + point.Doubtful > 0))
        {
            Curve("Yield against pulses that are not safe", "Varied: the largest template residual with which a beat is fired on (figures at the points). Found from the ledger of this one run; all other decisions stay as they were, so that only stricter can be shown. <code>--curve</code> runs again, and shows both.", ReportChart.Strictness(total.Strictness, audit.Eligible));
        }

        page.Append("</div>\n");
    }

    private static void Tolerances(StringBuilder page, TotalResult total)
    {
        if (total.Curve is not { } curve)
        {
            return;
        }

        page.Append("<h2 id=\"tolerances\">Yield against unsafe pulses, by shape tolerance</h2><p class=\"soft\">How far a beat may be from its rhythm's shape (<code>--shape-tolerance</code>), as a multiple of the limit that the rhythm's own beats set. The engine ran again over all records with each, nothing else changed; a zero is given with its bound, as everywhere.</p><div class=\"wrap\"><table><thead><tr><th>Tolerance</th><th>Pulses</th><th>unsafe</th><th>ventr.</th><th>fusion</th><th>premat.</th><th class=\"l\">unsafe or ventr.</th><th>Eligible</th><th>Yield</th></tr></thead><tbody>");
        foreach (var point in curve)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{(point.AsRun ? "<b>" : string.Empty)}{ReportChart.ToleranceLabel(point)}{(point.AsRun ? "</b>" : string.Empty)}</td><td>{point.Pulses:N0}</td>");
            var grave = point.Unsafe + (point.Vulnerable ?? 0);
            foreach (var (count, style) in new[] { (grave, "bad"), (point.Ectopic, "bad"), (point.Fusion, "warn"), (point.Premature, "warn") })
            {
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"{(count > 0 ? style : "x")}\">{count:N0}</td>");
            }

            page.Append(CultureInfo.InvariantCulture, $"<td class=\"l\">{ReportStrip.Html(new ObservedRate(grave + point.Ectopic, point.Pulses).ToString())}</td><td>{point.Eligible:N0}</td><td>{Percent(point.Yield)}</td></tr>");
        }

        page.Append("</tbody></table></div><div class=\"half\">");
        if (curve.Any(point => point is { WrongPerThousand: not null, Yield: not null }))
        {
            page.Append(ReportChart.Tolerances(curve));
        }

        page.Append("</div>\n");
    }

    private static string Spread(string what, Distribution values) => values.Count == 0
        ? $"{what}: none."
        : $"{what}: p1 {Ms(values.Percentile(1))}, median {Ms(values.Percentile(50))}, p99 {Ms(values.Percentile(99))}; least {Ms(values.Counts.First().Key)}, most {Ms(values.Percentile(100))}.";

    private static void Pulses(StringBuilder page, TotalResult total)
    {
        if (total.Audit is not { } audit)
        {
            return;
        }

        page.Append("<h2>Pulses</h2><div class=\"flow\"><div><table><thead><tr><th>Verdict</th><th>Pulses</th><th class=\"l\">Rate</th></tr></thead><tbody>");
        void Row(string verdict, ObservedRate rate, string style)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{verdict}</td><td class=\"{(rate.Count > 0 ? style : "x")}\">{rate.Count:N0}</td><td class=\"l\">{ReportStrip.Html(rate.ToString())}</td></tr>");
        }

        if (audit.VulnerableRate is { } vulnerable)
        {
            Row("in the vulnerable period", vulnerable, "bad");
        }

        Row("unsafe", audit.UnsafeRate, "bad");
        Row("after a ventricular beat", audit.EctopicRate, "bad");
        Row("after a fusion beat", audit.FusionRate, "warn");
        Row("after a supraventricular premature beat", audit.PrematureRate, "warn");
        Row("safe", new ObservedRate(audit.Safe, audit.Pulses), string.Empty);
        page.Append(CultureInfo.InvariantCulture, $"</tbody><tfoot><tr><td>all</td><td>{audit.Pulses:N0}</td><td></td></tr></tfoot></table></div><div><table><thead><tr><th>Decided by</th><th>of all reference beats</th></tr></thead><tbody>");
        if (total.DecisionLatencyMs is { } latency)
        {
            foreach (var (limit, share) in new[] { (20, latency.By20), (30, latency.By30), (40, latency.By40), (45, latency.By45), (50, latency.By50), (60, latency.By60), (100, latency.By100) })
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>R+{limit} ms</td><td>{Percent(share)}</td></tr>");
            }
        }

        page.Append("</tbody></table></div></div>\n");
    }

    private static void Rules(StringBuilder page, TotalResult total)
    {
        if (total.IfFired.Count == 0)
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"<h2>What each rule bought and cost</h2><p class=\"soft\">Of {total.Beats:N0} beats detected, {total.Fired:N0} were fired on. The others are given a pulse here in thought, one at a time, at the usual delay: what the rule kept from happening, and which eligible beats it cost.</p>");
        page.Append("<div class=\"wrap\"><table><thead><tr><th>Reason</th><th>Beats</th><th>unsafe</th><th>ventricular</th><th>fusion</th><th>premature</th><th>safe</th><th>of them eligible</th><th>yield lost</th></tr></thead><tbody>");
        void Row(string name, RuleWorth worth, string style)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr{style}><td>{name}</td><td>{worth.Beats:N0}</td>");
            foreach (var count in new[] { worth.Unsafe, worth.Ectopic, worth.Fusion, worth.Premature, worth.Safe, worth.Eligible })
            {
                page.Append(CultureInfo.InvariantCulture, $"<td{(count == 0 ? " class=\"x\"" : string.Empty)}>{count:N0}</td>");
            }

            page.Append(CultureInfo.InvariantCulture, $"<td>{Percent(DetectionResult.Percent(worth.Eligible, total.Audit?.Eligible ?? 0))}</td></tr>");
        }

        foreach (var (reason, worth) in total.IfFired.OrderByDescending(pair => pair.Value.Beats))
        {
            Row(reason.ToString(), worth, string.Empty);
        }

        Row("all", RuleWorth.Sum(total.IfFired.Values), " class=\"sum\"");
        page.Append("</tbody></table></div>\n");
    }

    private static void Detection(StringBuilder page, TotalResult total)
    {
        page.Append("<h2>Detection</h2><div class=\"flow\"><div class=\"wrap\"><table><thead><tr><th></th><th>Beats</th><th>Missed</th><th>False</th><th>Se</th><th>+P</th><th>VEB Se</th><th>VEB +P</th><th>Shutdown</th><th>Se outside</th><th>+P outside</th></tr></thead><tbody>");
        void Gross(string name, DetectionResult found) => page.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td>{found.ReferenceBeats:N0}</td><td>{found.Fn:N0}</td><td>{found.Fp:N0}</td><td>{Percent(found.Se)}</td><td>{Percent(found.Ppv)}</td><td>{Percent(found.VebSe)}</td><td>{Percent(found.VebPpv)}</td><td>{Percent(found.ShutdownPercent)}</td><td>{Percent(found.SeOutsideShutdown)}</td><td>{Percent(found.PpvOutsideShutdown)}</td></tr>");
        void Average(string name, DetectionAverage mean) => page.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td></td><td></td><td></td><td>{Percent(mean.Se)}</td><td>{Percent(mean.Ppv)}</td><td>{Percent(mean.VebSe)}</td><td>{Percent(mean.VebPpv)}</td><td></td><td></td><td></td></tr>");
        Gross("gross, from 0:00", total.Detection);
        Gross("gross, from 5:00", total.DetectionEc57);
        Average("average, from 0:00", total.DetectionAverage);
        Average("average, from 5:00", total.DetectionEc57Average);
        page.Append("</tbody></table>");
        var whole = total.Detection;
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"soft\">Detection − annotated R: {Ms(whole.OffsetMs.MeanMilliseconds)} on average, standard deviation {Ms(whole.OffsetMs.StandardDeviationMilliseconds)}. RR error: {Ms(whole.RRErrorMs)} root mean square.");
        if (whole.FlutterSeconds > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $" Ventricular flutter or fibrillation: {whole.FlutterSeconds:N0} s, {whole.ExcludedInFlutter:N0} detections within it left out.");
        }

        if (whole.ReferenceShutdownSeconds + whole.ShutdownSeconds > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $" Signal unreadable: {whole.ReferenceShutdownSeconds:N0} s by the reference, {whole.ShutdownSeconds:N0} s by the one judged, {whole.MissedInShutdown:N0} beats missed, {whole.FoundInShutdown:N0} found and {whole.FalseInShutdown:N0} made up in it.");
        }

        page.Append("</p></div><div class=\"wrap\"><table><thead><tr><th>Reference ↓ found →</th>");
        foreach (var column in Classes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<th>{ClassName(column, "missed")}</th>");
        }

        page.Append("</tr></thead><tbody>");
        foreach (var row in Classes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><b>{ClassName(row, "false")}</b></td>");
            foreach (var column in Classes)
            {
                var count = whole.Classes[row, column];
                page.Append(CultureInfo.InvariantCulture, $"<td{(count == 0 ? " class=\"x\"" : string.Empty)}>{count:N0}</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</tbody></table><p class=\"soft\">From 0:00. N normal or bundle branch block, S supraventricular, V ventricular, F fusion, Q paced or not classifiable; X: within shutdown.</p></div></div>\n");
    }

    private static void Records(StringBuilder page, ValidationResult result)
    {
        var audits = result.Total.Audit is not null;
        var shown = result.Records.Where(record => record.Doubtful.Strips.Count > 0).Select(record => record.Name).ToHashSet(StringComparer.Ordinal);
        page.Append("<h2>Records</h2><p class=\"soft screen\">Click a heading to sort, a name to see its doubtful beats.</p><div class=\"wrap\"><table id=\"records\"><thead><tr><th>Record</th><th>Length</th>");
        if (audits)
        {
            page.Append("<th class=\"b\">Pulses</th><th>unsafe</th><th>ventr.</th><th>fusion</th><th>premat.</th><th>Yield</th><th>Eligible</th>");
        }

        page.Append("<th class=\"b\">Beats</th><th>Missed</th><th>False</th><th>Se</th><th>+P</th><th class=\"b\">Se 5:00</th><th>+P 5:00</th>");
        page.Append(audits ? "<th class=\"b\">p50</th><th>p95</th><th>p99 ms</th><th>by R+45</th>" : string.Empty).Append("</tr></thead><tbody>\n");
        foreach (var record in result.Records.Take(MostRecordsListed))
        {
            var name = ReportStrip.Html(record.Name);
            Row(
                shown.Contains(record.Name) ? $"<a href=\"#doubtful\" data-show=\"{name}\">{name}</a>" : name,
                record.DurationSeconds, record.Detection, record.DetectionEc57, record.DecisionLatencyMs, record.Audit);
        }

        page.Append("</tbody><tfoot>");
        var total = result.Total;
        Row("all", total.DurationSeconds, total.Detection, total.DetectionEc57, total.DecisionLatencyMs, total.Audit);
        page.Append("</tfoot></table></div>\n");
        if (result.Records.Count > MostRecordsListed)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>and {result.Records.Count - MostRecordsListed:N0} more; <code>--csv</code> lists all.</p>\n");
        }

        void Row(string name, double seconds, DetectionResult whole, DetectionResult ec57, DecisionLatency? latency, AuditResult? audit)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td data-v=\"{Math.Round(seconds, 1)}\">{Length(seconds)}</td>");
            if (audits)
            {
                Cell(audit?.Pulses, " b");
                Cell(audit is null ? null : audit.Unsafe + (audit.Vulnerable ?? 0), " bad");
                Cell(audit?.Ectopic, " bad");
                Cell(audit?.Fusion, " warn");
                Cell(audit?.Premature, " warn");
                Share(audit?.Yield, string.Empty);
                Cell(audit?.Eligible, string.Empty);
            }

            Cell(whole.ReferenceBeats, " b");
            Cell(whole.Fn, string.Empty);
            Cell(whole.Fp, string.Empty);
            Share(whole.Se, string.Empty);
            Share(whole.Ppv, string.Empty);
            Share(ec57.Se, " class=\"b\"");
            Share(ec57.Ppv, string.Empty);
            if (audits)
            {
                Number(latency?.P50, " class=\"b\"");
                Number(latency?.P95, string.Empty);
                Number(latency?.P99, string.Empty);
                Share(latency?.By45, string.Empty);
            }

            page.Append("</tr>\n");
        }

        void Cell(long? count, string style)
        {
            var quiet = count is null or 0 ? style.Contains('b', StringComparison.Ordinal) && style != " bad" ? " b x" : " x" : style;
            page.Append(CultureInfo.InvariantCulture, $"<td class=\"{quiet.Trim()}\" data-v=\"{count}\">{count:N0}</td>");
        }

        void Share(double? percent, string style) => page.Append(CultureInfo.InvariantCulture, $"<td{style} data-v=\"{(percent is { } value ? Math.Round(value, 4) : null)}\">{percent:0.00}</td>");
        void Number(double? ms, string style) => page.Append(CultureInfo.InvariantCulture, $"<td{style} data-v=\"{(ms is { } value ? Math.Round(value, 4) : null)}\">{ms:0.0}</td>");
    }

    private static void Strips(StringBuilder page, ValidationResult result, ReportOptions options, int restLength)
    {
        var counts = result.Total.Doubtful;
        page.Append("<h2 id=\"doubtful\">Doubtful beats</h2>");
        if (counts.Count == 0)
        {
            page.Append("<p>None: every beat was found, nothing else was, and every pulse is safe.</p>\n");
            return;
        }

        page.Append("<p class=\"soft\">The second before and after, on the lead that was gated on; gravest first. At most 20 of a kind and record are kept, so that one bad record does not hide the others.</p>")
            .Append(Key)
            .Append("<p class=\"screen\"><label>Only record <input id=\"filter\" placeholder=\"name\"></label> <span id=\"shown\" class=\"soft\"></span></p>\n");

        // Room for the rest of the page, the script, and one heading of each kind.
        var room = Math.Max(options.MaxBytes, 1_000_000) - Encoding.UTF8.GetByteCount(page.ToString()) - (2L * restLength) - ReportText.Script.Length - 10_000;
        var strip = new StringBuilder();
        foreach (var (kind, count) in counts)
        {
            var chosen = result.Records
                .SelectMany(record => record.Doubtful.Strips.Where(candidate => candidate.Kind == kind).Select(candidate => (record.Name, Strip: candidate)))
                .OrderByDescending(candidate => candidate.Strip.Severity)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .ThenBy(candidate => candidate.Strip.AtSeconds)
                .Take(options.StripsPerKind);
            var drawn = new List<string>();
            foreach (var (name, candidate) in chosen)
            {
                ReportStrip.Write(strip.Clear(), name, candidate);
                var text = strip.ToString();
                var size = Encoding.UTF8.GetByteCount(text);
                if (size > room)
                {
                    break;
                }

                room -= size;
                drawn.Add(text);
            }

            page.Append(CultureInfo.InvariantCulture, $"<h3>{KindName(kind)}: {count:N0}{(drawn.Count < count ? $" <span class=\"soft\">({drawn.Count:N0} shown, {count - drawn.Count:N0} more)</span>" : string.Empty)}</h3><p class=\"soft\">{Order(kind)}</p><div class=\"strips\">\n");
            drawn.ForEach(text => page.Append(text));
            page.Append("</div>\n");
        }
    }

    private static void Definitions(StringBuilder page, ValidationResult result)
    {
        page.Append("<h2>What the figures mean</h2><dl>");
        foreach (var (term, meaning) in ReportText.Definitions)
        {
            page.Append(CultureInfo.InvariantCulture, $"<dt>{ReportStrip.Html(term)}</dt><dd>{ReportStrip.Html(meaning)}</dd>");
        }

        page.Append("</dl>\n");
        if (result.Settings is { Gate: { } gate } settings)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h3>Gate options</h3><p class=\"soft\">{ReportStrip.Html(gate.ToString())}; engine {ReportStrip.Html(settings.EngineVersion)}, detector {ReportStrip.Html(settings.Detector ?? "-")}, lead {ReportStrip.Html(settings.Lead ?? "0 (each record's first)")}.</p>\n");
        }

        page.Append("<p class=\"soft\">A measurement on recordings, in virtual time: edges are exact here, so lateness is not measured (<code>ecggate bench</code> does). Not evidence that a device is safe. Equal recordings and settings give this page again, byte for byte.</p>\n");
    }

    private const string Key = """
        <div class="key"><span><svg viewBox="0 0 26 16"><path class="r" d="M13 3v11"/></svg>reference beat and its window, R to R+100 ms</span><span><svg viewBox="0 0 26 16"><path class="d" d="M13 3l5 10h-10z"/></svg>detected and fired on</span><span><svg viewBox="0 0 26 16"><path class="d n" d="M13 3l5 10h-10z"/></svg>detected, not fired on, and why</span><span><svg viewBox="0 0 26 16"><path class="p" d="M13 0v16"/></svg>pulse</span><span><svg viewBox="0 0 26 16"><path class="p b" d="M13 0v16"/></svg>the pulse in question</span><span><svg viewBox="0 0 26 16"><rect class="fl" width="26" height="16"/></svg>flutter or fibrillation</span><span><svg viewBox="0 0 26 16"><rect class="vu" width="26" height="16"/></svg>vulnerable period, where known</span><span>grid: 200 ms and 0.5 mV</span></div>
        """;

    private static string KindName(DoubtKind kind) => kind switch
    {
        DoubtKind.Vulnerable => "Pulses in the vulnerable period",
        DoubtKind.Unsafe => "Unsafe pulses",
        DoubtKind.Ectopic => "Pulses after ventricular beats",
        DoubtKind.Fusion => "Pulses after fusion beats",
        DoubtKind.Premature => "Pulses after supraventricular premature beats",
        DoubtKind.Missed => "Missed beats",
        _ => "False detections",
    };

    private static string Order(DoubtKind kind) => kind switch
    {
        DoubtKind.Vulnerable or DoubtKind.Unsafe => "In flutter first; then by how near to 250 ms after the beat before, where T waves peak.",
        DoubtKind.Missed => "Normal and paced beats first.",
        DoubtKind.False => "Those that the detector was surest of first.",
        _ => "Those whose shape was farthest from the template first.",
    };

    private static string ClassName(AamiClass name, string pseudo) => name switch
    {
        AamiClass.O => pseudo,
        _ => name.ToString(),
    };

    /// <summary>The rate without its count, which stands above it: <c>of 40,270 (&lt; 0.0075 %)</c>.</summary>
    private static string Rate(ObservedRate rate) => ReportStrip.Html(rate.ToString().Split(' ', 2)[1]);

    private static string Percent(double? value) => value is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent:0.00} %") : "–";

    private static string Ms(double? value) => value is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0.0;−0.0;0.0} ms") : "–";

    private static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? string.Empty : "s")}");

    private static string Hours(double seconds) => seconds < 3600
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h");

    private static string Length(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Round(seconds));
        return string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}");
    }
}
