namespace EcgGate.Validation;

/// <summary>Draws when detectors decide: the share of reference beats decided by each moment after R.</summary>
/// <remarks>Equal figures give equal pictures on machines with equal fonts. Safe from any thread.</remarks>
public static class LatencyPicture
{
    /// <summary>Makes a picture that stands alone.</summary>
    /// <param name="detectors">The detectors, each over the same records; at least one.</param>
    /// <param name="targetDelayMs">When a pulse is due after R, which is marked; null for no mark.</param>
    /// <returns>SVG.</returns>
    public static string ToSvg(IReadOnlyList<NamedLatency> detectors, double? targetDelayMs)
    {
        ArgumentNullException.ThrowIfNull(detectors);
        ArgumentOutOfRangeException.ThrowIfZero(detectors.Count, nameof(detectors));
        var svg = ReportChart.Decided(detectors, targetDelayMs);

        // Within the report the page says what the letters look like, and what is white.
        return svg.Replace("<svg class=\"chart\"", "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" font-family=\"sans-serif\"", StringComparison.Ordinal) + "\n";
    }
}
