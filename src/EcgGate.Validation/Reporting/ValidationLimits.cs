using System.Globalization;

namespace EcgGate.Validation;

/// <summary>How a figure must lie to its limit.</summary>
public enum LimitComparison
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>&gt;=</c></summary>
    AtLeast,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>&gt;</c></summary>
    Above,

    /// <summary><c>&lt;</c></summary>
    Below,
}

/// <summary>One limit: <c>yield&gt;=95</c>.</summary>
/// <param name="Figure">What it is put on.</param>
/// <param name="Comparison">How the figure must lie to it.</param>
/// <param name="Value">The limit, in the figure's unit.</param>
public sealed record ValidationLimit(ValidationFigure Figure, LimitComparison Comparison, double Value)
{
    /// <summary>Whether a figure that is not known, or this value of it, is within the limit; not known is not within.</summary>
    public bool Holds(double? figure) => LimitText.Holds(figure, Comparison, Value);

    /// <summary>As it is written, such as <c>yield&gt;=95</c>.</summary>
    public override string ToString() => $"{Figure.Name}{LimitText.Sign(Comparison)}{Value.ToString(CultureInfo.InvariantCulture)}";

    internal static ValidationLimit Parse(LimitText text)
    {
        var figure = ValidationFigure.Find(text.Name)
            ?? throw new FormatException($"There is no figure '{text.Name}'; known are {string.Join(", ", ValidationFigure.All.Select(known => known.Name))}.");
        return new ValidationLimit(figure, text.Comparison, text.Value(figure.Name, figure.Unit));
    }
}

/// <summary>What became of one limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Figure">What was reached; null where it is not known, which does not meet any limit.</param>
/// <param name="IsMet">Whether the limit holds.</param>
public sealed record LimitVerdict(ValidationLimit Limit, double? Figure, bool IsMet)
{
    /// <summary>Such as <c>yield 93.1 % (limit yield&gt;=95: not met)</c>.</summary>
    public override string ToString() => $"{Limit.Figure.Name} {Reached} (limit {Limit}: {(IsMet ? "met" : "not met")})";

    /// <summary>What was reached, with its unit; with digits enough that it never looks like a limit that it misses.</summary>
    public string Reached
    {
        get
        {
            if (Figure is not { } value)
            {
                return "not known";
            }

            if (Limit.Figure.Unit.Length == 0)
            {
                return value.ToString("0", CultureInfo.InvariantCulture);
            }

            var decimals = 2;
            while (decimals < 12 && Limit.Holds(Math.Round(value, decimals, MidpointRounding.AwayFromZero)) != IsMet)
            {
                decimals++;
            }

            return $"{value.ToString($"F{decimals}", CultureInfo.InvariantCulture)} {Limit.Figure.Unit}";
        }
    }
}

/// <summary>Limits that a validation must keep, such as <c>unsafe=0,yield&gt;=95,se&gt;=99.8</c>.</summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public sealed class ValidationLimits
{
    private ValidationLimits(IReadOnlyList<ValidationLimit> all) => All = all;

    /// <summary>No limits: nothing is required.</summary>
    public static ValidationLimits None { get; } = new([]);

    /// <summary>The limits, in the order given.</summary>
    public IReadOnlyList<ValidationLimit> All { get; }

    /// <summary>Reads limits.</summary>
    /// <param name="text">
    /// Limits with commas between them: a figure's name (see <see cref="ValidationFigure.All"/>), one of
    /// <c>= &lt;= &gt;= &lt; &gt;</c>, and a number.
    /// </param>
    /// <exception cref="FormatException">The text is none; the message names the part at fault, and the figures known.</exception>
    public static ValidationLimits Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ValidationLimits([.. LimitText.ParseAll(text, "unsafe=0", "yield>=95").Select(ValidationLimit.Parse)]);
    }

    /// <summary>Judges figures by the limits, in the order given.</summary>
    public IReadOnlyList<LimitVerdict> Judge(ValidationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. All.Select(limit => (limit, figure: limit.Figure.Of(result))).Select(pair => new LimitVerdict(pair.limit, pair.figure, pair.limit.Holds(pair.figure)))];
    }
}
