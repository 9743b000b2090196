namespace EcgGate.Hardware.LineIn;

/// <summary>What stands in front of a line input, and how it is read. Immutable and thread-safe.</summary>
public sealed record LineInOptions
{
    /// <summary>A short name for people; the URI where it was opened by one. Default "line-in".</summary>
    public string Name { get; init; } = "line-in";

    /// <summary>
    /// How many mV at the electrodes drive the input to full scale. Default 1.5 mV, which is about what an amplifier of
    /// 1,100 gives on an input that takes ±1.6 V; 0.05 to 1,000.
    /// </summary>
    public double FullScaleMillivolts { get; init; } = 1.5;

    /// <summary>Which channel, from 0, is lead 0, the lead that is gated on. Default 0.</summary>
    public int Channel { get; init; }

    /// <summary>Which channel is lead 1; null for one lead. Default null.</summary>
    public int? Lead1Channel { get; init; }

    /// <summary>
    /// How long before a frame is handed over its voltage stood at the input: the delay of the sound card's own converter.
    /// Default 0; at most 20 ms. The guide says how it is measured.
    /// </summary>
    public TimeSpan ConverterDelay { get; init; }

    /// <summary>Without a frame for this long the source fails. Default 500 ms; 50 ms to 1 minute.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromMilliseconds(500);

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

        Check(FullScaleMillivolts is >= 0.05 and <= 1000, $"Full scale is {FullScaleMillivolts} mV; it must lie between 0.05 and 1,000 mV at the electrodes.");
        Check(Channel is >= 0 and < 64, $"The channel is {Channel}; it must lie between 0 and 63.");
        Check(Lead1Channel is null or (>= 0 and < 64), $"The channel of lead 1 is {Lead1Channel}; it must lie between 0 and 63.");
        Check(Lead1Channel != Channel, $"Both leads are on channel {Channel}; they must be on different ones.");
        Check(ConverterDelay >= TimeSpan.Zero && ConverterDelay <= TimeSpan.FromMilliseconds(20), $"Converter delay is {ConverterDelay.TotalMilliseconds:0.###} ms; it must lie between 0 and 20 ms.");
        Check(StallAfter >= TimeSpan.FromMilliseconds(50) && StallAfter <= TimeSpan.FromMinutes(1), $"Stall time is {StallAfter.TotalMilliseconds:0.###} ms; it must lie between 50 ms and 1 minute.");
        return problems;
    }
}
