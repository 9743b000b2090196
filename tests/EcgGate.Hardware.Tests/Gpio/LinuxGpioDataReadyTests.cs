using EcgGate.Hardware.Gpio;

namespace EcgGate.Hardware.Tests.Gpio;

public sealed class LinuxGpioDataReadyTests
{
    private readonly FakeGpioChip _chip = new();

    [Fact]
    public void The_line_is_requested_as_an_active_low_input_whose_falling_edge_is_reported()
    {
        using var line = Open();

        _chip.OpenedPath.Should().Be("/dev/gpiochip0");
        _chip.Requested.Config.Flags.Should().Be(GpioAbi.FlagInput | GpioAbi.FlagActiveLow | GpioAbi.FlagEdgeRising);
    }

    [Fact]
    public void Edges_from_before_are_not_taken_for_the_next_one()
    {
        using var line = Open();
        _chip.Events.Enqueue(default);
        _chip.Events.Enqueue(default);
        var looks = 0;
        _chip.Waiting = () =>
        {
            if (++looks == 3)
            {
                _chip.Events.Enqueue(default);
            }
        };

        line.WaitForEdge(CancellationToken.None).Should().BeTrue();
        looks.Should().Be(3);
        _chip.Events.Should().BeEmpty();
    }

    [Fact]
    public void An_edge_between_the_look_and_the_wait_is_not_lost()
    {
        using var line = Open();
        line.IsReady().Should().BeFalse();
        _chip.Events.Enqueue(default);
        _chip.IsActive = true;
        _chip.Waiting = () => throw new InvalidOperationException("Nothing is to be waited for.");

        line.WaitForEdge(CancellationToken.None).Should().BeTrue();
        line.IsReady().Should().BeTrue();
    }

    [Fact]
    public void A_cancelled_wait_ends_without_an_edge()
    {
        using var line = Open();
        using var cancel = new CancellationTokenSource();
        _chip.Waiting = cancel.Cancel;

        line.WaitForEdge(cancel.Token).Should().BeFalse();
    }

    [Fact]
    public void A_line_that_fails_is_told_and_not_waited_for_again_and_again()
    {
        using var line = Open();
        _chip.WaitError = GpioErrors.NoDevice;

        line.Invoking(l => l.WaitForEdge(CancellationToken.None)).Should().Throw<GpioException>();
    }

    [Fact]
    public void Waiting_allocates_nothing()
    {
        using var line = Open();
        _chip.Waiting = () => _chip.Events.Enqueue(default);
        line.WaitForEdge(CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            line.WaitForEdge(CancellationToken.None);
            line.IsReady();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private LinuxGpioDataReady Open() => LinuxGpioDataReady.Open("/dev/gpiochip0", 25, _chip);
}
