using System.Device.Gpio;
using System.Device.Spi;
using System.Globalization;
using EcgGate.Hardware.Gpio;
using EcgGate.Signals;

namespace EcgGate.Hardware.Ads1292R;

/// <summary>
/// Where an ADS1292R is and how it is set up, as one line of text:
/// <c>ads1292r:/dev/spidev0.0?drdy=25&amp;rate=500&amp;gain=6&amp;start=22&amp;reset=27</c>. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// <c>drdy</c> is needed; the others have defaults: <c>rate</c> 500, <c>gain</c> 6, <c>start</c> and <c>reset</c> not
/// wired, <c>leads</c> 2, <c>lead0</c> (the channel that is gated on) 1, <c>leadoff</c> dc (or ac, off), <c>test</c>
/// 0 (1 reads the part's own test signal), <c>clock</c> 800000 (SPI clock in Hz).
/// </remarks>
public sealed class Ads1292RUri
{
    /// <summary>What such a text begins with.</summary>
    public const string Scheme = "ads1292r:";

    private const string Example = "ads1292r:/dev/spidev0.0?drdy=25";
    private const int DefaultClockHertz = 800_000;

    private Ads1292RUri(string device, int bus, int chipSelect, int clockHertz, Ads1292ROptions options)
    {
        Device = device;
        Bus = bus;
        ChipSelect = chipSelect;
        SpiClockHertz = clockHertz;
        Options = options;
    }

    /// <summary>The SPI device, such as /dev/spidev0.0.</summary>
    public string Device { get; }

    /// <summary>Number of the SPI bus.</summary>
    public int Bus { get; }

    /// <summary>Number of the chip select on it.</summary>
    public int ChipSelect { get; }

    /// <summary>SPI clock in Hz.</summary>
    public int SpiClockHertz { get; }

    /// <summary>Wiring and settings.</summary>
    public Ads1292ROptions Options { get; }

    /// <summary>Reads such a text.</summary>
    /// <exception cref="FormatException">It is not one; the message is one sentence that says why.</exception>
    public static Ads1292RUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(text, $"it does not begin with {Scheme}");
        }

        var rest = text[Scheme.Length..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var device = question < 0 ? rest : rest[..question];
        ParseDevice(text, device, out var bus, out var chipSelect);

        var options = new Ads1292ROptions { Name = text };
        var clock = DefaultClockHertz;
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
                case "drdy":
                    options = options with { DataReadyPin = Number(text, key, value) };
                    break;
                case "start":
                    options = options with { StartPin = Number(text, key, value) };
                    break;
                case "reset":
                    options = options with { ResetPin = Number(text, key, value) };
                    break;
                case "rate":
                    options = options with { Rate = (Ads1292RRate)Number(text, key, value) };
                    break;
                case "gain":
                    options = options with { Gain = (Ads1292RGain)Number(text, key, value) };
                    break;
                case "leads":
                    options = options with { LeadCount = Number(text, key, value) };
                    break;
                case "lead0":
                    options = options with { Lead0Channel = Number(text, key, value) };
                    break;
                case "clock":
                    clock = Number(text, key, value);
                    break;
                case "leadoff":
                    options = options with
                    {
                        LeadOff = value switch
                        {
                            "off" => Ads1292RLeadOff.Off,
                            "dc" => Ads1292RLeadOff.DirectCurrent,
                            "ac" => Ads1292RLeadOff.AlternatingCurrent,
                            _ => throw Bad(text, $"leadoff is '{value}' and must be off, dc or ac"),
                        },
                    };
                    break;
                case "test":
                    options = options with
                    {
                        TestSignal = value switch
                        {
                            "0" => false,
                            "1" => true,
                            _ => throw Bad(text, $"test is '{value}' and must be 0 or 1"),
                        },
                    };
                    break;
                default:
                    throw Bad(text, $"'{key}' is not known (known are drdy, rate, gain, start, reset, leads, lead0, leadoff, test, clock)");
            }
        }

        if (!seen.Contains("drdy"))
        {
            throw Bad(text, "drdy, the GPIO line of the data-ready output, is missing");
        }

        if (clock <= 0 || clock > Ads1292ROptions.MaximumSpiClockHertz)
        {
            throw Bad(text, $"clock is {clock} and must lie between 1 and {Ads1292ROptions.MaximumSpiClockHertz} Hz");
        }

        if (options.Validate() is [var problem, ..])
        {
            throw new FormatException($"'{text}': {problem}");
        }

        return new Ads1292RUri(device, bus, chipSelect, clock, options);
    }

    /// <summary>Opens the bus and the lines and starts the board.</summary>
    /// <exception cref="EcgSourceException">
    /// Not on Linux, no such device, no permission, or the board does not answer as it must; one sentence says which
    /// and what to do.
    /// </exception>
    public Ads1292RSource Open()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new EcgSourceException($"{Options.Name}: SPI devices are opened on Linux only; this is {Environment.OSVersion}.");
        }

        CheckAccess(Device, "spi", "enable SPI (on a Raspberry Pi: dtparam=spi=on in config.txt) and check the bus and chip select");
        var chip = Directory.EnumerateFiles("/dev", "gpiochip*").Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new EcgSourceException($"{Options.Name}: there is no /dev/gpiochip*: this machine has no GPIO lines that can be used.");
        CheckAccess(chip, "gpio", "check that the GPIO driver is loaded");

        SpiDevice? spi = null;
        GpioController? gpio = null;
        LinuxGpioDataReady? dataReady = null;
        try
        {
            dataReady = LinuxGpioDataReady.Open(chip, Options.DataReadyPin);
            spi = SpiDevice.Create(new SpiConnectionSettings(Bus, ChipSelect)
            {
                Mode = SpiMode.Mode1,
                ClockFrequency = SpiClockHertz,
                DataBitLength = 8,
            });
            gpio = new GpioController();
            return Ads1292RSource.Open(spi, gpio, Options, HostClock.Monotonic, ownsDevices: true, dataReady);
        }
        catch (Exception error)
        {
            dataReady?.Dispose();
            gpio?.Dispose();
            spi?.Dispose();
            if (error is EcgSourceException)
            {
                throw;
            }

            throw new EcgSourceException($"{Options.Name}: cannot open {Device} and its lines: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Options.Name;

    private void CheckAccess(string path, string group, string cure)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new EcgSourceException($"{Options.Name}: no permission for {path}: add the user to group {group} (sudo usermod -aG {group} $USER) and log in again.", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EcgSourceException($"{Options.Name}: there is no {path}: {cure}.", error);
        }
        catch (IOException error)
        {
            throw new EcgSourceException($"{Options.Name}: {path} cannot be opened: {error.Message} Check that nothing else uses it.", error);
        }
    }

    private static void ParseDevice(string text, string device, out int bus, out int chipSelect)
    {
        const string prefix = "/dev/spidev";
        bus = chipSelect = 0;
        var numbers = device.StartsWith(prefix, StringComparison.Ordinal) ? device[prefix.Length..].Split('.') : [];
        if (numbers.Length != 2
            || !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out bus)
            || !int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out chipSelect))
        {
            throw Bad(text, $"'{device}' is no SPI device of the form {prefix}BUS.CHIPSELECT");
        }
    }

    private static int Number(string text, string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Bad(text, $"{key} is '{value}' and must be a whole number");

    private static FormatException Bad(string text, string problem) => new($"'{text}' cannot be used: {problem}. An example: {Example}");
}
