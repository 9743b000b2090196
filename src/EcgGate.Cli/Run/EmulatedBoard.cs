using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Faults;
using EcgGate.Emulator.Generator;
using EcgGate.Hardware.Ads129x;
using EcgGate.Hardware.Converters;
using EcgGate.Signals;

namespace EcgGate.Cli.Run;

/// <summary>The emulated board that a record or a patient is played through.</summary>
/// <param name="Part">Which part it is.</param>
/// <param name="RateHertz">Samples per second.</param>
internal sealed record EmulatedBoard(BoardPart Part, int RateHertz)
{
    /// <summary>Where no rate is asked for.</summary>
    public const int DefaultRateHertz = 500;

    /// <summary>Where no board is asked for.</summary>
    public const BoardPart DefaultPart = BoardPart.Ads1292R;

    private const int SlowestAds1298Hertz = 500;
    private const int Ads1115RateHertz = 860;
    private const int LineInRateHertz = 1000;

    private static readonly int[] Rates = [125, 250, 500, 1000, 2000];

    /// <summary>As people write it, and as the option <c>--board</c> takes it.</summary>
    public static IReadOnlyDictionary<string, BoardPart> ByName { get; } = new Dictionary<string, BoardPart>(StringComparer.OrdinalIgnoreCase)
    {
        ["ads1292r"] = BoardPart.Ads1292R,
        ["ads1298"] = BoardPart.Ads1298,
        ["mcp3208"] = BoardPart.Mcp3208,
        ["ads1115"] = BoardPart.Ads1115,
        ["line-in"] = BoardPart.LineIn,
    };

    /// <summary>A part as people write it.</summary>
    public static string NameOf(BoardPart part) => ByName.First(pair => pair.Value == part).Key;

    /// <summary>Whether it is a converter behind an AD8232, without a test signal of its own.</summary>
    public bool IsConverter => Part is BoardPart.Mcp3208 or BoardPart.Ads1115;

    /// <summary>Whether it has a test signal of its own.</summary>
    public bool HasTestSignal => Part is BoardPart.Ads1292R or BoardPart.Ads1298;

    /// <summary>Samples per second that it truly gives.</summary>
    public int TrueRateHertz => Part switch
    {
        BoardPart.Ads1115 => Ads1115RateHertz,
        BoardPart.LineIn => LineInRateHertz,
        _ => RateHertz,
    };

    /// <summary>Refuses a rate that the part does not have.</summary>
    /// <exception cref="CliException">It does not.</exception>
    public void RequireRate()
    {
        if (!Rates.Contains(RateHertz))
        {
            throw new CliException($"--rate is {RateHertz}; the board samples at {string.Join(", ", Rates.SkipLast(1))} or {Rates[^1]} samples per second for gating.");
        }

        if (Part == BoardPart.Ads1115 && RateHertz != DefaultRateHertz)
        {
            throw new CliException($"--rate is {RateHertz}; the ADS1115 has its own rate, {Ads1115RateHertz} samples per second.");
        }

        if (Part == BoardPart.LineIn && RateHertz != DefaultRateHertz)
        {
            throw new CliException($"--rate is {RateHertz}; the line input has its own rate, {LineInRateHertz} samples per second of a sound card's 48,000.");
        }

        if (Part == BoardPart.Ads1298 && RateHertz < SlowestAds1298Hertz)
        {
            throw new CliException($"--rate is {RateHertz}; the ADS1298 has no rate below {SlowestAds1298Hertz} samples per second.");
        }
    }

    /// <summary>Opens the part's driver on a bench.</summary>
    /// <param name="bench">The bench with the board.</param>
    /// <param name="name">What the source is called.</param>
    /// <param name="leadNames">Names of the ECG's leads; the first two are read.</param>
    /// <param name="input">What the channels read.</param>
    public Ads129xSource OpenDriver(EmulatedBench bench, string name, IReadOnlyList<string> leadNames, Ads129xInput input = Ads129xInput.Electrodes)
    {
        var leads = Math.Min(2, leadNames.Count);
        return Ads129xBoards.Open(Part, bench.Spi, bench.Gpio, new Ads129xChoice
        {
            Name = name,
            DataReadyPin = bench.DataReadyPin,
            RateHertz = RateHertz,
            Leads = [.. bench.Board.WiredLeads.OfType<string>().Take(leads)],
            LeadNames = [.. leadNames.Take(leads)],
            Input = input,
        });
    }

    /// <summary>Opens the source of a converter behind an AD8232, at a gain of 100, on a bench.</summary>
    /// <param name="bench">The bench with the part.</param>
    /// <param name="name">What the source is called.</param>
    /// <param name="leadName">Name of the ECG's lead.</param>
    public IEcgSource OpenConverter(EmulatedConverterBench bench, string name, string leadName)
    {
        var lines = bench.Options;
        var pins = new Ad8232Pins(bench.Gpio, lines.PositiveOffLine, lines.NegativeOffLine, lines.ShutdownLine);
        var frontEnd = Ad8232Options.AmplifierOnly;
        return bench.Mcp3208 is { } part
            ? Ad8232Boards.OpenMcp3208(part.Spi, frontEnd, new TimerPacedOptions { Name = name, RateHertz = RateHertz }, leadName, pins, owned: pins)
            : Ad8232Boards.OpenAds1115(bench.Ads1115!.I2c, DataReadyPulses.Open(bench.Gpio, lines.ReadyLine), frontEnd, new ReadyPacedOptions { Name = name }, leadName, pins, owned: pins);
    }

    /// <summary>Starts a bench with this board on it.</summary>
    /// <param name="ecg">What stands at its electrodes.</param>
    /// <param name="truth">Its beats.</param>
    /// <param name="faults">What goes wrong; null for nothing.</param>
    public EmulatedConverterBench StartConverter(IAnalogEcg ecg, ITruth truth, FaultSchedule? faults)
    {
        var options = new EmulatedConverterBenchOptions { FrontEnd = EmulatedAd8232Options.AmplifierOnly };
        return Part == BoardPart.Mcp3208
            ? EmulatedConverterBench.StartMcp3208(ecg, truth, options, faults: faults)
            : EmulatedConverterBench.StartAds1115(ecg, truth, options, faults: faults);
    }

    /// <inheritdoc/>
    public override string ToString() => Part == BoardPart.LineIn
        ? $"emulated sound card at {TrueRateHertz} samples/s"
        : $"emulated {Part.ToString().ToUpperInvariant()} {(IsConverter ? "behind an AD8232 " : string.Empty)}at {TrueRateHertz} samples/s";
}
