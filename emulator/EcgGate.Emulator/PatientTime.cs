using EcgGate.Timing;

namespace EcgGate.Emulator;

/// <summary>
/// Maps the host's monotonic clock to the patient's own time and back: the one common zero of board, generator and
/// referee. Only an offset: the patient's second is the host's second. Immutable and thread-safe.
/// </summary>
/// <param name="Zero">The host time at which the patient's time is 0 s.</param>
public readonly record struct PatientTime(MonotonicTime Zero)
{
    /// <summary>Patient time, in seconds, at a host time.</summary>
    public double SecondsAt(MonotonicTime time) => time.NanosecondsSince(Zero) * 1e-9;

    /// <summary>Host time at a patient time in seconds, to the nanosecond.</summary>
    public MonotonicTime At(double seconds) => Zero.AddNanoseconds((long)Math.Round(seconds * 1e9));
}
