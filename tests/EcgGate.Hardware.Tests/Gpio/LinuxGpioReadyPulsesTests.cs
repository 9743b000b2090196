using EcgGate.Hardware.Gpio;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.Gpio;

public sealed class LinuxGpioReadyPulsesTests
{
    private readonly FakeGpioChip _chip = new();

    [Fact]
    public void The_line_is_requested_as_an_active_low_input_whose_falling_edge_is_reported()
    {
        using var pulses = Open();

        _chip.Requested.Config.Flags.Should().Be(GpioAbi.FlagInput | GpioAbi.FlagActiveLow | GpioAbi.FlagEdgeRising);
    }

    [Fact]
    public void A_pulse_that_came_while_nobody_waited_is_kept_with_the_kernels_stamp()
    {
        using var pulses = Open();
        _chip.Events.Enqueue(new GpioAbi.LineEvent { TimestampNanoseconds = 1_000_123 });
        _chip.Events.Enqueue(new GpioAbi.LineEvent { TimestampNanoseconds = 2_000_456 });
        _chip.Waiting = () => throw new InvalidOperationException("Nothing is to be waited for.");

        pulses.Wait(default, out var first).Should().BeTrue();
        pulses.TryTake(out var second).Should().BeTrue();
        pulses.TryTake(out _).Should().BeFalse();
        first.Should().Be(new MonotonicTime(1_000_123));
        second.Should().Be(new MonotonicTime(2_000_456));
    }

    [Fact]
    public void A_wait_ends_with_the_pulse_with_its_time_or_with_an_interruption()
    {
        using var pulses = Open();
        var waits = 0;
        _chip.Waiting = () =>
        {
            if (++waits == 3)
            {
                _chip.Events.Enqueue(new GpioAbi.LineEvent { TimestampNanoseconds = 7 });
            }
        };
        pulses.Wait(MonotonicClock.Now + TimeSpan.FromMinutes(1), out var pulse).Should().BeTrue();
        pulse.Should().Be(new MonotonicTime(7));

        pulses.Wait(MonotonicClock.Now, out _).Should().BeFalse();

        _chip.Waiting = pulses.Interrupt;
        pulses.Wait(MonotonicClock.Now + TimeSpan.FromMinutes(1), out _).Should().BeFalse();
    }

    [Fact]
    public void A_line_that_fails_is_told_and_not_waited_for_again_and_again()
    {
        using var pulses = Open();
        _chip.WaitError = GpioErrors.NoDevice;

        pulses.Invoking(p => p.Wait(MonotonicClock.Now + TimeSpan.FromMinutes(1), out _)).Should().Throw<GpioException>();
    }

    [Fact]
    public void Waiting_allocates_nothing()
    {
        using var pulses = Open();
        _chip.Waiting = () => _chip.Events.Enqueue(default);
        var until = MonotonicClock.Now + TimeSpan.FromMinutes(10);
        pulses.Wait(until, out _);

        Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                pulses.Wait(until, out _);
                pulses.TryTake(out _);
            }
        }).Should().Be(0);
    }

    private LinuxGpioReadyPulses Open() => LinuxGpioReadyPulses.Open("/dev/gpiochip0", 24, _chip);
}
