using EcgGate.Emulator;
using EcgGate.Hardware.Ads129x;

namespace EcgGate.Cli.Run;

/// <summary>The emulated board that a record or a patient is played through.</summary>
/// <param name="Part">Which part it is.</param>
/// <param name="RateHertz">Samples per second.</param>
internal sealed record EmulatedBoard(BoardPart Part, int RateHertz)
{
    /// <summary>Where no rate is asked for.</summary>
    public const int DefaultRateHertz = 500;

    private const int SlowestAds1298Hertz = 500;

    private static readonly int[] Rates = [125, 250, 500, 1000, 2000];

    /// <summary>As people write it, and as the option <c>--board</c> takes it.</summary>
    public static IReadOnlyDictionary<string, BoardPart> ByName { get; } = new Dictionary<string, BoardPart>(StringComparer.OrdinalIgnoreCase)
    {
        ["ads1292r"] = BoardPart.Ads1292R,
        ["ads1298"] = BoardPart.Ads1298,
    };

    /// <summary>Refuses a rate that the part does not have.</summary>
    /// <exception cref="CliException">It does not.</exception>
    public void RequireRate()
    {
        if (!Rates.Contains(RateHertz))
        {
            throw new CliException($"--rate is {RateHertz}; the board samples at {string.Join(", ", Rates.SkipLast(1))} or {Rates[^1]} samples per second for gating.");
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

    /// <inheritdoc/>
    public override string ToString() => $"emulated {Part.ToString().ToUpperInvariant()} at {RateHertz} samples/s";
}
