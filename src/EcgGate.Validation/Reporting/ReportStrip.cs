using System.Globalization;
using System.Text;
using EcgGate.Gating;

namespace EcgGate.Validation;

/// <summary>Draws one strip of the ECG as SVG.</summary>
internal static class ReportStrip
{
    private const double Width = 600;
    private const double Height = 176;
    private const double TraceTop = 30;
    private const double TraceBottom = 140;

    /// <summary>One strip: caption and picture.</summary>
    public static void Write(StringBuilder page, string record, BeatStrip strip)
    {
        page.Append(CultureInfo.InvariantCulture, $"<figure data-record=\"{Html(record)}\"><figcaption><b>{Html(record)}</b> {Time(strip.AtSeconds)} · {Html(Describe(strip))}</figcaption>");
        Draw(page, strip);
        page.Append("</figure>\n");
    }

    /// <summary>A moment of a record as people write it: h:mm:ss.fff, without hours where there are none.</summary>
    public static string Time(double seconds)
    {
        var span = TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        return span.TotalHours < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}.{span.Milliseconds:000}")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}.{span.Milliseconds:000}");
    }

    public static string Html(string text) => System.Net.WebUtility.HtmlEncode(text);

    private static string Describe(BeatStrip strip)
    {
        var text = new StringBuilder();
        switch (strip.Kind)
        {
            case DoubtKind.Missed:
                text.Append(CultureInfo.InvariantCulture, $"missed beat ({strip.Symbol})");
                break;
            case DoubtKind.False:
                text.Append("false detection");
                break;
            default:
                text.Append("pulse");
                if (strip.OffsetMs is { } offset)
                {
                    text.Append(CultureInfo.InvariantCulture, $" {Math.Abs(offset):0.0} ms {(offset < 0 ? "before" : "after")} {strip.Symbol}");
                }

                if (strip.Stretches.Any(stretch => stretch.Kind == IntervalKind.VentricularFlutter))
                {
                    text.Append(", in or near flutter");
                }

                break;
        }

        if (strip.DetectedAs is { } kind)
        {
            text.Append(CultureInfo.InvariantCulture, $" · taken for {kind}");
            text.Append(strip.TemplateResidual is { } residual ? string.Create(CultureInfo.InvariantCulture, $", residual {residual:0.00}") : string.Empty);
            text.Append(strip.Confidence is { } confidence ? string.Create(CultureInfo.InvariantCulture, $", confidence {confidence:0.00}") : string.Empty);
        }

        return text.ToString();
    }

    private static void Draw(StringBuilder page, BeatStrip strip)
    {
        long[] values = Values(strip.Trace);
        var lengthMs = Math.Max(2000 * StripCutter.HalfSeconds, values.Length * strip.StepMs);
        var x = Width / lengthMs;
        var (low, high) = values.Length == 0 ? (0, 1) : (values.Min(), values.Max());

        // At least 1 mV high, so that a flat line is not blown up to noise.
        var range = Math.Max(high - low, 1 / StripCutter.StepMillivolts);
        var scale = (TraceBottom - TraceTop) / range;
        var middle = (low + high) / 2.0;
        double Y(double value) => ((TraceTop + TraceBottom) / 2) - ((value - middle) * scale);
        string X(double ms) => Number(ms * x);

        page.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\">");

        // Small squares of paper: 200 ms, and 0.5 mV where that is not too fine.
        page.Append("<path class=\"g\" d=\"");
        var firstTick = Math.Ceiling(strip.StartSeconds * 5) * 200;
        for (var tick = firstTick; tick <= (strip.StartSeconds * 1000) + lengthMs; tick += 200)
        {
            page.Append(CultureInfo.InvariantCulture, $"M{X(tick - (strip.StartSeconds * 1000))} {TraceTop - 6}V{TraceBottom + 6}");
        }

        var halfMillivolt = 0.5 / StripCutter.StepMillivolts * Math.Max(1, Math.Ceiling(range * StripCutter.StepMillivolts / 6));
        for (var level = Math.Ceiling((middle - (range / 2.0)) / halfMillivolt) * halfMillivolt; level <= middle + (range / 2.0); level += halfMillivolt)
        {
            page.Append(CultureInfo.InvariantCulture, $"M0 {Number(Y(level))}H{Width}");
        }

        page.Append("\"/>");
        foreach (var stretch in strip.Stretches)
        {
            var kind = stretch.Kind switch
            {
                IntervalKind.VentricularFlutter => "fl",
                IntervalKind.Shutdown => "sh",
                _ => "vu",
            };
            Box(page, kind, stretch.StartMs * x, (stretch.EndMs - stretch.StartMs) * x);
        }

        foreach (var beat in strip.Reference)
        {
            Box(page, "w", beat.Ms * x, Math.Min(100, lengthMs - beat.Ms) * x);
        }

        foreach (var beat in strip.Reference)
        {
            page.Append(CultureInfo.InvariantCulture, $"<path class=\"r\" d=\"M{X(beat.Ms)} 16v7\"/><text x=\"{X(beat.Ms)}\" y=\"13\">{Html(beat.Symbol.ToString())}</text>");
        }

        foreach (var beat in strip.Detected)
        {
            page.Append(CultureInfo.InvariantCulture, $"<path class=\"d{(beat.PulseMs is null ? " n" : string.Empty)}\" d=\"M{X(beat.Ms)} {TraceBottom + 7}l4 8h-8z\"/>");
            if (beat.Reason != Reason.None)
            {
                // Kept within the picture at its edges.
                var at = Math.Clamp(beat.Ms * x, 30, Width - 30);
                page.Append(CultureInfo.InvariantCulture, $"<text class=\"y\" x=\"{Number(at)}\" y=\"{Height - 8}\">{beat.Reason}</text>");
            }

            if (beat.PulseMs is { } pulse)
            {
                page.Append(CultureInfo.InvariantCulture, $"<path class=\"p{(IsSubject(strip, pulse) ? " b" : string.Empty)}\" d=\"M{X(pulse)} {TraceTop - 6}V{TraceBottom + 6}\"/>");
            }
        }

        if (strip.Kind is DoubtKind.Missed or DoubtKind.False)
        {
            page.Append(CultureInfo.InvariantCulture, $"<circle class=\"c\" cx=\"{X((strip.AtSeconds - strip.StartSeconds) * 1000)}\" cy=\"{(strip.Kind == DoubtKind.Missed ? 9 : TraceBottom + 12)}\" r=\"9\"/>");
        }

        if (values.Length > 0)
        {
            // Whole tenths of a pixel, each point as the step from the one before: a third of the size of absolute points.
            var step = strip.StepMs * x;
            var (px, py) = (0L, Tenths(Y(values[0])));
            page.Append(CultureInfo.InvariantCulture, $"<path class=\"t\" transform=\"scale(.1)\" d=\"M0 {py}l");
            for (var i = 1; i < values.Length; i++)
            {
                var (qx, qy) = (Tenths(i * step), Tenths(Y(values[i])));
                page.Append(CultureInfo.InvariantCulture, $"{(i > 1 ? " " : string.Empty)}{qx - px}{(qy < py ? string.Empty : " ")}{qy - py}");
                (px, py) = (qx, qy);
            }

            page.Append("\"/>");
        }

        if (halfMillivolt * StripCutter.StepMillivolts > 0.5)
        {
            page.Append(CultureInfo.InvariantCulture, $"<text class=\"s\" x=\"{Width - 3}\" y=\"{TraceBottom + 3}\">grid {Number(halfMillivolt * StripCutter.StepMillivolts)} mV</text>");
        }

        page.Append("</svg>");
    }

    private static bool IsSubject(BeatStrip strip, double pulseMs) =>
        strip.Kind <= DoubtKind.Premature && Math.Abs(pulseMs - ((strip.AtSeconds - strip.StartSeconds) * 1000)) < 0.01;

    private static void Box(StringBuilder page, string kind, double x, double width) =>
        page.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{Number(x)}\" y=\"{TraceTop - 6}\" width=\"{Number(width)}\" height=\"{TraceBottom - TraceTop + 12}\"/>");

    private static long[] Values(string trace)
    {
        if (trace.Length == 0)
        {
            return [];
        }

        var last = 0L;
        return [.. trace.Split(' ').Select(step => last += long.Parse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))];
    }

    private static long Tenths(double value) => (long)Math.Round(value * 10, MidpointRounding.AwayFromZero);

    private static string Number(double value) => Math.Round(value, 1, MidpointRounding.AwayFromZero).ToString(CultureInfo.InvariantCulture);
}
