namespace EcgGate.Hardware.Ads129x;

/// <summary>How an ADS129x is wired and set up, as far as the parts have it in common. Immutable and thread-safe.</summary>
public abstract record Ads129xOptions
{
    private protected Ads129xOptions(string name) => Name = name;

    /// <summary>A short name for people; the URI where it was opened by one. The default is the part's name.</summary>
    public string Name { get; init; }

    /// <summary>GPIO line of DRDY. Default 25.</summary>
    public int DataReadyPin { get; init; } = 25;

    /// <summary>GPIO line of START; null where START is tied low and conversions are started by command. Default null.</summary>
    public int? StartPin { get; init; }

    /// <summary>GPIO line of PWDN/RESET; null where it is tied high and the part is reset by command. Default null.</summary>
    public int? ResetPin { get; init; }

    /// <summary>What the channels read. Default the electrodes.</summary>
    public Ads129xInput Input { get; init; }

    /// <summary>
    /// Whether further parts hang on this one's DAISY_IN. They cannot be read, and the source refuses to open: a chain's
    /// frames lie in one transfer, and one part that comes late would shift all others. Default false.
    /// </summary>
    public bool DaisyChain { get; init; }

    /// <summary>How long the reference is left to settle before the first conversion. Default 150 ms.</summary>
    public TimeSpan ReferenceSettling { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// Without a data-ready edge for this long the source fails. Null, the default, is 20 samples, but no less than
    /// 100 ms: a host that was held up is no fault of the board's.
    /// </summary>
    public TimeSpan? DataReadyTimeout { get; init; }

    /// <summary>After this many frames in a row without a valid status word the source fails. Default 20.</summary>
    public int BadFrameLimit { get; init; } = 20;

    /// <summary>Samples per second.</summary>
    public abstract int RateHertz { get; }

    /// <summary>The time-out in force.</summary>
    public TimeSpan EffectiveDataReadyTimeout =>
        DataReadyTimeout ?? TimeSpan.FromMilliseconds(Math.Max(100, 20_000.0 / RateHertz));

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

        ValidatePart(Check);
        Check(Enum.IsDefined(Input), $"Input is {Input}; it must be one of {string.Join(", ", Enum.GetNames<Ads129xInput>())}.");
        Check(!DaisyChain, "A daisy chain cannot be read: give each part its own chip select and DRDY line, tie DAISY_IN to ground, and open each as a source of its own.");
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

    /// <summary>Checks what only this part has, its rate first.</summary>
    /// <param name="check">Takes whether it is good, and what is wrong if not.</param>
    private protected abstract void ValidatePart(Action<bool, string> check);
}
