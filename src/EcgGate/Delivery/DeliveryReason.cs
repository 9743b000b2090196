namespace EcgGate.Delivery;

/// <summary>Why a procedure paused or was aborted. Printed by name everywhere.</summary>
public enum DeliveryReason
{
    /// <summary>No reason: the procedure goes on, or is complete.</summary>
    None,

    /// <summary>The operator, a signal, or the host aborted.</summary>
    OperatorAborted,

    /// <summary>The operator's heartbeat stayed away.</summary>
    OperatorLost,

    /// <summary>The pulse line, the timer or the core failed.</summary>
    GateFaulted,

    /// <summary>The ECG source ended, or the gate was stopped.</summary>
    GateStopped,

    /// <summary>The generator failed, or its interlock is open.</summary>
    GeneratorFaulted,

    /// <summary>The generator refused a setting, or could not be reached.</summary>
    GeneratorRefused,

    /// <summary>The generator made a pulse that was not permitted.</summary>
    UnexpectedPulse,

    /// <summary>The generator made a pulse with another setting than the one sent.</summary>
    WrongSetting,

    /// <summary>More pulses failed than the plan allows.</summary>
    TooManyFailures,

    /// <summary>The procedure took longer than the plan allows.</summary>
    TimeLimit,

    /// <summary>The operator paused.</summary>
    OperatorPaused,

    /// <summary>The gate is disarmed although nobody asked: its arming ran out, or somebody else disarmed it.</summary>
    GateDisarmed,

    /// <summary>The current limit ended a pulse.</summary>
    OverCurrent,

    /// <summary>A spark between the electrodes.</summary>
    Arc,

    /// <summary>No current flowed.</summary>
    OpenCircuit,

    /// <summary>The generator could not hold its voltage, twice running.</summary>
    LowVoltage,

    /// <summary>The impedance is below the plan's limit.</summary>
    ImpedanceTooLow,

    /// <summary>The impedance is above the plan's limit.</summary>
    ImpedanceTooHigh,

    /// <summary>The impedance has risen since treatment of the pair began.</summary>
    ImpedanceRising,

    /// <summary>By the measured impedance, the treatment's current would exceed its limit.</summary>
    CurrentTooHigh,

    /// <summary>An edge was made, and the generator measured no pulse.</summary>
    PulseMissing,

    /// <summary>The generator's count of pulses jumped: a pulse was made whose reading is lost.</summary>
    ReadingLost,

    /// <summary>The generator was not ready for too long.</summary>
    GeneratorNotReady,

    /// <summary>The ECG gave no beat to fire on for too long; the event's gate reason says why.</summary>
    EcgTooLong,
}
