using System.Text.Json;
using System.Text.Json.Serialization;
using EcgGate.Cli.Output;
using EcgGate.Hardware.Ads129x;

namespace EcgGate.Cli.SelfTest;

/// <summary>One check in JSON; what was measured is null where nothing could be.</summary>
internal sealed record SelfTestCheckReport(string Name, string Description, double? Measured, double? AtLeast, double? AtMost, string Unit, bool Passed);

/// <summary>The verdict of <c>selftest</c> for machines. Fields may be added, none is taken away.</summary>
internal sealed record SelfTestReport(string Source, string Board, bool Passed, IReadOnlyList<SelfTestCheckReport> Checks)
{
    public static SelfTestReport Of(string source, string board, IReadOnlyList<Ads129xCheck> checks) => new(
        source,
        board,
        checks.All(check => check.Passed),
        [.. checks.Select(check => new SelfTestCheckReport(check.Name, check.Description, Rounded(check.Measured), Rounded(check.AtLeast), Rounded(check.AtMost), check.Unit, check.Passed))]);

    public void WriteTo(CompleteFile file)
    {
        file.Writer.WriteLine(JsonSerializer.Serialize(this, SelfTestReportContext.Default.SelfTestReport).ReplaceLineEndings("\n"));
        file.Complete();
    }

    private static double? Rounded(double? value) => value is null or double.NaN ? null : Math.Round(value.Value, 6);
}

/// <summary>Serializers made at compile time: nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(SelfTestReport))]
internal sealed partial class SelfTestReportContext : JsonSerializerContext;
