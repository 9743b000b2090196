using EcgGate.Timing;

namespace EcgGate.Hardware.Converters;

/// <summary>A converter's ready line that pulses at each conversion, for too short a time to be looked at.</summary>
/// <remarks>One thread waits; <see cref="Interrupt"/> may be called from any.</remarks>
public interface IReadyPulses
{
    /// <summary>Waits for the oldest pulse that was not taken yet.</summary>
    /// <param name="until">When to give up.</param>
    /// <param name="pulse">When it began, as well as that is known; never earlier than it did.</param>
    /// <returns>False if none came until then, or if interrupted.</returns>
    bool Wait(MonotonicTime until, out MonotonicTime pulse);

    /// <summary>Takes a pulse that has come already, without waiting. False where there is none, or none can be kept.</summary>
    bool TryTake(out MonotonicTime pulse);

    /// <summary>Makes this and every later <see cref="Wait"/> return false.</summary>
    void Interrupt();
}
