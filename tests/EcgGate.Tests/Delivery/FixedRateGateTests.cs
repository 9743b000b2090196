using EcgGate.Delivery;
using EcgGate.Emulator.Generator;
using EcgGate.Timing;

namespace EcgGate.Tests.Delivery;

public sealed class FixedRateGateTests
{
    [Fact]
    public void A_phantom_gets_its_pulses_by_the_clock_and_not_one_more()
    {
        var run = new Phantom();
        run.Go();

        run.Session.State.Should().Be(DeliveryState.Completed, "{0}", run.Session.GetProgress().Reason);
        run.HighVoltage.PulseCount.Should().Be(13);
        var edges = run.Trigger.GetPulses().Select(pulse => pulse.PatientSeconds).ToList();
        edges.Should().HaveCount(13);
        edges.Zip(edges.Skip(1), (a, b) => b - a).Min().Should().BeGreaterThanOrEqualTo(1 - 1e-9);
        edges.Skip(4).Zip(edges.Skip(5), (a, b) => b - a).Should().OnlyContain(gap => gap < 1.01, "it is a clock");
    }

    [Fact]
    public void Aborting_withdraws_the_pulse_that_is_on_order()
    {
        var run = new Phantom();
        run.Go(() => run.HighVoltage.PulseCount == 6);
        run.Session.Abort();
        run.Timer.AdvanceTo(run.Timer.Now + TimeSpan.FromSeconds(5));

        run.HighVoltage.PulseCount.Should().Be(6);
        run.Go();
        run.Session.State.Should().Be(DeliveryState.Aborted);
        run.Session.GetProgress().UnexpectedPulses.Should().Be(0);
    }

    [Fact]
    public void A_permit_said_twice_makes_one_pulse_and_one_taken_back_none()
    {
        var run = new Phantom();
        run.HighVoltage.Prepare(run.Session.Protocol.TestSetting(0));
        run.Gate.Arm().Should().BeTrue();
        run.Gate.Permit(1, TimeSpan.FromSeconds(2)).Should().BeTrue();
        run.Gate.Permit(1, TimeSpan.FromSeconds(2)).Should().BeTrue();
        run.Advance(1);
        run.Gate.Permit(1, TimeSpan.FromSeconds(2)).Should().BeTrue();
        run.Advance(5);
        run.Trigger.PulseCount.Should().Be(1);

        run.Gate.Permit(2, TimeSpan.FromSeconds(2));
        run.Gate.Permit(0, TimeSpan.FromSeconds(2));
        run.Advance(5);
        run.Trigger.PulseCount.Should().Be(1);
        run.Gate.Disarm();
        run.Gate.Permit(2, TimeSpan.FromSeconds(2)).Should().BeFalse();
    }

    private sealed class Phantom : IDeliverySink
    {
        private readonly FunctionEcg _ecg = new();

        public Phantom()
        {
            var plan = Plans.Load("phantom.json");
            var (generator, line) = VirtualProcedure.Connect(_ecg, VirtualProcedure.For(plan), (highVoltage, trigger) => (HighVoltage, Trigger) = (highVoltage, trigger))(() => Timer?.Now ?? default);
            Timer = new VirtualPulseTimer(line);
            Gate = new FixedRateGate(Timer, plan, () => Timer.Now);
            Session = new DeliverySession(plan, Gate, generator, this, new DeliverySessionOptions { AllowFixedRate = true });
        }

        public EmulatedHighVoltage HighVoltage { get; private set; } = null!; // Made on connecting.

        public EmulatedGenerator Trigger { get; private set; } = null!; // Made on connecting.

        public VirtualPulseTimer Timer { get; }

        public FixedRateGate Gate { get; }

        public DeliverySession Session { get; }

        public void OnDelivery(in DeliveryEvent deliveryEvent)
        {
            // Counts are looked at.
        }

        public void Advance(double seconds) => Timer.AdvanceTo(Timer.Now + TimeSpan.FromSeconds(seconds));

        public void Go(Func<bool>? until = null)
        {
            if (Session.State == DeliveryState.Planned)
            {
                Session.Start(Timer.Now);
            }

            for (var i = 0; i < 5000 && !Session.IsOver && until?.Invoke() != true; i++)
            {
                Advance(0.01);
                DeliveryReplay.Confirming(Session, Timer.Now);
                DeliveryRunner.Step(Session, Gate, HighVoltage, Timer.Now);
            }
        }
    }

    private sealed class FunctionEcg : EcgGate.Emulator.IAnalogEcg
    {
        public string Name => "phantom";

        public IReadOnlyList<string> LeadNames { get; } = [];

        public double? DurationSeconds => null;

        public double Millivolts(int lead, double seconds) => 0;

        public bool IsLeadOff(int lead, double seconds) => false;

        public void DeliverPulse(double seconds)
        {
            // A phantom feels nothing.
        }
    }
}
