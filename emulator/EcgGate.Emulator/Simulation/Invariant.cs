namespace EcgGate.Emulator.Simulation;

/// <summary>What must hold after every step of a simulation.</summary>
public enum Invariant
{
    /// <summary>No edge while disarmed: before arming, after disarming, stopping or a fault, or once the arming ran out.</summary>
    NoEdgeWhileDisarmed,

    /// <summary>Each edge between R of a true beat and the cut-off plus tolerance after it, and none in fibrillation.</summary>
    EdgeInsideWindow,

    /// <summary>No edge in the vulnerable period: from 40 ms before the T peak to T end.</summary>
    NoEdgeInVulnerablePeriod,

    /// <summary>Never two edges for one beat.</summary>
    OneEdgeForOneBeat,

    /// <summary>The minimum interval between edges is kept.</summary>
    MinimumInterval,

    /// <summary>The line is active for no longer than its width, and never after a stop or a fault.</summary>
    LineLow,

    /// <summary>Each detected beat has exactly one outcome.</summary>
    OneOutcomeForOneBeat,

    /// <summary>Fired, withheld and missed add up to the beats, and fired to the edges made.</summary>
    SumsEqual,

    /// <summary>Nothing throws.</summary>
    NoException,
}
