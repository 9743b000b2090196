using EcgGate.Emulator.Patient;
using EcgGate.Signals;

namespace EcgGate.Emulator.Punctuality;

/// <summary>A virtual patient's samples, made in advance, with the host time at which each is ready and each pulse is due.</summary>
internal sealed class AcceleratedEcg
{
    /// <summary>Beats before the first pulse: learning, and the clock that must lock.</summary>
    private const int LeadInBeats = 12;

    private AcceleratedEcg(EcgSample[] samples, double nominalHertz, double nanosecondsPerSample, long[] due, GateOptions gate)
    {
        Samples = samples;
        NominalHertz = nominalHertz;
        NanosecondsPerSample = nanosecondsPerSample;
        DueNanoseconds = due;
        Gate = gate;
    }

    /// <summary>The samples.</summary>
    public EcgSample[] Samples { get; }

    /// <summary>The rate that the detector believes in.</summary>
    public double NominalHertz { get; }

    /// <summary>The time between two samples on the host's clock.</summary>
    public double NanosecondsPerSample { get; }

    /// <summary>When the pulse of each true beat is due, counted from the first sample on the host's clock.</summary>
    public long[] DueNanoseconds { get; }

    /// <summary>What the gate is set to, in the patient's time.</summary>
    public GateOptions Gate { get; }

    /// <summary>When sample <paramref name="index"/> is ready, counted from the first.</summary>
    public long ReadyNanoseconds(int index) => (long)(index * NanosecondsPerSample);

    /// <summary>
    /// A heart at 130 a minute, the fastest that the gate pulses on every beat of, played so much faster that its beats are
    /// <paramref name="interval"/> apart.
    /// </summary>
    /// <param name="pulses">How many pulses it must have beats for.</param>
    /// <param name="interval">Time between two of them.</param>
    /// <param name="lockTime">How long the sample clock needs to lock: as many more beats.</param>
    public static AcceleratedEcg Fast(int pulses, TimeSpan interval, TimeSpan lockTime)
    {
        const double PerMinute = 130;
        const double Hertz = 250;

        // Some beats are withheld although nothing is wrong; after a fault or a gap eight are needed to learn anew.
        var beats = pulses + (pulses / 50) + LeadInBeats + (int)Math.Ceiling(lockTime / interval);
        var scale = 60 / PerMinute / interval.TotalSeconds;
        return Make(
            FormattableString.Invariant($"sinus-75?rate={PerMinute}"),
            Hertz,
            scale,
            beats * 60 / PerMinute,
            new GateOptions
            {
                TargetDelay = TimeSpan.FromMilliseconds(60),
                Cutoff = TimeSpan.FromMilliseconds(61),
                EdgeTolerance = TimeSpan.FromMilliseconds(1),

                // The gate judges as late as it may. So much earlier here is 1.6 ms on the host's clock, where its default is 1.
                OrderLead = TimeSpan.FromMilliseconds(35),
                MaximumRatePerMinute = 200,
                MinimumInterval = TimeSpan.Zero,
                ArmedFor = TimeSpan.Zero,
            });
    }

    /// <summary>A heart at its own pace, at 1,000 samples per second.</summary>
    public static AcceleratedEcg Natural(TimeSpan time) =>
        Make("sinus-75", 1000, 1, time.TotalSeconds, new GateOptions { MinimumInterval = TimeSpan.Zero, ArmedFor = TimeSpan.Zero });

    private static AcceleratedEcg Make(string scenario, double hertz, double scale, double seconds, GateOptions gate)
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get(scenario));
        using var source = new PatientSource(patient, hertz);
        var samples = new EcgSample[(int)(seconds * hertz)];
        for (var done = 0; done < samples.Length;)
        {
            done += source.Read(samples.AsSpan(done)).Count;
        }

        var due = patient.Truth.BeatsBetween(0, seconds)
            .Select(beat => (long)((beat.RSeconds + gate.TargetDelay.TotalSeconds) / scale * 1e9))
            .ToArray();
        return new AcceleratedEcg(samples, hertz, 1e9 / hertz / scale, due, gate);
    }
}
