namespace EcgGate.Detection;

/// <summary>What a host may set on <see cref="RWaveDetector"/>. The defaults suit gating at R + 50 ms.</summary>
/// <remarks>Immutable, so safe to share between threads.</remarks>
public sealed record DetectorOptions
{
    /// <summary>
    /// The latest sample, counted from R, with which an early decision may come out; later ones are marked
    /// <see cref="BeatDecision.IsLate"/>. Default 42 ms, which leaves time to order a pulse at R + 50 ms; 25 to 80 ms.
    /// </summary>
    public TimeSpan DecisionHorizon { get; init; } = TimeSpan.FromMilliseconds(42);

    /// <summary>
    /// Two R waves are never closer than this. Default 160 ms: short of the 200 ms of Pan and Tompkins (1985), so
    /// that a P wave taken for a beat does not hide the beat itself; 150 to 300 ms.
    /// </summary>
    public TimeSpan Refractory { get; init; } = TimeSpan.FromMilliseconds(160);

    /// <summary>How long after R a beat is looked at again by the verifier. Default 360 ms; 300 to 500 ms.</summary>
    public TimeSpan VerifyAfter { get; init; } = TimeSpan.FromMilliseconds(360);

    /// <summary>Finds what is wrong with these options; an empty list means that they may be used.</summary>
    /// <returns>One sentence for each problem, naming the option, its value and what is allowed.</returns>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check(DecisionHorizon, 25, 80, "Decision horizon");
        Check(Refractory, 150, 300, "Refractory time");
        Check(VerifyAfter, 300, 500, "Verification time");
        return problems;

        void Check(TimeSpan value, double low, double high, string name)
        {
            if (!(value.TotalMilliseconds >= low && value.TotalMilliseconds <= high))
            {
                problems.Add($"{name} is {value.TotalMilliseconds:0.###} ms; it must lie between {low} and {high} ms.");
            }
        }
    }
}
