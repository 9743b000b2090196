using System.Globalization;
using EcgGate.Timing;

namespace EcgGate.Hardware.Gpio;

/// <summary>
/// Which GPIO line, as one line of text: <c>gpio:/dev/gpiochip0?line=17&amp;active=low</c>. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// <c>line</c> is needed: the line's number on its chip, as <c>gpioinfo</c> lists it. <c>active</c> is <c>high</c> (the
/// default) or <c>low</c>: which level is the active one.
/// </remarks>
public sealed record GpioUri
{
    /// <summary>What such a text begins with.</summary>
    public const string Scheme = "gpio:";

    private const string Example = "gpio:/dev/gpiochip0?line=17";

    private GpioUri(string text, string chip, int line, bool isActiveLow)
    {
        Text = text;
        Chip = chip;
        Line = line;
        IsActiveLow = isActiveLow;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The chip's device, such as /dev/gpiochip0.</summary>
    public string Chip { get; }

    /// <summary>The line's number on the chip, from 0.</summary>
    public int Line { get; }

    /// <summary>Whether the low level is the active one.</summary>
    public bool IsActiveLow { get; }

    /// <summary>Reads such a text.</summary>
    /// <exception cref="FormatException">It is not one; the message is one sentence that says why.</exception>
    public static GpioUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(text, $"it does not begin with {Scheme}");
        }

        var rest = text[Scheme.Length..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var chip = question < 0 ? rest : rest[..question];
        if (!chip.StartsWith('/') || chip.Length < 2)
        {
            throw Bad(text, $"'{chip}' is no device such as /dev/gpiochip0");
        }

        int? line = null;
        bool? low = null;
        foreach (var part in (question < 0 ? "" : rest[(question + 1)..]).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = (equals < 0 ? part : part[..equals]).ToLowerInvariant();
            var value = equals < 0 ? "" : part[(equals + 1)..];
            switch (key)
            {
                case "line" when line is not null:
                case "active" when low is not null:
                    throw Bad(text, $"{key} is given twice");
                case "line":
                    line = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        ? number
                        : throw Bad(text, $"line is '{value}' and must be a whole number");
                    break;
                case "active":
                    low = value switch
                    {
                        "high" => false,
                        "low" => true,
                        _ => throw Bad(text, $"active is '{value}' and must be high or low"),
                    };
                    break;
                default:
                    throw Bad(text, $"'{key}' is not known (known are line, active)");
            }
        }

        return new GpioUri(text, chip, line ?? throw Bad(text, "line, the line's number on the chip, is missing"), low ?? false);
    }

    /// <summary>Requests the line as an output, inactive, for pulses.</summary>
    /// <exception cref="GpioException">It cannot be had.</exception>
    public IPulseLine OpenLine() => LinuxGpioPulseLine.Open(this);

    /// <summary>Requests the line as an input whose rising edges are stamped.</summary>
    /// <exception cref="GpioException">It cannot be had.</exception>
    public IEdgeInput OpenInput() => LinuxGpioEdgeInput.Open(this);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static FormatException Bad(string text, string problem) => new($"'{text}' cannot be used: {problem}. An example: {Example}");
}
