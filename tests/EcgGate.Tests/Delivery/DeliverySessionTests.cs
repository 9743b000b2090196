using EcgGate.Delivery;
using EcgGate.Gating;

namespace EcgGate.Tests.Delivery;

public sealed class DeliverySessionTests
{
    [Fact]
    public void A_procedure_goes_from_plan_to_completion_and_leaves_everything_off()
    {
        var procedure = new Procedure().ToTreatment().Beat(8).UntilState(DeliveryState.Completed);

        procedure.States.Should().Equal(
            DeliveryState.Armed, DeliveryState.Testing, DeliveryState.AwaitingConfirmation, DeliveryState.Treating, DeliveryState.Completed);
        procedure.Progress.Pairs.Select(pair => (pair.Delivered, pair.Failed, pair.TestPulses)).Should().Equal((4, 0, 2), (4, 0, 2));
        procedure.Generator.Made.Select(pulse => (pulse.Setting.Pair, pulse.Setting.Volts)).Should().Equal(
            (0, 100), (0, 100), (1, 100), (1, 100), (0, 3000), (0, 3000), (0, 3000), (0, 3000), (1, 1500), (1, 1500), (1, 1500), (1, 1500));
        procedure.Gate.IsArmed.Should().BeFalse();
        procedure.Generator.State.Should().Be(GeneratorState.Off);
        procedure.Gate.Beat().Should().BeFalse();
    }

    [Fact]
    public void Each_event_tells_the_counts_after_it()
    {
        var procedure = new Procedure().ToTreatment().Beat(8).UntilState(DeliveryState.Completed);

        procedure.Events.Where(each => each.Kind == DeliveryEventKind.TreatmentPulse).Select(each => (each.Pair, each.Delivered, each.Planned, each.Counted)).Should().Equal(
            (0, 1, 4, true), (0, 2, 4, true), (0, 3, 4, true), (0, 4, 4, true), (1, 1, 4, true), (1, 2, 4, true), (1, 3, 4, true), (1, 4, 4, true));
        procedure.Events.Where(each => each.Kind == DeliveryEventKind.ImpedanceVerdict).Select(each => (each.Pair, each.Ohms, each.Counted)).Should().Equal((0, 600, true), (1, 600, true));
        procedure.Events.Count(each => each.Kind == DeliveryEventKind.PairCompleted).Should().Be(2);
        procedure.Events.Count(each => each.Kind == DeliveryEventKind.Permitted).Should().Be(12, "one permit a pulse, renewals not told");
        procedure.Events.Select(each => each.Time).Should().BeInAscendingOrder();
    }

    [Fact]
    public void A_plan_beyond_the_generator_is_refused_before_anything_is_armed()
    {
        var make = () => new Procedure(Plans.Small with { Pairs = [Plans.Small.Pairs[0] with { SpacingCm = 2.2 }] });

        make.Should().Throw<PulseProtocolException>().WithMessage("*3,300 V*");
    }

    [Fact]
    public void A_fixed_rate_needs_the_plans_word_and_the_callers()
    {
        var phantom = Plans.Small with { Gating = PulseGating.FixedRate, IsPhantom = true };
        var make = () => new Procedure(phantom);

        make.Should().Throw<PulseProtocolException>().Which.Problems.Should().ContainSingle().Which.Path.Should().Be("$.gating");
        new Procedure(phantom, new DeliverySessionOptions { AllowFixedRate = true }).Session.State.Should().Be(DeliveryState.Planned);
    }

    [Fact]
    public void Nothing_is_tested_before_the_rhythm_is_known_and_the_generator_is_ready()
    {
        var procedure = new Procedure();
        procedure.Session.Start(procedure.Now);
        procedure.Gate.Enter(GateState.Learning);
        procedure.Step().Step().Step().Step().Step();
        procedure.Progress.Wait.Should().Be(DeliveryWait.Learning);
        procedure.Gate.Beat().Should().BeFalse();
        procedure.Session.State.Should().Be(DeliveryState.Armed);

        procedure.Gate.Enter(GateState.Ready);
        procedure.Step().Session.State.Should().Be(DeliveryState.Testing);
    }

    [Fact]
    public void No_treatment_pulse_comes_before_the_operator_has_confirmed()
    {
        var procedure = new Procedure().Start();
        procedure.Session.Confirm();
        procedure.Beat(4).UntilState(DeliveryState.AwaitingConfirmation);
        for (var i = 0; i < 20; i++)
        {
            procedure.Gate.Beat().Should().BeFalse();
            procedure.Step(500);
        }

        procedure.Session.State.Should().Be(DeliveryState.AwaitingConfirmation, "an early word does not count");
        procedure.Generator.State.Should().Be(GeneratorState.Off);
        procedure.Progress.Wait.Should().Be(DeliveryWait.Confirmation);
    }

    [Theory]
    [InlineData(1600, DeliveryReason.ImpedanceTooHigh)]
    [InlineData(40, DeliveryReason.ImpedanceTooLow)]
    [InlineData(55, DeliveryReason.CurrentTooHigh)]
    public void A_refused_impedance_pauses_and_a_better_one_is_measured_on_resuming(double ohms, DeliveryReason reason)
    {
        var procedure = new Procedure().Start();
        procedure.Generator.Ohms = ohms;
        procedure.Beat(2).UntilState(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(reason);
        procedure.Events.Last(each => each.Kind == DeliveryEventKind.ImpedanceVerdict).Reason.Should().Be(reason);
        procedure.Progress.Pairs[0].IsAccepted.Should().BeFalse();

        procedure.Generator.Ohms = 600;
        procedure.Session.Resume();
        procedure.Step().Beat(4).UntilState(DeliveryState.AwaitingConfirmation);
        procedure.Progress.Pairs.Should().OnlyContain(pair => pair.IsAccepted && pair.TestOhms == 600);
    }

    [Theory]
    [InlineData(PulseFault.OverCurrent, DeliveryReason.OverCurrent)]
    [InlineData(PulseFault.Arc, DeliveryReason.Arc)]
    [InlineData(PulseFault.OpenCircuit, DeliveryReason.OpenCircuit)]
    public void A_failed_pulse_pauses_is_repeated_and_the_pair_must_be_tested_and_confirmed_anew(PulseFault fault, DeliveryReason reason)
    {
        var procedure = new Procedure().ToTreatment().Beat(2);
        procedure.Generator.NextFault = fault;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(reason);
        procedure.Progress.Pairs[0].Delivered.Should().Be(2);
        procedure.Progress.Pairs[0].Failed.Should().Be(1);

        procedure.Session.Resume();
        procedure.Step().Session.State.Should().Be(DeliveryState.Testing);
        procedure.Beat(2).UntilState(DeliveryState.AwaitingConfirmation);
        procedure.Session.Confirm();
        procedure.Step().Beat(6).UntilState(DeliveryState.Completed);
        procedure.Generator.Made.Count(pulse => pulse.Setting.Volts == 3000 && pulse.Fault == PulseFault.None).Should().Be(4);
    }

    [Fact]
    public void Where_the_plan_says_so_a_failed_pulse_counts_unless_no_current_flowed()
    {
        var plan = Plans.Small with { Treatment = Plans.Small.Treatment with { FailedPulses = FailedPulsePolicy.Count } };
        foreach (var (fault, delivered) in new[] { (PulseFault.OverCurrent, 1), (PulseFault.OpenCircuit, 0) })
        {
            var procedure = new Procedure(plan).ToTreatment();
            procedure.Generator.NextFault = fault;
            procedure.Beat(1).Progress.Pairs[0].Delivered.Should().Be(delivered);
        }
    }

    [Fact]
    public void One_low_voltage_is_repeated_and_two_running_pause()
    {
        var procedure = new Procedure().ToTreatment();
        procedure.Generator.NextFault = PulseFault.LowVoltage;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Treating);
        procedure.Beat(1).Progress.Pairs[0].Delivered.Should().Be(1);
        procedure.Generator.NextFault = PulseFault.LowVoltage;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Treating);
        procedure.Generator.NextFault = PulseFault.LowVoltage;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.LowVoltage);
        procedure.Progress.Pairs[0].Failed.Should().Be(3);
    }

    [Fact]
    public void More_failures_than_the_plan_allows_abort()
    {
        var procedure = new Procedure(Plans.Small with { Treatment = Plans.Small.Treatment with { MaximumFailedPulses = 1 } }).ToTreatment();
        procedure.Generator.NextFault = PulseFault.LowVoltage;
        procedure.Beat(2);
        procedure.Generator.NextFault = PulseFault.LowVoltage;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(DeliveryReason.TooManyFailures);
    }

    [Fact]
    public void An_impedance_that_rises_pauses_before_the_next_pulse()
    {
        var plan = Plans.Small with { Treatment = Plans.Small.Treatment with { PulsesPerPair = 10, ImpedanceRisePercent = 30 } };
        var procedure = new Procedure(plan).ToTreatment().Beat(3);
        procedure.Generator.Ohms = 770;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Treating);
        procedure.Generator.Ohms = 790;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.ImpedanceRising);
        procedure.Progress.Pairs[0].FirstOhms.Should().BeNaN("the next treatment begins with a new one");
        procedure.Progress.Trend.Select(reading => reading.ImpedanceOhms).Should().Equal(600, 600, 600, 770, 790);
    }

    [Fact]
    public void A_pause_disarms_and_isolates_and_resuming_delivers_what_is_missing_and_no_more()
    {
        var procedure = new Procedure().ToTreatment().Beat(2);
        procedure.Session.Pause();
        procedure.Step().Session.State.Should().Be(DeliveryState.Paused);
        procedure.Gate.IsArmed.Should().BeFalse();
        procedure.Generator.State.Should().Be(GeneratorState.Off);
        procedure.Gate.Beat().Should().BeFalse();
        procedure.Session.Confirm();
        procedure.Step().Session.State.Should().Be(DeliveryState.Paused, "only resuming resumes");

        procedure.Session.Resume();
        procedure.Step().Session.State.Should().Be(DeliveryState.Treating);
        procedure.Beat(6).UntilState(DeliveryState.Completed);
        procedure.Generator.Made.Count(pulse => pulse.Setting.Volts == 3000).Should().Be(4);
    }

    [Fact]
    public void Aborting_disarms_and_isolates_at_once_and_the_session_says_so_with_the_next_step()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Session.Abort();

        procedure.Gate.IsArmed.Should().BeFalse();
        procedure.Generator.State.Should().Be(GeneratorState.Off);
        procedure.Gate.Beat().Should().BeFalse();
        procedure.Step().Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(DeliveryReason.OperatorAborted);
        procedure.Session.Resume();
        procedure.Session.Confirm();
        procedure.Step(5000).Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Gate.IsArmed.Should().BeFalse();
    }

    [Fact]
    public void Aborting_while_the_host_arms_permits_or_sets_is_not_undone_by_it()
    {
        // The abort comes from within the very call, where another thread's would hit worst.
        var tried = 0;
        for (var call = 1; call <= 20; call++)
        {
            var procedure = new Procedure();
            var calls = 0;
            void Count()
            {
                if (++calls == call)
                {
                    procedure.Session.Abort();
                }
            }

            procedure.Gate.OnCall = Count;
            procedure.Generator.OnPrepare = Count;
            procedure.Start();
            for (var i = 0; i < 400 && procedure.Session.State != DeliveryState.Completed; i++)
            {
                procedure.Gate.Beat();
                procedure.Session.Confirm();
                procedure.Step(100);
                if (calls >= call)
                {
                    procedure.Gate.IsArmed.Should().BeFalse();
                    procedure.Generator.State.Should().Be(GeneratorState.Off);
                }
            }

            if (calls < call)
            {
                procedure.Session.State.Should().Be(DeliveryState.Completed, "there were no more calls");
                break;
            }

            procedure.Session.State.Should().Be(DeliveryState.Aborted);
            tried++;
        }

        tried.Should().BeGreaterThan(10);
    }

    [Fact]
    public async Task Aborting_needs_no_lock_of_the_session()
    {
        var procedure = new Procedure();
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        procedure.Generator.OnPrepare = () =>
        {
            inside.Set();
            leave.Wait(TestContext.Current.CancellationToken);
        };
        var host = Task.Run(() => procedure.Start(), TestContext.Current.CancellationToken);
        inside.Wait(TestContext.Current.CancellationToken);

        // The host hangs in a serial command, the session's lock held; this would hang with it.
        procedure.Session.Abort();
        procedure.Gate.IsArmed.Should().BeFalse();
        leave.Set();
        await host;
        procedure.Step().Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Generator.State.Should().Be(GeneratorState.Off);
    }

    [Fact]
    public void Without_a_heartbeat_the_procedure_is_aborted()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.IsWatched = false;
        procedure.Step(4900).Session.State.Should().Be(DeliveryState.Treating);
        procedure.Step(200).Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(DeliveryReason.OperatorLost);
    }

    [Fact]
    public void A_host_that_hangs_gets_one_pulse_at_most()
    {
        var procedure = new Procedure().ToTreatment();
        procedure.Until(() => procedure.Gate.Beat() || procedure.Gate.Pulses > 4);
        for (var i = 0; i < 100; i++)
        {
            procedure.Gate.Beat().Should().BeFalse();
        }

        procedure.Step().Progress.Pairs[0].Delivered.Should().Be(1);
    }

    [Fact]
    public void A_permit_is_renewed_while_no_beat_comes_and_permits_nothing_twice()
    {
        var procedure = new Procedure().ToTreatment();
        for (var i = 0; i < 20; i++)
        {
            procedure.Step(1000);
        }

        procedure.Gate.Beat().Should().BeTrue();
        procedure.Gate.Beat().Should().BeFalse();
    }

    [Fact]
    public void An_ecg_without_a_good_beat_pauses_with_the_gates_reason()
    {
        var procedure = new Procedure().ToTreatment();
        for (var i = 0; i < 70; i++)
        {
            procedure.Gate.Withhold(Reason.Ectopic);
            procedure.Step(1000);
        }

        procedure.Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.EcgTooLong);
        procedure.Progress.GateReason.Should().Be(Reason.Ectopic);
        procedure.Events.Last(each => each.Kind == DeliveryEventKind.StateChanged).GateReason.Should().Be(Reason.Ectopic);
        procedure.Generator.State.Should().Be(GeneratorState.Off);
    }

    [Fact]
    public void A_rhythm_that_is_never_learnt_pauses_too()
    {
        var procedure = new Procedure();
        procedure.Session.Start(procedure.Now);
        procedure.Gate.Enter(GateState.Learning);
        procedure.Step().Step(100).Step(59_000).Session.State.Should().Be(DeliveryState.Armed);
        procedure.Step(2000).Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.EcgTooLong);
    }

    [Fact]
    public void A_generator_that_is_never_ready_pauses()
    {
        var procedure = new Procedure().ToTreatment();
        procedure.Generator.NeverReady = true;
        procedure.Step(29_000).Step(500).Session.State.Should().Be(DeliveryState.Treating);
        procedure.Progress.Wait.Should().Be(DeliveryWait.Generator);
        procedure.Step(31_000).Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.GeneratorNotReady);
    }

    [Fact]
    public void A_generator_that_fails_pauses_and_says_why()
    {
        var procedure = new Procedure().ToTreatment();
        procedure.Generator.Problem = "The door is open.";
        procedure.Step().Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.GeneratorFaulted);
        procedure.Progress.Problem.Should().Be("The door is open.");
        procedure.Session.Resume();
        procedure.Step().Step().Session.State.Should().Be(DeliveryState.Paused, "it is open still");
    }

    [Fact]
    public void A_generator_that_refuses_its_setting_aborts()
    {
        var procedure = new Procedure();
        procedure.Generator.Refuses = new TimeoutException("No answer on the serial line.");
        procedure.Start().Step().Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(DeliveryReason.GeneratorRefused);
        procedure.Progress.Problem.Should().Be("No answer on the serial line.");
    }

    [Fact]
    public void A_pulse_of_another_setting_aborts()
    {
        var procedure = new Procedure().ToTreatment();
        procedure.Generator.VoltsOff = 200;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(DeliveryReason.WrongSetting);
    }

    [Fact]
    public void A_pulse_that_nobody_permitted_aborts_and_does_not_count()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Gate.Beat().Should().BeTrue();
        procedure.Step();
        procedure.Until(() => procedure.Generator.State == GeneratorState.Ready);
        procedure.Generator.Trigger();
        procedure.Step().Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(DeliveryReason.UnexpectedPulse);
        procedure.Progress.UnexpectedPulses.Should().Be(1);
        procedure.Progress.Pairs[0].Delivered.Should().Be(2);
    }

    [Fact]
    public void An_edge_that_the_generator_ignored_pauses_does_not_count_and_costs_no_pulse_of_the_plan()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Generator.IgnoresNext = true;
        procedure.Gate.Beat().Should().BeTrue();
        procedure.Step().Progress.Wait.Should().Be(DeliveryWait.Reading);
        procedure.Step(1100).Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.PulseMissing);
        procedure.Progress.Pairs[0].Delivered.Should().Be(1);

        procedure.Session.Resume();
        procedure.Step().Beat(7).UntilState(DeliveryState.Completed);
        procedure.Generator.Made.Count(pulse => pulse.Setting.Volts > 100).Should().Be(8);
    }

    [Fact]
    public void A_pulse_whose_reading_is_lost_counts_and_pauses()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Generator.LosesNext = true;
        procedure.Beat(1).Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.ReadingLost);
        procedure.Progress.Pairs[0].Delivered.Should().Be(2);

        procedure.Session.Resume();
        procedure.Step().Beat(6).UntilState(DeliveryState.Completed);
        procedure.Generator.Made.Count(pulse => pulse.Setting.Volts > 100).Should().Be(8);
    }

    [Fact]
    public void A_pulse_that_no_edge_explains_within_a_second_was_not_the_gates_and_nothing_is_permitted_after_it()
    {
        var procedure = new Procedure().ToTreatment();
        var made = procedure.Generator.Made.Count;
        procedure.Gate.LosesEvents = true;
        procedure.Beat(1);
        procedure.Session.State.Should().Be(DeliveryState.Treating, "its edge may still be told");
        procedure.Gate.Beat().Should().BeFalse("there is no permit until it is known");
        procedure.UntilState(DeliveryState.Aborted);

        procedure.Progress.Reason.Should().Be(DeliveryReason.UnexpectedPulse);
        procedure.Generator.Made.Should().HaveCount(made + 1);
        procedure.Gate.IsArmed.Should().BeFalse();
    }

    [Fact]
    public void A_generator_whose_count_goes_back_was_restarted_and_ends_the_procedure()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Session.Step(procedure.Now, GeneratorState.Ready, 0);

        procedure.Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(DeliveryReason.GeneratorRefused);
        procedure.Progress.Problem.Should().Contain("went back").And.Contain("restarted");
    }

    [Fact]
    public void A_word_to_confirm_that_comes_with_one_to_resume_confirms_nothing_yet()
    {
        var procedure = new Procedure().Start().UntilState(DeliveryState.Testing);
        procedure.Beat(4).UntilState(DeliveryState.AwaitingConfirmation);
        procedure.Session.Pause();
        procedure.Step();
        procedure.Session.State.Should().Be(DeliveryState.Paused);
        procedure.Session.Resume();
        procedure.Session.Confirm();
        procedure.Step();

        procedure.Session.State.Should().Be(DeliveryState.AwaitingConfirmation);
    }

    [Fact]
    public void Late_events_of_the_gate_cost_no_pulse_and_add_none()
    {
        var procedure = new Procedure().ToTreatment();
        for (var i = 0; i < 8; i++)
        {
            procedure.Gate.HoldsEvents = true;
            procedure.Beat(1);
            procedure.Gate.HoldsEvents = false;
            procedure.Step();
        }

        procedure.UntilState(DeliveryState.Completed);

        procedure.Generator.Made.Should().HaveCount(12);
    }

    [Fact]
    public void A_pulse_on_its_way_when_it_was_paused_counts()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Session.Pause();
        procedure.Gate.Beat().Should().BeTrue();
        procedure.Step().Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Pairs[0].Delivered.Should().Be(2);
        procedure.Progress.UnexpectedPulses.Should().Be(0);
    }

    [Theory]
    [InlineData(GateState.Faulted, DeliveryReason.GateFaulted)]
    [InlineData(GateState.Stopped, DeliveryReason.GateStopped)]
    public void A_gate_that_fails_or_ends_aborts(GateState state, DeliveryReason reason)
    {
        var procedure = new Procedure().ToTreatment();
        procedure.Gate.Enter(state, Reason.Fault);
        procedure.Step().Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(reason);
    }

    [Fact]
    public void An_engine_that_ended_aborts_with_its_words()
    {
        var procedure = new Procedure().ToTreatment();
        procedure.Gate.Failure = "The board does not answer.";
        procedure.Step().Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Problem.Should().Be("The board does not answer.");
    }

    [Fact]
    public void A_gate_that_somebody_else_disarmed_pauses_and_is_not_armed_again_behind_his_back()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Gate.Disarm();
        procedure.Step(1000).Step(1000).Session.State.Should().Be(DeliveryState.Paused);
        procedure.Progress.Reason.Should().Be(DeliveryReason.GateDisarmed);
        procedure.Gate.IsArmed.Should().BeFalse();
    }

    [Fact]
    public void The_time_limit_ends_a_procedure_in_whatever_state()
    {
        var procedure = new Procedure(Plans.Small with { Limits = new PlannedLimits { TotalMinutes = 2 } }).ToTreatment();
        procedure.Session.Pause();
        procedure.Step().Step(119_000);
        procedure.Session.State.Should().Be(DeliveryState.Aborted);
        procedure.Progress.Reason.Should().Be(DeliveryReason.TimeLimit);
    }

    [Fact]
    public void Between_trains_it_waits_for_the_bank()
    {
        var plan = Plans.Small with { Treatment = Plans.Small.Treatment with { PulsesPerTrain = 2, TrainPauseSeconds = 10 } };
        var procedure = new Procedure(plan).ToTreatment().Beat(2);
        procedure.Progress.Wait.Should().Be(DeliveryWait.TrainPause);
        var since = procedure.Generator.Made[^1].At;
        procedure.Beat(1);
        procedure.Generator.Made[^1].At.NanosecondsSince(since).Should().BeInRange(10_000_000_000, 11_500_000_000);
        procedure.Beat(5).UntilState(DeliveryState.Completed);
    }

    [Fact]
    public void The_pause_between_trains_is_kept_in_full_after_a_host_that_hung()
    {
        var plan = Plans.Small with { Treatment = Plans.Small.Treatment with { PulsesPerTrain = 2, TrainPauseSeconds = 10 } };
        var procedure = new Procedure(plan).ToTreatment().Beat(1);
        procedure.Until(() => procedure.Progress.Wait == DeliveryWait.Beat);
        procedure.Gate.Beat().Should().BeTrue();
        procedure.Step(3000);
        var told = procedure.Now;
        procedure.Beat(1);
        procedure.Generator.Made[^1].At.NanosecondsSince(told).Should().BeGreaterThan(9_990_000_000);
    }

    [Fact]
    public void A_test_between_two_trains_does_not_cut_their_pause_short()
    {
        var plan = Plans.Small with { Treatment = Plans.Small.Treatment with { PulsesPerTrain = 2, TrainPauseSeconds = 10, FailedPulses = FailedPulsePolicy.Count } };
        var procedure = new Procedure(plan).ToTreatment().Beat(1);
        procedure.Until(() => procedure.Progress.Wait == DeliveryWait.Beat);
        procedure.Generator.NextFault = PulseFault.Arc;
        procedure.Gate.Beat().Should().BeTrue();
        procedure.UntilState(DeliveryState.Paused);
        var told = procedure.Now;
        procedure.Session.Resume();
        procedure.Beat(2).UntilState(DeliveryState.AwaitingConfirmation).Session.Confirm();
        procedure.Beat(1);
        procedure.Generator.Made[^1].Setting.Should().Be(plan.TreatmentSetting(0));
        procedure.Generator.Made[^1].At.NanosecondsSince(told).Should().BeGreaterThan(9_900_000_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_fault_that_comes_with_a_pause_or_after_it_asks_for_a_new_test_all_the_same(bool isAfter)
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Until(() => procedure.Progress.Wait == DeliveryWait.Beat);
        procedure.Generator.NextFault = PulseFault.Arc;
        procedure.Generator.HoldsReadings = isAfter;
        procedure.Gate.Beat().Should().BeTrue();
        procedure.Session.Pause();
        procedure.Step();
        procedure.Generator.HoldsReadings = false;
        procedure.Step().Progress.Reason.Should().Be(DeliveryReason.OperatorPaused);
        procedure.Session.Resume();

        procedure.Step().Session.State.Should().Be(DeliveryState.Testing);
        procedure.Beat(2).UntilState(DeliveryState.AwaitingConfirmation);
    }

    [Fact]
    public void Of_a_pause_and_a_word_to_resume_that_come_at_once_the_pause_counts()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Session.Pause();
        procedure.Step().Session.Resume();
        procedure.Session.Pause();
        procedure.Step().Step().Session.State.Should().Be(DeliveryState.Paused);
        procedure.Session.Resume();
        procedure.Step().Session.State.Should().Be(DeliveryState.Treating);
    }

    [Fact]
    public void A_pulse_that_no_edge_made_leaves_the_gate_no_permit()
    {
        var procedure = new Procedure().ToTreatment().Beat(1);
        procedure.Until(() => procedure.Progress.Wait == DeliveryWait.Beat);
        procedure.Generator.Trigger();
        procedure.Step();

        procedure.Gate.Beat().Should().BeFalse();
    }

    [Fact]
    public void The_time_left_comes_from_the_plan_at_first_and_from_the_pace_later()
    {
        var plan = Plans.Small with { Treatment = Plans.Small.Treatment with { PulsesPerPair = 20 } };
        var procedure = new Procedure(plan, new DeliverySessionOptions { ExpectedRatePerMinute = 60, ExpectedYield = 0.5 }).Start();
        procedure.Progress.EstimatedLeft.Should().BeCloseTo(TimeSpan.FromSeconds(44 * 2), TimeSpan.FromSeconds(3));
        procedure.UntilState(DeliveryState.Testing);
        procedure.Beat(4).UntilState(DeliveryState.AwaitingConfirmation).Session.Confirm();
        procedure.Step().Beat(10);
        procedure.Progress.EstimatedLeft.Should().BeCloseTo(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void Pulses_of_before_are_somebody_elses()
    {
        var procedure = new Procedure();
        procedure.Generator.Prepare(new PulseSetting(0, 500, 10, 5));
        procedure.Step(100);
        procedure.Generator.Trigger();
        procedure.ToTreatment().Beat(8).UntilState(DeliveryState.Completed);
        procedure.Progress.UnexpectedPulses.Should().Be(0);
    }
}
