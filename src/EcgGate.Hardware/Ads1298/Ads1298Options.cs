using EcgGate.Hardware.Ads129x;

namespace EcgGate.Hardware.Ads1298;

/// <summary>How an ADS1298 is wired and set up. Immutable and thread-safe.</summary>
public sealed record Ads1298Options : Ads129xOptions
{
    /// <summary>Fastest SPI clock at which a multi-byte command is sure to be decoded, in Hz.</summary>
    /// <remarks>A byte must last four clocks of the part, and its clock may be as slow as 514 ns (data sheet 7.6).</remarks>
    public const int MaximumSpiClockHertz = 3_800_000;

    /// <summary>The default settings.</summary>
    public Ads1298Options()
        : base("ads1298")
    {
    }

    /// <summary>Samples per second. Default 500.</summary>
    public Ads1298Rate Rate { get; init; } = Ads1298Rate.Sps500;

    /// <summary>Gain of all channels. Default 6.</summary>
    public Ads1298Gain Gain { get; init; } = Ads1298Gain.Times6;

    /// <summary>Which channel measures which lead. Default as the manufacturer's boards.</summary>
    public Ads1298LeadMap LeadMap { get; init; } = Ads1298LeadMap.Standard;

    /// <summary>
    /// The one or two leads to read, the one that is gated on first: I, II, III, aVR, aVL, aVF, V1 to V6, or CH1 to CH8
    /// for a channel as it is. Channels that they do not need are powered down. Default II and I, which four electrodes
    /// make.
    /// </summary>
    public IReadOnlyList<string> Leads { get; init; } = ["II", "I"];

    /// <summary>What the leads are called; null for <see cref="Leads"/>. Default null.</summary>
    public IReadOnlyList<string>? LeadNames { get; init; }

    /// <summary>How loose electrodes are found. Default by direct current.</summary>
    public Ads1298LeadOff LeadOff { get; init; } = Ads1298LeadOff.DirectCurrent;

    /// <summary>The current that searches for loose electrodes. Default 6 nA.</summary>
    public Ads1298LeadOffCurrent LeadOffCurrent { get; init; } = Ads1298LeadOffCurrent.NanoAmpere6;

    /// <summary>How near to the supply an input must be to count as loose. Default 95 %.</summary>
    public Ads1298LeadOffThreshold LeadOffThreshold { get; init; } = Ads1298LeadOffThreshold.Percent95;

    /// <summary>Whether the right leg is driven from the electrodes of the leads in use. Default true.</summary>
    public bool RightLegDrive { get; init; } = true;

    /// <inheritdoc/>
    public override int RateHertz => (int)Rate;

    private protected override void ValidatePart(Action<bool, string> check)
    {
        check(Enum.IsDefined(Rate), $"Rate is {(int)Rate}; the ADS1298 does 500, 1000, 2000, 4000, 8000, 16000 or 32000 samples per second.");
        check(Enum.IsDefined(Gain), $"Gain is {(int)Gain}; the ADS1298 has 1, 2, 3, 4, 6, 8 and 12.");
        check(Enum.IsDefined(LeadOff), $"Lead-off detection is {LeadOff}; it must be one of {string.Join(", ", Enum.GetNames<Ads1298LeadOff>())}.");
        check(Enum.IsDefined(LeadOffCurrent), $"Lead-off current is {LeadOffCurrent}; it must be one of {string.Join(", ", Enum.GetNames<Ads1298LeadOffCurrent>())}.");
        check(Enum.IsDefined(LeadOffThreshold), $"Lead-off threshold is {LeadOffThreshold}; it must be one of {string.Join(", ", Enum.GetNames<Ads1298LeadOffThreshold>())}.");
        check(Leads.Count is 1 or 2, $"{Leads.Count} leads are asked for; one or two can be read.");
        check(Leads.Distinct(StringComparer.OrdinalIgnoreCase).Count() == Leads.Count, $"The leads {string.Join(", ", Leads)} name one twice.");
        check(LeadNames is null || LeadNames.Count == Leads.Count, $"{LeadNames?.Count} lead names are given for {Leads.Count} lead(s).");
        foreach (var name in Leads)
        {
            var good = Ads1298Lead.TryCreate(name, LeadMap, out _, out var problem);
            check(good, problem);
        }
    }
}
