using EcgGate.Hardware.Ads129x;

namespace EcgGate.Hardware.Ads1292R;

/// <summary>How an ADS1292R is wired and set up. Immutable and thread-safe.</summary>
public sealed record Ads1292ROptions : Ads129xOptions
{
    /// <summary>Fastest SPI clock at which a multi-byte command is sure to be decoded, in Hz.</summary>
    /// <remarks>A byte must last four clocks of the part, and its clock may be as slow as 2.17 µs (data sheet 6.6).</remarks>
    public const int MaximumSpiClockHertz = 920_000;

    /// <summary>The default settings.</summary>
    public Ads1292ROptions()
        : base("ads1292r")
    {
    }

    /// <summary>Samples per second. Default 500.</summary>
    public Ads1292RRate Rate { get; init; } = Ads1292RRate.Sps500;

    /// <summary>Gain of both channels. Default 6.</summary>
    public Ads1292RGain Gain { get; init; } = Ads1292RGain.Times6;

    /// <summary>How many leads to read, 1 or 2; the other channel is powered down. Default 2.</summary>
    public int LeadCount { get; init; } = 2;

    /// <summary>
    /// Which channel, 1 or 2, is lead 0, the lead that is gated on; the other channel is lead 1. Default 1. Boards that
    /// keep channel 1 for respiration have the ECG on 2.
    /// </summary>
    public int Lead0Channel { get; init; } = 1;

    /// <summary>Names of the leads, lead 0 first; null for "CH1" and "CH2". Default null.</summary>
    public IReadOnlyList<string>? LeadNames { get; init; }

    /// <summary>How loose electrodes are found. Default by direct current.</summary>
    public Ads1292RLeadOff LeadOff { get; init; } = Ads1292RLeadOff.DirectCurrent;

    /// <summary>The current that searches for loose electrodes. Default 6 nA.</summary>
    public Ads1292RLeadOffCurrent LeadOffCurrent { get; init; } = Ads1292RLeadOffCurrent.NanoAmpere6;

    /// <summary>Whether the right leg is driven from lead 0's electrodes. Default true.</summary>
    public bool RightLegDrive { get; init; } = true;

    /// <inheritdoc/>
    public override int RateHertz => (int)Rate;

    private protected override void ValidatePart(Action<bool, string> check)
    {
        check(Enum.IsDefined(Rate), $"Rate is {(int)Rate}; the ADS1292R does 125, 250, 500, 1000, 2000, 4000 or 8000 samples per second.");
        check(Enum.IsDefined(Gain), $"Gain is {(int)Gain}; the ADS1292R has 1, 2, 3, 4, 6, 8 and 12.");
        check(Enum.IsDefined(LeadOff), $"Lead-off detection is {LeadOff}; it must be one of {string.Join(", ", Enum.GetNames<Ads1292RLeadOff>())}.");
        check(Enum.IsDefined(LeadOffCurrent), $"Lead-off current is {LeadOffCurrent}; it must be one of {string.Join(", ", Enum.GetNames<Ads1292RLeadOffCurrent>())}.");
        check(LeadCount is 1 or 2, $"Lead count is {LeadCount}; it must be 1 or 2.");
        check(Lead0Channel is 1 or 2, $"Lead 0 is on channel {Lead0Channel}; it must be 1 or 2.");
        check(LeadNames is null || LeadNames.Count == LeadCount, $"{LeadNames?.Count} lead names are given for {LeadCount} lead(s).");
    }
}
