using EcgGate.Hardware.LineIn;

namespace EcgGate.Hardware.Alsa;

/// <summary>How a sound card is opened through ALSA, and what stands in front of it. Immutable and thread-safe.</summary>
public sealed record AlsaOptions
{
    /// <summary>Scaling and channels.</summary>
    public LineInOptions LineIn { get; init; } = new();

    /// <summary>Frames per second. Default 48,000; 8,000 to 192,000, and one that the card itself runs at.</summary>
    public int RateHertz { get; init; } = 48_000;

    /// <summary>How long a block lasts. Default 2 ms; 0.5 to 500 ms, though few are short enough for a gate.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// How much the card holds for a reader that is held up. Default 200 ms; up to 2 s. Costs no time; a card may have less.
    /// </summary>
    public TimeSpan Buffer { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How samples are stored; null, the default, for the widest that the card has.</summary>
    public PcmSampleFormat? SampleFormat { get; init; }

    /// <summary>Finds what is wrong with these options; an empty list means that they may be used.</summary>
    /// <returns>One sentence for each problem, naming the option, its value and what is allowed.</returns>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>(LineIn.Validate());

        void Check(bool good, string problem)
        {
            if (!good)
            {
                problems.Add(problem);
            }
        }

        Check(RateHertz is >= LineInPipeline.LowestRateHertz and <= LineInPipeline.HighestRateHertz, $"The rate is {RateHertz} Hz; it must lie between {LineInPipeline.LowestRateHertz} and {LineInPipeline.HighestRateHertz} Hz.");
        Check(Period >= TimeSpan.FromMilliseconds(0.5) && Period <= TimeSpan.FromMilliseconds(500), $"The period is {Period.TotalMilliseconds:0.###} ms; it must lie between 0.5 and 500 ms.");
        Check(Buffer >= 2 * Period && Buffer <= TimeSpan.FromSeconds(2), $"The buffer is {Buffer.TotalMilliseconds:0.###} ms; it must lie between two periods and 2 s.");
        Check(SampleFormat is null || Enum.IsDefined(SampleFormat.Value), $"The format is {SampleFormat}; it must be one of {string.Join(", ", Enum.GetNames<PcmSampleFormat>())}.");
        return problems;
    }
}
