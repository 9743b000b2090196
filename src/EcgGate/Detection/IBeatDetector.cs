using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>Finds beats in samples. A pure state machine: no clock, thread, I/O, allocation, lock or exception.</summary>
/// <remarks>Not thread-safe: one core owns it.</remarks>
public interface IBeatDetector
{
    /// <summary>
    /// Takes one sample. Indexes rise; a jump is a gap, after which the detector starts its filters anew.
    /// </summary>
    /// <returns>True if a decision came out with this sample.</returns>
    bool Process(in EcgSample sample, out BeatDecision decision);

    /// <summary>
    /// Takes the verifier's next verdict on an earlier decision, if there is one. Call until false after each sample.
    /// </summary>
    bool TryTakeVerdict(out SampleTime rTime, out VerifierVerdict verdict);

    /// <summary>What can be said about the signal at the last sample.</summary>
    SignalConditions Conditions { get; }

    /// <summary>
    /// Ignores the signal from one moment up to another: the artefact of a delivered pulse. The filters are bridged,
    /// and no beat is announced within.
    /// </summary>
    void Blank(SampleTime from, SampleTime until);

    /// <summary>Forgets everything, as if just created.</summary>
    void Reset();
}
