using CsCheck;
using EcgGate.Delivery;
using EcgGate.Gating;

namespace EcgGate.Tests.Delivery;

/// <summary>What holds whatever happens, in whatever order.</summary>
public sealed class DeliverySessionPropertiesTests
{
    private enum Act
    {
        Beat,
        Step,
        LongStep,
        Confirm,
        Resume,
        Pause,
        Withhold,
        Fault,
        IgnoreEdge,
        LoseReading,
        LoseEvents,
        HoldEvents,
        HoldBeatAndAct,
        NeverReady,
        HighOhms,
        LowOhms,
        GoodOhms,
        Problem,
        DisarmByOthers,
        LookAway,
        Abort,
        StrayPulse,
    }

    private static readonly Gen<(Act Act, int Choice)[]> Ordinary = Gen.Select(
        Gen.Frequency(
            (60, Gen.Const(Act.Beat)),
            (30, Gen.Const(Act.Step)),
            (10, Gen.Const(Act.LongStep)),
            (15, Gen.Const(Act.Confirm)),
            (15, Gen.Const(Act.Resume)),
            (2, Gen.Const(Act.Pause)),
            (2, Gen.Const(Act.Withhold)),
            (1, Gen.Const(Act.Fault)),
            (1, Gen.Const(Act.IgnoreEdge)),
            (1, Gen.Const(Act.LoseReading)),
            (1, Gen.Const(Act.LoseEvents)),
            (1, Gen.Const(Act.HoldEvents)),
            (1, Gen.Const(Act.NeverReady)),
            (1, Gen.Const(Act.HighOhms)),
            (1, Gen.Const(Act.LowOhms)),
            (6, Gen.Const(Act.GoodOhms)),
            (1, Gen.Const(Act.Problem)),
            (1, Gen.Const(Act.DisarmByOthers))),
        Gen.Int[0, 99]).Array[20, 400];

    private static readonly Gen<(Act Act, int Choice)[]> Rough = Gen.Select(
        Gen.Frequency((95, Gen.Int[0, (int)Act.DisarmByOthers].Select(act => (Act)act)), (2, Gen.Const(Act.LookAway)), (2, Gen.Const(Act.Abort)), (1, Gen.Const(Act.StrayPulse))),
        Gen.Int[0, 99]).Array[20, 300];

    [Fact]
    public void Whatever_happens_pulses_are_counted_exactly_and_never_more_than_planned_are_made() =>
        Ordinary.Sample(acts => { Run(acts); }, iter: 600);

    [Fact]
    public void Whatever_happens_no_pulse_follows_an_abort() => Rough.Sample(acts => { Run(acts); }, iter: 600);

    [Fact]
    public void The_properties_look_at_procedures_that_get_somewhere()
    {
        var states = new HashSet<DeliveryState>();
        var reasons = new HashSet<DeliveryReason>();
        var treated = 0;
        Ordinary.Sample(
            acts =>
            {
                var procedure = Run(acts);
                lock (states)
                {
                    states.UnionWith(procedure.States);
                    reasons.UnionWith(procedure.Events.Select(each => each.Reason));
                    treated += procedure.Progress.Pairs.Sum(pair => pair.Delivered);
                }
            },
            iter: 300,
            seed: "0000KOIgOLQ3");

        states.Should().Contain([DeliveryState.AwaitingConfirmation, DeliveryState.Treating, DeliveryState.Paused, DeliveryState.Completed]);
        reasons.Should().Contain([DeliveryReason.PulseMissing, DeliveryReason.ReadingLost, DeliveryReason.OverCurrent, DeliveryReason.Arc, DeliveryReason.OpenCircuit, DeliveryReason.ImpedanceTooHigh, DeliveryReason.GateDisarmed, DeliveryReason.GeneratorFaulted, DeliveryReason.OperatorPaused]);
        treated.Should().BeGreaterThan(300);
    }

    private static Procedure Run((Act Act, int Choice)[] acts)
    {
        var plan = Plans.Small with { Treatment = Plans.Small.Treatment with { MaximumFailedPulses = 8, PulsesPerTrain = 3, TrainPauseSeconds = 2 } };
        var procedure = new Procedure(plan);
        var hasStray = false;
        var madeAtAbort = -1;
        var judged = 0;
        procedure.Start();
        foreach (var (act, choice) in acts)
        {
            // A pulse that no edge explains, as its event is lost or held for too long, is as good as a stray one.
            hasStray |= (act == Act.StrayPulse && procedure.Generator.State == GeneratorState.Ready) || procedure.Gate.HoldsEvents || procedure.Gate.LosesEvents;
            Do(procedure, act, choice);
            if (act == Act.Abort && madeAtAbort < 0)
            {
                madeAtAbort = procedure.Generator.Made.Count;
            }

            judged = Check(procedure, plan, hasStray, judged);
            Hold(madeAtAbort < 0 || (procedure.Generator.Made.Count == madeAtAbort && !procedure.Gate.IsArmed), "a pulse after an abort");
        }

        // Let all that is under way come in.
        procedure.Gate.HoldsEvents = false;
        for (var i = 0; i < 80; i++)
        {
            procedure.Step();
        }

        Check(procedure, plan, hasStray, judged);
        for (var pair = 0; !hasStray && pair < plan.Pairs.Count; pair++)
        {
            // A pulse whose reading is lost counts whatever it was.
            var lost = procedure.Events.Count(each => each.Kind == DeliveryEventKind.FailedPulse && each.Counted && each.Pair == pair);
            var good = Good(procedure, plan, pair);
            procedure.Progress.Pairs[pair].Delivered.Should().BeInRange(good, good + lost);
        }

        return procedure;
    }

    private static int Good(Procedure procedure, PulseProtocol plan, int pair) =>
        procedure.Generator.Made.Count(pulse => pulse.Setting == plan.TreatmentSetting(pair) && pulse.Fault == PulseFault.None);

    /// <summary>Plain comparisons: this runs a million times.</summary>
    private static int Check(Procedure procedure, PulseProtocol plan, bool hasStray, int judged)
    {
        var progress = procedure.Progress;
        for (var pair = 0; pair < plan.Pairs.Count; pair++)
        {
            Hold(progress.Pairs[pair].Delivered >= 0 && progress.Pairs[pair].Delivered <= plan.Treatment.PulsesPerPair, "counted more than planned");
            Hold(Good(procedure, plan, pair) <= plan.Treatment.PulsesPerPair + (hasStray ? 1 : 0), "made more than planned");
        }

        Hold(hasStray || progress.UnexpectedPulses == 0, "a permitted pulse was unexpected");
        for (; judged < procedure.Generator.Made.Count; judged++)
        {
            var (at, setting, _) = procedure.Generator.Made[judged];
            for (var pair = 0; pair < plan.Pairs.Count; pair++)
            {
                if (setting == plan.TreatmentSetting(pair))
                {
                    Hold(procedure.Events.Exists(each => each.Kind == DeliveryEventKind.ImpedanceVerdict && each.Counted && each.Pair == pair && each.Time <= at), "treated before the impedance was accepted");
                    Hold(procedure.Events.Exists(each => each.Kind == DeliveryEventKind.Confirmed && each.Time <= at), "treated before it was confirmed");
                }
            }
        }

        return judged;
    }

    private static void Hold(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            Assert.Fail(otherwise);
        }
    }

    private static void Do(Procedure procedure, Act act, int choice)
    {
        var (gate, generator, session) = (procedure.Gate, procedure.Generator, procedure.Session);
        switch (act)
        {
            case Act.Beat:
                gate.Beat();
                if (choice < 70)
                {
                    // As in a rhythm: the next beat finds the permit renewed and the bank full.
                    procedure.Step(200).Step(200).Step(200).Step(200);
                }

                break;
            case Act.Step:
                procedure.Step(5 + (choice * 4));
                break;
            case Act.LongStep:
                procedure.Step(500 + (choice * 15));
                break;
            case Act.Confirm:
                session.Confirm();
                break;
            case Act.Resume:
                session.Resume();
                break;
            case Act.Pause:
                session.Pause();
                break;
            case Act.Withhold:
                gate.Withhold(Reason.Premature);
                break;
            case Act.Fault:
                generator.NextFault = (PulseFault)(choice % 5);
                break;
            case Act.IgnoreEdge:
                generator.IgnoresNext = true;
                break;
            case Act.LoseReading:
                generator.LosesNext = true;
                break;
            case Act.LoseEvents:
                gate.LosesEvents = choice % 2 == 0;
                break;
            case Act.HoldEvents:
                gate.HoldsEvents = choice % 2 == 0;
                break;
            case Act.HoldBeatAndAct:
                gate.Beat();
                session.Pause();
                break;
            case Act.NeverReady:
                generator.NeverReady = choice < 15;
                break;
            case Act.HighOhms:
                generator.Ohms = 2000;
                break;
            case Act.LowOhms:
                generator.Ohms = 30;
                break;
            case Act.GoodOhms:
                generator.Ohms = 550 + choice;
                break;
            case Act.Problem:
                generator.Problem = choice < 30 ? "It failed." : null;
                break;
            case Act.DisarmByOthers:
                gate.Disarm();
                break;
            case Act.LookAway:
                procedure.IsWatched = choice < 70;
                break;
            case Act.Abort:
                session.Abort();
                break;
            case Act.StrayPulse:
                generator.Trigger();
                break;
        }
    }
}
