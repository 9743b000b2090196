using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>
/// Carries samples to the core, its orders to the timer and the timer's reports back. The same code live and in
/// replay: only the timer and the timeline differ.
/// </summary>
/// <remarks>
/// One thread. Allocates nothing. Each order carries the token of the arming that the core was armed with, so that an
/// order of an arming that was taken back meanwhile, by whichever thread, is refused by the timer. Whenever the core is
/// not armed any more, for whatever reason, its token is void before the next sample.
/// </remarks>
internal sealed class GatePump(GateCore core, IPulseTimer timer, ISampleTimeline timeline, long pulseWidthNanoseconds)
{
    /// <summary>The mapping's error is taken to be less than so many standard deviations of it.</summary>
    private const int Deviations = 3;

    /// <summary>An error that may be larger than this is too large to place a pulse by.</summary>
    private const long LargestErrorNanoseconds = 1_000_000;

    private ArmToken _token;

    /// <summary>Arms timer and core. False where the timer is stopped for good.</summary>
    public bool Arm()
    {
        if (!core.IsArmed)
        {
            Adopt(timer.Arm());
        }

        return core.IsArmed;
    }

    /// <summary>Arms the core with a token that the timer gave to somebody else; what was learnt is forgotten.</summary>
    public void Adopt(ArmToken token)
    {
        Revoke();
        core.Disarm();
        TakeReports();
        if (token != default)
        {
            _token = token;
            core.Arm();
        }
    }

    /// <summary>Begins the time anew after which the arming runs out.</summary>
    public void Renew()
    {
        if (core.IsArmed)
        {
            core.Arm();
        }
    }

    /// <summary>See <see cref="GateCore.Permit"/>.</summary>
    public void Permit(long upToPulses, TimeSpan validFor) => core.Permit(upToPulses, validFor);

    public void Disarm()
    {
        Revoke();
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
        if (!core.IsArmed)
        {
            Revoke();
        }

        if (core.TryTakeCancellation(out var beatNumber))
        {
            timer.Cancel(beatNumber);
        }

        if (core.TryTakeOrder(out var order))
        {
            // By as much as the mapping may place the edge too late, it must begin earlier; where nothing is left of its
            // tolerance then, or the error may be gross, there is no pulse.
            var deadline = timeline.HostTimeOf(order.Deadline);
            var uncertainty = timeline.UncertaintyNanoseconds;
            var latest = timeline.HostTimeOf(order.LatestEdge).AddNanoseconds(-Deviations * Math.Min(uncertainty, LargestErrorNanoseconds));
            if (!timeline.IsLocked || uncertainty > LargestErrorNanoseconds / Deviations || latest <= deadline)
            {
                core.ReportRefused(order.BeatNumber, Reason.SourceGap);
                return;
            }

            var pulse = new PulseOrder(_token, order.BeatNumber, deadline, latest, pulseWidthNanoseconds);
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

        // Not each fault belongs to an order that could be answered with it: a line may refuse to fall afterwards.
        if (core.IsArmed && timer.Fault != PulseTimerFault.None)
        {
            core.Fault();
        }

        if (!core.IsArmed)
        {
            Revoke();
        }
    }

    private void Revoke()
    {
        if (_token != default)
        {
            timer.Disarm(_token);
            _token = default;
        }
    }
}
