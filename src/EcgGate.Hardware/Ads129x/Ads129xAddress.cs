using System.Device.Gpio;
using System.Device.Spi;
using System.Globalization;
using EcgGate.Hardware.Gpio;
using EcgGate.Signals;

namespace EcgGate.Hardware.Ads129x;

/// <summary>
/// A board's address taken apart: the SPI device and the settings after the question mark, each known and given once.
/// What a setting means is for the part to say. Immutable once read.
/// </summary>
internal sealed class Ads129xAddress
{
    private readonly string _text;
    private readonly string _example;
    private readonly Dictionary<string, string> _settings = new(StringComparer.OrdinalIgnoreCase);

    private Ads129xAddress(string text, string example)
    {
        _text = text;
        _example = example;
    }

    /// <summary>The SPI device, such as /dev/spidev0.0.</summary>
    public required string Device { get; init; }

    /// <summary>Number of the SPI bus.</summary>
    public required int Bus { get; init; }

    /// <summary>Number of the chip select on it.</summary>
    public required int ChipSelect { get; init; }

    /// <summary>Takes a text apart.</summary>
    /// <param name="text">The address.</param>
    /// <param name="scheme">What it must begin with.</param>
    /// <param name="example">A good one, for the message.</param>
    /// <param name="known">The settings that there are.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static Ads129xAddress Parse(string text, string scheme, string example, IReadOnlyList<string> known)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(text, example, $"it does not begin with {scheme}");
        }

        var rest = text[scheme.Length..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var device = question < 0 ? rest : rest[..question];
        ParseDevice(text, example, device, out var bus, out var chipSelect);
        var address = new Ads129xAddress(text, example) { Device = device, Bus = bus, ChipSelect = chipSelect };
        foreach (var part in (question < 0 ? "" : rest[(question + 1)..]).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = (equals < 0 ? part : part[..equals]).ToLowerInvariant();
            if (!known.Contains(key))
            {
                throw Bad(text, example, $"'{key}' is not known (known are {string.Join(", ", known)})");
            }

            if (!address._settings.TryAdd(key, equals < 0 ? "" : part[(equals + 1)..]))
            {
                throw Bad(text, example, $"{key} is given twice");
            }
        }

        return address.Has("drdy") ? address : throw address.Bad("drdy, the GPIO line of the data-ready output, is missing");
    }

    /// <summary>Whether a setting is given.</summary>
    public bool Has(string key) => _settings.ContainsKey(key);

    /// <summary>A setting as it was written; null where it was not.</summary>
    public string? Text(string key) => _settings.GetValueOrDefault(key);

    /// <summary>A setting that is a whole number; null where it was not given.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public int? Number(string key)
    {
        if (Text(key) is not { } value)
        {
            return null;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Bad($"{key} is '{value}' and must be a whole number");
    }

    /// <summary>A setting that is 0 or 1; false where it was not given.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public bool Flag(string key) => Text(key) switch
    {
        null or "0" => false,
        "1" => true,
        var value => throw Bad($"{key} is '{value}' and must be 0 or 1"),
    };

    /// <summary>What the channels read, from <c>test</c> and <c>short</c>.</summary>
    /// <exception cref="FormatException">Both are asked for.</exception>
    public Ads129xInput Input()
    {
        var test = Flag("test");
        var shorted = Flag("short");
        return test && shorted ? throw Bad("test and short exclude each other")
            : test ? Ads129xInput.TestSignal
            : shorted ? Ads129xInput.Shorted
            : Ads129xInput.Electrodes;
    }

    /// <summary>The SPI clock in Hz.</summary>
    /// <exception cref="FormatException">It is not between 1 and the highest.</exception>
    public int Clock(int standard, int highest)
    {
        var clock = Number("clock") ?? standard;
        return clock > 0 && clock <= highest ? clock : throw Bad($"clock is {clock} and must lie between 1 and {highest} Hz");
    }

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="FormatException">They cannot.</exception>
    public void RequireValid(Ads129xOptions options)
    {
        if (options.Validate() is [var problem, ..])
        {
            throw new FormatException($"'{_text}': {problem}");
        }
    }

    /// <summary>What is wrong with the text.</summary>
    public FormatException Bad(string problem) => Bad(_text, _example, problem);

    /// <summary>Opens the bus, the lines and the board on them.</summary>
    /// <param name="options">Wiring and settings.</param>
    /// <param name="clockHertz">SPI clock of commands.</param>
    /// <param name="frameClockHertz">SPI clock of frames where it is another one; else null.</param>
    /// <param name="open">Opens the source on the bus, the frames' bus and the lines, which it then owns.</param>
    /// <exception cref="EcgSourceException">
    /// Not on Linux, no such device, no permission, or the board does not answer as it must.
    /// </exception>
    public T Open<T>(Ads129xOptions options, int clockHertz, int? frameClockHertz, Func<SpiDevice, SpiDevice?, GpioController, IDataReady, T> open)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new EcgSourceException($"{options.Name}: SPI devices are opened on Linux only; this is {Environment.OSVersion}.");
        }

        CheckAccess(options, Device, "spi", "enable SPI (on a Raspberry Pi: dtparam=spi=on in config.txt) and check the bus and chip select");
        var chip = Directory.EnumerateFiles("/dev", "gpiochip*").Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new EcgSourceException($"{options.Name}: there is no /dev/gpiochip*: this machine has no GPIO lines that can be used.");
        CheckAccess(options, chip, "gpio", "check that the GPIO driver is loaded");

        SpiDevice? spi = null;
        SpiDevice? frameSpi = null;
        GpioController? gpio = null;
        LinuxGpioDataReady? dataReady = null;
        try
        {
            dataReady = LinuxGpioDataReady.Open(chip, options.DataReadyPin);
            spi = OpenBus(clockHertz);
            frameSpi = frameClockHertz is { } clock ? OpenBus(clock) : null;
            gpio = new GpioController();
            return open(spi, frameSpi, gpio, dataReady);
        }
        catch (Exception error)
        {
            dataReady?.Dispose();
            gpio?.Dispose();
            frameSpi?.Dispose();
            spi?.Dispose();
            if (error is EcgSourceException)
            {
                throw;
            }

            throw new EcgSourceException($"{options.Name}: cannot open {Device} and its lines: {error.Message}", error);
        }
    }

    private SpiDevice OpenBus(int clockHertz) => SpiDevice.Create(new SpiConnectionSettings(Bus, ChipSelect)
    {
        Mode = SpiMode.Mode1,
        ClockFrequency = clockHertz,
        DataBitLength = 8,
    });

    private static void CheckAccess(Ads129xOptions options, string path, string group, string cure)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new EcgSourceException($"{options.Name}: no permission for {path}: add the user to group {group} (sudo usermod -aG {group} $USER) and log in again.", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EcgSourceException($"{options.Name}: there is no {path}: {cure}.", error);
        }
        catch (IOException error)
        {
            throw new EcgSourceException($"{options.Name}: {path} cannot be opened: {error.Message} Check that nothing else uses it.", error);
        }
    }

    private static void ParseDevice(string text, string example, string device, out int bus, out int chipSelect)
    {
        const string prefix = "/dev/spidev";
        bus = chipSelect = 0;
        var numbers = device.StartsWith(prefix, StringComparison.Ordinal) ? device[prefix.Length..].Split('.') : [];
        if (numbers.Length != 2
            || !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out bus)
            || !int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out chipSelect))
        {
            throw Bad(text, example, $"'{device}' is no SPI device of the form {prefix}BUS.CHIPSELECT");
        }
    }

    private static FormatException Bad(string text, string example, string problem) =>
        new($"'{text}' cannot be used: {problem}. An example: {example}");
}
