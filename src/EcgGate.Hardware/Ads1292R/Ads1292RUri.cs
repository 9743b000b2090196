using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Ads1292R;

/// <summary>
/// Where an ADS1292R is and how it is set up, as one line of text:
/// <c>ads1292r:/dev/spidev0.0?drdy=25&amp;rate=500&amp;gain=6&amp;start=22&amp;reset=27</c>. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// <c>drdy</c> is needed; the others have defaults: <c>rate</c> 500, <c>gain</c> 6, <c>start</c> and <c>reset</c> not
/// wired, <c>leads</c> 2, <c>lead0</c> (the channel that is gated on) 1, <c>leadoff</c> dc (or ac, off), <c>test</c>
/// 0 (1 reads the part's own test signal), <c>short</c> 0 (1 shorts the inputs), <c>clock</c> 800000 (SPI clock in Hz).
/// </remarks>
public sealed class Ads1292RUri : Ads129xUri
{
    /// <summary>What such a text begins with.</summary>
    public const string Scheme = "ads1292r:";

    private const string Example = "ads1292r:/dev/spidev0.0?drdy=25";
    private const int DefaultClockHertz = 800_000;

    private static readonly string[] Known = ["drdy", "rate", "gain", "start", "reset", "leads", "lead0", "leadoff", "test", "short", "clock"];

    private readonly Ads129xAddress _address;

    private Ads1292RUri(string text, Ads129xAddress address, int clockHertz, Ads1292ROptions options)
        : base(text, address.Device, address.Bus, address.ChipSelect, clockHertz)
    {
        _address = address;
        Options = options;
    }

    /// <summary>Wiring and settings.</summary>
    public Ads1292ROptions Options { get; }

    /// <inheritdoc/>
    public override int RateHertz => Options.RateHertz;

    /// <summary>Reads such a text.</summary>
    /// <exception cref="FormatException">It is not one; the message is one sentence that says why.</exception>
    public static Ads1292RUri Parse(string text)
    {
        var address = Ads129xAddress.Parse(text, Scheme, Example, Known);
        var standard = new Ads1292ROptions();
        var options = new Ads1292ROptions
        {
            Name = text,
            DataReadyPin = address.Number("drdy")!.Value,
            StartPin = address.Number("start"),
            ResetPin = address.Number("reset"),
            Rate = (Ads1292RRate)(address.Number("rate") ?? (int)standard.Rate),
            Gain = (Ads1292RGain)(address.Number("gain") ?? (int)standard.Gain),
            LeadCount = address.Number("leads") ?? standard.LeadCount,
            Lead0Channel = address.Number("lead0") ?? standard.Lead0Channel,
            LeadOff = address.Text("leadoff") switch
            {
                null => standard.LeadOff,
                "off" => Ads1292RLeadOff.Off,
                "dc" => Ads1292RLeadOff.DirectCurrent,
                "ac" => Ads1292RLeadOff.AlternatingCurrent,
                var value => throw address.Bad($"leadoff is '{value}' and must be off, dc or ac"),
            },
            Input = address.Input(),
        };
        var clock = address.Clock(DefaultClockHertz, Ads1292ROptions.MaximumSpiClockHertz);
        address.RequireValid(options);
        return new Ads1292RUri(text, address, clock, options);
    }

    /// <summary>Opens the bus and the lines and starts the board.</summary>
    /// <exception cref="EcgSourceException">
    /// Not on Linux, no such device, no permission, or the board does not answer as it must; one sentence says which
    /// and what to do.
    /// </exception>
    public Ads1292RSource Open() => Open(Options);

    /// <inheritdoc/>
    public override Ads129xSource OpenBoard(Ads129xInput? input = null) => Open(Options with { Input = input ?? Options.Input });

    private Ads1292RSource Open(Ads1292ROptions options) => _address.Open(
        options,
        SpiClockHertz,
        null,
        (spi, _, gpio, dataReady) => Ads1292RSource.Open(spi, gpio, options, HostClock.Monotonic, ownsDevices: true, dataReady));
}
