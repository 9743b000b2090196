namespace EcgGate.Emulator.Patient;

/// <summary>
/// A sum of sinusoids whose frequency and amplitude drift: fibrillation of atria or ventricles, muscle noise, wander.
/// A function of time alone, so that any sampling sees the same.
/// </summary>
internal sealed class Oscillation
{
    private readonly Component[] _components;
    private readonly double _lead1Share;

    private Oscillation(Component[] components, double lead1Share)
    {
        _components = components;
        _lead1Share = lead1Share;
    }

    /// <summary>Atrial fibrillation's f waves: 350 to 430 a minute, larger in V1.</summary>
    public static Oscillation AtrialFibrillation(SeededRandom random) => Create(random, 4, 5.8, 7.2, 0.075, 1.6, 0.6, 0.35);

    /// <summary>Coarse ventricular fibrillation: 3 to 7 Hz.</summary>
    public static Oscillation VentricularFibrillation(SeededRandom random) => Create(random, 7, 3.4, 6.6, 0.75, 0.8, 0.7, 0.6);

    /// <summary>Baseline wander with respiration and below.</summary>
    public static Oscillation Wander(SeededRandom random, double amplitudeMillivolts) => Create(random, 5, 0.07, 0.42, amplitudeMillivolts, 0.7, 0, 0.3);

    /// <param name="random">Frequencies, phases and drifts come from here.</param>
    /// <param name="count">How many sinusoids.</param>
    /// <param name="lowHertz">The lowest frequency.</param>
    /// <param name="highHertz">The highest.</param>
    /// <param name="amplitude">Root mean square times the square root of two, on lead 0, in mV.</param>
    /// <param name="lead1Share">Lead 1's amplitude as a share of lead 0's.</param>
    /// <param name="driftHertz">How far each frequency drifts to either side.</param>
    /// <param name="swell">How far each amplitude swells, 0 to 1.</param>
    public static Oscillation Create(SeededRandom random, int count, double lowHertz, double highHertz, double amplitude, double lead1Share, double driftHertz, double swell)
    {
        var components = new Component[count];
        for (var i = 0; i < count; i++)
        {
            // One in each part of the band, so that no seed leaves a hole.
            var width = (highHertz - lowHertz) / count;
            var driftRate = random.Uniform(0.08, 0.25);
            components[i] = new Component(
                lowHertz + (width * (i + random.NextDouble())),
                random.NextDouble(),
                random.NextDouble(),
                driftHertz / (PortableMath.TwoPi * driftRate),
                driftRate,
                random.NextDouble(),
                swell,
                random.Uniform(0.1, 0.4),
                random.NextDouble(),
                amplitude / Math.Sqrt(count));
        }

        return new Oscillation(components, lead1Share);
    }

    public double Millivolts(int lead, double seconds)
    {
        var sum = 0.0;
        foreach (ref readonly var c in _components.AsSpan())
        {
            var turns = (c.Hertz * seconds) + (lead == 0 ? c.Phase0 : c.Phase1);
            if (c.DriftTurns != 0)
            {
                turns += c.DriftTurns * PortableMath.SinCycles((c.DriftRate * seconds) + c.DriftPhase);
            }

            var amplitude = c.Amplitude;
            if (c.Swell != 0)
            {
                amplitude *= 1 + (c.Swell * PortableMath.SinCycles((c.SwellRate * seconds) + c.SwellPhase));
            }

            sum += amplitude * PortableMath.SinCycles(turns);
        }

        return lead == 0 ? sum : sum * _lead1Share;
    }

    private readonly record struct Component(
        double Hertz,
        double Phase0,
        double Phase1,
        double DriftTurns,
        double DriftRate,
        double DriftPhase,
        double Swell,
        double SwellRate,
        double SwellPhase,
        double Amplitude);
}
