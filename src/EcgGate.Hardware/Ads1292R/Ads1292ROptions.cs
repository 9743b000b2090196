namespace EcgGate.Hardware.Ads1292R;

/// <summary>How an ADS1292R is wired and set up. Immutable and thread-safe.</summary>
public sealed record Ads1292ROptions
{
    /// <summary>Fastest SPI clock at which a multi-byte command is sure to be decoded, in Hz.</summary>
    /// <remarks>A byte must last four clocks of the part, and its clock may be as slow as 2.17 µs (data sheet 6.6).</remarks>
    public const int MaximumSpiClockHertz = 920_000;

    /// <summary>A short name for people; the URI where it was opened by one. Default "ads1292r".</summary>
    public string Name { get; init; } = "ads1292r";

    /// <summary>GPIO line of DRDY. Default 25.</summary>
    public int DataReadyPin { get; init; } = 25;

    /// <summary>GPIO line of START; null where START is tied low and conversions are started by command. Default null.</summary>
    public int? StartPin { get; init; }

    /// <summary>GPIO line of PWDN/RESET; null where it is tied high and the part is reset by command. Default null.</summary>
    public int? ResetPin { get; init; }

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

    /// <summary>
    /// Whether both channels read the part's own test signal, a square wave of ±1.008 mV and 1 Hz, instead of the
    /// electrodes. Default false.
    /// </summary>
    public bool TestSignal { get; init; }

    /// <summary>How long the reference is left to settle before the first conversion. Default 150 ms.</summary>
    public TimeSpan ReferenceSettling { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// Without a data-ready edge for this long the source fails. Null, the default, is 20 samples, but no less than
    /// 100 ms: a host that was held up is no fault of the board's.
    /// </summary>
    public TimeSpan? DataReadyTimeout { get; init; }

    /// <summary>After this many frames in a row without a valid status word the source fails. Default 20.</summary>
    public int BadFrameLimit { get; init; } = 20;

    /// <summary>The time-out in force.</summary>
    public TimeSpan EffectiveDataReadyTimeout =>
        DataReadyTimeout ?? TimeSpan.FromMilliseconds(Math.Max(100, 20_000.0 / (int)Rate));

    /// <summary>Finds what is wrong with these options; an empty list means that they may be used.</summary>
    /// <returns>One sentence for each problem, naming the option, its value and what is allowed.</returns>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();

        void Check(bool good, string problem)
        {
            if (!good)
            {
                problems.Add(problem);
            }
        }

        Check(Enum.IsDefined(Rate), $"Rate is {(int)Rate}; the ADS1292R does 125, 250, 500, 1000, 2000, 4000 or 8000 samples per second.");
        Check(Enum.IsDefined(Gain), $"Gain is {(int)Gain}; the ADS1292R has 1, 2, 3, 4, 6, 8 and 12.");
        Check(Enum.IsDefined(LeadOff), $"Lead-off detection is {LeadOff}; it must be one of {string.Join(", ", Enum.GetNames<Ads1292RLeadOff>())}.");
        Check(Enum.IsDefined(LeadOffCurrent), $"Lead-off current is {LeadOffCurrent}; it must be one of {string.Join(", ", Enum.GetNames<Ads1292RLeadOffCurrent>())}.");
        Check(LeadCount is 1 or 2, $"Lead count is {LeadCount}; it must be 1 or 2.");
        Check(Lead0Channel is 1 or 2, $"Lead 0 is on channel {Lead0Channel}; it must be 1 or 2.");
        Check(LeadNames is null || LeadNames.Count == LeadCount, $"{LeadNames?.Count} lead names are given for {LeadCount} lead(s).");
        Check(DataReadyPin >= 0, $"The DRDY line is {DataReadyPin}; it must not be negative.");
        Check(StartPin is null or >= 0, $"The START line is {StartPin}; it must not be negative.");
        Check(ResetPin is null or >= 0, $"The RESET line is {ResetPin}; it must not be negative.");
        Check(
            StartPin != DataReadyPin && ResetPin != DataReadyPin && (StartPin is null || StartPin != ResetPin),
            $"DRDY ({DataReadyPin}), START ({StartPin}) and RESET ({ResetPin}) must be on different lines.");
        Check(ReferenceSettling >= TimeSpan.Zero && ReferenceSettling <= TimeSpan.FromSeconds(10), $"Reference settling is {ReferenceSettling.TotalMilliseconds:0.###} ms; it must lie between 0 and 10 s.");
        Check(DataReadyTimeout is null || (DataReadyTimeout > TimeSpan.Zero && DataReadyTimeout <= TimeSpan.FromMinutes(1)), $"Data-ready time-out is {DataReadyTimeout?.TotalMilliseconds:0.###} ms; it must lie between 0 and 1 minute.");
        Check(BadFrameLimit >= 1, $"Bad-frame limit is {BadFrameLimit}; it must be at least 1.");
        return problems;
    }
}
