using EcgGate.Delivery;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Timing;

namespace EcgGate.Tests.Delivery;

/// <summary>Whole procedures on emulated patients: the live core, the generator, the tissue and the session in virtual time.</summary>
public sealed class DeliveryReplayTests
{
    private const string Reference = "pubic-metastasis.json";

    [Theory]
    [InlineData("sinus-75")]
    [InlineData("sinus-pvc")]
    public void The_reference_case_is_delivered_to_the_last_pulse_and_none_falls_into_a_vulnerable_period(string scenario)
    {
        var run = new Run(scenario).Play(Reference);

        run.Session.State.Should().Be(DeliveryState.Completed, "{0}", run.Session.GetProgress().Reason);
        run.HighVoltage.PulseCount.Should().Be(90);
        run.HighVoltage.TriggersIgnored.Should().Be(0);
        run.Trigger.PulseCount.Should().Be(90);
        run.Of(DeliveryEventKind.TestPulse).Should().HaveCount(20);
        run.Of(DeliveryEventKind.TreatmentPulse).Should().HaveCount(70);
        run.Of(DeliveryEventKind.ImpedanceVerdict).Should().ContainSingle().Which.Ohms.Should().BeInRange(500, 800);
        run.Fired.Should().Be(90, "the gate and the session count the same pulses");
        var judged = PulseReferee.Judge(run.Trigger, new EcgTruthView(run.Patient.Truth));
        judged.Pulses.Should().OnlyContain(pulse => pulse.Verdict == PulseVerdict.Safe);

        // The tissue opens, pulse by pulse.
        var ohms = run.Of(DeliveryEventKind.TreatmentPulse).Select(each => each.Ohms).ToList();
        ohms[^1].Should().BeLessThan(ohms[0] * 0.9);
        run.Edges.Zip(run.Edges.Skip(1), (a, b) => b - a).Min().Should().BeGreaterThanOrEqualTo(0.9 - 1e-6);
    }

    [Fact]
    public void A_rhythm_that_cannot_be_gated_on_waits_says_why_and_ends_at_the_plans_time_limit()
    {
        var run = new Run("pvc-bigeminy").Play(Reference, limits: new PlannedLimits { EcgWaitSeconds = 60, TotalMinutes = 2 });

        run.Session.State.Should().Be(DeliveryState.Aborted);
        run.Session.GetProgress().Reason.Should().Be(DeliveryReason.TimeLimit);
        var pause = run.Of(DeliveryEventKind.StateChanged).Single(each => each.State == DeliveryState.Paused);
        pause.Reason.Should().Be(DeliveryReason.EcgTooLong);
        pause.GateReason.Should().NotBe(Reason.None);
        run.Of(DeliveryEventKind.TreatmentPulse).Should().BeEmpty();
    }

    [Fact]
    public void Three_pairs_are_treated_in_turn_with_pauses_between_the_trains()
    {
        var run = new Run("sinus-75").Play("three-needles.json");

        run.Session.State.Should().Be(DeliveryState.Completed);
        run.Session.GetProgress().Pairs.Should().OnlyContain(pair => pair.Delivered == 70 && pair.Failed == 0);
        run.Of(DeliveryEventKind.TreatmentPulse).Select(each => each.Pair).Should().BeInAscendingOrder();
        run.Of(DeliveryEventKind.WaitChanged).Count(each => each.Wait == DeliveryWait.TrainPause).Should().Be(18);
    }

    [Fact]
    public void An_arc_in_the_middle_pauses_and_after_a_new_test_the_missing_pulses_are_delivered()
    {
        var run = new Run("sinus-75");
        var hasArced = false;
        run.Play(Reference, (session, now) =>
        {
            DeliveryReplay.Confirming(session, now);
            if (!hasArced && session.GetProgress().Pairs[0].Delivered == 30)
            {
                run.HighVoltage.ArcNext(1);
                hasArced = true;
            }

            if (session.State == DeliveryState.Paused)
            {
                session.Resume();
            }
        });

        run.Session.State.Should().Be(DeliveryState.Completed);
        run.Of(DeliveryEventKind.FailedPulse).Should().ContainSingle().Which.Pulse.Fault.Should().Be(PulseFault.Arc);
        run.Of(DeliveryEventKind.TreatmentPulse).Should().HaveCount(70);
        run.Of(DeliveryEventKind.ImpedanceVerdict).Should().HaveCount(2);
        run.HighVoltage.PulseCount.Should().Be(20 + 70 + 1 + 20);
    }

    [Fact]
    public void An_electrode_that_is_not_connected_is_found_by_the_first_test_pulse()
    {
        var run = new Run("sinus-75") { Made = highVoltage => highVoltage.SetContact(0, ElectrodeContact.Open) };
        run.Play(Reference, limits: new PlannedLimits { TotalMinutes = 1 });

        run.Of(DeliveryEventKind.StateChanged).Should().Contain(each => each.State == DeliveryState.Paused && each.Reason == DeliveryReason.OpenCircuit);
        run.Of(DeliveryEventKind.TreatmentPulse).Should().BeEmpty();
        run.HighVoltage.PulseCount.Should().Be(1);
    }

    [Fact]
    public void A_record_that_ends_before_the_procedure_aborts_it()
    {
        var run = new Run("sinus-75", seconds: 60).Play(Reference);

        run.Session.State.Should().Be(DeliveryState.Aborted);
        run.Session.GetProgress().Reason.Should().Be(DeliveryReason.GateStopped);
        run.Session.GetProgress().Pairs[0].Delivered.Should().Be(run.Of(DeliveryEventKind.TreatmentPulse).Count());
    }

    [Fact]
    public void The_same_patient_and_plan_give_the_same_events()
    {
        var first = new Run("sinus-pvc").Play("small-lesion.json").Events;
        var second = new Run("sinus-pvc").Play("small-lesion.json").Events;

        first.Should().HaveCountGreaterThan(50);
        second.Should().Equal(first);
    }

    [Fact]
    public void Cancelling_aborts_with_the_next_step()
    {
        using var stop = new CancellationTokenSource();
        var run = new Run("sinus-75") { Stop = stop.Token };
        run.Play(Reference, (session, now) =>
        {
            DeliveryReplay.Confirming(session, now);
            if (session.GetProgress().Pairs[0].Delivered == 5)
            {
                stop.Cancel();
            }
        });

        run.Session.State.Should().Be(DeliveryState.Aborted);
        run.HighVoltage.PulseCount.Should().Be(25);
        run.HighVoltage.State.Should().Be(GeneratorState.Off);
    }

    private sealed class Run : IDeliverySink, IGateEventSink
    {
        public Run(string scenario, double seconds = 1500) =>
            Patient = new VirtualPatient(ScenarioCatalog.Get(scenario) with { DurationSeconds = seconds });

        public VirtualPatient Patient { get; }

        public Action<EmulatedHighVoltage>? Made { get; init; }

        public CancellationToken Stop { get; init; } = TestContext.Current.CancellationToken;

        public EmulatedHighVoltage HighVoltage { get; private set; } = null!; // Made on connecting.

        public EmulatedGenerator Trigger { get; private set; } = null!; // Made on connecting.

        public DeliverySession Session { get; private set; } = null!; // Made by playing.

        public List<DeliveryEvent> Events { get; } = [];

        public int Fired { get; private set; }

        public IEnumerable<double> Edges => Trigger.GetPulses().Select(pulse => pulse.PatientSeconds);

        public IEnumerable<DeliveryEvent> Of(DeliveryEventKind kind) => Events.Where(each => each.Kind == kind);

        public void OnDelivery(in DeliveryEvent deliveryEvent) => Events.Add(deliveryEvent);

        public void OnEvent(in GateEvent gateEvent) => Fired += gateEvent.Kind == GateEventKind.BeatOutcome && gateEvent.Beat.Outcome == Outcome.Fired ? 1 : 0;

        public Run Play(string example, Action<DeliverySession, MonotonicTime>? operate = null, PlannedLimits? limits = null)
        {
            var plan = Plans.Load(example);
            plan = limits is null ? plan : plan with { Limits = limits };
            using var source = new PatientSource(Patient, 500);
            var connect = VirtualProcedure.Connect(Patient, VirtualProcedure.For(plan), (highVoltage, trigger) =>
            {
                HighVoltage = highVoltage;
                Trigger = trigger;
                Made?.Invoke(highVoltage);
            });
            Session = DeliveryReplay.Run(source, new GateOptions(), plan, connect, operate ?? DeliveryReplay.Confirming, this, this, cancellation: Stop);
            return this;
        }
    }
}
