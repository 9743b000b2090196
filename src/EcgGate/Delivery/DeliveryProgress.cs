using EcgGate.Gating;

namespace EcgGate.Delivery;

/// <summary>How far one pair is.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Planned">Treatment pulses that the plan wants.</param>
/// <param name="Delivered">Treatment pulses that count.</param>
/// <param name="Failed">Pulses that failed, test pulses included.</param>
/// <param name="TestPulses">Test pulses of the present test that count.</param>
/// <param name="IsAccepted">Its impedance is measured and accepted.</param>
/// <param name="TestOhms">Median impedance of the last finished test; NaN before.</param>
/// <param name="FirstOhms">Median impedance of its first treatment pulses, which the rise is measured from; NaN before.</param>
/// <param name="LastOhms">Impedance of its last pulse; NaN before.</param>
/// <param name="LastAmperes">Highest current of its last pulse; NaN before.</param>
public readonly record struct PairProgress(
    string Name,
    int Planned,
    int Delivered,
    int Failed,
    int TestPulses,
    bool IsAccepted,
    double TestOhms,
    double FirstOhms,
    double LastOhms,
    double LastAmperes);

/// <summary>How far a procedure is: for a view. Immutable.</summary>
public sealed record DeliveryProgress
{
    /// <summary>Where it stands.</summary>
    public required DeliveryState State { get; init; }

    /// <summary>Why it paused or was aborted.</summary>
    public required DeliveryReason Reason { get; init; }

    /// <summary>What it waits for.</summary>
    public required DeliveryWait Wait { get; init; }

    /// <summary>Why the gate did not fire on the last beat, or inhibits; <see cref="Gating.Reason.None"/> where it would have.</summary>
    public required Reason GateReason { get; init; }

    /// <summary>Where the gate stands, by its last event.</summary>
    public required GateState GateState { get; init; }

    /// <summary>What is wrong, in words, where something is; else null.</summary>
    public string? Problem { get; init; }

    /// <summary>The pair that is tested or treated, from 0; -1 where none is.</summary>
    public required int Pair { get; init; }

    /// <summary>Each pair of the plan, in its order.</summary>
    public required IReadOnlyList<PairProgress> Pairs { get; init; }

    /// <summary>The last readings of the present pair's treatment, oldest first, at most 100.</summary>
    public required IReadOnlyList<PulseReading> Trend { get; init; }

    /// <summary>Time since the procedure was started.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// Time that the missing pulses will take, at the pace so far, or at the heart rate and yield expected where too few
    /// were delivered. Waiting for the operator is not in it.
    /// </summary>
    public required TimeSpan EstimatedLeft { get; init; }

    /// <summary>Pulses that came without a permit. 0 in any procedure that went as it should.</summary>
    public required int UnexpectedPulses { get; init; }
}
