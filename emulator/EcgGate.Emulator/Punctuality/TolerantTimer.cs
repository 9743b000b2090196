using EcgGate.Timing;

namespace EcgGate.Emulator.Punctuality;

/// <summary>
/// The live timer with its tolerance in true time: a patient whose heart beats many times faster than any has a tolerance
/// that is as much shorter.
/// </summary>
internal sealed class TolerantTimer(PulseTimer timer, long toleranceNanoseconds) : IPulseTimer
{
    /// <summary>Orders that the timer took.</summary>
    public int Taken { get; private set; }

    public bool IsArmed => timer.IsArmed;

    public PulseTimerFault Fault => timer.Fault;

    public ArmToken Arm() => timer.Arm();

    public void Disarm() => timer.Disarm();

    public void Disarm(ArmToken token) => timer.Disarm(token);

    public bool TrySchedule(in PulseOrder order)
    {
        var taken = timer.TrySchedule(order with { LatestEdge = order.Deadline.AddNanoseconds(toleranceNanoseconds) });
        Taken += taken ? 1 : 0;
        return taken;
    }

    public void Cancel(long beatNumber) => timer.Cancel(beatNumber);

    public bool TryTakeReport(out PulseReport report) => timer.TryTakeReport(out report);
}
