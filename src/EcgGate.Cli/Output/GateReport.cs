using System.Text.Json;
using System.Text.Json.Serialization;
using EcgGate.Cli.Figures;
using EcgGate.Emulator.Generator;
using EcgGate.Gating;

namespace EcgGate.Cli.Output;

/// <summary>Percentiles in JSON; null where there was nothing to measure.</summary>
internal sealed record SpreadReport(long Count, double? P1, double? P50, double? P95, double? P99, double? Max)
{
    public static SpreadReport Of(Spread spread) =>
        new(spread.Count, Number(spread.P1), Number(spread.P50), Number(spread.P95), Number(spread.P99), Number(spread.Max));

    private static double? Number(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;
}

/// <summary>What the referee found, in JSON.</summary>
internal sealed record RefereeReport
{
    /// <summary>Edges that the generator saw.</summary>
    public required long Pulses { get; init; }

    /// <summary>Those outside [R, R + 100 ms] of every true beat.</summary>
    public required long Unsafe { get; init; }

    /// <summary>With none unsafe: the 95 % upper bound of their share, 3/N, in percent; otherwise null.</summary>
    public required double? UpperBoundPercent { get; init; }

    /// <summary>Edge minus true R.</summary>
    public required SpreadReport OffsetFromRMs { get; init; }

    /// <summary>How many pulses got each verdict, by the verdict's name; those without any are left out.</summary>
    public required Dictionary<string, long> Verdicts { get; init; }

    /// <summary>Whether the line was still active at the end.</summary>
    public required bool LineStuckHigh { get; init; }

    public static RefereeReport Of(PulseJudgement judgement)
    {
        var pulses = judgement.Pulses;
        return new RefereeReport
        {
            Pulses = pulses.Count,
            Unsafe = judgement.UnsafeCount,
            UpperBoundPercent = judgement.UnsafeCount == 0 && pulses.Count > 0 ? Math.Round(SummaryView.UpperBoundPercent(pulses.Count), 3) : null,
            OffsetFromRMs = SpreadReport.Of(Spread.Of(pulses.Select(pulse => pulse.OffsetMilliseconds).Where(double.IsFinite))),
            Verdicts = pulses.CountBy(pulse => pulse.Verdict).OrderBy(entry => entry.Key).ToDictionary(entry => entry.Key.ToString(), entry => (long)entry.Value),
            LineStuckHigh = judgement.LineStuckHigh,
        };
    }
}

/// <summary>The figures of <c>run</c> and <c>replay</c> for machines. Fields may be added, none is taken away.</summary>
internal sealed record GateReport
{
    public required string Name { get; init; }

    public required double Seconds { get; init; }

    public required long Samples { get; init; }

    public required long Beats { get; init; }

    public required long Fired { get; init; }

    public required Dictionary<string, long> Withheld { get; init; }

    public required Dictionary<string, long> Missed { get; init; }

    public required SpreadReport LatenessUs { get; init; }

    public required long DroppedEvents { get; init; }

    public required SpreadReport DecisionLatencyMs { get; init; }

    public required SpreadReport PulseOffsetMs { get; init; }

    public required long RefutedBeats { get; init; }

    public required long LostSamples { get; init; }

    /// <summary>Why nothing was fired.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WhyNothingFired { get; init; }

    /// <summary><c>replay</c> only: what found the beats.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detector { get; init; }

    /// <summary><c>run</c> only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RefereeReport? Referee { get; init; }

    /// <summary><c>run</c> only: <c>isolated</c> or <c>in-process</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Runtime { get; init; }

    /// <summary><c>run</c> only: what the host refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? RealtimeWarnings { get; init; }

    /// <summary>Why it ended before its time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Failure { get; init; }

    /// <summary><c>replay</c> of several records: each of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GateReport>? Records { get; init; }

    /// <summary><c>replay</c>: what could not be replayed, and why.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Failures { get; init; }

    public static GateReport Of(GateFigures figures) => new()
    {
        Name = figures.Name,
        Seconds = Math.Round(figures.Seconds, 3),
        Samples = figures.Samples,
        Beats = figures.Beats,
        Fired = figures.Fired,
        Withheld = ByName(figures.Withheld),
        Missed = ByName(figures.Missed),
        LatenessUs = SpreadReport.Of(figures.LatenessMicroseconds),
        DroppedEvents = figures.DroppedEvents,
        DecisionLatencyMs = SpreadReport.Of(figures.DecisionLatencyMilliseconds),
        PulseOffsetMs = SpreadReport.Of(figures.PulseOffsetMilliseconds),
        RefutedBeats = figures.RefutedBeats,
        LostSamples = figures.LostSamples,
        WhyNothingFired = figures.WhyNothingFired,
    };

    public void WriteTo(Stream stream)
    {
        JsonSerializer.Serialize(stream, this, GateReportContext.Default.GateReport);
        stream.WriteByte((byte)'\n');
    }

    private static Dictionary<string, long> ByName(IEnumerable<KeyValuePair<Reason, long>> counts) =>
        counts.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value);
}

/// <summary>Serializers made at compile time: nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(GateReport))]
internal sealed partial class GateReportContext : JsonSerializerContext;
