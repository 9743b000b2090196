using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>
/// Carries samples to the core, its orders to the timer and the timer's reports back. The same code live and in
/// replay: only the timer and the timeline differ.
/// </summary>
/// <remarks>One thread. Allocates nothing.</remarks>
internal sealed class GatePump(GateCore core, IPulseTimer timer, ISampleTimeline timeline, long pulseWidthNanoseconds)
{
    private ArmToken _token;

    public void Arm()
    {
        // Only a disarmed core may arm the timer: else a disarming from another thread could be undone here.
        if (core.State is GateState.Disarmed or GateState.Faulted)
        {
            core.Arm();
            _token = timer.Arm();
        }
    }

    public void Disarm()
    {
        timer.Disarm();
        core.Disarm();
        TakeReports();
    }

    public void Stop()
    {
        timer.Disarm();
        core.Stop();
        TakeReports();
    }

    public void Fault()
    {
        timer.Disarm();
        core.Fault();
        TakeReports();
    }

    public void Feed(in EcgSample sample)
    {
        TakeReports();
        core.Process(in sample);
        if (core.TryTakeCancellation(out var beatNumber))
        {
            timer.Cancel(beatNumber);
        }

        if (core.TryTakeOrder(out var order))
        {
            if (!timeline.IsLocked)
            {
                core.ReportRefused(order.BeatNumber, Reason.SourceGap);
                return;
            }

            var pulse = new PulseOrder(
                _token,
                order.BeatNumber,
                timeline.HostTimeOf(order.Deadline),
                timeline.HostTimeOf(order.LatestEdge),
                pulseWidthNanoseconds);
            if (!timer.TrySchedule(in pulse))
            {
                core.ReportRefused(order.BeatNumber, timer.IsArmed ? Reason.ScheduleFull : Reason.Stopped);
            }
        }
    }

    public void TakeReports()
    {
        while (timer.TryTakeReport(out var report))
        {
            var edge = report.EdgeTime == default ? new SampleTime(double.NaN) : timeline.SampleTimeOf(report.EdgeTime);
            core.Report(report.BeatNumber, report.Result, edge, report.LatenessNanoseconds);
        }
    }
}
