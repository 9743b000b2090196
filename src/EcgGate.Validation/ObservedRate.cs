using System.Globalization;

namespace EcgGate.Validation;

/// <summary>
/// How often something happened out of how many chances. Printed with its N always; a zero with its 95 % upper bound,
/// since none seen in N proves only a rate below 3/N (the rule of three).
/// </summary>
/// <param name="Count">How often it happened.</param>
/// <param name="Of">How many chances there were.</param>
public readonly record struct ObservedRate(long Count, long Of)
{
    /// <summary>The rate seen, in %; null without chances.</summary>
    public double? Percent => DetectionResult.Percent(Count, Of);

    /// <summary>For a zero: the 95 % upper bound of the rate in %, 3/N and at most 100. Otherwise null.</summary>
    public double? UpperBoundPercent => Count == 0 && Of > 0 ? Math.Min(100, 300.0 / Of) : null;

    /// <summary>Such as <c>0 of 71,234 (&lt; 0.0042 %)</c> or <c>12 of 71,234 (0.017 %)</c>.</summary>
    public override string ToString()
    {
        var counts = string.Create(CultureInfo.InvariantCulture, $"{Count:N0} of {Of:N0}");
        return UpperBoundPercent is { } bound ? $"{counts} (< {TwoDigits(bound)} %)"
            : Percent is { } percent ? $"{counts} ({TwoDigits(percent)} %)"
            : $"{counts} (nothing to judge)";
    }

    // Two significant digits below 10 %, one decimal above; never an exponent.
    private static string TwoDigits(double percent)
    {
        var decimals = percent >= 10 ? 1 : Math.Min(15, 1 - (int)Math.Floor(Math.Log10(percent)));
        return Math.Round(percent, decimals, MidpointRounding.AwayFromZero).ToString("0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }
}
