using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using EcgGate.Cli.Output;
using EcgGate.Delivery;
using EcgGate.Records.Sessions;

namespace EcgGate.Cli.Session;

/// <summary>A generator's reading in JSON; null where there was nothing to measure.</summary>
internal sealed record ReadingReport(long Number, int Pair, double? SetVolts, double? SetWidthUs, double? MeanVolts, double? PeakAmperes, double? MeanAmperes, double? WidthUs, double? ImpedanceOhms, string Fault)
{
    public static ReadingReport Of(PulseReading reading) => new(
        reading.Number,
        reading.Setting.Pair,
        Finite(reading.Setting.Volts),
        Finite(reading.Setting.WidthMicroseconds),
        Finite(reading.MeanVolts),
        Finite(reading.PeakAmperes),
        Finite(reading.MeanAmperes),
        Finite(reading.WidthMicroseconds),
        Finite(reading.ImpedanceOhms),
        reading.Fault.ToString());

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary><c>session show</c> in JSON. Fields may be added, none is taken away.</summary>
internal sealed record SessionShowReport
{
    public required string Name { get; init; }

    public required string Started { get; init; }

    public required string Version { get; init; }

    public required string Runtime { get; init; }

    public required double SamplingRateHz { get; init; }

    public required Dictionary<string, string> Machine { get; init; }

    /// <summary>Whether it was closed in order.</summary>
    public required bool Closed { get; init; }

    public required string End { get; init; }

    public required GateReport Gate { get; init; }

    public required IReadOnlyList<ReadingReport> Pulses { get; init; }

    public required long LostInputs { get; init; }

    public required long LostEvents { get; init; }

    public required IReadOnlyList<string> Findings { get; init; }

    public static SessionShowReport Of(SessionSummary summary)
    {
        var header = summary.Session.Header;
        return new SessionShowReport
        {
            Name = header.Source.Name,
            Started = header.Started.ToString("O", CultureInfo.InvariantCulture),
            Version = header.Version,
            Runtime = RuntimeOption.NameOf(header.Runtime),
            SamplingRateHz = header.Source.SamplingRateHertz,
            Machine = header.Machine.DistinctBy(one => one.Key).ToDictionary(),
            Closed = summary.Session.Closed is not null,
            End = summary.End,
            Gate = GateReport.Of(summary.Figures),
            Pulses = [.. summary.Pulses.Select(ReadingReport.Of)],
            LostInputs = summary.LostInputs,
            LostEvents = summary.Session.LostEvents,
            Findings = [.. summary.Findings.Select(finding => finding.ToString())],
        };
    }
}

/// <summary><c>session verify</c> in JSON. Fields may be added, none is taken away.</summary>
internal sealed record SessionVerifyReport
{
    /// <summary>Verified, VerifiedToItsEnd, Incomplete, Damaged or Differs.</summary>
    public required string Verdict { get; init; }

    public required bool Good { get; init; }

    public required long Samples { get; init; }

    public required long Events { get; init; }

    public required long EqualEvents { get; init; }

    public required IReadOnlyList<string> Problems { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public static SessionVerifyReport Of(SessionVerification check) => new()
    {
        Verdict = check.Verdict.ToString(),
        Good = check.IsGood,
        Samples = check.Samples,
        Events = check.Events,
        EqualEvents = check.EqualEvents,
        Problems = check.Problems,
        Notes = check.Notes,
    };
}

/// <summary>Serializers made at compile time: nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SessionShowReport))]
[JsonSerializable(typeof(SessionVerifyReport))]
internal sealed partial class SessionJsonContext : JsonSerializerContext;
