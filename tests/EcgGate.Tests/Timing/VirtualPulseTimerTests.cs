using CsCheck;
using EcgGate.Timing;

namespace EcgGate.Tests.Timing;

public sealed class VirtualPulseTimerTests
{
    [Fact]
    public void Orders_given_in_time_are_fired_exactly_at_their_deadlines_whatever_the_steps() =>
        Gen.Select(Gen.Long[1, 5_000].Array[1, 30], Gen.Long[1, 3_000].Array[1, 200]).Sample((delays, steps) =>
        {
            using var timer = new VirtualPulseTimer();
            var token = timer.Arm();
            var now = default(MonotonicTime);
            var step = 0;
            for (var beat = 0; beat < delays.Length; beat++)
            {
                var deadline = now.AddNanoseconds(delays[beat]);
                timer.TrySchedule(new PulseOrder(token, beat, deadline, deadline, 1)).Should().BeTrue();
                PulseReport report;
                while (!timer.TryTakeReport(out report))
                {
                    (now < deadline).Should().BeTrue("an order is answered as soon as its deadline has come");
                    now = now.AddNanoseconds(steps[step++ % steps.Length]);
                    timer.AdvanceTo(now);
                }

                (now >= deadline).Should().BeTrue("no order is answered before its deadline");
                report.Should().Be(new PulseReport(beat, PulseResult.Fired, deadline, 0));
                now = now.AddNanoseconds(1);
                timer.AdvanceTo(now);
            }
        });

    [Fact]
    public void Any_sequence_of_calls_leaves_each_order_answered_once_and_the_line_low() =>
        Gen.Select(Gen.Int[0, 6], Gen.Long[-500, 3_000]).Array[0, 200].Sample(calls =>
        {
            using var line = new FakePulseLine();
            var timer = new VirtualPulseTimer(line);
            var token = default(ArmToken);
            var now = default(MonotonicTime);
            var accepted = 0L;
            var reports = new List<PulseReport>();
            foreach (var (call, argument) in calls)
            {
                switch (call)
                {
                    case 0:
                        token = timer.Arm();
                        break;
                    case 1:
                        timer.Disarm();
                        break;
                    case 2:
                        timer.Cancel(accepted);
                        break;
                    case 3:
                        timer.InjectedLatenessNanoseconds = Math.Abs(argument);
                        break;
                    case 4:
                        var deadline = now.AddNanoseconds(argument);
                        accepted += timer.TrySchedule(new PulseOrder(token, accepted + 1, deadline, deadline.AddNanoseconds(1_000), 200)) ? 1 : 0;
                        break;
                    default:
                        now = now.AddNanoseconds(Math.Abs(argument));
                        timer.AdvanceTo(now);
                        break;
                }

                while (timer.TryTakeReport(out var report))
                {
                    reports.Add(report);
                }
            }

            timer.Dispose();
            while (timer.TryTakeReport(out var report))
            {
                reports.Add(report);
            }

            reports.Select(report => report.BeatNumber).Should().Equal(Enumerable.Range(1, (int)accepted).Select(beat => (long)beat));
            reports.Where(report => report.Result == PulseResult.Fired).Should().OnlyContain(report => report.LatenessNanoseconds >= 0 && report.LatenessNanoseconds <= 1_000);
            line.Rises.Should().Be(reports.Count(report => report.Result == PulseResult.Fired));
            line.IsHigh.Should().BeFalse();
        });

    [Theory]
    [InlineData(0, PulseResult.Fired, 0)]
    [InlineData(1_000, PulseResult.Fired, 1_000)]
    [InlineData(1_001, PulseResult.DroppedLate, 1_001)]
    [InlineData(1_000_000, PulseResult.DroppedLate, 1_000_000)]
    public void Injected_lateness_delays_the_edge_and_drops_it_beyond_the_latest(long lateness, PulseResult result, long reported)
    {
        using var line = new FakePulseLine();
        using var timer = new VirtualPulseTimer(line) { InjectedLatenessNanoseconds = lateness };
        timer.TrySchedule(new PulseOrder(timer.Arm(), 1, new MonotonicTime(5_000), new MonotonicTime(6_000), 100)).Should().BeTrue();

        timer.AdvanceTo(new MonotonicTime(4_999));
        timer.TryTakeReport(out _).Should().BeFalse();
        timer.AdvanceTo(new MonotonicTime(7_000));

        timer.TryTakeReport(out var report).Should().BeTrue();
        report.Result.Should().Be(result);
        report.LatenessNanoseconds.Should().Be(reported);
        line.Rises.Should().Be(result == PulseResult.Fired ? 1 : 0);
    }

    [Fact]
    public void An_order_that_comes_after_its_latest_edge_is_dropped()
    {
        using var timer = new VirtualPulseTimer();
        timer.AdvanceTo(new MonotonicTime(10_000));
        timer.TrySchedule(new PulseOrder(timer.Arm(), 1, new MonotonicTime(5_000), new MonotonicTime(6_000), 100)).Should().BeTrue();

        timer.AdvanceTo(new MonotonicTime(10_001));

        timer.TryTakeReport(out var report).Should().BeTrue();
        report.Should().Be(new PulseReport(1, PulseResult.DroppedLate, default, 5_000));
    }

    [Fact]
    public void The_line_sees_both_edges_at_their_virtual_times()
    {
        var edges = new List<(bool High, long Time)>();
        VirtualPulseTimer? timer = null;
        using var line = new RecordingLine(high => edges.Add((high, timer?.Now.Nanoseconds ?? 0)));
        using (timer = new VirtualPulseTimer(line))
        {
            timer.TrySchedule(new PulseOrder(timer.Arm(), 1, new MonotonicTime(5_000), new MonotonicTime(6_000), 100)).Should().BeTrue();
            timer.AdvanceTo(new MonotonicTime(5_050));
            timer.TrySchedule(new PulseOrder(new ArmToken(1), 2, new MonotonicTime(9_000), new MonotonicTime(9_000), 100)).Should().BeFalse("the line is high");
            timer.AdvanceTo(new MonotonicTime(9_999));
            timer.Now.Should().Be(new MonotonicTime(9_999));
        }

        edges.Should().Equal((false, 0), (true, 5_000), (false, 5_100), (false, 9_999));
    }

    [Theory]
    [InlineData(true, PulseTimerFault.RaiseRefused, PulseResult.Fault)]
    [InlineData(false, PulseTimerFault.LowerRefused, PulseResult.Fired)]
    public void A_line_that_refuses_disarms(bool raise, PulseTimerFault fault, PulseResult result)
    {
        using var line = new FakePulseLine();
        using var timer = new VirtualPulseTimer(line);
        var token = timer.Arm();
        line.RefuseRaise = raise;
        line.RefuseLower = !raise;
        timer.TrySchedule(new PulseOrder(token, 1, new MonotonicTime(5_000), new MonotonicTime(6_000), 100)).Should().BeTrue();

        timer.AdvanceTo(new MonotonicTime(9_000));

        timer.TryTakeReport(out var report).Should().BeTrue();
        report.Result.Should().Be(result);
        timer.Fault.Should().Be(fault);
        timer.IsArmed.Should().BeFalse();
        line.RefuseLower = false;
    }

    private sealed class RecordingLine(Action<bool> edge) : IPulseLine
    {
        public bool TryRaise()
        {
            edge(true);
            return true;
        }

        public bool TryLower()
        {
            edge(false);
            return true;
        }

        public void Dispose()
        {
        }
    }
}
