using EcgGate.Detection;
using EcgGate.Gating;

namespace EcgGate.Validation;

/// <summary>Why a beat or pulse deserves a look, gravest first.</summary>
public enum DoubtKind
{
    /// <summary>A pulse in the vulnerable period, exactly known.</summary>
    Vulnerable,

    /// <summary>A pulse outside of the refractory period of every beat, or in flutter or fibrillation.</summary>
    Unsafe,

    /// <summary>A pulse after a ventricular beat.</summary>
    Ectopic,

    /// <summary>A pulse after a fusion beat.</summary>
    Fusion,

    /// <summary>A pulse after a supraventricular premature beat.</summary>
    Premature,

    /// <summary>A reference beat without a detection.</summary>
    Missed,

    /// <summary>A detection without a reference beat.</summary>
    False,
}

/// <summary>A reference beat within a strip.</summary>
/// <param name="Ms">From the strip's start.</param>
/// <param name="Symbol">Its annotation symbol.</param>
public readonly record struct StripBeat(double Ms, char Symbol);

/// <summary>A detected beat within a strip.</summary>
/// <param name="Ms">R, from the strip's start.</param>
/// <param name="Reason">Why it was not fired on; <see cref="Gating.Reason.None"/> where it was, and where only annotations were compared.</param>
/// <param name="PulseMs">The pulse, from the strip's start; null without one.</param>
public readonly record struct StripDetection(double Ms, Reason Reason, double? PulseMs);

/// <summary>A stretch within a strip, cut to it: flutter, shutdown, or the vulnerable period where that is known.</summary>
/// <param name="StartMs">From the strip's start.</param>
/// <param name="EndMs">From the strip's start.</param>
/// <param name="Kind">Flutter or shutdown; null for the vulnerable period.</param>
public readonly record struct StripStretch(double StartMs, double EndMs, IntervalKind? Kind);

/// <summary>
/// One doubtful beat or pulse with the second of ECG before and after it: all that is needed to draw it.
/// </summary>
/// <remarks>Immutable. Carried in the JSON, so that parts judged on other machines can be drawn where they are joined.</remarks>
public sealed record BeatStrip
{
    /// <summary>What is doubtful.</summary>
    public required DoubtKind Kind { get; init; }

    /// <summary>When, in seconds since the start of the record.</summary>
    public required double AtSeconds { get; init; }

    /// <summary>
    /// How grave, among those of the same kind: higher is worse. For an unsafe pulse how near it comes to 250 ms after
    /// the beat before, where T waves peak, and 1,000 in flutter or fibrillation; for other pulses how far the beat's
    /// shape was from the template; for missed beats 2 for a normal or paced one, otherwise 1; for false detections how
    /// sure the detector was.
    /// </summary>
    public required double Severity { get; init; }

    /// <summary>Pulse minus its reference beat in ms, for pulses.</summary>
    public double? OffsetMs { get; init; }

    /// <summary>Symbol of the reference beat in question, if there is one.</summary>
    public char? Symbol { get; init; }

    /// <summary>What the detector took the beat for, where there is a detection by the engine.</summary>
    public BeatClass? DetectedAs { get; init; }

    /// <summary>How far its shape was from the template; null where there is no detection, or no template yet.</summary>
    public double? TemplateResidual { get; init; }

    /// <summary>How sure the detector was, 0 to 1.</summary>
    public double? Confidence { get; init; }

    /// <summary>What became of the detected beat.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>Where the strip begins, in seconds since the start of the record.</summary>
    public double StartSeconds { get; init; }

    /// <summary>From one value of <see cref="Trace"/> to the next, in ms.</summary>
    public double StepMs { get; init; }

    /// <summary>
    /// Lead 0: whole numbers with blanks between them, in steps of 5 uV; the first is a value, each further one the
    /// change since the one before.
    /// </summary>
    public string Trace { get; init; } = string.Empty;

    /// <summary>Reference beats within the strip.</summary>
    public IReadOnlyList<StripBeat> Reference { get; init; } = [];

    /// <summary>Detected beats within the strip.</summary>
    public IReadOnlyList<StripDetection> Detected { get; init; } = [];

    /// <summary>Flutter, shutdown and known vulnerable periods within the strip.</summary>
    public IReadOnlyList<StripStretch> Stretches { get; init; } = [];
}

/// <summary>The doubtful beats of a record: how many of each kind, and the gravest of them to look at.</summary>
public sealed record DoubtfulBeats
{
    /// <summary>How many of each kind there are; kinds without any are left out.</summary>
    public IReadOnlyDictionary<DoubtKind, long> Counts { get; init; } = new SortedDictionary<DoubtKind, long>();

    /// <summary>The gravest of each kind, in order of kind and gravity; see <see cref="ValidationOptions.StripsPerKind"/>.</summary>
    public IReadOnlyList<BeatStrip> Strips { get; init; } = [];

    internal static SortedDictionary<DoubtKind, long> Sum(IEnumerable<IReadOnlyDictionary<DoubtKind, long>> parts) =>
        new(parts.SelectMany(part => part).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value)));
}
