namespace EcgGate.Hardware.Converters;

/// <summary>How a converter is read that samples when it is asked to. Immutable and thread-safe.</summary>
public sealed record TimerPacedOptions
{
    /// <summary>A short name for people. Default "converter".</summary>
    public string Name { get; init; } = "converter";

    /// <summary>Samples per second, 125 to 2,000. Default 500.</summary>
    public double RateHertz { get; init; } = 500;

    /// <summary>
    /// How long before the middle of a read the voltage stood at the electrodes: the front end's delay, and where in the
    /// read the converter holds. Default 0.
    /// </summary>
    public TimeSpan FixedDelay { get; init; }

    /// <summary>
    /// A read that begins later than this after its moment, or takes longer, is left out and its moment lost. At most
    /// half a sample. Null, the default, is a quarter of one.
    /// </summary>
    public TimeSpan? LateTolerance { get; init; }

    /// <summary>After this many failed reads in a row the source fails. Default 20.</summary>
    public int FailureLimit { get; init; } = 20;

    /// <summary>Without a good sample for this long the source fails, whatever the reason. Default 1 s.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What to check when reads fail, as it stands in an error message.</summary>
    public string Check { get; init; } = "the wiring, the power and that nothing else uses the bus";

    /// <summary>The tolerance in force.</summary>
    public TimeSpan EffectiveLateTolerance => LateTolerance ?? TimeSpan.FromSeconds(0.25 / RateHertz);

    /// <summary>Finds what is wrong with these options; an empty list means that they may be used.</summary>
    /// <returns>One sentence for each problem, naming the option, its value and what is allowed.</returns>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!(RateHertz >= 125 && RateHertz <= 2000))
        {
            problems.Add($"The rate is {RateHertz} samples per second; it must lie between 125 and 2000.");
            return problems;
        }

        if (FixedDelay < TimeSpan.Zero || FixedDelay > TimeSpan.FromMilliseconds(100))
        {
            problems.Add($"The fixed delay is {FixedDelay.TotalMilliseconds:0.###} ms; it must lie between 0 and 100 ms.");
        }

        var half = TimeSpan.FromSeconds(0.5 / RateHertz);
        if (EffectiveLateTolerance <= TimeSpan.Zero || EffectiveLateTolerance > half)
        {
            problems.Add($"The tolerance for late reads is {EffectiveLateTolerance.TotalMilliseconds:0.###} ms; it must be above 0 and at most half a sample, {half.TotalMilliseconds:0.###} ms.");
        }

        if (FailureLimit < 1)
        {
            problems.Add($"The limit of failed reads is {FailureLimit}; it must be at least 1.");
        }

        if (SilenceLimit < TimeSpan.FromMilliseconds(50) || SilenceLimit > TimeSpan.FromMinutes(1))
        {
            problems.Add($"The limit of silence is {SilenceLimit.TotalMilliseconds:0.###} ms; it must lie between 50 ms and 1 minute.");
        }

        return problems;
    }
}
