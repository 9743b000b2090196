using System.Globalization;

namespace EcgGate.Cli.Bench;

/// <summary>What to change on a machine, in plain words, the most effective first.</summary>
internal static class BenchAdvice
{
    /// <summary>Above this share of time in long gaps the machine is not one to gate on.</summary>
    private const double ManyLostPercent = 0.1;

    public static IReadOnlyList<string> For(MachineDescription machine, IReadOnlyList<BenchRun> runs)
    {
        var advice = new List<string>();

        // The system's own words first: each names its cure.
        advice.AddRange(machine.Granted?.Warnings ?? []);
        if (runs.Any(run => run.Runtime == "inprocess" && run.Causes.Any(cause => cause.Key == LateCause.Collection)))
        {
            advice.Add("Collections of the host's runtime made edges late: gate with the isolated runtime, or in a process that allocates nothing.");
        }

        // A collection halts the watcher too: such runs say nothing of the machine.
        var lost = runs.Where(run => run.Result.Collections == 0).Select(run => run.Gaps.LostPercent).DefaultIfEmpty(0).Max();
        if (machine.IsVirtual == true && lost > ManyLostPercent)
        {
            advice.Add(string.Create(CultureInfo.InvariantCulture, $"This is a virtual machine, and its host takes {lost:0.##} % of the time in gaps over 10 us: measure on the board itself; p99 and beyond tell of the host here."));
        }

        if (machine.Preemption is not null && !machine.IsRealtimeKernel)
        {
            advice.Add($"The kernel is {machine.Preemption}: one with PREEMPT_RT bounds how late a thread wakes.");
        }

        if (machine.Isolated is { Length: 0 } && machine.Processors > 1)
        {
            advice.Add(string.Create(CultureInfo.InvariantCulture, $"No processor is kept free: isolcpus={machine.Processors - 1} nohz_full={machine.Processors - 1} on the kernel's command line gives the pulse thread one of its own (--cpu {machine.Processors - 1})."));
        }
        else if (machine.Processors == 1)
        {
            advice.Add("There is one processor only: the pulse thread shares it with everything else.");
        }

        if (machine.Governor is { } governor && governor != "performance")
        {
            advice.Add($"The frequency governor is {governor}: 'performance' (cpupower frequency-set -g performance) wakes faster.");
        }

        if (machine.ClockSource is { } clock && clock is not ("tsc" or "arch_sys_counter" or "kvm-clock" or "riscv_clocksource"))
        {
            advice.Add($"The clock source is {clock}, which is slow to read: clocksource=tsc on the kernel's command line, where the processor has a stable one.");
        }

        if (runs.Any(run => run.Result.AllocatedBytes > 0))
        {
            advice.Add("The real-time threads allocated memory, which they must not: please report it.");
        }

        return advice;
    }
}
