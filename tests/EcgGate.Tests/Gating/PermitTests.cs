using CsCheck;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Tests.Support;
using EcgGate.Timing;

namespace EcgGate.Tests.Gating;

public sealed class PermitTests
{
    private const double Rate = CoreHarness.Rate;
    private static readonly GateOptions Asking = new() { NeedsPermits = true };
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static ScriptedDetector Regular(int beats)
    {
        var detector = new ScriptedDetector();
        for (var i = 0; i < beats; i++)
        {
            detector.Beat(500 + (i * 1000), 20);
        }

        return detector;
    }

    private static CoreHarness Ready(GateOptions options, int beats = 60)
    {
        var harness = new CoreHarness(Regular(beats), options);
        harness.Arm();
        return harness.RunTo(12_000);
    }

    [Fact]
    public void Without_a_permit_a_ready_gate_withholds_each_beat_until_the_generator_is_ready()
    {
        var harness = Ready(Asking);
        harness.RunTo(20_000);

        harness.Core.State.Should().Be(GateState.Ready);
        harness.Line.Raised.Should().Be(0);
        harness.Outcomes[^1].Reason.Should().Be(Reason.Recharging);
        harness.Outcomes[^1].Outcome.Should().Be(Outcome.Withheld);
    }

    [Fact]
    public void Who_does_not_ask_for_permits_needs_none()
    {
        var harness = Ready(new GateOptions());
        harness.Core.Permit(0, Long);
        harness.RunTo(20_000);

        harness.Line.Raised.Should().BeGreaterThan(5);
    }

    [Fact]
    public void As_many_pulses_come_as_were_permitted_and_each_is_counted()
    {
        var harness = Ready(Asking);
        harness.Core.Permit(3, Long);
        harness.RunTo(30_000);

        harness.Line.Raised.Should().Be(3);
        harness.Core.Pulses.Should().Be(3);
        harness.Events.Should().ContainSingle(e => e.Kind == GateEventKind.Permitted).Which.PermittedPulses.Should().Be(3);
    }

    [Fact]
    public void Saying_the_same_total_again_permits_nothing_twice()
    {
        var harness = Ready(Asking);
        for (var i = 12_000; i < 30_000; i += 100)
        {
            harness.Core.Permit(1, Long);
            harness.RunTo(i);
        }

        harness.Line.Raised.Should().Be(1);
    }

    [Fact]
    public void A_permit_runs_out_in_sample_time_by_the_moment_at_which_the_pulse_is_due()
    {
        // Beats at 12,500 and 13,500: their pulses are due 50 samples later.
        var harness = Ready(Asking);
        harness.Core.Permit(5, TimeSpan.FromMilliseconds(550));
        harness.RunTo(12_900);
        harness.Line.Raised.Should().Be(0, "the last sample was 11,999 and the pulse is due one after 12,549");

        harness.Core.Permit(5, TimeSpan.FromMilliseconds(651));
        harness.RunTo(16_000);
        harness.Line.Raised.Should().Be(1);
    }

    [Fact]
    public void A_permit_renews_the_arming_that_holds_and_never_brings_one_back()
    {
        var harness = new CoreHarness(Regular(60), Asking with { ArmedFor = TimeSpan.FromSeconds(10) });
        harness.Arm();
        for (var i = 1; i <= 6; i++)
        {
            harness.RunTo(i * 5_000);
            harness.Core.Permit(0, Long);
        }

        harness.Core.IsArmed.Should().BeTrue("it was renewed every five seconds");
        harness.RunTo(40_100);
        harness.Core.State.Should().Be(GateState.Disarmed);
        harness.Core.Permit(5, Long);
        harness.RunTo(59_000);

        harness.Core.State.Should().Be(GateState.Disarmed);
        harness.Line.Raised.Should().Be(0);
    }

    [Fact]
    public void A_permit_taken_back_withdraws_the_pulse_on_order()
    {
        var harness = Ready(Asking);
        harness.Core.Permit(1, Long);
        harness.RunTo(12_549);
        harness.Core.HasPendingOrder.Should().BeTrue();
        harness.Core.Permit(0, Long);
        harness.RunTo(14_000);

        harness.Line.Raised.Should().Be(0);
        harness.Outcomes.Should().Contain(o => o.Beat.RTime.Samples == 12_500 && o.Outcome == Outcome.Withheld && o.Reason == Reason.Recharging);
    }

    [Fact]
    public void Disarming_takes_a_permit_back_for_good()
    {
        var harness = Ready(Asking);
        harness.Core.Permit(100, Long);
        harness.Disarm();
        harness.Arm();
        harness.RunTo(40_000);

        harness.Core.State.Should().Be(GateState.Ready);
        harness.Line.Raised.Should().Be(0);
    }

    [Fact]
    public void A_pulse_that_the_timer_dropped_leaves_its_permit()
    {
        var harness = Ready(Asking);
        harness.Core.Permit(1, Long);
        harness.RunTo(12_548);
        harness.Core.HasPendingOrder.Should().BeTrue();
        var beat = harness.Outcomes[^1].BeatNumber + 1;
        harness.Core.Report(beat, PulseResult.DroppedLate, new SampleTime(double.NaN), 2_000_000);
        harness.Timer.Cancel(beat);
        harness.RunTo(20_000);

        harness.Line.Raised.Should().Be(1);
    }

    [Fact]
    public void A_permit_given_to_a_loop_is_for_the_arming_that_holds()
    {
        var (loop, core, events) = Loop();
        loop.Permit(1, Long).Should().BeFalse("it is not armed");
        loop.Arm();
        loop.Permit(1, Long).Should().BeTrue();
        loop.Disarm();
        loop.Arm();
        loop.Take([new EcgSample(0, 0f)], default);

        core.IsArmed.Should().BeTrue();
        events.Should().NotContain(e => e.Kind == GateEventKind.Permitted, "it was meant for the arming before");
        loop.Permit(7, Long).Should().BeTrue();
        loop.Take([new EcgSample(1, 0f), new EcgSample(2, 0f)], default);
        events.Where(e => e.Kind == GateEventKind.Permitted).Should().ContainSingle().Which.PermittedPulses.Should().Be(7);
    }

    [Fact]
    public void A_permit_read_by_the_core_is_never_a_mixture_of_two()
    {
        var (loop, _, events) = Loop();
        loop.Arm();
        loop.Take([new EcgSample(0, 0f)], default);
        using var done = new CancellationTokenSource();
        var host = new Thread(() =>
        {
            for (var i = 1L; !done.IsCancellationRequested; i++)
            {
                _ = loop.Permit(i, TimeSpan.FromMilliseconds(i));
            }
        });
        host.Start();
        var block = new EcgSample[1];
        for (var index = 1L; index < 20_000 || events.Count < 100; index++)
        {
            block[0] = new EcgSample(index, 0f);
            loop.Take(block, default);
        }

        done.Cancel();
        host.Join();
        events.Where(e => e.Kind == GateEventKind.Permitted).Should().OnlyContain(e => Math.Abs(e.PermittedUntil.Samples - e.SampleIndex - e.PermittedPulses) < 1e-6);
    }

    [Fact]
    public void However_permits_and_armings_come_no_more_pulses_are_made_than_the_highest_total_permitted()
    {
        var step = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 4], Gen.Int[1, 3000]);
        step.Array[1, 40].Sample(steps =>
        {
            var harness = new CoreHarness(Regular(130), new GateOptions { NeedsPermits = true, LearningBeats = 4 });
            harness.Arm();
            var highest = 0L;
            foreach (var (what, pulses, samples) in steps)
            {
                switch (what)
                {
                    case 0:
                        harness.Disarm();
                        break;
                    case 1:
                        harness.Arm();
                        break;
                    default:
                        var total = harness.Core.Pulses + pulses;
                        highest = Math.Max(highest, total);
                        harness.Core.Permit(total, TimeSpan.FromMilliseconds(samples * 2));
                        break;
                }

                harness.RunTo(Math.Min(harness.NextIndex + samples, 129_000));
                ((long)harness.Line.Raised).Should().BeLessThanOrEqualTo(highest);
                harness.Core.Pulses.Should().BeLessThanOrEqualTo(harness.Line.Raised);
            }
        }, iter: 40);
    }

    private static (GateLoop Loop, GateCore Core, List<GateEvent> Events) Loop()
    {
        var sink = new Sink();
        var core = new GateCore(Asking, Rate, new ScriptedDetector(), sink);
        return (new GateLoop(core, new VirtualPulseTimer(), new SampleClock(Rate, TimeSpan.Zero), 1_000_000), core, sink.Events);
    }

    private sealed class Sink : IGateEventSink
    {
        public List<GateEvent> Events { get; } = [];

        public void OnEvent(in GateEvent gateEvent) => Events.Add(gateEvent);
    }
}
