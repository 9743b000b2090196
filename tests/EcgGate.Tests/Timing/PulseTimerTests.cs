using EcgGate.Timing;

namespace EcgGate.Tests.Timing;

public sealed class PulseTimerTests
{
    // So wide that a busy test machine drops nothing by accident; nothing here asserts punctuality.
    private const long Wide = 20_000_000_000;
    private const long Millisecond = 1_000_000;

    private static readonly PulseTimerOptions Plain = new() { Realtime = RealtimeOptions.Ordinary };

    [Fact]
    public void An_order_is_fired_inside_its_tolerance_and_answered_once()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var token = timer.Arm();
        var order = Order(token, 7, MonotonicClock.Now.AddNanoseconds(3 * Millisecond), width: Millisecond);

        timer.TrySchedule(order).Should().BeTrue();
        var report = Take(timer);

        report.BeatNumber.Should().Be(7);
        report.Result.Should().Be(PulseResult.Fired);
        line.LastRiseStart.Nanoseconds.Should().BeGreaterThanOrEqualTo(order.Deadline.Nanoseconds);
        report.EdgeTime.Nanoseconds.Should().BeGreaterThanOrEqualTo(line.LastRise.Nanoseconds);
        report.LatenessNanoseconds.Should().Be(report.EdgeTime.NanosecondsSince(order.Deadline));
        line.IsHigh.Should().BeFalse("a fired order is answered when its pulse is complete");
        line.LastFall.NanosecondsSince(report.EdgeTime).Should().BeGreaterThanOrEqualTo(order.WidthNanoseconds);
        timer.TryTakeReport(out _).Should().BeFalse();
        timer.IsArmed.Should().BeTrue();
        line.Rises.Should().Be(1);
    }

    [Fact]
    public void With_real_time_options_whatever_is_refused_the_timer_fires_and_says_why()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, new PulseTimerOptions { Realtime = new RealtimeOptions { LockMemory = false, Priority = 10 } });

        timer.TrySchedule(Order(timer.Arm(), 1, MonotonicClock.Now.AddNanoseconds(2 * Millisecond))).Should().BeTrue();

        Take(timer).Result.Should().Be(PulseResult.Fired);
        if (timer.RealtimeStatus.FifoPriority == 0)
        {
            timer.RealtimeStatus.Warnings.Should().NotBeEmpty();
        }
    }

    [Fact]
    public void An_order_that_comes_after_its_latest_edge_is_dropped()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var deadline = MonotonicClock.Now.AddNanoseconds(-5 * Millisecond);

        timer.TrySchedule(new PulseOrder(timer.Arm(), 1, deadline, deadline.AddNanoseconds(Millisecond), Millisecond)).Should().BeTrue();
        var report = Take(timer);

        report.Result.Should().Be(PulseResult.DroppedLate);
        report.EdgeTime.Should().Be(default(MonotonicTime));
        report.LatenessNanoseconds.Should().BeGreaterThan(5 * Millisecond);
        line.Rises.Should().Be(0);
        timer.IsArmed.Should().BeTrue();
        var statistics = timer.TakeStatistics();
        statistics.DroppedLate.Should().Be(1);
        statistics.Lateness.TotalCount.Should().Be(0, "a dropped order has no lateness of an edge");
    }

    [Fact]
    public void An_order_whose_latest_edge_lies_before_its_deadline_is_never_fired()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var deadline = MonotonicClock.Now.AddNanoseconds(2 * Millisecond);

        timer.TrySchedule(new PulseOrder(timer.Arm(), 1, deadline, deadline.AddNanoseconds(-1), Millisecond)).Should().BeTrue();

        Take(timer).Result.Should().Be(PulseResult.DroppedLate);
        line.Rises.Should().Be(0);
    }

    [Fact]
    public void Orders_are_taken_with_the_current_token_only()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var past = MonotonicClock.Now;

        timer.TrySchedule(Order(default, 1, past)).Should().BeFalse("it was never armed");
        var first = timer.Arm();
        var second = timer.Arm();

        second.Value.Should().BeGreaterThan(first.Value);
        timer.TrySchedule(Order(first, 2, past)).Should().BeFalse("an earlier token is void");
        timer.Disarm();
        timer.TrySchedule(Order(second, 3, past)).Should().BeFalse("it is disarmed");
        timer.TryTakeReport(out _).Should().BeFalse("a refused order is not answered");
        line.Rises.Should().Be(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(PulseTimer.LongestWidthNanoseconds + 1)]
    [InlineData(long.MaxValue)]
    public void Absurd_widths_are_refused(long width)
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);

        timer.TrySchedule(Order(timer.Arm(), 1, MonotonicClock.Now, width)).Should().BeFalse();
    }

    [Fact]
    public void Only_one_order_is_pending_at_a_time()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var token = timer.Arm();

        timer.TrySchedule(Order(token, 1, FarAway())).Should().BeTrue();
        timer.TrySchedule(Order(token, 2, MonotonicClock.Now)).Should().BeFalse();
        timer.Cancel(1);

        Take(timer).Should().Be(new PulseReport(1, PulseResult.Cancelled, default, 0));
        line.Rises.Should().Be(0);
    }

    [Fact]
    public void Cancelling_wakes_the_sleeping_timer_and_the_next_order_is_taken()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var token = timer.Arm();
        timer.TrySchedule(Order(token, 1, FarAway())).Should().BeTrue();
        timer.Cancel(2);
        timer.TryTakeReport(out _).Should().BeFalse("another beat's order was meant");

        timer.Cancel(1);
        Take(timer).Result.Should().Be(PulseResult.Cancelled);
        timer.TrySchedule(Order(token, 2, MonotonicClock.Now)).Should().BeTrue();

        Take(timer).Should().Match<PulseReport>(report => report.BeatNumber == 2 && report.Result == PulseResult.Fired);
        line.Rises.Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Disarming_or_arming_anew_withdraws_the_pending_order(bool armAnew)
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        timer.TrySchedule(Order(timer.Arm(), 1, FarAway())).Should().BeTrue();

        if (armAnew)
        {
            timer.Arm();
        }
        else
        {
            timer.Disarm();
        }

        Take(timer).Result.Should().Be(PulseResult.Cancelled);
        timer.IsArmed.Should().Be(armAnew);
        line.Rises.Should().Be(0);
    }

    [Fact]
    public void Disarming_during_the_raise_waits_for_it_and_the_pulse_keeps_its_width()
    {
        using var raising = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using var line = new FakePulseLine
        {
            OnRaise = () =>
            {
                raising.Set();
                goOn.Wait(TimeSpan.FromSeconds(30));
            },
        };
        using var timer = new PulseTimer(line, Plain);
        timer.TrySchedule(Order(timer.Arm(), 1, MonotonicClock.Now, 5 * Millisecond)).Should().BeTrue();
        raising.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken).Should().BeTrue();

        var risesAfterDisarm = -1;
        var disarming = new Thread(() =>
        {
            timer.Disarm();
            Volatile.Write(ref risesAfterDisarm, line.Rises);
        });
        disarming.Start();
        while (timer.IsArmed)
        {
            Thread.Yield();
        }

        Volatile.Read(ref risesAfterDisarm).Should().Be(-1, "the raise has not returned yet");
        goOn.Set();
        disarming.Join(TimeSpan.FromSeconds(30)).Should().BeTrue();
        var report = Take(timer);

        Volatile.Read(ref risesAfterDisarm).Should().Be(1);
        report.Result.Should().Be(PulseResult.Fired);
        line.LastFall.NanosecondsSince(report.EdgeTime).Should().BeGreaterThanOrEqualTo(5 * Millisecond);
    }

    [Fact]
    public void A_line_may_disarm_from_within_its_raise()
    {
        PulseTimer? timer = null;
        using var line = new FakePulseLine { OnRaise = () => timer!.Disarm() };
        using (timer = new PulseTimer(line, Plain))
        {
            timer.TrySchedule(Order(timer.Arm(), 1, MonotonicClock.Now)).Should().BeTrue();

            Take(timer).Result.Should().Be(PulseResult.Fired);
            timer.IsArmed.Should().BeFalse();
        }
    }

    [Fact]
    public void A_line_that_refuses_to_rise_is_a_fault_that_disarms()
    {
        using var line = new FakePulseLine { RefuseRaise = true };
        using var timer = new PulseTimer(line, Plain);
        timer.TrySchedule(Order(timer.Arm(), 1, MonotonicClock.Now)).Should().BeTrue();

        Take(timer).Should().Be(new PulseReport(1, PulseResult.Fault, default, 0));
        timer.IsArmed.Should().BeFalse();
        timer.Fault.Should().Be(PulseTimerFault.RaiseRefused);

        line.RefuseRaise = false;
        timer.TrySchedule(Order(timer.Arm(), 2, MonotonicClock.Now)).Should().BeTrue();
        Take(timer).Result.Should().Be(PulseResult.Fired, "arming again is the way out of a fault");
        timer.Fault.Should().Be(PulseTimerFault.None);
    }

    [Fact]
    public void A_line_that_throws_is_a_line_that_refused()
    {
        using var line = new FakePulseLine { OnRaise = () => throw new IOException("the wire came off") };
        using var timer = new PulseTimer(line, Plain);
        timer.TrySchedule(Order(timer.Arm(), 1, MonotonicClock.Now)).Should().BeTrue();

        Take(timer).Result.Should().Be(PulseResult.Fault);
        timer.Fault.Should().Be(PulseTimerFault.RaiseRefused);
    }

    [Fact]
    public void A_line_that_sticks_high_is_a_fault_and_nothing_fires_until_it_is_low_again()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var token = timer.Arm();
        line.RefuseLower = true;
        timer.TrySchedule(Order(token, 1, MonotonicClock.Now)).Should().BeTrue();

        var report = Take(timer);
        report.Result.Should().Be(PulseResult.Fault);
        report.EdgeTime.Should().NotBe(default(MonotonicTime), "there was an edge");
        timer.IsArmed.Should().BeFalse();
        timer.Fault.Should().Be(PulseTimerFault.LowerRefused);

        timer.TrySchedule(Order(timer.Arm(), 2, MonotonicClock.Now)).Should().BeTrue();
        Take(timer).Result.Should().Be(PulseResult.Fault);
        line.Rises.Should().Be(1);
        line.IsHigh.Should().BeTrue();

        line.RefuseLower = false;
        Eventually(() => !line.IsHigh, "the timer keeps trying to lower the line");
        timer.TrySchedule(Order(timer.Arm(), 3, MonotonicClock.Now)).Should().BeTrue();
        Take(timer).Result.Should().Be(PulseResult.Fired);
    }

    [Fact]
    public void An_edge_that_proves_late_is_a_fault_that_lowers_the_line_and_disarms()
    {
        // The raise itself takes longer than the tolerance: what a halted thread looks like.
        using var line = new FakePulseLine { OnRaise = () => Thread.Sleep(30) };
        using var timer = new PulseTimer(line, Plain);
        PulseReport report;
        do
        {
            // On a busy machine the order may be dropped instead: order again.
            var deadline = MonotonicClock.Now.AddNanoseconds(5 * Millisecond);
            timer.TrySchedule(new PulseOrder(timer.Arm(), 1, deadline, deadline.AddNanoseconds(20 * Millisecond), 50 * Millisecond)).Should().BeTrue();
            report = Take(timer);
        }
        while (report.Result == PulseResult.DroppedLate);

        report.Result.Should().Be(PulseResult.Fault);
        report.LatenessNanoseconds.Should().BeGreaterThan(20 * Millisecond);
        timer.Fault.Should().Be(PulseTimerFault.EdgeLate);
        timer.IsArmed.Should().BeFalse();
        line.IsHigh.Should().BeFalse();
        timer.TakeStatistics().Lateness.TotalCount.Should().Be(0);
    }

    [Fact]
    public void A_line_left_high_is_lowered_when_the_timer_starts()
    {
        using var line = new FakePulseLine();
        line.TryRaise();

        using var timer = new PulseTimer(line, Plain);

        Eventually(() => !line.IsHigh, "the timer lowers the line at its start");
    }

    [Fact]
    public void At_the_end_a_line_that_refuses_to_fall_is_tried_some_more_times()
    {
        using var line = new FakePulseLine();
        var timer = new PulseTimer(line, Plain);
        line.TryRaise();
        line.LowersToRefuse = 5;

        timer.Dispose();

        line.IsHigh.Should().BeFalse();
    }

    [Fact]
    public void Disposing_while_the_line_is_high_completes_the_pulse_and_answers_it()
    {
        using var raised = new ManualResetEventSlim();
        using var line = new FakePulseLine { OnRaise = raised.Set };
        var timer = new PulseTimer(line, Plain);
        timer.TrySchedule(Order(timer.Arm(), 1, MonotonicClock.Now, 30 * Millisecond)).Should().BeTrue();
        raised.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken).Should().BeTrue();

        timer.Dispose();

        line.IsHigh.Should().BeFalse();
        timer.TryTakeReport(out var report).Should().BeTrue();
        report.Result.Should().Be(PulseResult.Fired);
        line.LastFall.NanosecondsSince(report.EdgeTime).Should().BeGreaterThanOrEqualTo(30 * Millisecond);
    }

    [Fact]
    public void After_disposing_the_pending_order_is_answered_and_nothing_more_is_taken()
    {
        using var line = new FakePulseLine();
        var timer = new PulseTimer(line, Plain);
        var token = timer.Arm();
        timer.TrySchedule(Order(token, 1, FarAway())).Should().BeTrue();

        timer.Dispose();
        timer.Dispose();

        timer.TryTakeReport(out var report).Should().BeTrue();
        report.Result.Should().Be(PulseResult.Cancelled);
        timer.Arm().Should().Be(default(ArmToken));
        timer.TrySchedule(Order(token, 2, MonotonicClock.Now)).Should().BeFalse();
        timer.Disarm();
        timer.Cancel(1);
        timer.IsArmed.Should().BeFalse();
        line.Rises.Should().Be(0);
    }

    [Fact]
    public void Orders_are_refused_while_too_many_reports_wait_so_that_none_is_lost()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain with { ReportCapacity = 3 });
        var token = timer.Arm();
        var taken = 0L;
        for (var i = 0; i < 3; i++)
        {
            Eventually(() => timer.TrySchedule(Order(token, taken + 1, MonotonicClock.Now)), "there is room for the report");
            taken++;
        }

        Eventually(() => timer.TakeStatistics().Fired == taken, "all are fired");
        while (timer.TrySchedule(Order(token, taken + 1, MonotonicClock.Now)))
        {
            taken++;
            Eventually(() => timer.TakeStatistics().Fired == taken, "all are fired");
        }

        for (var beat = 1L; beat <= taken; beat++)
        {
            Take(timer).BeatNumber.Should().Be(beat);
        }

        timer.TryTakeReport(out _).Should().BeFalse();
        timer.TrySchedule(Order(token, 99, MonotonicClock.Now)).Should().BeTrue("there is room again");
    }

    [Fact]
    public void Neither_the_caller_nor_the_timer_thread_allocates()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        RunOrders(timer, 50);
        var timerThread = timer.AllocatedBytes;
        var caller = GC.GetAllocatedBytesForCurrentThread();

        RunOrders(timer, 200);

        (GC.GetAllocatedBytesForCurrentThread() - caller).Should().Be(0);
        (timer.AllocatedBytes - timerThread).Should().Be(0);
    }

    [Fact]
    public void Statistics_add_up_and_can_be_taken_while_the_timer_runs()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var stop = false;
        var inconsistent = 0;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                var copy = timer.TakeStatistics();
                if (copy.Lateness.TotalCount != copy.Fired)
                {
                    inconsistent++;
                }
            }
        });
        reader.Start();
        RunOrders(timer, 200);
        Volatile.Write(ref stop, true);
        reader.Join();

        inconsistent.Should().Be(0);
        var statistics = timer.TakeStatistics();
        statistics.Fired.Should().Be(line.Rises);
        (statistics.Fired + statistics.Cancelled).Should().Be(200);
        statistics.SpinMarginNanoseconds.Should().BeInRange(100_000, 1_000_000);
        statistics.WakeUpLateness.TotalCount.Should().BePositive();
    }

    [Fact]
    public void Each_order_leaves_a_trace_that_says_what_its_report_says_and_how_it_came_to_that()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var token = timer.Arm();
        var order = Order(token, 7, MonotonicClock.Now.AddNanoseconds(5 * Millisecond));
        timer.TrySchedule(order).Should().BeTrue();
        var fired = Take(timer);
        var past = MonotonicClock.Now.AddNanoseconds(-5 * Millisecond);
        timer.TrySchedule(new PulseOrder(token, 8, past, past.AddNanoseconds(Millisecond), Millisecond)).Should().BeTrue();
        var dropped = Take(timer);
        timer.TrySchedule(Order(token, 9, FarAway())).Should().BeTrue();
        timer.Cancel(9);
        Take(timer);

        timer.TryTakeTrace(out var first).Should().BeTrue();
        first.Should().Match<PulseTrace>(trace => trace.BeatNumber == 7 && trace.Result == PulseResult.Fired && trace.Deadline == order.Deadline);
        first.LatenessNanoseconds.Should().Be(fired.LatenessNanoseconds);
        first.FirstLookNanoseconds.Should().BeGreaterThanOrEqualTo(first.TakenNanoseconds);
        first.EdgeNanoseconds.Should().BePositive();
        first.Collections.Should().BeGreaterThanOrEqualTo(0);
        timer.TryTakeTrace(out var second).Should().BeTrue();
        second.Should().Match<PulseTrace>(trace => trace.BeatNumber == 8 && trace.Result == PulseResult.DroppedLate && trace.WakeUpNanoseconds == -1 && trace.EdgeNanoseconds == 0);
        second.LatenessNanoseconds.Should().Be(dropped.LatenessNanoseconds);
        second.TakenNanoseconds.Should().BePositive("it was ordered after its deadline");
        timer.TryTakeTrace(out var third).Should().BeTrue();
        third.Should().Match<PulseTrace>(trace => trace.BeatNumber == 9 && trace.Result == PulseResult.Cancelled && trace.LatenessNanoseconds == 0);
        timer.TryTakeTrace(out _).Should().BeFalse();
    }

    [Fact]
    public void A_collection_during_the_wait_stands_in_the_trace()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        timer.TrySchedule(Order(timer.Arm(), 1, MonotonicClock.Now.AddNanoseconds(300 * Millisecond))).Should().BeTrue();

        // The timer has read its counters long before these, unless the machine stood still.
        Thread.Sleep(100);
        GC.Collect();
        Take(timer);

        timer.TryTakeTrace(out var trace).Should().BeTrue();
        trace.Collections.Should().BePositive();
        trace.PauseNanoseconds.Should().BePositive();
    }

    [Fact]
    public void Traces_that_nobody_takes_hold_up_nothing()
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain with { TraceCapacity = 2 });

        RunOrders(timer, 20);

        timer.TakeStatistics().Should().Match<PulseTimerStatistics>(statistics => statistics.Fired + statistics.Cancelled == 20);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_interleaving_no_edge_begins_after_disarming_and_each_order_is_answered_once(int seed)
    {
        const int Orders = 3_000;
        var armed = 0;
        var edgesWhileDisarmed = 0;
        using var line = new FakePulseLine
        {
            OnRaise = () =>
            {
                // The disarming thread clears this after Disarm has returned, and arms only after it has set it.
                if (Volatile.Read(ref armed) == 0)
                {
                    Interlocked.Increment(ref edgesWhileDisarmed);
                }
            },
        };
        var results = new int[4];
        var accepted = 0;
        var answered = 0;
        var lastAnswered = 0L;
        var outOfOrder = 0;
        var edgesAfterDisarm = 0;
        var token = 0L;
        using (var timer = new PulseTimer(line, Plain with { MinimumSpinMargin = TimeSpan.Zero, InitialSpinMargin = TimeSpan.FromMicroseconds(20), MaximumSpinMargin = TimeSpan.FromMicroseconds(50) }))
        {
            var stop = false;
            var disarming = new Thread(() =>
            {
                var random = new Random(seed);
                while (!Volatile.Read(ref stop))
                {
                    Volatile.Write(ref armed, 1);
                    Volatile.Write(ref token, timer.Arm().Value);
                    Wait(random.Next(200_000));
                    if (random.Next(4) == 0)
                    {
                        Volatile.Write(ref token, timer.Arm().Value);
                        Wait(random.Next(50_000));
                    }

                    timer.Disarm();
                    var rises = line.Rises;
                    Volatile.Write(ref armed, 0);
                    Wait(random.Next(60_000));
                    if (line.Rises != rises)
                    {
                        edgesAfterDisarm++;
                    }
                }

                timer.Disarm();
            });
            disarming.Start();

            var order = new Random(seed + 100);
            while (accepted < Orders)
            {
                var beat = accepted + 1;
                var deadline = MonotonicClock.Now.AddNanoseconds(order.Next(-20_000, 120_000));
                var tolerance = order.Next(8) == 0 ? 0 : Wide;
                if (timer.TrySchedule(new PulseOrder(new ArmToken(Volatile.Read(ref token)), beat, deadline, deadline.AddNanoseconds(tolerance), 1 + order.Next(3_000))))
                {
                    accepted++;
                    if (order.Next(3) == 0)
                    {
                        Wait(order.Next(100_000));
                        timer.Cancel(beat);
                    }
                }

                Drain(timer);
            }

            Volatile.Write(ref stop, true);
            disarming.Join();
            timer.Dispose();
            Drain(timer);
        }

        void Drain(PulseTimer timer)
        {
            while (timer.TryTakeReport(out var report))
            {
                answered++;
                outOfOrder += report.BeatNumber == lastAnswered + 1 ? 0 : 1;
                lastAnswered = report.BeatNumber;
                results[(int)report.Result]++;
            }
        }

        edgesAfterDisarm.Should().Be(0);
        edgesWhileDisarmed.Should().Be(0);
        answered.Should().Be(accepted);
        outOfOrder.Should().Be(0, "orders are answered one by one, each with its own beat");

        // A zero tolerance may end as an edge that proves late: that one was an edge, and a fault.
        line.Rises.Should().Be(results[(int)PulseResult.Fired] + results[(int)PulseResult.Fault]);
        line.Falls.Should().Be(line.Rises);
        line.IsHigh.Should().BeFalse();
        results[(int)PulseResult.Fired].Should().BePositive();
        results[(int)PulseResult.Cancelled].Should().BePositive("or the test would have shown nothing");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Disarming_or_cancelling_right_at_the_deadline_either_prevents_the_edge_or_comes_after_it(bool cancel)
    {
        using var line = new FakePulseLine();
        using var timer = new PulseTimer(line, Plain);
        var random = new Random(17);
        var results = new int[4];
        var edgesAfterDisarm = 0;
        var wrongAnswers = 0;
        var token = timer.Arm();
        for (var beat = 1; beat <= 6_000; beat++)
        {
            var before = line.Rises;
            var deadline = MonotonicClock.Now.AddNanoseconds(100_000);
            timer.TrySchedule(new PulseOrder(token, beat, deadline, deadline.AddNanoseconds(Wide), 1)).Should().BeTrue();

            // Around the moment at which the timer claims it, two microseconds before the deadline, and that of the edge.
            var moment = deadline.AddNanoseconds(random.Next(-3_000, 1_200));
            while (MonotonicClock.Now < moment)
            {
            }

            if (cancel)
            {
                timer.Cancel(beat);
            }
            else
            {
                timer.Disarm();
            }

            var rises = line.Rises;
            var report = Take(timer);
            results[(int)report.Result]++;
            edgesAfterDisarm += !cancel && line.Rises != rises ? 1 : 0;
            wrongAnswers += line.Rises - before != (report.Result == PulseResult.Fired ? 1 : 0) ? 1 : 0;
            if (!cancel)
            {
                token = timer.Arm();
            }
        }

        edgesAfterDisarm.Should().Be(0);
        wrongAnswers.Should().Be(0);
        results[(int)PulseResult.Fired].Should().BePositive();
        results[(int)PulseResult.Cancelled].Should().BePositive();
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        using var line = new FakePulseLine();

        FluentActions.Invoking(() => new PulseTimer(line, Plain with { MaximumSpinMargin = TimeSpan.FromSeconds(1) })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new PulseTimer(line, Plain with { ReportCapacity = 1 })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new PulseTimer(line, Plain with { TraceCapacity = 1 })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new PulseTimer(line, Plain with { Realtime = new RealtimeOptions { Priority = 100 } })).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static void RunOrders(PulseTimer timer, int count)
    {
        var token = timer.Arm();
        for (var beat = 1; beat <= count; beat++)
        {
            var deadline = MonotonicClock.Now.AddNanoseconds(beat % 2 == 0 ? 700_000 : 20_000);
            while (!timer.TrySchedule(new PulseOrder(token, beat, deadline, deadline.AddNanoseconds(Wide), 1_000)))
            {
            }

            if (beat % 10 == 0)
            {
                timer.Cancel(beat);
            }

            while (!timer.TryTakeReport(out _))
            {
                Thread.Yield();
            }
        }
    }

    private static void Wait(long nanoseconds)
    {
        var end = MonotonicClock.Now.AddNanoseconds(nanoseconds);
        while (MonotonicClock.Now < end)
        {
            Thread.SpinWait(1);
        }
    }

    private static PulseOrder Order(ArmToken token, long beat, MonotonicTime deadline, long width = 10_000) =>
        new(token, beat, deadline, deadline.AddNanoseconds(Wide), width);

    private static MonotonicTime FarAway() => MonotonicClock.Now.AddNanoseconds(3_600_000 * Millisecond);

    private static PulseReport Take(PulseTimer timer)
    {
        PulseReport report = default;
        Eventually(() => timer.TryTakeReport(out report), "each order is answered");
        return report;
    }

    // The limit is there so that a broken timer fails the test instead of hanging it.
    private static void Eventually(Func<bool> condition, string because)
    {
        var limit = MonotonicClock.Now.AddNanoseconds(60_000 * Millisecond);
        while (!condition())
        {
            (MonotonicClock.Now < limit).Should().BeTrue(because);
            Thread.Sleep(0);
        }
    }
}
