using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>What kind of beat the detector takes it for, as far as can be told within 45 ms of R.</summary>
public enum BeatClass
{
    /// <summary>Looks like the beats of the present rhythm.</summary>
    Normal,

    /// <summary>Shape, width or polarity differ clearly from the present rhythm's: taken for a ventricular beat.</summary>
    Ectopic,

    /// <summary>Follows a pacing spike.</summary>
    Paced,

    /// <summary>Probably a beat, but the signal is too poor, or the beat too odd, to tell what kind.</summary>
    Doubtful,
}

/// <summary>One beat as the detector decided on it.</summary>
/// <param name="RTime">The fiducial, interpolated between samples.</param>
/// <param name="DecisionIndex">Index of the input sample with which the decision came out.</param>
/// <param name="Class">The class that could be told by then.</param>
/// <param name="Confidence">How sure that this is a beat at all, 0 to 1; an ordering, not a probability.</param>
/// <param name="TemplateResidual">
/// Norm of (beat − template) over norm of the template, over the part of the beat seen by the decision: 0 for a
/// perfect match, NaN while there is no template.
/// </param>
/// <param name="AmplitudeMillivolts">Height of the dominant deflection above the baseline before it, signed.</param>
/// <param name="IsLate">
/// True for a beat that search-back or the verifier found: it serves the rhythm and is missed for delivery.
/// </param>
public readonly record struct BeatDecision(
    SampleTime RTime,
    long DecisionIndex,
    BeatClass Class,
    float Confidence,
    float TemplateResidual,
    float AmplitudeMillivolts,
    bool IsLate);

/// <summary>What the verifier says of an earlier decision, some 200-400 ms later.</summary>
public enum VerifierVerdict
{
    /// <summary>It was a beat.</summary>
    Confirmed,

    /// <summary>It was no beat: noise, a T wave, an artefact.</summary>
    Refuted,
}

/// <summary>What a detector can tell the gate about the signal as a whole at this sample.</summary>
[Flags]
public enum SignalConditions
{
    /// <summary>Good to gate on.</summary>
    Good = 0,

    /// <summary>Too noisy or too odd to judge (shutdown).</summary>
    Poor = 1,

    /// <summary>The lead is off, or was within the last settling time.</summary>
    LeadOff = 2,

    /// <summary>The lead is, or just was, at the converter's limit.</summary>
    Saturated = 4,
}
