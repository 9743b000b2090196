using EcgGate.Delivery;
using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Simulation;

/// <summary>A plan as chance makes it: short, so that many fit into one patient, and with all that a plan may ask for.</summary>
internal static class SimulatedPlan
{
    private const double HighestVolts = 3000;

    public static PulseProtocol Draw(SeededRandom random)
    {
        var pairs = new PlannedPair[random.Between(1, 3)];
        var shift = random.Between(0, pairs.Length - 1);
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = new PlannedPair
            {
                Name = $"{(char)('A' + i)}",
                Output = (i + shift) % pairs.Length,
                SpacingCm = random.Uniform(0.8, 2.5),
                ExposureMm = random.Uniform(8, 20),
            };
        }

        var trains = random.NextDouble() < 0.4;
        return new PulseProtocol
        {
            Name = "simulated",
            Pairs = pairs,
            Test = new PlannedTest
            {
                Pulses = random.Between(1, 4),
                Volts = random.Uniform(50, 150),
                WidthMicroseconds = random.Uniform(20, 100),
                MinimumOhms = random.Uniform(30, 200),
                MaximumOhms = random.Uniform(1200, 3000),
            },
            Treatment = new PlannedTreatment
            {
                FieldVoltsPerCm = random.Uniform(500, HighestVolts / pairs.Max(pair => pair.SpacingCm)),
                WidthMicroseconds = random.Uniform(50, 100),
                PulsesPerPair = random.Between(1, 8),
                PulsesPerTrain = trains ? random.Between(1, 4) : 0,
                TrainPauseSeconds = trains ? random.Uniform(0, 8) : 0,
                CurrentLimitAmperes = random.Uniform(30, 50),
                MinimumIntervalMilliseconds = random.NextDouble() < 0.5 ? 900 : random.Uniform(300, 2500),
                ImpedanceRisePercent = random.Uniform(20, 100),
                FailedPulses = random.NextDouble() < 0.5 ? FailedPulsePolicy.Repeat : FailedPulsePolicy.Count,
                MaximumFailedPulses = random.Between(0, 6),
            },
            Limits = new PlannedLimits
            {
                EcgWaitSeconds = random.Uniform(5, 60),
                GeneratorWaitSeconds = random.Uniform(4, 20),
                HeartbeatSeconds = random.Uniform(1, 5),
                TotalMinutes = random.Uniform(0.5, 6),
            },
        };
    }

    /// <summary>The same, as the referee needs it.</summary>
    public static ProcedureTerms TermsOf(PulseProtocol plan, TimeSpan permitFor) => new()
    {
        Outputs = [.. plan.Pairs.Select(pair => pair.Output!.Value)],

        // The treatment's voltage is the session's own arithmetic on both sides; that it follows the field, a test of the plan shows.
        Volts = [.. plan.Pairs.Select((_, i) => plan.VoltsOf(i))],
        PulsesPerPair = plan.Treatment.PulsesPerPair,
        PulsesPerTrain = plan.Treatment.PulsesPerTrain,
        TrainPauseSeconds = plan.Treatment.TrainPauseSeconds,
        TestPulses = plan.Test.Pulses,
        TestVolts = plan.Test.Volts,
        MinimumOhms = plan.Test.MinimumOhms,
        MaximumOhms = plan.Test.MaximumOhms,
        CurrentLimitAmperes = plan.Treatment.CurrentLimitAmperes,
        RisePercent = plan.Treatment.ImpedanceRisePercent,
        MinimumIntervalSeconds = plan.Treatment.MinimumIntervalMilliseconds * 1e-3,
        HeartbeatSeconds = plan.Limits.HeartbeatSeconds,
        TotalSeconds = plan.Limits.TotalMinutes * 60,
        PermitSeconds = permitFor.TotalSeconds,
    };
}
