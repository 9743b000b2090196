using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Ads1298;

/// <summary>
/// Where an ADS1298 is and how it is set up, as one line of text:
/// <c>ads1298:/dev/spidev0.0?drdy=25&amp;rate=500&amp;leads=II,V2</c>. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// <c>drdy</c> is needed; the others have defaults: <c>rate</c> 500, <c>gain</c> 6, <c>start</c> and <c>reset</c> not
/// wired, <c>leads</c> II,I (the first is gated on), <c>map</c> (which channel measures which lead) V6:1,I:2,II:3,V2:4,
/// V3:5,V4:6,V5:7,V1:8, <c>rld</c> 1 (0 leaves the right leg alone), <c>leadoff</c> dc (or ac, off), <c>current</c> 6
/// (lead-off current in nA: 6, 12, 18, 24), <c>test</c> 0 (1 reads the part's own test signal), <c>short</c> 0 (1 shorts
/// the inputs), <c>clock</c> 2000000 (SPI clock of commands in Hz; frames are read faster where the rate needs it).
/// </remarks>
public sealed class Ads1298Uri : Ads129xUri
{
    /// <summary>What such a text begins with.</summary>
    public const string Scheme = "ads1298:";

    private const string Example = "ads1298:/dev/spidev0.0?drdy=25&leads=II,V2";
    private const int DefaultClockHertz = 2_000_000;

    private static readonly string[] Known = ["drdy", "rate", "gain", "start", "reset", "leads", "map", "rld", "leadoff", "current", "test", "short", "clock", "daisy"];

    private readonly Ads129xAddress _address;

    private Ads1298Uri(string text, Ads129xAddress address, int clockHertz, Ads1298Options options)
        : base(text, address.Device, address.Bus, address.ChipSelect, clockHertz)
    {
        _address = address;
        Options = options;
    }

    /// <summary>Wiring and settings.</summary>
    public Ads1298Options Options { get; }

    /// <inheritdoc/>
    public override int RateHertz => Options.RateHertz;

    /// <summary>SPI clock of frames in Hz, where commands would be too slow a clock for them; else null.</summary>
    public int? FrameClockHertz => Ads1298Source.FrameClockHertzFor(Options.Rate) is var needed && needed > SpiClockHertz ? needed : null;

    /// <summary>Reads such a text.</summary>
    /// <exception cref="FormatException">It is not one; the message is one sentence that says why.</exception>
    public static Ads1298Uri Parse(string text)
    {
        var address = Ads129xAddress.Parse(text, Scheme, Example, Known);
        var standard = new Ads1298Options();
        var options = new Ads1298Options
        {
            Name = text,
            DataReadyPin = address.Number("drdy")!.Value,
            StartPin = address.Number("start"),
            ResetPin = address.Number("reset"),
            Rate = (Ads1298Rate)(address.Number("rate") ?? (int)standard.Rate),
            Gain = (Ads1298Gain)(address.Number("gain") ?? (int)standard.Gain),
            LeadMap = MapOf(address) ?? standard.LeadMap,
            Leads = address.Text("leads")?.Split(',', StringSplitOptions.TrimEntries) ?? standard.Leads,
            RightLegDrive = !address.Has("rld") || address.Flag("rld"),
            LeadOff = address.Text("leadoff") switch
            {
                null => standard.LeadOff,
                "off" => Ads1298LeadOff.Off,
                "dc" => Ads1298LeadOff.DirectCurrent,
                "ac" => Ads1298LeadOff.AlternatingCurrent,
                var value => throw address.Bad($"leadoff is '{value}' and must be off, dc or ac"),
            },
            LeadOffCurrent = address.Number("current") switch
            {
                null => standard.LeadOffCurrent,
                6 => Ads1298LeadOffCurrent.NanoAmpere6,
                12 => Ads1298LeadOffCurrent.NanoAmpere12,
                18 => Ads1298LeadOffCurrent.NanoAmpere18,
                24 => Ads1298LeadOffCurrent.NanoAmpere24,
                var value => throw address.Bad($"current is {value} and must be 6, 12, 18 or 24 nA"),
            },
            Input = address.Input(),
            DaisyChain = address.Flag("daisy"),
        };
        var clock = address.Clock(DefaultClockHertz, Ads1298Options.MaximumSpiClockHertz);
        address.RequireValid(options);
        return new Ads1298Uri(text, address, clock, options);
    }

    /// <summary>Opens the bus and the lines and starts the board.</summary>
    /// <exception cref="EcgSourceException">
    /// Not on Linux, no such device, no permission, or the board does not answer as it must; one sentence says which
    /// and what to do.
    /// </exception>
    public Ads1298Source Open() => Open(Options);

    /// <inheritdoc/>
    public override Ads129xSource OpenBoard(Ads129xInput? input = null) => Open(Options with { Input = input ?? Options.Input });

    private Ads1298Source Open(Ads1298Options options) => _address.Open(
        options,
        SpiClockHertz,
        FrameClockHertz,
        (spi, frameSpi, gpio, dataReady) => Ads1298Source.Open(spi, gpio, options, HostClock.Monotonic, ownsDevices: true, dataReady, frameSpi));

    private static Ads1298LeadMap? MapOf(Ads129xAddress address)
    {
        try
        {
            return address.Text("map") is { } map ? Ads1298LeadMap.Parse(map) : null;
        }
        catch (FormatException problem)
        {
            throw address.Bad(problem.Message);
        }
    }
}
