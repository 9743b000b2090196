using System.Globalization;
using EcgGate.Hardware.LineIn;
using EcgGate.Signals;

namespace EcgGate.Hardware.Alsa;

/// <summary>
/// A sound card's line input as one line of text: <c>alsa:hw:1?rate=48000&amp;period=2ms&amp;fullscale=1.5&amp;channel=0</c>.
/// Immutable and thread-safe.
/// </summary>
/// <remarks>
/// After the scheme the device as ALSA names it. All the rest has defaults: <c>rate</c> 48000 (Hz), <c>period</c> 2ms,
/// <c>buffer</c> 200ms, <c>fullscale</c> 1.5 (mV at the electrodes that drive the input to full scale), <c>channel</c> 0 (the
/// lead that is gated on), <c>lead1</c> none, <c>delay</c> 0ms (of the card's own converter), <c>format</c> the widest (or
/// s16, s32, f32).
/// </remarks>
public sealed class AlsaUri
{
    /// <summary>What such a text begins with.</summary>
    public const string Scheme = "alsa:";

    private const string Example = "alsa:hw:1?rate=48000&period=2ms&fullscale=1.5";

    private AlsaUri(string device, AlsaOptions options)
    {
        Device = device;
        Options = options;
    }

    /// <summary>The device as ALSA names it, such as hw:1 or hw:CARD=CODEC,DEV=0.</summary>
    public string Device { get; }

    /// <summary>All settings.</summary>
    public AlsaOptions Options { get; }

    /// <summary>Samples per second that the gate will get.</summary>
    public double SamplingRateHertz => (double)Options.RateHertz / LineInPipeline.FactorOf(Options.RateHertz);

    /// <summary>Reads such a text.</summary>
    /// <exception cref="FormatException">It is not one; the message is one sentence that says why.</exception>
    public static AlsaUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(text, $"it does not begin with {Scheme}");
        }

        var rest = text[Scheme.Length..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var device = question < 0 ? rest : rest[..question];
        if (string.IsNullOrWhiteSpace(device))
        {
            throw Bad(text, "it names no device");
        }

        var lineIn = new LineInOptions { Name = text };
        var options = new AlsaOptions();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in (question < 0 ? "" : rest[(question + 1)..]).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = (equals < 0 ? part : part[..equals]).ToLowerInvariant();
            var value = equals < 0 ? "" : part[(equals + 1)..];
            if (!seen.Add(key))
            {
                throw Bad(text, $"{key} is given twice");
            }

            switch (key)
            {
                case "rate":
                    options = options with { RateHertz = Whole(text, key, value) };
                    break;
                case "period":
                    options = options with { Period = Time(text, key, value) };
                    break;
                case "buffer":
                    options = options with { Buffer = Time(text, key, value) };
                    break;
                case "format":
                    options = options with
                    {
                        SampleFormat = value.ToLowerInvariant() switch
                        {
                            "s16" => PcmSampleFormat.S16,
                            "s32" => PcmSampleFormat.S32,
                            "f32" => PcmSampleFormat.F32,
                            _ => throw Bad(text, $"format is '{value}' and must be s16, s32 or f32"),
                        },
                    };
                    break;
                case "fullscale":
                    lineIn = lineIn with { FullScaleMillivolts = Fraction(text, key, value, "mV") };
                    break;
                case "channel":
                    lineIn = lineIn with { Channel = Whole(text, key, value) };
                    break;
                case "lead1":
                    lineIn = lineIn with { Lead1Channel = Whole(text, key, value) };
                    break;
                case "delay":
                    lineIn = lineIn with { ConverterDelay = Time(text, key, value) };
                    break;
                default:
                    throw Bad(text, $"'{key}' is not known (known are rate, period, buffer, fullscale, channel, lead1, delay, format)");
            }
        }

        options = options with { LineIn = lineIn };
        return options.Validate() is [var problem, ..]
            ? throw new FormatException($"'{text}': {problem}")
            : new AlsaUri(device, options);
    }

    /// <summary>Opens the card. The capture begins with the first read.</summary>
    /// <param name="gate">The gate whose deadline must be made; null for the default's.</param>
    /// <exception cref="EcgSourceException">
    /// Not on Linux, no libasound, no such card, no permission, a setting that the card does not have, or one with which a pulse
    /// could not be ordered in time; one sentence says which and what to do.
    /// </exception>
    public LineInSource Open(GateOptions? gate = null)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new EcgSourceException($"{Options.LineIn.Name}: ALSA is Linux's sound system; this is {Environment.OSVersion}. On Windows use the NAudio provider.");
        }

        if (!LibAsound.IsInstalled)
        {
            throw new EcgSourceException($"{Options.LineIn.Name}: libasound.so.2 is not installed: install the package libasound2 (libasound2t64 on newer systems).");
        }

        var calls = LibAsoundPcm.Open(Device, Options, out var info);
        try
        {
            return LineInSource.Open(new AlsaPcmDevice(calls, info, HostClock.Monotonic), Options.LineIn, gate);
        }
        catch
        {
            calls.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Options.LineIn.Name;

    private static int Whole(string text, string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Bad(text, $"{key} is '{value}' and must be a whole number");

    private static TimeSpan Time(string text, string key, string value) => TimeSpan.FromMilliseconds(Fraction(text, key, value, "ms"));

    private static double Fraction(string text, string key, string value, string unit)
    {
        var digits = value.EndsWith(unit, StringComparison.OrdinalIgnoreCase) ? value[..^unit.Length] : value;
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1e6
            ? number
            : throw Bad(text, $"{key} is '{value}' and must be a number of {unit}");
    }

    private static FormatException Bad(string text, string problem) => new($"'{text}' cannot be used: {problem}. An example: {Example}");
}
