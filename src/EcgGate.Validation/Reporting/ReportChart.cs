using System.Globalization;
using System.Text.RegularExpressions;
using ScottPlot;

namespace EcgGate.Validation;

/// <summary>Draws the report's curves as SVG that can stand within the page.</summary>
internal static partial class ReportChart
{
    private const int Width = 600;
    private const int Height = 330;
    private const double SmallestOnLogAxis = 0.7;

    private static readonly double DefaultTolerance = new GateOptions().ShapeTolerance;
    private static readonly Color Blue = Color.FromHex("#1f5fa8");
    private static readonly Color Orange = Color.FromHex("#c8641b");
    private static readonly Color Red = Color.FromHex("#b3261e");
    private static readonly Color Green = Color.FromHex("#2e7d4f");
    private static readonly Color Grey = Color.FromHex("#5f6b7a");

    /// <summary>Sensitivity and positive predictivity if decisions later than allowed did not exist.</summary>
    public static string Latency(DecisionLatency latency, double? targetDelayMs)
    {
        using var plot = NewPlot("allowed decision latency after R, ms", "%");
        var curve = latency.Curve(Enumerable.Range(-20, 121).Select(step => (double)step * 2));
        Line(plot, curve.Select(point => (point.LimitMs, point.Se)), Blue, "Se");
        Line(plot, curve.Select(point => (point.LimitMs, point.Ppv)), Orange, "+P");
        var top = curve.Where(point => point.LimitMs >= 20).SelectMany(point => new[] { point.Se, point.Ppv }).OfType<double>().DefaultIfEmpty(90).Min();
        plot.Axes.SetLimits(-20, 160, Math.Max(0, Math.Min(90, Math.Floor(top / 5) * 5)), 100.4);
        if (targetDelayMs is { } target)
        {
            Mark(plot, target, $"pulse due, R+{target.ToString(CultureInfo.InvariantCulture)} ms");
        }

        plot.ShowLegend(Alignment.LowerRight);
        return Svg(plot, "latency");
    }

    /// <summary>Share of the reference beats that each of several detectors has decided on by a time after R.</summary>
    public static string Decided(IReadOnlyList<NamedLatency> detectors, double? targetDelayMs)
    {
        using var plot = NewPlot("after R, ms", "reference beats decided, %");
        Color[] colors = [Blue, Orange, Green, Red];
        for (var i = 0; i < detectors.Count; i++)
        {
            var curve = detectors[i].Latency.Curve(Enumerable.Range(-25, 226).Select(step => (double)step * 2));
            Line(plot, curve.Select(point => (point.LimitMs, point.Se)), colors[i % colors.Length], detectors[i].Name);
        }

        plot.Axes.SetLimits(-50, 400, 0, 102);
        if (targetDelayMs is { } target)
        {
            Mark(plot, target, $"pulse due, R+{target.ToString(CultureInfo.InvariantCulture)} ms");
        }

        plot.ShowLegend(Alignment.MiddleCenter);
        return Svg(plot, "decided");
    }

    /// <summary>Yield against pulses that are not safe, as the template residual allowed grows.</summary>
    public static string Strictness(IReadOnlyList<StrictnessPoint> points, long eligible)
    {
        using var plot = NewPlot("not safe, of 1,000 pulses", "yield, %");
        double Yield(StrictnessPoint point) => 100.0 * point.EligibleFired / eligible;
        double PerThousand(StrictnessPoint point, long count) => 1000.0 * count / point.Pulses;
        StrictnessPoint[] some = [.. points.Where(point => point.Pulses > 0)];
        Scatter(plot, some.Select(point => (PerThousand(point, point.Unsafe), Yield(point))), Red, "unsafe");
        Scatter(plot, some.Select(point => (PerThousand(point, point.Unsafe + point.Doubtful), Yield(point))), Orange, "unsafe, ectopic, fusion or premature");
        var right = some.Select(point => PerThousand(point, point.Unsafe + point.Doubtful)).DefaultIfEmpty(1).Max();
        plot.Axes.SetLimits(-0.03 * Math.Max(right, 0.5), 1.12 * Math.Max(right, 0.5), 0, 128);
        plot.Axes.Left.SetTicks([0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80", "100"]);
        double? above = null;
        foreach (var point in some.Reverse())
        {
            // Labels that would cover each other are left out.
            var y = Yield(point);
            if (above is null || above - y > 6)
            {
                above = y;
                var text = plot.Add.Text(point.MaximumResidual is { } limit ? limit.ToString(CultureInfo.InvariantCulture) : "as run", PerThousand(point, point.Unsafe + point.Doubtful), y);
                text.LabelFontSize = 11;
                text.LabelFontColor = Grey;
                text.OffsetX = 7;
                text.LabelAlignment = Alignment.MiddleLeft;
            }
        }

        plot.ShowLegend(Alignment.UpperLeft);
        return Svg(plot, "strictness");
    }

    /// <summary>Yield against pulses on wrong beats, as the shape tolerance grows; points without pulses are left out.</summary>
    public static string Tolerances(IReadOnlyList<TolerancePoint> points)
    {
        using var plot = NewPlot("unsafe or after a ventricular beat, of 1,000 pulses", "yield, %");
        (TolerancePoint Point, double X, double Y)[] some = [.. points.Where(point => point is { WrongPerThousand: not null, Yield: not null }).Select(point => (point, point.WrongPerThousand!.Value, point.Yield!.Value))];
        Scatter(plot, some.Select(point => (point.X, point.Y)), Blue, "shape tolerance (figures at the points)");
        (double X, double Y)[] own = [.. some.Where(point => point.Point.AsRun).Select(point => (point.X, point.Y))];
        if (own.Length > 0)
        {
            var mark = plot.Add.ScatterPoints(own.Select(point => point.X).ToArray(), own.Select(point => point.Y).ToArray(), Orange);
            mark.MarkerSize = 13;
            mark.LegendText = "as run";
        }

        // Points lie close together near the default: the scale begins just below the lowest yield, and ends just above the highest.
        var right = Math.Max(0.5, some.Select(point => point.X).DefaultIfEmpty().Max());
        var bottom = Math.Max(0, Math.Floor((some.Select(point => point.Y).DefaultIfEmpty().Min() - 2) / 5) * 5);
        var top = Math.Max(bottom + 10, Math.Ceiling((some.Select(point => point.Y).DefaultIfEmpty().Max() + 2) / 5) * 5);
        var (left, end) = (-0.05 * right, 1.15 * right);
        plot.Axes.SetLimits(left, end, bottom, top);

        // Points that lie on or next to each other share a label, so that none is covered.
        const double lineOfPlot = 0.04;
        const double letterOfPlot = 0.013;
        var labels = new List<(double X, double Y, List<TolerancePoint> Points)>();
        foreach (var (point, x, y) in some)
        {
            if (labels.Count > 0
                && Math.Abs(labels[^1].Y - y) < (top - bottom) * lineOfPlot
                && Math.Abs(labels[^1].X - x) < (end - left) * letterOfPlot * (Label(labels[^1].Points).Length + 2))
            {
                labels[^1].Points.Add(point);
            }
            else
            {
                labels.Add((x, y, [point]));
            }
        }

        foreach (var (x, y, here) in labels)
        {
            var text = plot.Add.Text(Label(here), x, y);
            text.LabelFontSize = 11;
            text.LabelFontColor = here.Any(point => point.AsRun) ? Orange : Grey;

            // More yield comes with more risk: to the right and below, a point's label is clear of the curve.
            text.OffsetX = 8;
            text.OffsetY = 1;
            text.LabelAlignment = Alignment.UpperLeft;
        }

        plot.ShowLegend(Alignment.LowerRight);
        return Svg(plot, "tolerances");

        static string Label(IEnumerable<TolerancePoint> points) => string.Join(", ", points.Select(ToleranceLabel));
    }

    /// <summary>The tolerance, and whether it is the default or the run's own: <c>1 (default, as run)</c>.</summary>
    public static string ToleranceLabel(TolerancePoint point)
    {
        var number = point.Tolerance.ToString(CultureInfo.InvariantCulture);
        return (point.Tolerance.Equals(DefaultTolerance), point.AsRun) switch
        {
            (true, true) => $"{number} (default, as run)",
            (true, false) => $"{number} (default)",
            (false, true) => $"{number} (as run)",
            _ => number,
        };
    }

    /// <summary>Pulse minus its reference beat, with the refractory window; counts on a logarithmic axis.</summary>
    public static string Offsets(Distribution offsets)
    {
        using var plot = NewPlot("pulse − reference R, ms", "pulses (log)");
        var window = plot.Add.HorizontalSpan(0, 100, Green.WithAlpha(0.12));
        window.LineWidth = 0;
        Histogram(plot, offsets, -150, 250, 2, Blue);
        return Svg(plot, "offsets");
    }

    /// <summary>Decision minus reference R; counts on a logarithmic axis.</summary>
    public static string Decisions(DecisionLatency latency, double? targetDelayMs)
    {
        using var plot = NewPlot("decision − reference R, ms", "beats (log)");
        Histogram(plot, latency.Matched, -60, 200, 5, Blue);
        if (targetDelayMs is { } target)
        {
            Mark(plot, target, $"pulse due, R+{target.ToString(CultureInfo.InvariantCulture)} ms");
        }

        return Svg(plot, "decisions");
    }

    private static Plot NewPlot(string x, string y)
    {
        var plot = new Plot();
        plot.XLabel(x, 13);
        plot.YLabel(y, 13);
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Grid.MajorLineColor = Color.FromHex("#e3e7ec");
        foreach (var axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.FrameLineStyle.Color = Grey;
            axis.MajorTickStyle.Color = Grey;
            axis.MinorTickStyle.Length = 0;
            axis.TickLabelStyle.ForeColor = Grey;
        }

        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.BackgroundColor = Colors.White.WithAlpha(0.8);
        return plot;
    }

    private static void Line(Plot plot, IEnumerable<(double X, double? Y)> points, Color color, string legend)
    {
        (double X, double Y)[] known = [.. points.Where(point => point.Y is not null).Select(point => (point.X, point.Y!.Value))];
        var line = plot.Add.ScatterLine(known.Select(point => point.X).ToArray(), known.Select(point => point.Y).ToArray(), color);
        line.LineWidth = 2;
        line.LegendText = legend;
    }

    private static void Scatter(Plot plot, IEnumerable<(double X, double Y)> points, Color color, string legend)
    {
        (double X, double Y)[] all = [.. points];
        var line = plot.Add.Scatter(all.Select(point => point.X).ToArray(), all.Select(point => point.Y).ToArray(), color);
        line.LineWidth = 1.5f;
        line.MarkerSize = 6;
        line.LegendText = legend;
    }

    private static void Mark(Plot plot, double x, string label)
    {
        var line = plot.Add.VerticalLine(x, 1.2f, Grey, LinePattern.Dashed);
        line.LegendText = label;
        plot.ShowLegend(Alignment.UpperRight);
    }

    private static void Histogram(Plot plot, Distribution values, double from, double to, double width, Color color)
    {
        var bins = new long[(int)Math.Ceiling((to - from) / width) + 2];
        foreach (var (milliseconds, count) in values.Counts)
        {
            // What lies beyond is kept in the outermost bins: a tail is never dropped.
            bins[Math.Clamp((int)Math.Floor((milliseconds - from) / width) + 1, 0, bins.Length - 1)] += count;
        }

        var bottom = Math.Log10(SmallestOnLogAxis);
        var bars = bins.Select((count, i) => (Count: count, At: from + ((i - 0.5) * width))).Where(bin => bin.Count > 0)
            .Select(bin => new Bar { Position = bin.At, Value = Math.Log10(bin.Count), ValueBase = bottom, Size = width, FillColor = color, LineWidth = 0 });
        plot.Add.Bars(bars.ToArray());
        var top = Math.Ceiling(Math.Log10(Math.Max(10, bins.Max())));
        var ticks = Enumerable.Range(0, (int)top + 1).Select(power => (Position: (double)power, Label: Math.Pow(10, power).ToString("N0", CultureInfo.InvariantCulture))).ToArray();
        plot.Axes.Left.SetTicks([.. ticks.Select(tick => tick.Position)], [.. ticks.Select(tick => tick.Label)]);
        plot.Axes.SetLimits(from - (2 * width), to + (2 * width), bottom, top + 0.1);
    }

    private static string Svg(Plot plot, string name)
    {
        var svg = plot.GetSvgXml(Width, Height);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = svg.Replace("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"", $"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {Width} {Height}\"", StringComparison.Ordinal);

        // Clips are numbered through the life of the process: number them by their order in this drawing, under a name
        // that no other drawing on the page has.
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        svg = Clips().Replace(svg, match => $"{name}_{(numbers.TryGetValue(match.Value, out var number) ? number : numbers[match.Value] = numbers.Count)}");

        // Letters were placed one by one for a font that a reader may not have: keep only where the text begins.
        svg = Positions().Replace(svg, match => $" {match.Groups["axis"].Value}=\"{match.Groups["first"].Value}\"");
        svg = FontFamily().Replace(svg, string.Empty);
        return Blank().Replace(svg, "><").Trim();
    }

    [GeneratedRegex(" (?<axis>[xy])=\"(?<first>-?[0-9.e-]+), [^\"]*\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Positions();

    [GeneratedRegex(@"\bcl_[0-9a-f]+\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Clips();

    [GeneratedRegex(" font-family=\"[^\"]*\"", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FontFamily();

    [GeneratedRegex(@">\s+<", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Blank();
}
