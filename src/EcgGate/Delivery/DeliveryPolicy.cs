namespace EcgGate.Delivery;

/// <summary>All that the policy may look at. Plain values: equal contexts give equal verdicts.</summary>
internal readonly struct DeliveryContext
{
    public required bool IsPaused { get; init; }

    /// <summary>Somebody asked to abort.</summary>
    public required bool AbortRequested { get; init; }

    public required bool PauseRequested { get; init; }

    public required TimeSpan SinceHeartbeat { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Since when a beat is waited for with a permit; zero where none is.</summary>
    public required TimeSpan BeatWait { get; init; }

    /// <summary>Since when the generator is not ready although it is set; zero where it is.</summary>
    public required TimeSpan GeneratorWait { get; init; }

    public required bool GateFaulted { get; init; }

    public required bool GateStopped { get; init; }

    /// <summary>It refused a permit: it is not armed, although it was.</summary>
    public required bool GateDisarmed { get; init; }

    public required bool GeneratorFaulted { get; init; }

    public required bool GeneratorRefused { get; init; }

    public required bool PulseWasUnexpected { get; init; }

    public required bool SettingWasWrong { get; init; }

    public required bool PulseIsMissing { get; init; }

    public required bool ReadingIsLost { get; init; }

    /// <summary>Fault of a pulse since the last verdict.</summary>
    public required PulseFault Fault { get; init; }

    /// <summary>Pulses of low voltage, one after another.</summary>
    public required int LowVoltages { get; init; }

    public required int Failures { get; init; }

    /// <summary>Impedance of a treatment pulse since the last verdict; NaN where there was none.</summary>
    public required double Ohms { get; init; }

    /// <summary>Impedance of the pair's first pulses; NaN where they are not all there.</summary>
    public required double FirstOhms { get; init; }

    /// <summary>Why a test was refused.</summary>
    public required DeliveryReason TestRefused { get; init; }

    public required PulseProtocol Protocol { get; init; }
}

/// <summary>A rule's test: true where the procedure must not go on.</summary>
internal delegate bool DeliveryTest(in DeliveryContext context);

/// <summary>One rule of the policy.</summary>
/// <param name="Verdict">Paused or aborted.</param>
/// <param name="Reason">What is printed.</param>
/// <param name="Hazard">What it stands against.</param>
/// <param name="NeedsNewTest">The pair's impedance must be measured and confirmed anew.</param>
/// <param name="Applies">The test.</param>
internal sealed record DeliveryRule(DeliveryState Verdict, DeliveryReason Reason, string Hazard, bool NeedsNewTest, DeliveryTest Applies);

/// <summary>
/// When a procedure stops by itself: the first rule that applies says so. What ends it for good comes first; a paused
/// procedure is judged by those alone.
/// </summary>
internal static class DeliveryPolicy
{
    /// <summary>One low voltage may be chance: the bank was triggered just as it was topped up. Two are not.</summary>
    private const int LowVoltagesInARow = 2;

    private static readonly DeliveryRule[] RuleTable =
    [
        Abort(DeliveryReason.OperatorAborted, "pulse that nobody wants any more", static (in c) => c.AbortRequested),
        Abort(DeliveryReason.OperatorLost, "pulses that nobody watches", static (in c) => c.SinceHeartbeat.TotalSeconds > c.Protocol.Limits.HeartbeatSeconds),
        Abort(DeliveryReason.UnexpectedPulse, "pulse that the plan does not know, ungated perhaps", static (in c) => c.PulseWasUnexpected),
        Abort(DeliveryReason.WrongSetting, "pulse of another voltage, or on other electrodes, than planned", static (in c) => c.SettingWasWrong),
        Abort(DeliveryReason.GateFaulted, "pulses through a line or timer that failed", static (in c) => c.GateFaulted),
        Abort(DeliveryReason.GateStopped, "procedure without an ECG", static (in c) => c.GateStopped),
        Abort(DeliveryReason.GeneratorRefused, "pulse with a setting of before", static (in c) => c.GeneratorRefused),
        Abort(DeliveryReason.TooManyFailures, "ever more energy into a fault", static (in c) => c.Failures > c.Protocol.Treatment.MaximumFailedPulses),
        Abort(DeliveryReason.TimeLimit, "procedure without an end", static (in c) => c.Elapsed.TotalMinutes > c.Protocol.Limits.TotalMinutes),

        Pause(DeliveryReason.OperatorPaused, false, "pulse while somebody moves the electrodes", static (in c) => c.PauseRequested),
        Pause(DeliveryReason.GeneratorFaulted, false, "pulses from a generator that failed, or whose interlock is open", static (in c) => c.GeneratorFaulted),
        Pause(DeliveryReason.GateDisarmed, false, "armed without knowing it", static (in c) => c.GateDisarmed),
        Pause(DeliveryReason.OverCurrent, true, "burn, or electrodes that touch", static (in c) => c.Fault == PulseFault.OverCurrent),
        Pause(DeliveryReason.Arc, true, "spark and pressure wave in the tissue", static (in c) => c.Fault == PulseFault.Arc),
        Pause(DeliveryReason.OpenCircuit, true, "treatment that does not take place", static (in c) => c.Fault == PulseFault.OpenCircuit),
        Pause(DeliveryReason.LowVoltage, false, "field below the threshold", static (in c) => c.LowVoltages >= LowVoltagesInARow),
        Refuse(DeliveryReason.ImpedanceTooLow, "electrodes that touch, or wrong ones"),
        Refuse(DeliveryReason.ImpedanceTooHigh, "electrode that is not in the tissue"),
        Refuse(DeliveryReason.CurrentTooHigh, "treatment that the current limit would cut short"),
        Pause(DeliveryReason.ImpedanceTooHigh, true, "electrode that came off during treatment", static (in c) => c.Ohms > c.Protocol.Test.MaximumOhms),
        Pause(DeliveryReason.ImpedanceRising, true, "gas or charring around an electrode, or one that slips out", static (in c) => c.Ohms > c.FirstOhms * (1 + (c.Protocol.Treatment.ImpedanceRisePercent / 100))),
        Pause(DeliveryReason.PulseMissing, false, "pulse counted that was never made", static (in c) => c.PulseIsMissing),
        Pause(DeliveryReason.ReadingLost, false, "pulse made that nobody measured", static (in c) => c.ReadingIsLost),
        Pause(DeliveryReason.GeneratorNotReady, false, "waiting for a generator that does not charge", static (in c) => c.GeneratorWait.TotalSeconds > c.Protocol.Limits.GeneratorWaitSeconds),
        Pause(DeliveryReason.EcgTooLong, false, "armed and charged for minutes in a rhythm that cannot be gated on", static (in c) => c.BeatWait.TotalSeconds > c.Protocol.Limits.EcgWaitSeconds),
    ];

    public static IReadOnlyList<DeliveryRule> Rules => RuleTable;

    /// <summary>The first rule that applies; null where the procedure goes on.</summary>
    public static DeliveryRule? Judge(in DeliveryContext context)
    {
        foreach (var rule in RuleTable)
        {
            if (context.IsPaused && rule.Verdict == DeliveryState.Paused)
            {
                return null;
            }

            if (rule.Applies(in context))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the pair must be measured and confirmed anew, whichever rule gives the verdict: what a pulse met is not undone
    /// by a pause that came first, or at the same time.
    /// </summary>
    public static bool AsksForNewTest(in DeliveryContext context)
    {
        foreach (var rule in RuleTable)
        {
            if (rule.NeedsNewTest && rule.Applies(in context))
            {
                return true;
            }
        }

        return false;
    }

    private static DeliveryRule Abort(DeliveryReason reason, string hazard, DeliveryTest applies) => new(DeliveryState.Aborted, reason, hazard, false, applies);

    private static DeliveryRule Pause(DeliveryReason reason, bool needsNewTest, string hazard, DeliveryTest applies) => new(DeliveryState.Paused, reason, hazard, needsNewTest, applies);

    private static DeliveryRule Refuse(DeliveryReason reason, string hazard) => new(DeliveryState.Paused, reason, hazard, true, (in c) => c.TestRefused == reason);
}
