using EcgGate.Timing;

namespace EcgGate.Emulator.Generator;

/// <summary>What hangs on a trigger input.</summary>
internal interface IPulseLoad
{
    /// <summary>Takes an edge. Must not block or allocate.</summary>
    /// <returns>How strongly the patient feels it: 1 for an ordinary treatment pulse, 0 where there was no pulse.</returns>
    double Trigger(MonotonicTime edge);
}
