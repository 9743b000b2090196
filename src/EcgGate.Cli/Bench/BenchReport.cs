using System.Text.Json;
using System.Text.Json.Serialization;

namespace EcgGate.Cli.Bench;

/// <summary>Percentiles in JSON; null where there was nothing to measure.</summary>
internal sealed record PercentilesReport(long Count, double? P50, double? P95, double? P99, double? P999, double? P9999, double? Max)
{
    public static PercentilesReport Of(Percentiles values) =>
        new(values.Count, Number(values.P50), Number(values.P95), Number(values.P99), Number(values.P999), Number(values.P9999), Number(values.Max));

    private static double? Number(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;
}

/// <summary>The machine in JSON.</summary>
internal sealed record MachineReport
{
    public required string OperatingSystem { get; init; }

    public required string? Kernel { get; init; }

    public required string? Preemption { get; init; }

    public required string? Processor { get; init; }

    public required int Processors { get; init; }

    public required int MeasuredProcessor { get; init; }

    [JsonPropertyName("virtual")]
    public required bool? IsVirtual { get; init; }

    public required string? Governor { get; init; }

    public required string? IsolatedProcessors { get; init; }

    public required long? RealtimeRuntimeUs { get; init; }

    public required string? ClockSource { get; init; }

    public required string Runtime { get; init; }

    public required int FifoPriority { get; init; }

    public required bool MemoryLocked { get; init; }

    public required bool ProcessorHeldAwake { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<string> Advice { get; init; }

    public static MachineReport Of(MachineDescription machine, IReadOnlyList<string> advice) => new()
    {
        OperatingSystem = machine.OperatingSystem,
        Kernel = machine.Kernel,
        Preemption = machine.Preemption,
        Processor = machine.Processor,
        Processors = machine.Processors,
        MeasuredProcessor = machine.MeasuredProcessor,
        IsVirtual = machine.IsVirtual,
        Governor = machine.Governor,
        IsolatedProcessors = machine.Isolated,
        RealtimeRuntimeUs = machine.RealtimeRuntimeUs,
        ClockSource = machine.ClockSource,
        Runtime = machine.Runtime,
        FifoPriority = machine.Granted?.FifoPriority ?? 0,
        MemoryLocked = machine.Granted?.MemoryLocked ?? false,
        ProcessorHeldAwake = machine.Granted?.ProcessorHeldAwake ?? false,
        Warnings = machine.Granted?.Warnings ?? [],
        Advice = advice,
    };
}

/// <summary>What the machine itself takes away, in JSON.</summary>
internal sealed record GapsReport
{
    public required double WatchedSeconds { get; init; }

    /// <summary>How many steps of the clock were longer than so many microseconds.</summary>
    public required Dictionary<string, long> LongerThanUs { get; init; }

    public required double LostPercent { get; init; }

    /// <summary>How late the best watcher sees a random moment.</summary>
    public required PercentilesReport LatenessUs { get; init; }
}

/// <summary>One run in JSON.</summary>
internal sealed record BenchRunReport
{
    public required string Runtime { get; init; }

    public required string Load { get; init; }

    /// <summary>Orders, those dropped included.</summary>
    public required int Samples { get; init; }

    public required PercentilesReport LatenessUs { get; init; }

    /// <summary>A bare sleep at the same priority on the same processor.</summary>
    public required PercentilesReport Reference { get; init; }

    /// <summary>Edges not made because they would have been late.</summary>
    public required int Dropped { get; init; }

    /// <summary>Edges made later than the tolerance.</summary>
    public required int Late { get; init; }

    public required PercentilesReport PipelineNs { get; init; }

    /// <summary>From the sample that a pulse was decided with to its order.</summary>
    public required PercentilesReport OrderNs { get; init; }

    public required GapsReport Gaps { get; init; }

    /// <summary>Edges later than 10 us and dropped ones, by cause.</summary>
    public required Dictionary<string, int> Causes { get; init; }

    /// <summary>Beats without a pulse, by reason.</summary>
    public required Dictionary<string, long> Missed { get; init; }

    public required Dictionary<string, long> Withheld { get; init; }

    /// <summary>How often the timer disarmed itself.</summary>
    public required int Faults { get; init; }

    /// <summary>Collections of the runtime that the core runs in.</summary>
    public required int Collections { get; init; }

    public required double PauseMs { get; init; }

    public required long AllocatedBytes { get; init; }

    public required double? StolenMs { get; init; }

    public required double Seconds { get; init; }

    public required bool StoppedEarly { get; init; }

    /// <summary>With loop-back, where <c>latenessUs</c> is what the input saw: the same by the timer's own clock reads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PercentilesReport? SoftwareLatenessUs { get; init; }

    /// <summary>With loop-back: edges that the input did not see.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Unseen { get; init; }

    public static BenchRunReport Of(BenchRun run) => new()
    {
        Runtime = run.Runtime,
        Load = BenchLoads.NameOf(run.Load),
        Samples = run.Orders,
        LatenessUs = PercentilesReport.Of(run.Lateness),
        Reference = PercentilesReport.Of(run.Reference),
        Dropped = run.Dropped,
        Late = run.Late,
        PipelineNs = PercentilesReport.Of(run.Pipeline),
        OrderNs = PercentilesReport.Of(run.Order),
        Gaps = new GapsReport
        {
            WatchedSeconds = Math.Round(run.Gaps.Seconds, 3),
            LongerThanUs = run.Gaps.Counts.ToDictionary(entry => FormattableString.Invariant($"{entry.LongerThanMicroseconds:0}"), entry => entry.Count),
            LostPercent = Math.Round(run.Gaps.LostPercent, 3),
            LatenessUs = PercentilesReport.Of(run.Gaps.Lateness),
        },
        Causes = run.Causes.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value),
        Missed = run.Result.Missed.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value),
        Withheld = run.Result.Withheld.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value),
        Faults = run.Result.Faults,
        Collections = run.Result.Collections,
        PauseMs = Math.Round(run.Result.Pause.TotalMilliseconds, 3),
        AllocatedBytes = run.Result.AllocatedBytes,
        StolenMs = run.StolenMilliseconds,
        Seconds = Math.Round(run.Result.Time.TotalSeconds, 3),
        StoppedEarly = run.Result.IsStopped,
        SoftwareLatenessUs = run.Unseen is null ? null : PercentilesReport.Of(run.SoftwareLateness),
        Unseen = run.Unseen,
    };
}

/// <summary>The figures of <c>bench</c> for machines. Fields may be added, none is taken away.</summary>
internal sealed record BenchReport(MachineReport Machine, IReadOnlyList<BenchRunReport> Runs)
{
    public void WriteTo(Stream stream)
    {
        JsonSerializer.Serialize(stream, this, BenchReportContext.Default.BenchReport);
        stream.WriteByte((byte)'\n');
    }
}

/// <summary>Serializers made at compile time: nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchReportContext : JsonSerializerContext;
