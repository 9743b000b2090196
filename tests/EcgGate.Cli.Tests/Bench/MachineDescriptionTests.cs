using EcgGate.Cli.Bench;
using EcgGate.Timing;

namespace EcgGate.Cli.Tests.Bench;

public sealed class MachineDescriptionTests
{
    [Fact]
    public void A_board_is_described_by_the_files_of_its_system()
    {
        using var root = new TemporaryFolder();
        Put(root, "proc/version", "Linux version 6.12.9-rt (x@y) (gcc) #1 SMP PREEMPT_RT Mon");
        Put(root, "proc/cpuinfo", "processor\t: 0\nmodel name\t: A processor\nflags\t\t: fpu tsc\n");
        Put(root, "proc/sys/kernel/sched_rt_runtime_us", "950000");
        Put(root, "proc/sys/kernel/sched_rt_period_us", "1000000");
        Put(root, "sys/devices/system/cpu/isolated", "2-3");
        Put(root, "sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "performance");
        Put(root, "sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc");

        var machine = MachineDescription.Read(2, root.Path);

        machine.Kernel.Should().Be("6.12.9-rt");
        machine.IsRealtimeKernel.Should().BeTrue();
        machine.Processor.Should().Be("A processor");
        machine.IsVirtual.Should().BeFalse();
        machine.Governor.Should().Be("performance");
        machine.Isolated.Should().Be("2-3");
        machine.RealtimeRuntimeUs.Should().Be(950_000);
        MachineDescription.UsualProcessor(machine.Isolated).Should().Be(2);
        BenchAdvice.For(machine, []).Should().BeEmpty();
    }

    [Fact]
    public void A_machine_that_says_nothing_is_described_all_the_same()
    {
        using var root = new TemporaryFolder();

        var machine = MachineDescription.Read(0, root.Path);

        machine.Kernel.Should().BeNull();
        machine.Preemption.Should().BeNull();
        machine.RealtimeRuntimeUs.Should().BeNull();
        MachineDescription.UsualProcessor(machine.Isolated).Should().Be(Environment.ProcessorCount - 1);
    }

    [Theory]
    [InlineData("Linux version 6.1.0 (x) #1 SMP PREEMPT_DYNAMIC Debian", "none voluntary (full)", "PREEMPT_DYNAMIC (full)")]
    [InlineData("Linux version 6.1.0 (x) #1 SMP PREEMPT Debian", null, "PREEMPT")]
    [InlineData("Linux version 6.1.0 (x) #1 SMP Debian", null, "none or voluntary")]
    public void The_preemption_model_is_the_kernels_own_word(string version, string? choice, string expected)
    {
        using var root = new TemporaryFolder();
        Put(root, "proc/version", version);
        if (choice is not null)
        {
            Put(root, "sys/kernel/debug/sched/preempt", choice);
        }

        MachineDescription.Read(0, root.Path).Preemption.Should().Be(expected);
    }

    [Fact]
    public void Advice_names_each_thing_that_can_be_changed_and_repeats_the_systems_refusals()
    {
        using var root = new TemporaryFolder();
        Put(root, "proc/version", "Linux version 6.1.0 (x) #1 SMP PREEMPT_DYNAMIC");
        Put(root, "proc/cpuinfo", "flags : fpu hypervisor");
        Put(root, "sys/devices/system/cpu/isolated", "");
        Put(root, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
        Put(root, "sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet");
        var machine = MachineDescription.Read(0, root.Path) with { Processors = 4, Granted = new RealtimeStatus { Warnings = ["SCHED_FIFO was refused (EPERM): run as root."] } };
        var collected = Runs.Result([Runs.Dropped(5_000_000) with { Collections = 1 }]);

        var advice = BenchAdvice.For(machine, [Runs.Run(Runs.Result([Runs.Fired(100)])), Runs.Run(collected, BenchLoadKind.Gc)]);

        advice[0].Should().StartWith("SCHED_FIFO was refused");
        var all = string.Join('\n', advice);
        all.Should().Contain("isolated runtime").And.Contain("virtual machine").And.Contain("PREEMPT_RT").And.Contain("isolcpus=3").And.Contain("powersave").And.Contain("hpet");
    }

    private static void Put(TemporaryFolder root, string path, string content)
    {
        var file = root.File(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content + "\n");
    }
}
