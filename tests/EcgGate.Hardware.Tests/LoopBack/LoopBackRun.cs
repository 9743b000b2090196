using EcgGate.Detection;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.LoopBack;

/// <summary>Where the pulses of a source's beats came, against the true R waves and the target.</summary>
/// <param name="Pulses">How many there were.</param>
/// <param name="BiasMilliseconds">The median of pulse - true R - target.</param>
/// <param name="LeastMilliseconds">The earliest.</param>
/// <param name="MostMilliseconds">The latest.</param>
/// <param name="LateOrders">Orders that came after their own deadline: the source is older than it says.</param>
internal sealed record LoopBackResult(int Pulses, double BiasMilliseconds, double LeastMilliseconds, double MostMilliseconds, int LateOrders);

/// <summary>
/// From the patient's R wave through a source, the detector, the gate and the clock to the edge of a timer that is never
/// late: what a wire from the pulse line to an input would show of the source alone.
/// </summary>
internal static class LoopBackRun
{
    private static readonly GateOptions Options = new();

    /// <summary>Runs a source to its end or for a time.</summary>
    /// <param name="source">Opened on the clock.</param>
    /// <param name="pace">The clock, which the source's waiting moves.</param>
    /// <param name="patient">Where the patient's zero lies on it.</param>
    /// <param name="truth">The true beats.</param>
    /// <param name="seconds">How much of the patient's time.</param>
    public static LoopBackResult Run(IEcgSource source, VirtualPace pace, PatientTime patient, IEcgTruth truth, double seconds)
    {
        var rate = source.Info.SamplingRateHertz;
        var core = new GateCore(Options, rate, new RWaveDetector(rate), new Nowhere(), source.Info.LargestDelay);
        var clock = new SampleClock(rate, source.Info.FixedDelay);
        var block = new EcgSample[64];
        var offsets = new List<double>();
        var late = 0;
        core.Arm();
        while (patient.SecondsAt(pace.Now) < seconds && source.Read(block) is { Count: > 0 } read)
        {
            clock.Observe(block[read.Count - 1].Index, read.LastSampleTime);
            foreach (ref readonly var sample in block.AsSpan(0, read.Count))
            {
                core.Process(in sample);
                if (!core.TryTakeOrder(out var order))
                {
                    continue;
                }

                var edge = clock.HostTimeOf(order.Deadline);
                core.Report(order.BeatNumber, Timing.PulseResult.Fired, order.Deadline, 0);
                late += pace.Now > edge ? 1 : 0;
                var at = patient.SecondsAt(edge);
                if (clock.IsLocked && truth.TryFindAtOrBefore(at, out var beat))
                {
                    offsets.Add(((at - beat.RSeconds) * 1000) - Options.TargetDelay.TotalMilliseconds);
                }
            }
        }

        offsets.Sort();
        return new LoopBackResult(offsets.Count, offsets[offsets.Count / 2], offsets[0], offsets[^1], late);
    }

    private sealed class Nowhere : IGateEventSink
    {
        public void OnEvent(in GateEvent gateEvent)
        {
        }
    }
}
