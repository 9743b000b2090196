using EcgGate.Cli.Bench;
using EcgGate.Gating;
using EcgGate.Timing;

namespace EcgGate.Cli.Tests.Bench;

public sealed class BenchFiguresTests
{
    [Fact]
    public void Percentiles_are_by_nearest_rank_in_microseconds()
    {
        var values = Percentiles.Microseconds(Enumerable.Range(1, 10_000).Select(i => i * 1_000L));

        values.Should().Be(new Percentiles(10_000, 5_000, 9_500, 9_900, 9_990, 9_999, 10_000));
    }

    [Fact]
    public void Of_few_values_the_far_percentiles_are_the_largest()
    {
        var values = Percentiles.Microseconds([3_000, 1_000, 2_000]);

        values.Should().Be(new Percentiles(3, 2, 3, 3, 3, 3, 3));
        Percentiles.Microseconds([]).P50.Should().Be(double.NaN);
    }

    [Fact]
    public void A_dropped_edge_counts_with_the_lateness_at_which_it_was_dropped()
    {
        var run = Runs.Run(Runs.Result([Runs.Fired(100), Runs.Fired(200), Runs.Dropped(5_000_000)]));

        run.Orders.Should().Be(3);
        run.Dropped.Should().Be(1);
        run.Late.Should().Be(0);
        run.Lateness.Max.Should().Be(5_000);
        run.Lateness.P50.Should().Be(0.2);
    }

    [Fact]
    public void An_edge_past_the_tolerance_is_late_and_a_line_that_refused_to_rise_made_no_edge()
    {
        var proven = Runs.Fired(1_000_001) with { Result = PulseResult.Fault };
        var refused = Runs.Fired(0) with { Result = PulseResult.Fault };

        var run = Runs.Run(Runs.Result([proven, refused, Runs.Fired(1_000_000)]));

        run.Late.Should().Be(1);
        run.Dropped.Should().Be(0);
    }

    [Fact]
    public void Edges_that_could_not_be_ordered_are_dropped_ones_and_withdrawn_orders_are_none()
    {
        var result = Runs.Result([Runs.Fired(100), Runs.Fired(0) with { Result = PulseResult.Cancelled }]) with
        {
            Missed = [KeyValuePair.Create(Reason.ScheduleFull, 4L), KeyValuePair.Create(Reason.TimerLate, 7L)],
        };

        var run = Runs.Run(result);

        run.Orders.Should().Be(1);
        run.Dropped.Should().Be(4, "those that the timer dropped are in the traces");
    }

    [Fact]
    public void With_loop_back_lateness_is_what_the_input_saw_and_unseen_edges_are_counted()
    {
        var run = Runs.Run(Runs.Result([Runs.Fired(100), Runs.Fired(200), Runs.Dropped(5_000_000)], loopback: [7_000, null, null]));

        run.Lateness.Max.Should().Be(5_000);
        run.Lateness.P50.Should().Be(7);
        run.SoftwareLateness.P50.Should().Be(0.2);
        run.Unseen.Should().Be(1, "the dropped one made no edge");
    }

    [Fact]
    public void The_best_watchers_lateness_follows_from_the_steps_of_the_clock()
    {
        // Half of the time in one step of 1 ms, half in a million of 1 ns: a random moment waits x or more with (1 ms − x) / 2 ms.
        var histogram = Runs.Histogram(1_000_000);
        histogram.RecordValueWithCount(1, 1_000_000);

        var gaps = GapFigures.Of(histogram);

        gaps.Seconds.Should().BeApproximately(0.002, 1e-5);
        gaps.LostPercent.Should().BeApproximately(50, 0.1);
        gaps.Lateness.P50.Should().BeApproximately(0, 0.6);
        gaps.Lateness.P95.Should().BeApproximately(900, 2);
        gaps.Lateness.P99.Should().BeApproximately(980, 2);
        gaps.Counts.Should().Contain((100, 1)).And.Contain((10_000, 0));
    }

    [Fact]
    public void Steal_is_the_eighth_number_of_its_processor_in_ticks_of_10_ms()
    {
        string[] lines = ["cpu  9 9 9 9 9 9 9 99 0 0", "cpu1 1 2 3 4 5 6 7 8 9 10", "cpu10 1 2 3 4 5 6 7 80 9 10"];

        ProcessorTimes.Parse(lines, 1).Should().Be(80);
        ProcessorTimes.Parse(lines, 10).Should().Be(800);
        ProcessorTimes.Parse(lines, 2).Should().BeNull();
    }

    [Fact]
    public void Limits_concern_all_runs_or_those_of_a_runtime_and_load()
    {
        var none = Runs.Run(Runs.Result([Runs.Fired(30_000)]));
        var gc = Runs.Run(Runs.Result([Runs.Dropped(5_000_000)]), BenchLoadKind.Gc);
        var limits = BenchLimit.ParseAll("late=0,none.p99<=30,gc.dropped>=1,inprocess.gc.ratio999>2,isolated.p50<1", ["inprocess", "isolated"]);

        limits.Select(limit => limit.ToString()).Should().Equal("late=0", "none.p99<=30", "gc.dropped>=1", "inprocess.gc.ratio999>2", "isolated.p50<1");
        limits[0].Concerns(none).Should().BeTrue();
        limits[0].Holds(none).Should().BeTrue();
        limits[1].Concerns(gc).Should().BeFalse();
        limits[1].Holds(none).Should().BeTrue();
        limits[2].Holds(gc).Should().BeTrue();
        limits[3].Holds(gc).Should().BeTrue();
        limits[4].Concerns(none).Should().BeFalse();
    }

    [Fact]
    public void A_figure_that_is_not_known_meets_no_limit()
    {
        var empty = Runs.Run(Runs.Result([], []));

        BenchLimit.ParseAll("p99<=1000000", [])[0].Holds(empty).Should().BeFalse();
    }
}
