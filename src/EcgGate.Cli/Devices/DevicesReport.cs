using System.Text.Json;
using System.Text.Json.Serialization;
using EcgGate.Cli.Output;
using EcgGate.Hardware.Machine;

namespace EcgGate.Cli.Devices;

/// <summary>A device in JSON.</summary>
internal sealed record DeviceReport(string Kind, string Path, string Description, bool Usable, string? Problem, IReadOnlyList<string> Addresses);

/// <summary>Something that the machine must grant, in JSON.</summary>
internal sealed record FindingReport(string Name, bool Good, string Message);

/// <summary>What <c>devices</c> found, for machines. Fields may be added, none is taken away.</summary>
internal sealed record DevicesReport(IReadOnlyList<DeviceReport> Devices, IReadOnlyList<FindingReport> Findings)
{
    public static DevicesReport Of(MachineDevices machine) => new(
        [.. machine.Devices.Select(device => new DeviceReport(device.Kind.ToString().ToLowerInvariant(), device.Path, device.Description, device.Problem is null, device.Problem, device.Addresses))],
        [.. machine.Findings.Select(finding => new FindingReport(finding.Name, finding.Good, finding.Message))]);

    public void WriteTo(CompleteFile file)
    {
        file.Writer.WriteLine(JsonSerializer.Serialize(this, DevicesReportContext.Default.DevicesReport).ReplaceLineEndings("\n"));
        file.Complete();
    }
}

/// <summary>Serializers made at compile time: nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(DevicesReport))]
internal sealed partial class DevicesReportContext : JsonSerializerContext;
