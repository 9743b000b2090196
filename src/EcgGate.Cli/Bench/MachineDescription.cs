using System.Globalization;
using System.Runtime.InteropServices;
using EcgGate.Timing;

namespace EcgGate.Cli.Bench;

/// <summary>What about this machine decides how punctual it can be. Null where the system does not say.</summary>
internal sealed record MachineDescription
{
    public required string OperatingSystem { get; init; }

    public required string? Kernel { get; init; }

    /// <summary>PREEMPT_RT, PREEMPT_DYNAMIC and so on, as the kernel names itself.</summary>
    public required string? Preemption { get; init; }

    public required string? Processor { get; init; }

    public required int Processors { get; init; }

    /// <summary>Whether a hypervisor is below.</summary>
    public required bool? IsVirtual { get; init; }

    public required string? Governor { get; init; }

    /// <summary>Processors kept free of ordinary threads (isolcpus), as a list; empty for none.</summary>
    public required string? Isolated { get; init; }

    /// <summary>How many microseconds of each second real-time threads may run; null where there is no limit, or it is not known.</summary>
    public required long? RealtimeRuntimeUs { get; init; }

    public required string? ClockSource { get; init; }

    public required string Runtime { get; init; }

    /// <summary>The processor that the pulse thread and the references were bound to.</summary>
    public required int MeasuredProcessor { get; init; }

    /// <summary>What was granted to the pulse thread; null before a run.</summary>
    public RealtimeStatus? Granted { get; init; }

    /// <summary>Reads the description.</summary>
    /// <param name="processor">The processor that is measured.</param>
    /// <param name="root">Where the files of the system begin; another folder for tests.</param>
    public static MachineDescription Read(int processor, string root = "/")
    {
        string? Line(string path)
        {
            try
            {
                return File.ReadLines(Path.Combine(root, path)).FirstOrDefault()?.Trim();
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        var version = Line("proc/version");
        var processors = Lines(root, "proc/cpuinfo");
        string? Info(string key) => processors.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();
        var flags = Info("flags");
        return new MachineDescription
        {
            OperatingSystem = RuntimeInformation.OSDescription,
            Kernel = version?.Split(' ') is [_, _, var release, ..] ? release : null,
            Preemption = version is null ? null : Line("sys/kernel/realtime") == "1" ? "PREEMPT_RT" : PreemptionOf(version, Line("sys/kernel/debug/sched/preempt")),
            Processor = Info("model name") ?? Info("Model"),
            Processors = Environment.ProcessorCount,
            IsVirtual = flags is null ? null : flags.Split(' ').Contains("hypervisor"),
            Governor = Line(string.Create(CultureInfo.InvariantCulture, $"sys/devices/system/cpu/cpu{processor}/cpufreq/scaling_governor")),
            Isolated = Line("sys/devices/system/cpu/isolated") ?? (Directory.Exists(Path.Combine(root, "sys/devices/system/cpu")) ? string.Empty : null),
            RealtimeRuntimeUs = Limit(Line("proc/sys/kernel/sched_rt_runtime_us"), Line("proc/sys/kernel/sched_rt_period_us")),
            ClockSource = Line("sys/devices/system/clocksource/clocksource0/current_clocksource"),
            Runtime = RuntimeInformation.FrameworkDescription,
            MeasuredProcessor = processor,
        };
    }

    /// <summary>The processor to measure on where none is named: the first isolated one, else the last.</summary>
    public static int UsualProcessor(string? isolated) =>
        isolated?.Split(',', '-') is [var first, ..] && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var processor)
            ? processor
            : Environment.ProcessorCount - 1;

    /// <summary>Whether the kernel is fully preemptible.</summary>
    public bool IsRealtimeKernel => Preemption == "PREEMPT_RT";

    private static string PreemptionOf(string version, string? dynamic)
    {
        // Of a dynamic kernel the present choice stands in brackets: none voluntary (full).
        var choice = dynamic is not null && dynamic.IndexOf('(', StringComparison.Ordinal) is var open and >= 0 && dynamic.IndexOf(')', open) is var close and > 0
            ? $" ({dynamic[(open + 1)..close]})"
            : string.Empty;
        string[] known = ["PREEMPT_RT", "PREEMPT_DYNAMIC", "PREEMPT_LAZY", "PREEMPT"];
        return (known.FirstOrDefault(word => version.Contains(word, StringComparison.Ordinal)) ?? "none or voluntary") + choice;
    }

    private static long? Limit(string? runtime, string? period) =>
        long.TryParse(runtime, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var run) && run >= 0
        && long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out var of) && of > 0
            ? run * 1_000_000 / of
            : null;

    private static string[] Lines(string root, string path)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(root, path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
