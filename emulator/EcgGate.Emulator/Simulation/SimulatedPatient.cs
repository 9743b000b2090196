using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Simulation;

/// <summary>A patient as chance makes him: own rhythm, rate, amplitude, polarity, and what a pulse does to the signal.</summary>
internal static class SimulatedPatient
{
    /// <summary>The scenario's name of a paced patient.</summary>
    public const string Paced = "simulated-paced";

    /// <summary>The patient of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="hasSmallSpikes">See <see cref="SimulatedFaultKind.SmallSpikes"/>.</param>
    public static VirtualPatient Create(ulong seed, bool hasSmallSpikes)
    {
        var random = new SeededRandom(seed, 200);
        var kind = random.NextDouble();
        var (beatClass, shape, rhythm) = kind switch
        {
            < 0.10 => (TruthBeatClass.Normal, Morphology.Normal, TruthRhythm.AtrialFibrillation),
            < 0.17 => (TruthBeatClass.LeftBundleBranchBlock, Morphology.LeftBundleBranchBlock, TruthRhythm.Sinus),
            < 0.24 => (TruthBeatClass.RightBundleBranchBlock, Morphology.RightBundleBranchBlock, TruthRhythm.Sinus),
            < 0.30 => (TruthBeatClass.Paced, Morphology.Paced, TruthRhythm.Paced),
            < 0.35 => (TruthBeatClass.Normal, Morphology.TallT, TruthRhythm.Sinus),
            _ => (TruthBeatClass.Normal, Morphology.Normal, TruthRhythm.Sinus),
        };
        var plan = new HeartPlan
        {
            Script = context => ChangingRhythm.Script(context, beatClass, shape, rhythm),
            AtrialWaves = rhythm == TruthRhythm.AtrialFibrillation,
            RespiratoryDepth = random.Uniform(0.004, 0.08),
            SlowDepth = random.Uniform(0.004, 0.03),
        };
        var rate = random.NextDouble() < 0.85 ? random.Uniform(48, 105) : random.Uniform(34, 150);

        // Ordinarily a spike is either not to be seen (bipolar) or far too steep for a QRS.
        var spike = random.NextDouble();
        spike = hasSmallSpikes ? 6 * spike : spike < 0.4 ? 0 : 100 * spike;
        return new VirtualPatient(new PatientScenario(rhythm == TruthRhythm.Paced ? Paced : "simulated", "A patient of a simulation", plan, rate)
        {
            Seed = seed,
            AmplitudeFactor = 0.5 * PortableMath.Exp(random.Uniform(0, 1.8)),
            InvertLead0 = random.NextDouble() < 0.15,
            SpikeMillivolts = spike,
            Artefact = random.NextDouble() < 0.2 ? PulseArtefact.None : PulseArtefact.Scaled(random.Uniform(0.2, 2)),
        });
    }
}
