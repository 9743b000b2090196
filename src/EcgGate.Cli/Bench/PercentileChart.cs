using System.Globalization;
using System.Security;
using System.Text;

namespace EcgGate.Cli.Bench;

/// <summary>
/// Lateness over percentile as SVG, both axes logarithmic, the usual picture of a latency: a curve for each run's edges, a
/// thin one for the bare sleep beside it.
/// </summary>
internal static class PercentileChart
{
    private const int Width = 860;
    private const int Height = 460;
    private const int Left = 70;
    private const int Right = 210;
    private const int Top = 46;
    private const int Bottom = 52;

    /// <summary>Shorter times are drawn at the bottom: the clock is no finer.</summary>
    private const double SmallestMicroseconds = 0.01;

    private static readonly string[] Colours = ["#1f5fa8", "#c8641b", "#2e7d4f", "#b3261e", "#6b4fa0", "#00838f", "#8d6e00", "#ad1457"];

    /// <summary>Draws the curves.</summary>
    public static string Draw(IReadOnlyList<BenchRun> runs, string title)
    {
        var curves = runs.SelectMany((run, i) => new[]
        {
            new Curve($"{run.Runtime}, {BenchLoads.NameOf(run.Load)}", Colours[i % Colours.Length], false, LatenessOf(run)),
            new Curve("bare sleep beside it", Colours[i % Colours.Length], true, [.. run.Result.Reference.Select(ns => ns * 1e-3)]),
        }).Where(curve => curve.Microseconds.Length > 0).ToArray();
        var most = curves.Select(curve => curve.Microseconds.Length).DefaultIfEmpty(10).Max();
        var decades = Math.Max(2, (int)Math.Ceiling(Math.Log10(most)));
        var lowest = (int)Math.Floor(Math.Log10(SmallestMicroseconds));
        var highest = Math.Max(2, (int)Math.Ceiling(Math.Log10(Math.Max(1, curves.SelectMany(curve => curve.Microseconds).DefaultIfEmpty(1).Max()))));

        double X(double tail) => Left + ((Width - Left - Right) * -Math.Log10(tail) / decades);
        double Y(double us) => Height - Bottom - ((Height - Top - Bottom) * (Math.Log10(Math.Max(us, SmallestMicroseconds)) - lowest) / (highest - lowest));

        var svg = new StringBuilder();
        void Add(FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">");
        Add($"<title>{SecurityElement.Escape(title)}</title>");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>");
        Add($"<text x=\"{Left}\" y=\"24\" font-size=\"14\" fill=\"#22303c\">{SecurityElement.Escape(title)}</text>");
        for (var power = lowest; power <= highest; power++)
        {
            var y = Y(Math.Pow(10, power));
            Add($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\" stroke=\"#e3e7ec\"/>");
            Add($"<text x=\"{Left - 8}\" y=\"{y + 4:0.#}\" text-anchor=\"end\" fill=\"#5f6b7a\">{Label(power)}</text>");
        }

        for (var decade = 0; decade <= decades; decade++)
        {
            var x = X(Math.Pow(10, -decade));
            Add($"<line x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Top}\" y2=\"{Height - Bottom}\" stroke=\"#e3e7ec\"/>");
            var percent = (100 - Math.Pow(10, 2 - decade)).ToString("0.######", CultureInfo.InvariantCulture);
            Add($"<text x=\"{x:0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\" fill=\"#5f6b7a\">{percent} %</text>");
        }

        Add($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\" fill=\"#5f6b7a\">percentile</text>");
        Add($"<text x=\"{Left}\" y=\"{Top - 8}\" text-anchor=\"middle\" fill=\"#5f6b7a\">lateness</text>");
        var legend = Top + 12;
        foreach (var curve in curves)
        {
            var stroke = curve.IsReference ? "stroke-width=\"1.2\" stroke-dasharray=\"4 3\"" : "stroke-width=\"2.2\"";
            Add($"<path fill=\"none\" stroke=\"{curve.Colour}\" {stroke} d=\"{Path(curve.Microseconds, decades, X, Y)}\"/>");
            Add($"<line x1=\"{Width - Right + 16}\" x2=\"{Width - Right + 44}\" y1=\"{legend - 4}\" y2=\"{legend - 4}\" stroke=\"{curve.Colour}\" {stroke}/>");
            Add($"<text x=\"{Width - Right + 52}\" y=\"{legend}\" fill=\"#22303c\">{SecurityElement.Escape(curve.Name)}</text>");
            legend += 20;
        }

        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static double[] LatenessOf(BenchRun run) =>
        [.. run.Result.Traces.Select((trace, i) => (i < run.Result.Loopback.Count ? run.Result.Loopback[i] : null) ?? trace.LatenessNanoseconds).Select(ns => ns * 1e-3)];

    /// <summary>A point for each step that is seen: no more than some hundred a decade.</summary>
    private static string Path(double[] values, int decades, Func<double, double> x, Func<double, double> y)
    {
        Array.Sort(values);
        var points = new StringBuilder();
        const int PerDecade = 60;
        for (var step = 0; step <= decades * PerDecade; step++)
        {
            var tail = Math.Pow(10, -(double)step / PerDecade);
            var rank = Percentiles.RankOf(1 - tail, values.Length);
            var isPast = tail < 1.0 / values.Length;
            points.Append(CultureInfo.InvariantCulture, $"{(points.Length > 0 ? " L" : "M")}{x(isPast ? 1.0 / values.Length : tail):0.#},{y(values[rank]):0.#}");
            if (isPast)
            {
                break;
            }
        }

        return points.ToString();
    }

    private static string Label(int power) => power switch
    {
        >= 6 => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power - 6):0} s"),
        >= 3 => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power - 3):0} ms"),
        >= 0 => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power):0} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, power + 3):0} ns"),
    };

    private sealed record Curve(string Name, string Colour, bool IsReference, double[] Microseconds);
}
