using EcgGate.Emulator.Punctuality;
using EcgGate.Timing;

namespace EcgGate.Emulator.Tests.Punctuality;

public sealed class EdgeMatchTests
{
    [Fact]
    public void Each_pulse_gets_the_edge_that_follows_its_deadline_and_dropped_ones_get_none()
    {
        PulseTrace[] traces =
        [
            new() { Deadline = new MonotonicTime(100_000_000), Result = PulseResult.Fired },
            new() { Deadline = new MonotonicTime(121_000_000), Result = PulseResult.DroppedLate },
            new() { Deadline = new MonotonicTime(142_000_000), Result = PulseResult.Fired },
            new() { Deadline = new MonotonicTime(163_000_000), Result = PulseResult.Fired },
            new() { Deadline = new MonotonicTime(184_000_000), Result = PulseResult.Fault },
        ];
        MonotonicTime[] edges =
        [
            new(50_000_000), // of a pulse before the measurement
            new(100_005_000),
            new(142_000_200),
            new(184_000_000 + 2_000_000),
        ];

        EdgeMatch.Of(traces, edges).Should().Equal(5_000, null, 200, null, 2_000_000);
    }

    [Fact]
    public void Without_edges_none_is_matched()
    {
        EdgeMatch.Of([new() { Deadline = new MonotonicTime(1), Result = PulseResult.Fired }], []).Should().Equal([null]);
    }

    [Fact]
    public void The_emulated_input_sees_each_rise_once_and_counts_what_nobody_takes()
    {
        using var line = new LoopbackLine();
        line.TryRaise();
        line.TryRaise();
        line.TryLower();

        line.TryTakeEdge(out _).Should().BeTrue();
        line.TryTakeEdge(out _).Should().BeFalse("a line that is high already does not rise");
        for (var i = 0; i < 1_030; i++)
        {
            line.TryRaise();
            line.TryLower();
        }

        line.Lost.Should().Be(6);
    }
}
