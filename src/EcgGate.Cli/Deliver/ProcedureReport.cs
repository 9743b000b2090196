using System.Text.Json;
using System.Text.Json.Serialization;
using EcgGate.Cli.Output;
using EcgGate.Delivery;

namespace EcgGate.Cli.Deliver;

/// <summary>One pair of a procedure, in JSON.</summary>
internal sealed record PairReport(string Name, int Planned, int Delivered, int Failed, bool Accepted, double? TestOhms, double? LastOhms, double? LastAmperes);

/// <summary>The figures of <c>deliver</c> for machines. Fields may be added, none is taken away.</summary>
internal sealed record ProcedureReport
{
    public required string Plan { get; init; }

    public required string State { get; init; }

    public required string Reason { get; init; }

    /// <summary>Why it paused last; null where it never did.</summary>
    public required string? LastPause { get; init; }

    /// <summary>Why the gate did not fire then.</summary>
    public required string? LastPauseGateReason { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyList<PairReport> Pairs { get; init; }

    public required int UnexpectedPulses { get; init; }

    public required long PulsesMade { get; init; }

    public required GateReport? Gate { get; init; }

    public required string? Record { get; init; }

    public static ProcedureReport Of(ProcedureResult result)
    {
        static double? Number(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;

        var progress = result.Progress;
        return new ProcedureReport
        {
            Plan = result.Plan.Name,
            State = progress.State.ToString(),
            Reason = progress.Reason.ToString(),
            LastPause = result.LastPause?.Reason.ToString(),
            LastPauseGateReason = result.LastPause?.GateReason.ToString(),
            Seconds = Math.Round(progress.Elapsed.TotalSeconds, 3),
            Pairs = [.. progress.Pairs.Select(pair => new PairReport(pair.Name, pair.Planned, pair.Delivered, pair.Failed, pair.IsAccepted, Number(pair.TestOhms), Number(pair.LastOhms), Number(pair.LastAmperes)))],
            UnexpectedPulses = progress.UnexpectedPulses,
            PulsesMade = result.PulsesMade,
            Gate = result.Figures is null ? null : GateReport.Of(result.Figures) with { Referee = result.Judgement is null ? null : RefereeReport.Of(result.Judgement), Failure = result.Failure },
            Record = result.Record,
        };
    }

    public void WriteTo(Stream stream) => JsonSerializer.Serialize(stream, this, ProcedureJson.Default.ProcedureReport);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProcedureReport))]
internal sealed partial class ProcedureJson : JsonSerializerContext;
