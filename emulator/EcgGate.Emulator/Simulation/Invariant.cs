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

    /// <summary>In a procedure: on no pair more pulses counted than planned, or good ones made than counted and under way.</summary>
    DeliveredAtMostPlanned,

    /// <summary>In a procedure: each pulse that was made is told once, as what it was and on its pair; and no other.</summary>
    EveryPulseAccounted,

    /// <summary>
    /// In a procedure: no treatment pulse before the pair's impedance was accepted and the operator confirmed after that;
    /// after an over-current, arc, open circuit or impedance out of bounds, both anew.
    /// </summary>
    TreatmentConsented,

    /// <summary>In a procedure: no edge once an abort has returned.</summary>
    NoEdgeAfterAbort,

    /// <summary>
    /// In a procedure: no edge while paused, awaiting confirmation, or over; one at most from the word to pause to the
    /// step that takes it.
    /// </summary>
    NoEdgeWhileHalted,

    /// <summary>In a procedure: one pulse for one permit, within the permit's time.</summary>
    OnePulseForOnePermit,

    /// <summary>In a procedure: no edge that nobody watches, nor beyond the procedure's time.</summary>
    SomebodyWatches,

    /// <summary>In a procedure: what the record tells and what the session says of itself are equal.</summary>
    RecordEqual,
}
