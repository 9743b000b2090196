using EcgGate.Cli.Bench;
using EcgGate.Timing;

namespace EcgGate.Cli.Tests.Bench;

public sealed class LateCauseTests
{
    private const long Late = 500_000;

    [Fact]
    public void An_edge_in_time_and_a_withdrawn_order_have_no_cause()
    {
        LateCauses.Of(Runs.Fired(LateCauses.LateNanoseconds)).Should().BeNull();
        LateCauses.Of(Runs.Fired(Late) with { Result = PulseResult.Cancelled }).Should().BeNull();
    }

    [Fact]
    public void A_collection_explains_whatever_else_is_seen()
    {
        var trace = Runs.Fired(Late) with { Collections = 1, FirstLookNanoseconds = 400_000, LargestGapNanoseconds = 450_000, InvoluntarySwitches = 3 };

        LateCauses.Of(trace).Should().Be(LateCause.Collection);
        LateCauses.Of(trace with { Collections = 0, PauseNanoseconds = 1 }).Should().Be(LateCause.Collection);
    }

    [Fact]
    public void Each_part_of_the_way_is_blamed_for_what_it_took()
    {
        LateCauses.Of(Runs.Dropped(Late) with { TakenNanoseconds = 1, FirstLookNanoseconds = 2 }).Should().Be(LateCause.OrderedLate);
        LateCauses.Of(Runs.Dropped(Late) with { FirstLookNanoseconds = 1 }).Should().Be(LateCause.WokeLate);
        LateCauses.Of(Runs.Fired(Late) with { LargestGapNanoseconds = Late / 2 }).Should().Be(LateCause.ClockGap);
        LateCauses.Of(Runs.Fired(Late) with { LargestGapNanoseconds = Late, InvoluntarySwitches = 1 }).Should().Be(LateCause.Preempted);
        LateCauses.Of(Runs.Fired(Late) with { LargestGapNanoseconds = Late, InvoluntarySwitches = 1, PageFaults = 1 }).Should().Be(LateCause.PageFault);
        LateCauses.Of(Runs.Fired(Late) with { LargestGapNanoseconds = 40, EdgeNanoseconds = Late }).Should().Be(LateCause.AtTheEdge);
        LateCauses.Of(Runs.Fired(Late)).Should().Be(LateCause.Unknown);
    }

    [Fact]
    public void Counters_that_the_system_does_not_keep_blame_nobody()
    {
        var trace = Runs.Fired(Late) with { LargestGapNanoseconds = Late, InvoluntarySwitches = -1, PageFaults = -1 };

        LateCauses.Of(trace).Should().Be(LateCause.ClockGap);
    }

    [Fact]
    public void A_queue_of_late_orders_has_the_cause_of_its_first()
    {
        const long Millisecond = 1_000_000;
        var held = Runs.Dropped(50 * Millisecond, 1_000 * Millisecond) with { Collections = 1, TakenNanoseconds = 50 * Millisecond };
        var queued = Runs.Dropped(29 * Millisecond, 1_021 * Millisecond) with { TakenNanoseconds = 29 * Millisecond };
        var last = Runs.Dropped(8 * Millisecond, 1_042 * Millisecond) with { TakenNanoseconds = 8 * Millisecond };
        var other = Runs.Dropped(2 * Millisecond, 1_063 * Millisecond) with { TakenNanoseconds = 2 * Millisecond };

        LateCauses.Of([held, queued, last, other]).Should().Equal(LateCause.Collection, LateCause.Collection, LateCause.Collection, LateCause.OrderedLate);
    }

    [Fact]
    public void Each_cause_is_explained()
    {
        Enum.GetValues<LateCause>().Select(LateCauses.Explain).Should().OnlyHaveUniqueItems();
    }
}
