namespace EcgGate.Delivery;

/// <summary>Where a procedure stands.</summary>
public enum DeliveryState
{
    /// <summary>The plan is accepted; nothing is armed.</summary>
    Planned,

    /// <summary>The gate is armed and learns the rhythm; the generator charges for the first test pulse.</summary>
    Armed,

    /// <summary>Low-voltage test pulses measure the impedance of each pair.</summary>
    Testing,

    /// <summary>Each pair's impedance is accepted; the operator must confirm before the first treatment pulse.</summary>
    AwaitingConfirmation,

    /// <summary>Treatment pulses are delivered.</summary>
    Treating,

    /// <summary>Disarmed and isolated until the operator resumes.</summary>
    Paused,

    /// <summary>Each pair got its pulses. Final.</summary>
    Completed,

    /// <summary>Ended before its end: disarmed and isolated. Final.</summary>
    Aborted,
}
