using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Gating;

/// <summary>What became of a beat.</summary>
public enum Outcome
{
    /// <summary>A pulse was delivered on it.</summary>
    Fired,

    /// <summary>The gate chose not to fire.</summary>
    Withheld,

    /// <summary>A pulse was due, or could have been, but it was too late for it.</summary>
    Missed,
}

/// <summary>Why no pulse was delivered on a beat. Printed by name everywhere.</summary>
public enum Reason
{
    /// <summary>No reason: the beat was fired on.</summary>
    None,

    /// <summary>The engine was not armed.</summary>
    NotArmed,

    /// <summary>Not enough regular beats seen since arming or since the last inhibit.</summary>
    Learning,

    /// <summary>The heart rate is above the limit.</summary>
    RateTooHigh,

    /// <summary>The heart rate is below the limit, or the beat ends a pause.</summary>
    RateTooLow,

    /// <summary>The beat came early.</summary>
    Premature,

    /// <summary>The beat follows an ectopic or premature one, or a pause, or the rhythm is irregular.</summary>
    Irregular,

    /// <summary>The beat's shape is not that of the rhythm.</summary>
    Ectopic,

    /// <summary>The signal is too poor, or the beat too doubtful, to judge.</summary>
    PoorSignal,

    /// <summary>An electrode is, or just was, off.</summary>
    LeadOff,

    /// <summary>The amplifier is, or just was, at its limit.</summary>
    Saturated,

    /// <summary>A pacing spike makes the beat's timing doubtful.</summary>
    Pacing,

    /// <summary>The beat fell into the blanking after a pulse.</summary>
    Blanking,

    /// <summary>The generator was not ready.</summary>
    Recharging,

    /// <summary>Too soon after the last pulse.</summary>
    MinimumInterval,

    /// <summary>The beat was decided on too late to order the pulse.</summary>
    DecidedTooLate,

    /// <summary>The timer woke too late; the edge was not made.</summary>
    TimerLate,

    /// <summary>The timer still held another order.</summary>
    ScheduleFull,

    /// <summary>Samples were lost.</summary>
    SourceGap,

    /// <summary>The line or the engine failed.</summary>
    Fault,

    /// <summary>The engine was stopped, or the pulse was withdrawn, before the edge.</summary>
    Stopped,

    /// <summary>The arming had run out: see <see cref="GateOptions.ArmedFor"/>.</summary>
    Expired,
}

/// <summary>One line of the ledger: a beat and what became of it.</summary>
/// <param name="BeatNumber">Counts detected beats from 1.</param>
/// <param name="Beat">The detector's decision.</param>
/// <param name="Outcome">Fired, withheld or missed.</param>
/// <param name="Reason">
/// Why not fired; <see cref="Reason.None"/> when fired, or <see cref="Reason.Fault"/> where an edge was made but proved
/// late, or the line would not fall again.
/// </param>
/// <param name="RRIntervalMilliseconds">From the R wave before to this one; NaN for the first beat and after a gap.</param>
/// <param name="PulseTime">The edge, on the source's time axis; NaN where there was none.</param>
/// <param name="LatenessNanoseconds">Edge minus deadline, or the lateness at which it was dropped; 0 where not ordered.</param>
public readonly record struct BeatOutcome(
    long BeatNumber,
    BeatDecision Beat,
    Outcome Outcome,
    Reason Reason,
    float RRIntervalMilliseconds,
    SampleTime PulseTime,
    long LatenessNanoseconds);
