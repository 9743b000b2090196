using System.CommandLine;
using EcgGate.Cli.Output;
using EcgGate.Hardware.Machine;
using Spectre.Console;

namespace EcgGate.Cli.Devices;

/// <summary><c>ecggate devices</c>: what can be opened on this machine, and what is missing.</summary>
internal static class DevicesCommand
{
    public static Command Build(IAnsiConsole output)
    {
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Writes the same for machines." };
        var command = new Command("devices", "Lists what can be opened on this machine, with the address to type for it, and what is missing.")
        {
            json,
        };
        Examples.AddNotes(
            command,
            """
            Looks at SPI and I2C buses, GPIO chips and sound cards' inputs, and at what the real-time part needs: priority,
            locked memory, fast wake-ups, its own runtime. Opens device files for a moment and sends nothing. In an address,
            words in capitals are yours to replace: LINE is the number of a GPIO line, MILLIVOLTS what drives the input to
            full scale. Exit code: 0, whatever is missing.
            """);
        Examples.Add(command, ("ecggate devices --json devices.json", "with a file"));
        command.SetAction(parsed =>
        {
            using var file = parsed.GetValue(json) is { } path ? new CompleteFile("--json", path) : null;
            var machine = MachineScan.Look();
            machine = machine with { Findings = [.. machine.Findings, NativeRuntime()] };
            if (file is not null)
            {
                DevicesReport.Of(machine).WriteTo(file);
            }

            Print(output, machine);
            return ExitCode.Good;
        });
        return command;
    }

    /// <summary>For people: devices first, then what is granted, then what is missing.</summary>
    internal static void Print(IAnsiConsole output, MachineDevices machine)
    {
        output.WriteLine(machine.Devices.Count == 0 ? "No device was found." : "Devices");
        foreach (var device in machine.Devices)
        {
            output.WriteLine($"  {device.Path}  {device.Description}{(device.Problem is null ? "" : $": {device.Problem}")}", device.Problem is null ? Style.Plain : new Style(Color.Yellow));
            foreach (var address in device.Addresses)
            {
                output.WriteLine($"      {address}");
            }
        }

        foreach (var (title, isGood) in new[] { ("Granted", true), ("Missing", false) })
        {
            var findings = machine.Findings.Where(finding => finding.Good == isGood).ToList();
            if (findings.Count == 0)
            {
                continue;
            }

            output.WriteLine(title);
            foreach (var finding in findings)
            {
                output.WriteLine($"  {finding.Message}", isGood ? Style.Plain : new Style(Color.Yellow));
            }
        }
    }

    private static MachineFinding NativeRuntime() => GateEngine.CanIsolate(out var problem)
        ? new("native", true, "The real-time part has a runtime of its own, which no garbage collection of a host halts.")
        : new("native", false, $"The real-time part has no runtime of its own: a host's garbage collections halt it. {problem}");
}
