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

    [Fact]
    public void A_priority_that_is_refused_becomes_a_warning_and_the_thread_runs_as_an_ordinary_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere one warning stands for all.");

        var status = Run(RealtimeOptions.Ordinary with { Priority = 7 }).Status;

        if (status.FifoPriority == 0)
        {
            status.Warnings.Should().ContainSingle().Which.Should().Contain("SCHED_FIFO").And.Contain("limits.conf");
        }
        else
        {
            status.FifoPriority.Should().Be(7);
            status.Warnings.Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData("nowhere/cpu_dma_latency", "could not be held", "processor.max_cstate=1")]
    public void A_latency_device_that_is_not_there_becomes_a_warning_with_its_cure(string device, params string[] words)
    {
        var warnings = new List<string>();

        LatencyRequest.Open(device, warnings).Should().BeNull();

        warnings.Should().ContainSingle().Which.Should().Contain(device);
        foreach (var word in words)
        {
            warnings[0].Should().Contain(word);
        }
    }

    [Fact]
    public void The_latency_device_gets_no_wish_when_opened_zero_while_held_and_no_wish_after()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The device is Linux's.");
        var file = Path.GetTempFileName();
        try
        {
            using (var request = LatencyRequest.Open(file, [])!)
            {
                request.Hold(true);
                request.Hold(true);
                request.Hold(false);
                request.Hold(false);
            }

            // A file takes each write after the last; the device takes each as the new wish.
            var written = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(file)).ToArray();
            written.Should().Equal(2_000_000_000, 0, 2_000_000_000);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Holding_processors_awake_where_nothing_was_asked_for_does_nothing()
    {
        RealtimeThread? thread = null;
        thread = new RealtimeThread("test", RealtimeOptions.Ordinary, () => thread!.HoldProcessorAwake(true));
        thread.Start();

        thread.Join(TimeSpan.FromSeconds(30)).Should().BeTrue();
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
