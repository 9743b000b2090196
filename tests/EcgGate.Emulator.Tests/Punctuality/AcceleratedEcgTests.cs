using EcgGate.Emulator.Punctuality;
using EcgGate.Timing;

namespace EcgGate.Emulator.Tests.Punctuality;

public sealed class AcceleratedEcgTests
{
    [Fact]
    public void Pulses_are_due_as_far_apart_as_was_asked_for_and_there_are_enough_of_them()
    {
        var ecg = AcceleratedEcg.Fast(200, TimeSpan.FromMilliseconds(21), TimeSpan.FromSeconds(1));

        ecg.Gate.Validate().Should().BeEmpty();
        ecg.DueNanoseconds.Length.Should().BeGreaterThan(250);
        var apart = ecg.DueNanoseconds.Zip(ecg.DueNanoseconds.Skip(1), (one, next) => next - one).ToArray();
        apart.Average().Should().BeApproximately(21e6, 0.3e6);
        apart.Min().Should().BeGreaterThan(18_000_000, "the references between two pulses must not meet either");
    }

    [Fact]
    public void The_gate_fires_on_every_beat_of_it_once_it_has_learnt()
    {
        var ecg = AcceleratedEcg.Fast(200, TimeSpan.FromMilliseconds(21), TimeSpan.Zero);
        var outcomes = new OutcomeCounter();
        var core = new GateCore(ecg.Gate, ecg.NominalHertz, new EcgGate.Detection.RWaveDetector(ecg.NominalHertz), outcomes);
        core.Arm();
        foreach (var sample in ecg.Samples)
        {
            core.Process(in sample);
            if (core.TryTakeOrder(out var order))
            {
                core.Report(order.BeatNumber, PulseResult.Fired, order.Deadline, 0);
            }
        }

        core.Ledger.Fired.Should().BeGreaterThanOrEqualTo(200);
        outcomes.Missed.Should().BeEmpty();
    }
}
