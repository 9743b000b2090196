using System.Globalization;
using System.Text;

namespace EcgGate.Cli.Session;

/// <summary>One value for each pulse, as SVG: points joined within a pair, odd ones marked.</summary>
internal static class TrendChart
{
    private const double Width = 600;
    private const double Height = 220;
    private const double Left = 62;
    private const double Bottom = 34;
    private const double Top = 14;
    private const double Right = 12;

    private static readonly string[] Colours = ["#1f5fa8", "#c8641b", "#2e7d4f", "#7a3fa0"];

    /// <summary>A pulse's value.</summary>
    /// <param name="Group">Which curve it belongs to.</param>
    /// <param name="Value">The value; one that is not finite is left out.</param>
    /// <param name="IsOdd">Whether something was wrong with the pulse.</param>
    public readonly record struct Point(int Group, double Value, bool IsOdd);

    /// <summary>Draws it.</summary>
    public static string Draw(string title, IReadOnlyList<Point> points)
    {
        var top = Scale(points.Select(point => point.Value).Where(double.IsFinite).DefaultIfEmpty(1).Max());
        double X(int i) => Left + ((i + 0.5) * (Width - Left - Right) / Math.Max(1, points.Count));
        double Y(double value) => Height - Bottom - (value / top * (Height - Bottom - Top));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" class=\"chart\" role=\"img\"><title>{System.Net.WebUtility.HtmlEncode(title)}</title>");
        for (var i = 0; i <= 4; i++)
        {
            var value = top * i / 4;
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(value):0.#}H{Width - Right}\" stroke=\"#d9dee5\"/><text x=\"{Left - 6}\" y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{value:0.###}</text>");
        }

        foreach (var group in points.Select((point, i) => (point, i)).Where(one => double.IsFinite(one.point.Value)).GroupBy(one => one.point.Group))
        {
            var colour = Colours[Math.Abs(group.Key) % Colours.Length];
            svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" points=\"");
            foreach (var (point, i) in group)
            {
                svg.Append(CultureInfo.InvariantCulture, $"{X(i):0.#},{Y(point.Value):0.#} ");
            }

            svg.Append("\"/>");
            foreach (var (point, i) in group)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(i):0.#}\" cy=\"{Y(point.Value):0.#}\" r=\"{(point.IsOdd ? 5 : 2.2)}\" fill=\"{(point.IsOdd ? "#b3261e" : colour)}\"/>");
            }
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Height - 10}\">pulse 1 to {points.Count}</text></svg>");
        return svg.ToString();
    }

    /// <summary>1, 2 or 5 times a power of ten, at least the value.</summary>
    private static double Scale(double value)
    {
        if (!(value > 0))
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * (value <= power ? 1 : value <= 2 * power ? 2 : value <= 5 * power ? 5 : 10);
    }
}
