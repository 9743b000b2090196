using EcgGate.Timing;

namespace EcgGate.Tests.Timing;

public sealed class RealtimeThreadTests
{
    [Fact]
    public void A_processor_that_is_not_there_becomes_a_warning_with_its_cure_and_the_thread_runs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are bound on Linux only.");

        var thread = Run(RealtimeOptions.Ordinary with { Processor = 1_023 });

        thread.Status.Processor.Should().BeNull();
        thread.Status.Warnings.Should().ContainSingle().Which.Should().Contain("processor 1023").And.Contain("this machine has processors 0 to");
    }

    [Fact]
    public void An_ordinary_thread_asks_for_nothing_and_is_warned_of_nothing()
    {
        var status = Run(RealtimeOptions.Ordinary).Status;

        status.FifoPriority.Should().Be(0);
        status.MemoryLocked.Should().BeFalse();
        status.ProcessorHeldAwake.Should().BeFalse();
        status.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void Each_wish_is_either_granted_or_warned_of()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere one warning stands for all.");

        var status = Run(new RealtimeOptions { LockMemory = false, Priority = 5, Processor = 0 }).Status;

        var refused = (status.FifoPriority == 5 ? 0 : 1) + (status.Processor == 0 ? 0 : 1) + (status.ProcessorHeldAwake ? 0 : 1);
        status.Warnings.Should().HaveCount(refused);
    }

    private static RealtimeThread Run(RealtimeOptions options)
    {
        var ran = false;
        var thread = new RealtimeThread("test", options, () => Volatile.Write(ref ran, true));
        thread.Start();
        thread.Join(TimeSpan.FromSeconds(30)).Should().BeTrue();
        ran.Should().BeTrue();
        return thread;
    }
}
