using System.Globalization;

namespace EcgGate.Cli.Bench;

/// <summary>What /proc/stat says that the host of a virtual machine has taken from one processor, in the kernel's ticks of 10 ms.</summary>
internal static class ProcessorTimes
{
    /// <summary>Milliseconds stolen since the machine started; null where the system does not say.</summary>
    public static double? StolenMilliseconds(int processor) => !File.Exists("/proc/stat") ? null : Parse(File.ReadLines("/proc/stat"), processor);

    /// <summary>Finds it in the lines of /proc/stat.</summary>
    public static double? Parse(IEnumerable<string> lines, int processor)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"cpu{processor} ");
        var fields = lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // cpuN user nice system idle iowait irq softirq steal ...
        return fields is { Length: > 8 } && long.TryParse(fields[8], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks * 10.0 : null;
    }
}
