using EcgGate.Timing;

namespace EcgGate;

/// <summary>The end of a live engine, whichever thread runs its core.</summary>
internal static class EngineEnd
{
    private static readonly TimeSpan LastReportPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastReportPoll = TimeSpan.FromMilliseconds(1);

    /// <summary>The timer answers each order, the last one too: its beat must not be lost from the ledger.</summary>
    /// <remarks>The core's thread; after <see cref="GateLoop.End"/>.</remarks>
    public static void AwaitLastReport(GateCore core, GateLoop loop)
    {
        var patience = MonotonicClock.Now + LastReportPatience;
        while (core.HasPendingOrder && MonotonicClock.Now < patience)
        {
            MonotonicClock.SleepUntil(MonotonicClock.Now + LastReportPoll);
            loop.TakeReports();
        }

        core.Abandon();
    }

    /// <summary>What a timer's fault means and what to do; null where there is none.</summary>
    public static string? Describe(PulseTimerFault fault) => fault switch
    {
        PulseTimerFault.None => null,
        PulseTimerFault.RaiseRefused => "The pulse line refused to go active; the engine disarmed itself. Check the line's device and its permissions.",
        PulseTimerFault.LowerRefused => "The pulse line refused to go inactive; the engine disarmed itself. Cut the generator's trigger by hand and check the line.",
        _ => "An edge began later than its tolerance allows, seen only after it; the engine disarmed itself. Give the pulse thread a processor of its own.",
    };
}
