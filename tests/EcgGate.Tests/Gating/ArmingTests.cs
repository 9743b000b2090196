using CsCheck;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Tests.Support;
using EcgGate.Timing;

namespace EcgGate.Tests.Gating;

public sealed class ArmingTests
{
    private const double Rate = CoreHarness.Rate;

    private static ScriptedDetector Regular(int beats)
    {
        var detector = new ScriptedDetector();
        for (var i = 0; i < beats; i++)
        {
            detector.Beat(500 + (i * 1000), 20);
        }

        return detector;
    }

    private static List<(GateState State, Reason Reason)> Transitions(CoreHarness harness) =>
        [.. harness.Events.Where(e => e.Kind == GateEventKind.StateChanged).Select(e => (e.State, e.Reason))];

    [Fact]
    public void Each_transition_is_told_with_its_reason()
    {
        var harness = new CoreHarness(Regular(60));
        harness.RunTo(300);
        harness.Arm();
        harness.RunTo(12_000);
        harness.Feed(new EcgSample(12_000, 0f, 0f, SampleStatus.Lead0Off));
        harness.RunTo(24_700);
        harness.Core.Fault();
        harness.RunTo(26_000);
        harness.Arm();
        harness.RunTo(27_000);
        harness.Disarm();
        harness.RunTo(28_000);
        harness.Stop();

        Transitions(harness).Should().Equal(
            (GateState.Armed, Reason.None),
            (GateState.Learning, Reason.None),
            (GateState.Ready, Reason.None),
            (GateState.Inhibited, Reason.LeadOff),
            (GateState.Learning, Reason.LeadOff),
            (GateState.Ready, Reason.None),
            (GateState.Faulted, Reason.Fault),
            (GateState.Disarmed, Reason.NotArmed),
            (GateState.Armed, Reason.None),
            (GateState.Learning, Reason.None),
            (GateState.Disarmed, Reason.NotArmed),
            (GateState.Stopped, Reason.Stopped));
    }

    [Fact]
    public void What_inhibits_is_told_anew_where_it_becomes_graver_and_never_back_and_forth()
    {
        var harness = new CoreHarness(Regular(60));
        harness.Arm();
        harness.RunTo(12_000);
        foreach (var status in new[] { SampleStatus.Lead0Invalid, SampleStatus.Lead0Off, SampleStatus.Lead0Invalid, SampleStatus.Lead0Off, SampleStatus.Lead0Saturated })
        {
            harness.Feed(new EcgSample(harness.NextIndex, 0f, 0f, status));
        }

        Transitions(harness).Skip(3).Should().Equal((GateState.Inhibited, Reason.PoorSignal), (GateState.Inhibited, Reason.LeadOff));
    }

    [Fact]
    public void An_arming_runs_out_in_sample_time_and_takes_the_timers_token_with_it()
    {
        var harness = new CoreHarness(Regular(40), new GateOptions { ArmedFor = TimeSpan.FromSeconds(20) });
        harness.RunTo(100);
        harness.Arm();
        harness.RunTo(20_100);
        harness.Core.State.Should().Be(GateState.Ready);
        harness.RunTo(20_101);

        Transitions(harness)[^1].Should().Be((GateState.Disarmed, Reason.Expired));
        harness.Timer.IsArmed.Should().BeFalse();
        harness.RunTo(39_000);
        harness.Outcomes.Where(o => o.Beat.RTime.Samples > 20_101).Should().OnlyContain(o => o.Reason == Reason.NotArmed);
    }

    [Fact]
    public void A_pulse_on_order_when_the_arming_runs_out_is_withheld()
    {
        var harness = new CoreHarness(Regular(40), new GateOptions { ArmedFor = TimeSpan.FromSeconds(20) });
        harness.RunTo(548);
        harness.Arm();
        harness.RunTo(20_548);
        harness.Core.HasPendingOrder.Should().BeTrue();
        var raised = harness.Line.Raised;
        harness.RunTo(21_000);

        harness.Line.Raised.Should().Be(raised);
        harness.Outcomes[^1].Reason.Should().Be(Reason.Expired);
    }

    [Fact]
    public void Without_a_limit_an_arming_holds()
    {
        foreach (var never in new[] { TimeSpan.Zero, Timeout.InfiniteTimeSpan })
        {
            var harness = new CoreHarness(Regular(700), new GateOptions { ArmedFor = never });
            harness.Arm();
            harness.RunTo(699_000);

            harness.Core.State.Should().Be(GateState.Ready);
        }
    }

    [Theory]
    [InlineData(9.9)]
    [InlineData(-1)]
    [InlineData(86_401)]
    public void A_limit_that_makes_no_sense_is_refused(double seconds)
    {
        new GateOptions { ArmedFor = TimeSpan.FromSeconds(seconds) }.Validate().Should().ContainSingle().Which.Should().StartWith("Armed for is");
    }

    [Fact]
    public void A_line_that_refuses_to_fall_takes_the_arming_even_where_its_order_was_answered_before()
    {
        var harness = new CoreHarness(Regular(20));
        using var line = new StickingLine();
        var timer = new VirtualPulseTimer(line);
        var timeline = new NominalTimeline(Rate);
        var pump = new GatePump(harness.Core, timer, timeline, 1_000_000);
        var detector = Regular(20);
        pump.Arm();
        for (var i = 0L; i < 12_000; i++)
        {
            line.Sticks = i > 10_000;
            timer.AdvanceTo(timeline.HostTimeOf(new SampleTime(i)));
            pump.Feed(new EcgSample(i, detector.SignalAt(i)));
        }

        harness.Core.State.Should().Be(GateState.Faulted);
        timer.IsArmed.Should().BeFalse();
        harness.Outcomes[^1].Reason.Should().Be(Reason.Fault);
    }

    [Fact]
    public void Arming_a_loop_issues_the_token_at_once_and_disarming_revokes_it_before_the_core_has_seen_either()
    {
        var (loop, core, timer, _) = Loop();

        loop.Arm().Should().BeTrue();
        timer.IsArmed.Should().BeTrue();
        core.State.Should().Be(GateState.Disarmed);
        loop.Disarm();
        timer.IsArmed.Should().BeFalse();
        loop.Take([new EcgSample(0, 0f)], default);
        core.State.Should().Be(GateState.Disarmed);
    }

    [Fact]
    public void Arming_again_renews_and_forgets_nothing()
    {
        var (loop, core, _, events) = Loop(TimeSpan.FromSeconds(10));
        loop.Arm();
        var index = 0L;
        for (; index < 30_000; index++)
        {
            if (index % 5_000 == 0)
            {
                loop.Arm().Should().BeTrue();
            }

            loop.Take([new EcgSample(index, 0f)], new MonotonicTime(index * 1_000_000));
        }

        core.IsArmed.Should().BeTrue();
        for (; index < 45_000; index++)
        {
            loop.Take([new EcgSample(index, 0f)], new MonotonicTime(index * 1_000_000));
        }

        core.State.Should().Be(GateState.Disarmed);
        events.Count(e => e.Kind == GateEventKind.StateChanged && e.State == GateState.Armed).Should().Be(1);
        events[^1].Reason.Should().Be(Reason.Expired);
    }

    [Fact]
    public void A_closed_loop_cannot_be_armed()
    {
        var (loop, core, timer, _) = Loop();
        loop.Arm();
        loop.Take([new EcgSample(0, 0f)], default);
        loop.End(isFault: false);

        loop.Arm().Should().BeFalse();
        timer.IsArmed.Should().BeFalse();
        core.State.Should().Be(GateState.Stopped);
    }

    [Fact]
    public void Whatever_is_asked_for_in_whatever_order_timer_and_core_agree_once_a_sample_has_passed()
    {
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3]).Array[1, 60].Sample(steps =>
        {
            var (loop, core, timer, _) = Loop(TimeSpan.FromSeconds(10));
            var index = 0L;
            foreach (var (step, samples) in steps)
            {
                switch (step)
                {
                    case 0 or 1:
                        _ = loop.Arm();
                        break;
                    case 2:
                        loop.Disarm();
                        timer.IsArmed.Should().BeFalse();
                        break;
                    case 3:
                        core.Fault();
                        break;
                }

                for (var i = 0; i < samples; i++, index++)
                {
                    loop.Take([new EcgSample(index, 0f)], new MonotonicTime(index * 1_000_000));
                    timer.IsArmed.Should().Be(core.IsArmed);
                }
            }

            loop.Take([new EcgSample(index, 0f)], new MonotonicTime(index * 1_000_000));
            timer.IsArmed.Should().Be(core.IsArmed);
        });
    }

    private static (GateLoop Loop, GateCore Core, VirtualPulseTimer Timer, List<GateEvent> Events) Loop(TimeSpan armedFor = default)
    {
        var options = new GateOptions { ArmedFor = armedFor };
        var sink = new Sink();
        var core = new GateCore(options, Rate, new ScriptedDetector(), sink);
        var timer = new VirtualPulseTimer();
        return (new GateLoop(core, timer, new SampleClock(Rate, TimeSpan.Zero), 1_000_000), core, timer, sink.Events);
    }

    private sealed class Sink : IGateEventSink
    {
        public List<GateEvent> Events { get; } = [];

        public void OnEvent(in GateEvent gateEvent) => Events.Add(gateEvent);
    }

    private sealed class StickingLine : IPulseLine
    {
        public bool Sticks { get; set; }

        public bool TryRaise() => true;

        public bool TryLower() => !Sticks;

        public void Dispose()
        {
        }
    }
}
