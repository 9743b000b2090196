using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Hardware.Ads1298;
using EcgGate.Hardware.Alsa;
using EcgGate.Hardware.Gpio;

namespace EcgGate.Hardware.Machine;

/// <summary>Looks what a Linux machine has that an ECG can come from or a pulse can go to, and what it does not grant.</summary>
/// <remarks>
/// Opens each device file for a moment, for reading and writing, and sends nothing. Thread-safe; allocates.
/// </remarks>
public static class MachineScan
{
    /// <summary>The priority that the pulse thread asks for by default.</summary>
    private const int WantedPriority = 80;

    // Bits of CapEff in /proc/self/status (linux/capability.h).
    private const int CapIpcLock = 14;
    private const int CapSysNice = 23;

    /// <summary>Looks.</summary>
    /// <param name="root">Where the machine's file system begins; another folder in a test.</param>
    public static MachineDevices Look(string root = "/") => Look(root, LinuxGpioCalls.Instance);

    internal static MachineDevices Look(string root, IGpioCalls gpio)
    {
        ArgumentNullException.ThrowIfNull(root);
        var devices = new List<FoundDevice>();
        var findings = new List<MachineFinding>();
        if (!OperatingSystem.IsLinux())
        {
            findings.Add(new("linux", false, $"Devices are opened on Linux only; this is {Environment.OSVersion}. Records and virtual patients work everywhere."));
            return new MachineDevices(devices, findings);
        }

        foreach (var path in Files(root, "spidev*"))
        {
            devices.Add(new(DeviceKind.Spi, path, "SPI bus and chip select", Denied(root, path, "spi"), [$"{Ads1292RUri.Scheme}{path}?drdy=LINE", $"{Ads1298Uri.Scheme}{path}?drdy=LINE&leads=II,I"]));
        }

        foreach (var path in Files(root, "i2c-*"))
        {
            devices.Add(new(DeviceKind.I2c, path, "I2C bus", Denied(root, path, "i2c"), []));
        }

        foreach (var path in Files(root, "gpiochip*"))
        {
            devices.Add(Chip(root, path, gpio));
        }

        devices.AddRange(SoundInputs(root));
        Require(findings, devices, DeviceKind.Spi, "spi", "SPI", Module(root, "spidev", "on a Raspberry Pi: dtparam=spi=on in /boot/firmware/config.txt, and boot anew; elsewhere: sudo modprobe spidev, and an entry in the device tree"), "boards on SPI");
        Require(findings, devices, DeviceKind.I2c, "i2c", "I2C", Module(root, "i2c_dev", "on a Raspberry Pi: dtparam=i2c_arm=on in /boot/firmware/config.txt; elsewhere: sudo modprobe i2c-dev"), "converters on I2C");
        Require(findings, devices, DeviceKind.Gpio, "gpio", "GPIO", "load the driver of the board's GPIO controller; Linux 5.10 or later is needed", "data-ready lines and pulse lines");
        Require(findings, devices, DeviceKind.Sound, "sound", "sound input", "plug in a sound card with a line input, and look at arecord -l", "an ECG amplifier on a line input");
        AddRealtime(findings, root);
        return new MachineDevices(devices, findings);
    }

    private static IEnumerable<string> Files(string root, string pattern)
    {
        var folder = Path.Combine(root, "dev");
        return Directory.Exists(folder)
            ? Directory.EnumerateFileSystemEntries(folder, pattern).Select(Path.GetFileName).Order(StringComparer.Ordinal).Select(name => $"/dev/{name}")
            : [];
    }

    /// <summary>The path in the file system that is looked at.</summary>
    private static string At(string root, string path) => Path.Combine(root, path.TrimStart('/'));

    private static string? Denied(string root, string path, string group, FileAccess access = FileAccess.ReadWrite)
    {
        try
        {
            using var handle = File.OpenHandle(At(root, path), FileMode.Open, access, FileShare.ReadWrite);
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return $"no permission: add the user to group {group} (sudo usermod -aG {group} $USER) and log in again";
        }
        catch (IOException error)
        {
            return $"it cannot be opened: {error.Message}";
        }
    }

    private static unsafe FoundDevice Chip(string root, string path, IGpioCalls calls)
    {
        if (calls.Open(At(root, path), out var file) is var error and not 0)
        {
            var problem = error is GpioErrors.AccessDenied or GpioErrors.NotPermitted
                ? "no permission: add the user to group gpio (sudo usermod -aG gpio $USER) and log in again"
                : $"it cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}";
            return new(DeviceKind.Gpio, path, "GPIO chip", problem, []);
        }

        using (file)
        {
            GpioAbi.ChipInfo info;
            error = calls.Control(file!, GpioAbi.GetChipInfo, &info);
            if (error != 0)
            {
                return new(DeviceKind.Gpio, path, "GPIO chip", $"it does not answer as one: {Marshal.GetPInvokeErrorMessage(error)}", []);
            }

            var label = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(info.Label));
            return new(DeviceKind.Gpio, path, string.Create(CultureInfo.InvariantCulture, $"{label}, {info.Lines} lines"), null, [$"{GpioUri.Scheme}{path}?line=LINE"]);
        }
    }

    /// <summary>The inputs in /proc/asound/pcm, whose lines read "00-01: id : name : playback 1 : capture 1".</summary>
    private static IEnumerable<FoundDevice> SoundInputs(string root)
    {
        foreach (var line in Lines(At(root, "/proc/asound/pcm")))
        {
            var parts = line.Split(':', StringSplitOptions.TrimEntries);
            if (parts.Length < 4 || !parts.Skip(3).Any(part => part.StartsWith("capture", StringComparison.Ordinal)))
            {
                continue;
            }

            var numbers = parts[0].Split('-');
            if (numbers.Length != 2
                || !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var card)
                || !int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var device))
            {
                continue;
            }

            var name = string.Create(CultureInfo.InvariantCulture, $"hw:{card},{device}");
            var file = string.Create(CultureInfo.InvariantCulture, $"/dev/snd/pcmC{card}D{device}c");
            yield return new(DeviceKind.Sound, name, parts[2].Length > 0 ? parts[2] : parts[1], Denied(root, file, "audio"), [$"{AlsaUri.Scheme}{name}?fullscale=MILLIVOLTS"]);
        }
    }

    private static void Require(List<MachineFinding> findings, List<FoundDevice> devices, DeviceKind kind, string name, string what, string cure, string use)
    {
        var found = devices.Where(device => device.Kind == kind).ToList();
        if (found.Count == 0)
        {
            findings.Add(new(name, false, $"There is no {what} device (for {use}): {cure}."));
            return;
        }

        var usable = found.Count(device => device.Problem is null);
        findings.Add(usable > 0
            ? new(name, true, $"{usable} {what} device{(usable == 1 ? "" : "s")} can be opened.")
            : new(name, false, $"No {what} device can be opened ({found[0].Path}: {found[0].Problem}); it is for {use}."));
    }

    private static string Module(string root, string module, string cure) => Directory.Exists(At(root, $"/sys/module/{module}"))
        ? $"the module {module} is there, but no bus was handed to it; {cure}"
        : $"the module {module} is not loaded; {cure}";

    private static void AddRealtime(List<MachineFinding> findings, string root)
    {
        var limits = Lines(At(root, "/proc/self/limits"));
        var capabilities = Capabilities(root);
        var priority = Limit(limits, "Max realtime priority");
        findings.Add((capabilities & (1UL << CapSysNice)) != 0 ? new("rtprio", true, "Real-time priority is granted (CAP_SYS_NICE).")
            : priority >= WantedPriority ? new("rtprio", true, $"Real-time priority is granted (rtprio {priority}).")
            : new("rtprio", false, $"Real-time priority is limited to {priority}, and the pulse thread asks for {WantedPriority}: pulses would be dropped while others run; put \"rtprio 85\" for the user into /etc/security/limits.d and log in anew."));

        var memory = Limit(limits, "Max locked memory");
        findings.Add((capabilities & (1UL << CapIpcLock)) != 0 ? new("memlock", true, "Memory may be locked (CAP_IPC_LOCK).")
            : memory == long.MaxValue ? new("memlock", true, "Memory may be locked (memlock unlimited).")
            : new("memlock", false, $"Only {memory / 1024} KiB may be locked: a page fault could delay a pulse; put \"memlock unlimited\" for the user into /etc/security/limits.d and log in anew."));

        var runtime = Lines(At(root, "/proc/sys/kernel/sched_rt_runtime_us")).FirstOrDefault()?.Trim();
        if (runtime == "0")
        {
            findings.Add(new("rtruntime", false, "/proc/sys/kernel/sched_rt_runtime_us is 0: no real-time thread runs at all; set it to 950000."));
        }

        const string latency = "/dev/cpu_dma_latency";
        var denied = Denied(root, latency, "", FileAccess.Write);
        findings.Add(denied is null
            ? new("latency", true, $"{latency} can be held: processors wake fast while a pulse is due.")
            : new("latency", false, File.Exists(At(root, latency))
                ? $"{latency} may not be written: a processor that sleeps deeply may wake late; make it writable for the user's group with a udev rule (docs/board.md has it)."
                : $"There is no {latency}: a processor that sleeps deeply may wake late; the kernel was built without it."));

        var isRealtime = Lines(At(root, "/sys/kernel/realtime")).FirstOrDefault()?.Trim() == "1"
            || Lines(At(root, "/proc/version")).Any(line => line.Contains("PREEMPT_RT", StringComparison.Ordinal));
        findings.Add(isRealtime
            ? new("preempt", true, "The kernel is a real-time one (PREEMPT_RT).")
            : new("preempt", false, "The kernel is not a real-time one (PREEMPT_RT): it works, but more pulses are dropped under load; 'ecggate bench' measures how many."));
    }

    private static ulong Capabilities(string root)
    {
        const string field = "CapEff:";
        var line = Lines(At(root, "/proc/self/status")).FirstOrDefault(text => text.StartsWith(field, StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line[field.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) ? bits : 0;
    }

    /// <summary>The soft limit of a line such as "Max realtime priority     0      0".</summary>
    private static long Limit(IEnumerable<string> limits, string name)
    {
        var line = limits.FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal));
        var soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return soft == "unlimited" ? long.MaxValue : long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
