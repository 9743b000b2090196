namespace EcgGate.Hardware.Converters;

/// <summary>How a converter is read that paces itself and pulses a line at each conversion. Immutable and thread-safe.</summary>
public sealed record ReadyPacedOptions
{
    /// <summary>A short name for people. Default "converter".</summary>
    public string Name { get; init; } = "converter";

    /// <summary>Conversions per second by the data sheet, 125 to 2,000. Default 860.</summary>
    public double NominalRateHertz { get; init; } = 860;

    /// <summary>How far the part's own oscillator may be off, as a fraction. Default 0.1, the ADS1115's.</summary>
    public double RateTolerance { get; init; } = 0.1;

    /// <summary>Delay of what stands before the converter, its anti-alias filter for instance. Default 0.</summary>
    public TimeSpan FrontEndDelay { get; init; }

    /// <summary>
    /// How many conversions before its ready pulse a conversion's centre lies. Default 0.5: the part averages over the
    /// whole conversion.
    /// </summary>
    public double DelayConversions { get; init; } = 0.5;

    /// <summary>How long the rate is measured before the first sample. Default 2 s, for some 30 ppm.</summary>
    public TimeSpan RateMeasurement { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Without a ready pulse for this long the source fails. Null, the default, is 20 samples, but no less than 100 ms.</summary>
    public TimeSpan? ReadyTimeout { get; init; }

    /// <summary>After this many failed reads in a row the source fails. Default 20.</summary>
    public int FailureLimit { get; init; } = 20;

    /// <summary>What to check when reads fail, as it stands in an error message.</summary>
    public string Check { get; init; } = "the wiring, the power, the address and that nothing else uses the bus";

    /// <summary>The time-out in force.</summary>
    public TimeSpan EffectiveReadyTimeout => ReadyTimeout ?? TimeSpan.FromMilliseconds(Math.Max(100, 20_000.0 / NominalRateHertz));

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

        Check(NominalRateHertz >= 125 && NominalRateHertz <= 2000, $"The rate is {NominalRateHertz} conversions per second; it must lie between 125 and 2000.");
        Check(RateTolerance >= 0 && RateTolerance <= 0.2, $"The tolerance of the rate is {RateTolerance}; it must lie between 0 and 0.2.");
        Check(FrontEndDelay >= TimeSpan.Zero && FrontEndDelay <= TimeSpan.FromMilliseconds(100), $"The front end's delay is {FrontEndDelay.TotalMilliseconds:0.###} ms; it must lie between 0 and 100 ms.");
        Check(DelayConversions >= 0 && DelayConversions <= 10, $"The converter's delay is {DelayConversions} conversions; it must lie between 0 and 10.");
        Check(RateMeasurement >= TimeSpan.FromMilliseconds(500) && RateMeasurement <= TimeSpan.FromMinutes(1), $"The rate is measured for {RateMeasurement.TotalSeconds:0.###} s; it must be between 0.5 s and 1 minute.");
        Check(ReadyTimeout is null || (ReadyTimeout > TimeSpan.Zero && ReadyTimeout <= TimeSpan.FromMinutes(1)), $"The ready time-out is {ReadyTimeout?.TotalMilliseconds:0.###} ms; it must lie between 0 and 1 minute.");
        Check(FailureLimit >= 1, $"The limit of failed reads is {FailureLimit}; it must be at least 1.");
        return problems;
    }
}
