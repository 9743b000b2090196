namespace EcgGate.Gating;

/// <summary>Where the gate stands.</summary>
public enum GateState
{
    /// <summary>Beats are counted, none is fired on.</summary>
    Disarmed,

    /// <summary>Armed, and waiting for the first beat.</summary>
    Armed,

    /// <summary>Armed, and counting regular beats until it knows the rhythm.</summary>
    Learning,

    /// <summary>Armed and ready: a good beat is fired on.</summary>
    Ready,

    /// <summary>Armed, but a condition forbids pulses until it clears; learning follows.</summary>
    Inhibited,

    /// <summary>Stopped for good.</summary>
    Stopped,

    /// <summary>The line or the engine failed: disarmed until armed anew.</summary>
    Faulted,
}
