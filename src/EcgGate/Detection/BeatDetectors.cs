namespace EcgGate.Detection;

/// <summary>The detectors by name, for hosts and tools that let one be chosen.</summary>
/// <remarks>Immutable, so safe to use from any thread.</remarks>
public static class BeatDetectors
{
    /// <summary>The one that the engine gates with: <see cref="RWaveDetector"/>.</summary>
    public const string RWave = "r-wave";

    /// <summary>The yardstick, too late to gate with: <see cref="PanTompkinsDetector"/>.</summary>
    public const string PanTompkins = "pan-tompkins";

    /// <summary>All names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [RWave, PanTompkins];

    /// <summary>Creates a detector, at its default options.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="samplingRateHertz">Samples per second, 125 to 2,000.</param>
    /// <exception cref="ArgumentException">There is none of this name; the message lists those that there are.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate lies outside 125 to 2,000 Hz.</exception>
    public static IBeatDetector Create(string name, double samplingRateHertz) => name switch
    {
        RWave => new RWaveDetector(samplingRateHertz),
        PanTompkins => new PanTompkinsDetector(samplingRateHertz),
        _ => throw new ArgumentException($"There is no detector '{name}'; it must be {string.Join(" or ", Names)}.", nameof(name)),
    };
}
