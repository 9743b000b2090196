namespace EcgGate.Emulator.Patient;

/// <summary>A pulse as the ECG shows it.</summary>
/// <param name="Seconds">When it began.</param>
/// <param name="Strength">1 for an ordinary treatment pulse.</param>
internal readonly record struct FeltPulse(double Seconds, double Strength);
