using EcgGate.Hardware.Converters;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.Converters;

public sealed class SignalledPulsesTests
{
    [Fact]
    public void Pulses_are_kept_in_order_with_the_time_of_their_signal()
    {
        var host = new Paced();
        using var pulses = new SignalledPulses(host.Clock);
        for (var i = 0; i < 20; i++)
        {
            pulses.Signal();
            host.Pace.Advance(1000);
        }

        // The four oldest of twenty found no room.
        pulses.Wait(default, out var first).Should().BeTrue();
        var count = 1;
        var last = first;
        while (pulses.TryTake(out var next))
        {
            next.NanosecondsSince(last).Should().Be(1000);
            last = next;
            count++;
        }

        count.Should().Be(16);
        host.Pace.Now.NanosecondsSince(first).Should().Be(16_000);
    }

    [Fact]
    public void A_waiting_thread_is_woken_by_a_signal_and_by_an_interruption()
    {
        using var pulses = new SignalledPulses();
        var until = MonotonicClock.Now + TimeSpan.FromMinutes(1);
        var signaller = new Thread(() => pulses.Signal());
        signaller.Start();
        pulses.Wait(until, out _).Should().BeTrue();
        signaller.Join();

        var interrupter = new Thread(() => pulses.Interrupt());
        interrupter.Start();
        pulses.Wait(until, out _).Should().BeFalse();
        interrupter.Join();
    }

    [Fact]
    public void A_wait_gives_up_at_its_time()
    {
        using var pulses = new SignalledPulses();

        pulses.Wait(MonotonicClock.Now.AddNanoseconds(2_000_000), out _).Should().BeFalse();
    }

    [Fact]
    public void A_signal_after_the_end_is_ignored()
    {
        var pulses = new SignalledPulses();
        pulses.Dispose();

        pulses.Invoking(p => p.Signal()).Should().NotThrow();
    }
}
