namespace EcgGate.Emulator.Simulation;

/// <summary>What came of one simulated patient.</summary>
internal sealed record PatientResult
{
    public required ulong Seed { get; init; }

    public required long TrueBeats { get; init; }

    public required double Seconds { get; init; }

    public required long Samples { get; init; }

    public required long Detected { get; init; }

    public required long Fired { get; init; }

    /// <summary>By <see cref="Gating.Reason"/>.</summary>
    public required long[] Withheld { get; init; }

    /// <summary>By <see cref="Gating.Reason"/>.</summary>
    public required long[] Missed { get; init; }

    public required long Edges { get; init; }

    public required long EdgesOnEctopicBeats { get; init; }

    public required long EdgesOnFusionBeats { get; init; }

    public required long EdgesOnPrematureBeats { get; init; }

    public required long EdgesLateByTheLine { get; init; }

    public required long DroppedEvents { get; init; }

    public required int Engines { get; init; }

    /// <summary>Null where there were none.</summary>
    public ProcedureFigures? Procedures { get; init; }

    public required bool OnBoard { get; init; }

    /// <summary>The faults that began, in order.</summary>
    public required IReadOnlyList<SimulatedFault> Faults { get; init; }

    public required IReadOnlyList<InvariantBreach> Breaches { get; init; }

    public required long BreachCount { get; init; }

    /// <summary>True beats up to the first breach.</summary>
    public required long BeatsToBreach { get; init; }
}
