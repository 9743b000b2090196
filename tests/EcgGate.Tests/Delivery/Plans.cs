using EcgGate.Delivery;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Delivery;

/// <summary>Plans for tests.</summary>
internal static class Plans
{
    public static string Examples => Path.Combine(Recordings.Repository, "examples");

    /// <summary>The examples that name the schema of plans; there are others.</summary>
    public static TheoryData<string> ExampleFiles =>
    [
        .. Directory.EnumerateFiles(Examples, "*.json")
            .Where(file => File.ReadAllText(file).Contains("pulse-protocol.schema.json", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file)),
    ];

    /// <summary>Two pairs, 2 test pulses and 4 treatment pulses each.</summary>
    public static PulseProtocol Small { get; } = new()
    {
        Name = "small",
        Pairs =
        [
            new PlannedPair { Name = "A-B", SpacingCm = 2, ExposureMm = 15 },
            new PlannedPair { Name = "B-C", SpacingCm = 1, ExposureMm = 15 },
        ],
        Test = new PlannedTest { Pulses = 2, Volts = 100, WidthMicroseconds = 90, MinimumOhms = 50, MaximumOhms = 1500 },
        Treatment = new PlannedTreatment { FieldVoltsPerCm = 1500, WidthMicroseconds = 90, PulsesPerPair = 4, CurrentLimitAmperes = 50 },
    };

    public static PulseProtocol Load(string example) => PulseProtocol.Load(Path.Combine(Examples, example));
}
