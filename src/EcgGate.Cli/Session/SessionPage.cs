using System.Globalization;
using System.Net;
using System.Text;
using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Delivery;
using EcgGate.Gating;
using EcgGate.Records.Sessions;
using EcgGate.Signals;

namespace EcgGate.Cli.Session;

/// <summary>A session as one HTML page that needs nothing else: figures, ECG with each decision, curves, each line.</summary>
internal static class SessionPage
{
    private const double StripSeconds = 10;

    /// <summary>Some 20 kB each. Where there are more, those with nothing but ordinary beats are left out first.</summary>
    private const int MostStrips = 120;

    private const string Style = """
        :root{--ink:#1b2430;--soft:#5f6b7a;--line:#d9dee5}
        body{margin:0 auto;max-width:1080px;padding:28px 32px 60px;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;color:var(--ink);background:#fff}
        h1{font-size:26px;margin:0 0 2px}
        h2{font-size:19px;margin:34px 0 6px;padding-top:12px;border-top:1px solid var(--line)}
        .soft{color:var(--soft)}
        .bad{color:#b3261e}
        .cards{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0}
        .cards div{border:1px solid var(--line);border-radius:8px;padding:8px 16px}
        .cards span{display:block;color:var(--soft);font-size:13px}
        .cards strong{font-size:24px;font-variant-numeric:tabular-nums}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13.5px}
        th,td{padding:3px 10px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
        th{color:var(--soft)}
        td.n{text-align:right}
        .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:16px}
        svg{display:block;width:100%;height:auto;margin:4px 0}
        .chart text{font:12px sans-serif;fill:#5f6b7a}
        .bar{background:#c8641b;height:12px}
        """;

    /// <summary>Writes the page.</summary>
    /// <exception cref="Records.RecordException">The session cannot be read.</exception>
    public static void Write(TextWriter page, RecordedSession session)
    {
        var strips = new List<Strip>();
        var rate = session.Header.Source.SamplingRateHertz;
        var summary = SessionSummary.Of(session, sample => Collect(strips, in sample, rate));
        var figures = summary.Figures;
        var header = session.Header;
        page.Write($"<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Session: {Html(header.Source.Name)}</title>\n<style>\n{Style}\n</style>\n<body>\n");
        page.Write($"<h1>{Html(header.Source.Name)}</h1>\n<p class=\"soft\">{header.Started.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}, {SummaryView.Duration(figures.Seconds)}; {Html(summary.End)}</p>\n");
        page.Write("<p class=\"soft\">Research software, no medical device.</p>\n");
        Cards(page, summary);
        foreach (var finding in summary.Findings)
        {
            page.Write($"<p class=\"bad\">{Html(finding.ToString())}</p>\n");
        }

        if (figures.WhyNothingFired is { } why)
        {
            page.Write($"<p class=\"bad\">{Html(why)}</p>\n");
        }

        Reasons(page, "Withheld beats by reason", figures.Withheld);
        Reasons(page, "Missed beats by reason", figures.Missed);
        Curves(page, summary.Pulses);
        Ecg(page, session, strips, rate);
        Lines(page, session, rate);
        Machine(page, header);
        page.Write("</body></html>\n");
    }

    private static void Cards(TextWriter page, SessionSummary summary)
    {
        var figures = summary.Figures;
        page.Write("<div class=\"cards\">");
        Card("beats", figures.Beats);
        Card("fired", figures.Fired);
        Card("withheld", figures.WithheldCount);
        Card("missed", figures.MissedCount);
        Card("samples lost", figures.LostSamples);
        Card("events lost", figures.DroppedEvents);
        Card("pulses measured", summary.Pulses.Count);
        if (figures.LatenessMicroseconds.Count > 0)
        {
            page.Write(string.Create(CultureInfo.InvariantCulture, $"<div><span>edge lateness p50, max</span><strong>{figures.LatenessMicroseconds.P50:0.0}, {figures.LatenessMicroseconds.Max:0.0} us</strong></div>"));
        }

        page.Write("</div>\n");

        void Card(string label, long value) => page.Write(string.Create(CultureInfo.InvariantCulture, $"<div><span>{label}</span><strong>{value}</strong></div>"));
    }

    private static void Reasons(TextWriter page, string title, IReadOnlyList<KeyValuePair<Reason, long>> counts)
    {
        if (counts.Count == 0)
        {
            return;
        }

        var most = counts.Max(entry => entry.Value);
        page.Write($"<h2>{title}</h2>\n<table>");
        foreach (var (reason, count) in counts.OrderByDescending(entry => entry.Value))
        {
            page.Write(string.Create(CultureInfo.InvariantCulture, $"<tr><td>{reason}<td class=\"n\">{count}<td style=\"width:240px\"><div class=\"bar\" style=\"width:{100.0 * count / most:0}%\"></div><td class=\"soft\">{ReasonText.Explain(reason)}"));
        }

        page.Write("</table>\n");
    }

    private static void Curves(TextWriter page, IReadOnlyList<PulseReading> pulses)
    {
        if (pulses.Count == 0)
        {
            return;
        }

        page.Write("<h2>What the generator measured</h2>\n<p class=\"soft\">One point for each pulse, a curve for each pair of electrodes; red: something was wrong with the pulse.</p>\n<div class=\"two\">");
        Curve("Impedance, ohm", pulse => pulse.ImpedanceOhms);
        Curve("Mean current, A", pulse => pulse.MeanAmperes);
        Curve("Mean voltage, V", pulse => pulse.MeanVolts);
        Curve("Width, us", pulse => pulse.WidthMicroseconds);
        page.Write("</div>\n");

        void Curve(string title, Func<PulseReading, double> value)
        {
            page.Write($"<div><b>{title}</b>");
            page.Write(TrendChart.Draw(title, [.. pulses.Select(pulse => new TrendChart.Point(pulse.Setting.Pair, value(pulse), pulse.Fault != PulseFault.None))]));
            page.Write("</div>");
        }
    }

    private static void Ecg(TextWriter page, RecordedSession session, List<Strip> strips, double rate)
    {
        page.Write("<h2>ECG</h2>\n");
        var beats = session.Beats.GroupBy(line => (long)(Math.Max(0, line.Beat.RTime.ToSeconds(rate)) / StripSeconds)).ToDictionary(group => group.Key, group => group.ToList());
        var shown = strips.Where(strip => strip.Millivolts.Count > 1).ToList();
        if (shown.Count > MostStrips)
        {
            // Those with something out of the ordinary first, then in order of time again.
            var kept = shown.OrderByDescending(strip => beats.GetValueOrDefault(strip.Number)?.Count(line => line.Outcome != Outcome.Fired) ?? 0).Take(MostStrips).OrderBy(strip => strip.Number).ToList();
            page.Write($"<p class=\"soft\">{kept.Count} of {shown.Count} strips of {StripSeconds} s: those with most beats that were not fired on.</p>\n");
            shown = kept;
        }

        foreach (var strip in shown)
        {
            var from = strip.First / rate;
            var until = from + ((strip.Millivolts.Count - 1) / rate);
            var marks = (beats.GetValueOrDefault(strip.Number - 1) ?? []).Concat(beats.GetValueOrDefault(strip.Number) ?? [])
                .Where(line => line.Beat.RTime.ToSeconds(rate) >= from - 1 && line.Beat.RTime.ToSeconds(rate) <= until)
                .Select(line => EcgMark.Of(in line, rate));
            page.Write(EcgPaper.Draw(string.Create(CultureInfo.InvariantCulture, $"ECG from {from:0.0} s"), session.Header.Source.LeadNames[0], [.. strip.Millivolts], rate, from, [.. marks]));
        }
    }

    private static void Lines(TextWriter page, RecordedSession session, double rate)
    {
        page.Write("<h2>Each line of the session</h2>\n<table><tr><th>ECG at s<th>Recorded s<th>What<th>Details");
        foreach (var entry in session.Entries.Skip(1))
        {
            var (when, what, detail) = EntryText.Of(entry, rate);
            page.Write(string.Create(CultureInfo.InvariantCulture, $"<tr><td class=\"n\">{when}<td class=\"n\">{entry.Seconds:0.000}<td>{what}<td>{Html(detail)}"));
        }

        page.Write("</table>\n");
    }

    private static void Machine(TextWriter page, SessionHeader header)
    {
        page.Write("<h2>Machine and options</h2>\n<table>");
        Row("version", header.Version);
        Row("runtime", RuntimeOption.NameOf(header.Runtime));
        Row("source", string.Create(CultureInfo.InvariantCulture, $"{header.Source.SamplingRateHertz:0.###} samples/s, {string.Join(", ", header.Source.LeadNames)}"));
        foreach (var (name, value) in header.Machine)
        {
            Row(name, value);
        }

        Row("options", header.Options.ToString());
        page.Write("</table>\n");

        void Row(string name, string value) => page.Write($"<tr><td class=\"soft\">{Html(name)}<td>{Html(value)}");
    }

    private static void Collect(List<Strip> strips, in EcgSample sample, double rate)
    {
        var number = (long)(sample.Index / rate / StripSeconds);
        if (strips.Count == 0 || strips[^1].Number != number)
        {
            strips.Add(new Strip(number, sample.Index, new List<double>((int)(StripSeconds * rate) + 1)));
        }

        // A gap is drawn as a level line: no place for what nobody saw.
        var values = strips[^1].Millivolts;
        for (var index = strips[^1].First + values.Count; index < sample.Index; index++)
        {
            values.Add(values.Count > 0 ? values[^1] : sample.Lead0Millivolts);
        }

        values.Add(sample.Lead0Millivolts);
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private sealed record Strip(long Number, long First, List<double> Millivolts);
}
