using EcgGate.Cli.Figures;
using EcgGate.Emulator.Patient;
using EcgGate.Timing;

namespace EcgGate.Cli.Run;

/// <summary>
/// Runs the whole path once before it counts, so that nothing is compiled while a pulse is due: compiling a method
/// takes milliseconds, and at 500 samples/s a board overwrites what was not read within two.
/// </summary>
internal static class Warmup
{
    private const int Pulses = 3;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(20);

    /// <summary>Longer than the runtime waits before it compiles again, in the background, what was called often.</summary>
    private static readonly TimeSpan Recompiling = TimeSpan.FromMilliseconds(250);

    public static void Run(GateOptions options, double samplingRateHertz)
    {
        // Detector, rhythm, gate and ledger, in virtual time; PVCs so that each kind of outcome occurs.
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-pvc?noise=muscle:0.02&duration=60"));
        GateReplay.Run(new PatientSource(patient, samplingRateHertz), options, new GateTally());
        using (var timer = new PulseTimer(new NullPulseLine()))
        {
            var token = timer.Arm();
            for (var i = 1; i <= Pulses; i++)
            {
                var due = MonotonicClock.Now + Apart;
                timer.TrySchedule(new PulseOrder(token, i, due, due + options.EdgeTolerance, options.PulseWidth.Ticks * 100));
                Thread.Sleep(2 * Apart);
                while (timer.TryTakeReport(out _))
                {
                    // Only that it was done counts.
                }
            }
        }

        Thread.Sleep(Recompiling);
    }
}
