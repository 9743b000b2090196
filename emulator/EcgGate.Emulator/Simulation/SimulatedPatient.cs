using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Simulation;

/// <summary>A patient as chance makes him: own rhythm, rate, amplitude, polarity, and what a pulse does to the signal.</summary>
internal static class SimulatedPatient
{
    public static VirtualPatient Create(ulong seed)
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
        return new VirtualPatient(new PatientScenario("simulated", "A patient of a simulation", plan, rate)
        {
            Seed = seed,
            AmplitudeFactor = 0.5 * PortableMath.Exp(random.Uniform(0, 1.8)),
            InvertLead0 = random.NextDouble() < 0.15,
            SpikeMillivolts = random.Uniform(0, 6),
            Artefact = random.NextDouble() < 0.2 ? PulseArtefact.None : PulseArtefact.Scaled(random.Uniform(0.2, 2)),
        });
    }
}
