using System.Globalization;
using System.Text;
using EcgGate.Emulator.Patient;

namespace EcgGate.Cli.Traces;

/// <summary>
/// Ten seconds of a trace's lead 0 as SVG on ECG paper: 25 mm/s, squares of 1 and 5 mm, each true beat marked with its
/// WFDB symbol.
/// </summary>
internal static class EcgPicture
{
    private const double Seconds = 10;
    private const int UnitsPerMillimetre = 10;
    private const int MillimetresPerSecond = 25;
    private const int Width = (int)(Seconds * MillimetresPerSecond * UnitsPerMillimetre);
    private const int MarkRoom = 80;
    private const int Margin = 50;

    /// <summary>What is left out lies within this of the line that is drawn: a twentieth of a millimetre.</summary>
    private const double Tolerance = 0.5;

    /// <summary>Millimetres per mV to choose from: the usual one, and coarser ones for large signals.</summary>
    private static readonly double[] Scales = [10, 5, 2.5, 1];

    /// <summary>Draws the ten seconds in which most can be seen.</summary>
    public static string Draw(Trace trace) => Draw(trace, InterestingStart(trace));

    private static string Draw(Trace trace, double start)
    {
        var rate = trace.Definition.SamplingRateHertz;
        var first = (int)Math.Round(start * rate);
        var count = Math.Min((int)(Seconds * rate) + 1, trace.Samples[0].Length - first);
        var millivolts = new double[count];
        for (var i = 0; i < count; i++)
        {
            millivolts[i] = (double)trace.Samples[0][first + i] / trace.Definition.AdcUnitsPerMillivolt;
        }

        var high = Math.Max(0.5, millivolts.Max());
        var low = Math.Min(-0.5, millivolts.Min());
        var scale = Array.Find(Scales, mm => (high - low) * mm <= 40);
        scale = scale == 0 ? Scales[^1] : scale;
        var unitsPerMillivolt = scale * UnitsPerMillimetre;

        // The paper is a whole number of 5 mm squares high.
        var square = 5 * UnitsPerMillimetre;
        var zero = (int)(Math.Ceiling(((high * unitsPerMillivolt) + MarkRoom) / square) * square);
        var height = zero + (int)(Math.Ceiling(((-low * unitsPerMillivolt) + Margin) / square) * square);

        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="1000" role="img">""");
        Line(svg, $"""<title>{Escape(trace.Definition.Name)}: {Escape(trace.Definition.Description)}</title>""");
        Line(svg, $"""<defs><pattern id="mm" width="10" height="10" patternUnits="userSpaceOnUse"><path d="M10 0H0V10" fill="none" stroke="#f6d5d5" stroke-width="1"/></pattern><pattern id="cm" width="50" height="50" patternUnits="userSpaceOnUse"><rect width="50" height="50" fill="url(#mm)"/><path d="M50 0H0V50" fill="none" stroke="#eaa9a9" stroke-width="2"/></pattern></defs>""");
        Line(svg, $"""<rect width="{Width}" height="{height}" fill="#fffafa"/><rect width="{Width}" height="{height}" fill="url(#cm)"/>""");
        svg.Append("""<path fill="none" stroke="#1b1b1b" stroke-width="4" stroke-linejoin="round" d=" """.TrimEnd());
        AppendCurve(svg, millivolts, Width / (Seconds * rate), zero, unitsPerMillivolt);
        Line(svg, $"\"/>");
        Line(svg, $"""<g font-family="sans-serif" font-size="34" text-anchor="middle">""");
        foreach (var beat in trace.Truth.BeatsBetween(start, start + Seconds))
        {
            var x = Math.Round((beat.RSeconds - start) * MillimetresPerSecond * UnitsPerMillimetre);
            var symbol = beat.Class.WfdbSymbol();
            var colour = symbol is 'N' or 'L' or 'R' or '/' ? "#3a6ea5" : "#c0392b";
            Line(svg, $"""<path d="M{x} 44v20" stroke="{colour}" stroke-width="4"/><text x="{x}" y="36" fill="{colour}">{symbol}</text>""");
        }

        Line(svg, $"</g>");
        Line(svg, $"""<text x="12" y="{height - 14}" font-family="sans-serif" font-size="28" fill="#555">{Escape(trace.LeadNames[0])}, {start:0.#}-{start + Seconds:0.#} s, 25 mm/s, {scale:0.#} mm/mV</text>""");
        Line(svg, $"</svg>");
        return svg.ToString();
    }

    /// <summary>
    /// Three seconds before the rhythm changes, or a disturbance begins, or the first beat comes that is not like the
    /// others; else shortly after the start.
    /// </summary>
    private static double InterestingStart(Trace trace)
    {
        const double before = 3;
        var end = trace.Samples[0].Length / trace.Definition.SamplingRateHertz;
        var beats = trace.Truth.Beats;
        var usual = beats.Count == 0 ? TruthBeatClass.Normal : beats.CountBy(beat => beat.Class).MaxBy(entry => entry.Value).Key;
        double?[] candidates =
        [
            trace.Truth.AllRhythms.Where(rhythm => rhythm.StartSeconds > 0).Select(rhythm => (double?)rhythm.StartSeconds).FirstOrDefault(),
            trace.Definition.Scenario.Disturbances.Where(one => one.StartSeconds > 0).Select(one => (double?)one.StartSeconds).FirstOrDefault(),
            beats.Where(beat => beat.Class != usual && beat.RSeconds > before).Select(beat => (double?)beat.RSeconds).FirstOrDefault(),
        ];
        var moment = candidates.FirstOrDefault(candidate => candidate is not null) ?? before + 5;
        return Math.Clamp(Math.Floor(moment - before), 0, Math.Max(0, end - Seconds));
    }

    /// <summary>The curve as relative steps of whole units, without the points that make no difference.</summary>
    private static void AppendCurve(StringBuilder path, double[] millivolts, double unitsPerSample, int zero, double unitsPerMillivolt)
    {
        var y = Array.ConvertAll(millivolts, value => zero - (value * unitsPerMillivolt));
        var keep = new bool[y.Length];
        keep[0] = keep[^1] = true;
        var open = new Stack<(int From, int To)>();
        open.Push((0, y.Length - 1));
        while (open.TryPop(out var span))
        {
            // Ramer-Douglas-Peucker, by vertical distance.
            var (from, to) = span;
            var (worst, at) = (Tolerance, -1);
            for (var i = from + 1; i < to; i++)
            {
                var line = y[from] + ((y[to] - y[from]) * (i - from) / (to - from));
                var distance = Math.Abs(y[i] - line);
                if (distance > worst)
                {
                    (worst, at) = (distance, i);
                }
            }

            if (at >= 0)
            {
                keep[at] = true;
                open.Push((from, at));
                open.Push((at, to));
            }
        }

        var (lastX, lastY) = (0L, (long)Math.Round(y[0]));
        path.Append(CultureInfo.InvariantCulture, $"M0 {lastY}");
        for (var i = 1; i < y.Length; i++)
        {
            if (keep[i])
            {
                var (nextX, nextY) = ((long)Math.Round(i * unitsPerSample), (long)Math.Round(y[i]));
                var dy = nextY - lastY;
                path.Append(CultureInfo.InvariantCulture, $"l{nextX - lastX}{(dy < 0 ? "" : " ")}{dy}");
                (lastX, lastY) = (nextX, nextY);
            }
        }
    }

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
