using EcgGate.Emulator.Generator;

namespace EcgGate.Emulator;

/// <summary>What every emulated bench has, whichever board is on it.</summary>
public interface IEmulatedBench : IDisposable
{
    /// <summary>Raised once, on the thread that reads the board, when the ECG has ended.</summary>
    event EventHandler? Ended;

    /// <summary>Where the patient's zero lies on the clock.</summary>
    PatientTime PatientTime { get; }

    /// <summary>The generator at the end of the trigger line.</summary>
    EmulatedGenerator Generator { get; }

    /// <summary>Judges the pulses delivered so far; call it once the pulse line is at rest.</summary>
    PulseJudgement Judge();
}
