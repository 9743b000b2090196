using EcgGate.Gating;

namespace EcgGate.Cli.Figures;

/// <summary>What each <see cref="Reason"/> means, in one line for people.</summary>
internal static class ReasonText
{
    public static string Explain(Reason reason) => reason switch
    {
        Reason.None => "fired on",
        Reason.NotArmed => "the gate was not armed",
        Reason.Learning => "too few regular beats in a row yet",
        Reason.RateTooHigh => "heart rate above the limit",
        Reason.RateTooLow => "heart rate below the limit, or a long pause",
        Reason.Premature => "the beat came early",
        Reason.Irregular => "follows an early or odd beat, or a pause",
        Reason.Ectopic => "its shape is not that of the rhythm",
        Reason.PoorSignal => "signal too poor to judge the beat",
        Reason.LeadOff => "an electrode is, or just was, off",
        Reason.Saturated => "the amplifier is, or just was, at its limit",
        Reason.Pacing => "a pacing spike makes its timing doubtful",
        Reason.Blanking => "fell into the blanking after a pulse",
        Reason.Recharging => "the generator was not ready",
        Reason.MinimumInterval => "too soon after the last pulse",
        Reason.DecidedTooLate => "recognised too late to order the pulse",
        Reason.TimerLate => "the timer woke too late; no edge was made",
        Reason.ScheduleFull => "the timer still held another order",
        Reason.SourceGap => "samples were lost",
        Reason.Fault => "the pulse line or the engine failed",
        Reason.Stopped => "stopped before the edge",
        Reason.Expired => "the arming had run out",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "This reason has no explanation."),
    };
}
