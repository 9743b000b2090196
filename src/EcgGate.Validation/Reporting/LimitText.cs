using System.Globalization;

namespace EcgGate.Validation;

/// <summary>A limit as it is written, before anybody knows the figure: <c>yield&gt;=95</c>. Immutable.</summary>
/// <remarks>What <c>--require</c> takes, whichever figures a verb has.</remarks>
public sealed record LimitText
{
    private static readonly (string Sign, LimitComparison Comparison)[] Signs =
    [
        (">=", LimitComparison.AtLeast), ("<=", LimitComparison.AtMost), ("==", LimitComparison.Equal), ("=", LimitComparison.Equal), (">", LimitComparison.Above), ("<", LimitComparison.Below),
    ];

    private LimitText(string text, string name, LimitComparison comparison, string number)
    {
        Text = text;
        Name = name;
        Comparison = comparison;
        Number = number;
    }

    /// <summary>The whole of it.</summary>
    public string Text { get; }

    /// <summary>What stands before the sign.</summary>
    public string Name { get; }

    /// <summary>How the figure must lie to the number.</summary>
    public LimitComparison Comparison { get; }

    /// <summary>What stands after the sign.</summary>
    public string Number { get; }

    /// <summary>Reads limits with commas between them.</summary>
    /// <param name="text">The limits.</param>
    /// <param name="example">A limit for messages.</param>
    /// <param name="anotherExample">Another one.</param>
    /// <exception cref="FormatException">One is empty, or no limit.</exception>
    public static IReadOnlyList<LimitText> ParseAll(string text, string example, string anotherExample)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        return parts.Any(part => part.Length == 0)
            ? throw new FormatException($"'{text}' has an empty limit; expected limits with commas between them, such as {example},{anotherExample}.")
            : [.. parts.Select(part => Parse(part, example, anotherExample))];
    }

    /// <summary>Whether a figure that is not known, or this value of it, is within the limit; not known is not within.</summary>
    public static bool Holds(double? figure, LimitComparison comparison, double limit) => figure is { } value && comparison switch
    {
        LimitComparison.AtLeast => value >= limit,
        LimitComparison.AtMost => value <= limit,
        LimitComparison.Above => value > limit,
        LimitComparison.Below => value < limit,
        _ => value.Equals(limit),
    };

    /// <summary>The sign of a comparison, as it is written.</summary>
    public static string Sign(LimitComparison comparison) => Signs.First(sign => sign.Comparison == comparison && sign.Sign != "==").Sign;

    /// <summary>The number, once the figure is known.</summary>
    /// <param name="figure">The figure's name, for the message.</param>
    /// <param name="unit">Its unit, for the message; empty for a count.</param>
    /// <exception cref="FormatException">There is none.</exception>
    public double Value(string figure, string unit) =>
        double.TryParse(Number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new FormatException($"The limit '{Text}' ends in '{Number}', where a number without a unit was expected{(string.IsNullOrEmpty(unit) ? string.Empty : $" ({figure} is in {unit})")}.");

    private static LimitText Parse(string text, string example, string anotherExample)
    {
        var at = text.IndexOfAny(['=', '<', '>']);
        if (at < 1)
        {
            throw new FormatException($"'{text}' is no limit: expected a figure, one of = <= >= < > and a number, such as {example} or {anotherExample}.");
        }

        var sign = Signs.First(candidate => text.AsSpan(at).StartsWith(candidate.Sign));
        return new LimitText(text, text[..at].Trim(), sign.Comparison, text[(at + sign.Sign.Length)..].Trim());
    }
}
