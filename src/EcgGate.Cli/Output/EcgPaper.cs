using System.Globalization;
using System.Text;
using EcgGate.Gating;

namespace EcgGate.Cli.Output;

/// <summary>A mark above the ECG.</summary>
/// <param name="Seconds">Where, on the source's time axis.</param>
/// <param name="Text">What stands there; short.</param>
/// <param name="Colour">As SVG has it.</param>
/// <param name="PulseSeconds">Where a pulse was delivered for it; null for none.</param>
internal readonly record struct EcgMark(double Seconds, string Text, string Colour, double? PulseSeconds = null)
{
    /// <summary>A beat with what became of it.</summary>
    public static EcgMark Of(in BeatOutcome line, double samplingRateHertz)
    {
        var isFired = line.Outcome == Outcome.Fired;
        return new EcgMark(
            line.Beat.RTime.ToSeconds(samplingRateHertz),
            isFired ? "fired" : line.Reason.ToString(),
            isFired ? EcgPaper.Pulse : EcgPaper.Odd,
            isFired ? line.PulseTime.ToSeconds(samplingRateHertz) : null);
    }
}

/// <summary>A stretch of one lead as SVG on ECG paper: 25 mm/s, squares of 1 and 5 mm, marks above.</summary>
internal static class EcgPaper
{
    /// <summary>Colour of what is as it should be.</summary>
    public const string Ordinary = "#3a6ea5";

    /// <summary>Colour of what is out of the ordinary.</summary>
    public const string Odd = "#c0392b";

    /// <summary>Colour of a pulse.</summary>
    public const string Pulse = "#1e8449";

    private const int UnitsPerMillimetre = 10;
    private const int MillimetresPerSecond = 25;
    private const int MarkRoom = 80;
    private const int Margin = 50;

    /// <summary>For so long after a pulse the amplifier is believed to recover.</summary>
    private const double ArtefactSeconds = 0.12;

    /// <summary>What is left out lies within this of the line that is drawn: a twentieth of a millimetre.</summary>
    private const double Tolerance = 0.5;

    /// <summary>Millimetres per mV to choose from: the usual one, and coarser ones for large signals.</summary>
    private static readonly double[] Scales = [10, 5, 2.5, 1];

    /// <summary>Draws it.</summary>
    /// <param name="title">For readers who do not see the picture.</param>
    /// <param name="lead">The lead's name.</param>
    /// <param name="millivolts">One value for each sample, at least two.</param>
    /// <param name="rate">Samples per second.</param>
    /// <param name="start">Where the first sample stands, in seconds.</param>
    /// <param name="marks">What to mark; one shortly before the stretch says whose artefact it begins with.</param>
    public static string Draw(string title, string lead, double[] millivolts, double rate, double start, IReadOnlyList<EcgMark> marks)
    {
        var seconds = Math.Ceiling((millivolts.Length - 1) / rate);
        var width = (int)(seconds * MillimetresPerSecond * UnitsPerMillimetre);
        millivolts = CutArtefacts(millivolts, rate, start, marks);
        marks = [.. marks.Where(mark => mark.Seconds >= start && mark.Seconds <= start + seconds)];
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
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="1000" role="img">""");
        Line(svg, $"""<title>{Escape(title)}</title>""");
        Line(svg, $"""<defs><pattern id="mm" width="10" height="10" patternUnits="userSpaceOnUse"><path d="M10 0H0V10" fill="none" stroke="#f6d5d5" stroke-width="1"/></pattern><pattern id="cm" width="50" height="50" patternUnits="userSpaceOnUse"><rect width="50" height="50" fill="url(#mm)"/><path d="M50 0H0V50" fill="none" stroke="#eaa9a9" stroke-width="2"/></pattern></defs>""");
        Line(svg, $"""<rect width="{width}" height="{height}" fill="#fffafa"/><rect width="{width}" height="{height}" fill="url(#cm)"/>""");
        foreach (var mark in marks)
        {
            if (mark.PulseSeconds is { } pulse)
            {
                Line(svg, $"""<path d="M{X(pulse)} 70V{height - Margin}" stroke="{Pulse}" stroke-width="5" stroke-dasharray="14 8"/>""");
            }
        }

        svg.Append("""<path fill="none" stroke="#1b1b1b" stroke-width="4" stroke-linejoin="round" d=" """.TrimEnd());
        AppendCurve(svg, millivolts, width / (seconds * rate), zero, unitsPerMillivolt);
        Line(svg, $"\"/>");
        Line(svg, $"""<g font-family="sans-serif" font-size="34" text-anchor="middle">""");
        foreach (var mark in marks)
        {
            var x = X(mark.Seconds);
            Line(svg, $"""<path d="M{x} 44v20" stroke="{mark.Colour}" stroke-width="4"/><text x="{x}" y="36" fill="{mark.Colour}">{Escape(mark.Text)}</text>""");
        }

        Line(svg, $"</g>");
        Line(svg, $"""<text x="12" y="{height - 14}" font-family="sans-serif" font-size="28" fill="#555">{Escape(lead)}, {start:0.#}-{start + seconds:0.#} s, 25 mm/s, {scale:0.#} mm/mV</text>""");
        Line(svg, $"</svg>");
        return svg.ToString();

        double X(double moment) => Math.Round((moment - start) * MillimetresPerSecond * UnitsPerMillimetre);
    }

    /// <summary>
    /// The amplifier's answer to a pulse is a hundred times the ECG: it is cut off where the rest of the ECG ends, or the paper
    /// would be metres high.
    /// </summary>
    private static double[] CutArtefacts(double[] millivolts, double rate, double start, IReadOnlyList<EcgMark> marks)
    {
        var isArtefact = new bool[millivolts.Length];
        foreach (var mark in marks)
        {
            if (mark.PulseSeconds is { } pulse)
            {
                var from = Math.Clamp((int)((pulse - start) * rate) - 1, 0, millivolts.Length);
                var until = Math.Clamp((int)((pulse - start + ArtefactSeconds) * rate) + 1, from, millivolts.Length);
                Array.Fill(isArtefact, true, from, until - from);
            }
        }

        var rest = millivolts.Where((_, i) => !isArtefact[i]).ToArray();
        if (rest.Length == 0)
        {
            return millivolts;
        }

        var (least, most) = (rest.Min(), rest.Max());
        return [.. millivolts.Select((value, i) => isArtefact[i] ? Math.Clamp(value, least, most) : value)];
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
