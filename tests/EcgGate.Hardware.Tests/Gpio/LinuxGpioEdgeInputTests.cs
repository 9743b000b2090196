using EcgGate.Hardware.Gpio;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.Gpio;

public sealed class LinuxGpioEdgeInputTests
{
    private const string Address = "gpio:/dev/gpiochip0?line=27";

    [Fact]
    public void The_line_is_requested_as_an_input_with_rising_edges_on_the_monotonic_clock()
    {
        var chip = new FakeGpioChip();
        using var input = LinuxGpioEdgeInput.Open(GpioUri.Parse(Address), chip);

        chip.Requested.Config.Flags.Should().Be(GpioAbi.FlagInput | GpioAbi.FlagEdgeRising, "no flag asks for another clock");
        chip.Requested.Config.AttributeCount.Should().Be(0);
    }

    [Fact]
    public void Edges_come_with_the_kernels_stamps_in_their_order_and_lost_ones_are_counted()
    {
        var chip = new FakeGpioChip();
        using var input = LinuxGpioEdgeInput.Open(GpioUri.Parse(Address), chip);
        foreach (var (sequence, stamp) in new[] { (1u, 1_000ul), (2u, 2_000ul), (6u, 6_000ul) })
        {
            chip.Events.Enqueue(new GpioAbi.LineEvent { TimestampNanoseconds = stamp, LineSequenceNumber = sequence });
        }

        var stamps = new List<MonotonicTime>();
        while (input.TryTakeEdge(out var edge))
        {
            stamps.Add(edge);
        }

        stamps.Should().Equal(new MonotonicTime(1_000), new MonotonicTime(2_000), new MonotonicTime(6_000));
        input.Lost.Should().Be(3);
        input.TryTakeEdge(out _).Should().BeFalse();
    }

    [Fact]
    public void Its_level_can_be_read()
    {
        var chip = new FakeGpioChip();
        using var line = LinuxGpioPulseLine.Open(GpioUri.Parse("gpio:/dev/gpiochip0?line=17"), chip);
        using var input = LinuxGpioEdgeInput.Open(GpioUri.Parse(Address), chip);

        input.IsActive().Should().BeFalse();
        line.TryRaise();
        input.IsActive().Should().BeTrue();
    }
}
