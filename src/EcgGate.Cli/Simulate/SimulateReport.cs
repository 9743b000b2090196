using System.Text.Json;
using System.Text.Json.Serialization;
using EcgGate.Cli.Output;
using EcgGate.Emulator.Simulation;
using EcgGate.Gating;

namespace EcgGate.Cli.Simulate;

/// <summary>A broken invariant in JSON.</summary>
internal sealed record SimulateFailure(ulong Seed, long Beats, string Faults, string Invariant, double Seconds, string Detail, long Breaches, string Command);

/// <summary>What came of the procedures, in JSON.</summary>
internal sealed record SimulatedProcedures(
    long Procedures, long Completed, long Planned, long Made, long CountedFalsely, long Stray, long Tests, long Treatments, long Failed, long Unexpected, long Permits, long Resumed, Dictionary<string, long> Paused, Dictionary<string, long> Aborted);

/// <summary>The figures of <c>simulate</c> for machines. Fields may be added, none is taken away.</summary>
internal sealed record SimulateReport
{
    public required ulong Seed { get; init; }

    public required string Faults { get; init; }

    public required long Beats { get; init; }

    public required int Patients { get; init; }

    public required int PatientsOnBoard { get; init; }

    public required double SimulatedSeconds { get; init; }

    public required long Samples { get; init; }

    public required long Engines { get; init; }

    public required long Detected { get; init; }

    public required long Fired { get; init; }

    public required Dictionary<string, long> Withheld { get; init; }

    public required Dictionary<string, long> Missed { get; init; }

    public required long OnEctopicBeats { get; init; }

    public required long OnFusionBeats { get; init; }

    public required long OnPrematureBeats { get; init; }

    public required long LateByTheLine { get; init; }

    public required long DroppedEvents { get; init; }

    public required Dictionary<string, long> Injected { get; init; }

    /// <summary>Null without <c>--procedures</c>.</summary>
    public required SimulatedProcedures? Procedures { get; init; }

    /// <summary>How often an invariant broke.</summary>
    public required long Breaches { get; init; }

    /// <summary>Without a breach: the 95 % upper bound of the share of unsafe pulses, 3/N, in percent; otherwise null.</summary>
    public required double? UpperBoundPercent { get; init; }

    public required IReadOnlyList<SimulateFailure> Failures { get; init; }

    public required bool StoppedEarly { get; init; }

    public required double ElapsedSeconds { get; init; }

    public static void Write(CompleteFile file, SimulationOptions options, SimulationResult result, TimeSpan elapsed, bool isStopped)
    {
        var report = new SimulateReport
        {
            Seed = options.Seed,
            Faults = options.Faults.ToString(),
            Beats = result.Beats,
            Patients = result.Patients,
            PatientsOnBoard = result.PatientsOnBoard,
            SimulatedSeconds = Math.Round(result.Time.TotalSeconds, 3),
            Samples = result.Samples,
            Engines = result.Engines,
            Detected = result.Detected,
            Fired = result.Fired,
            Withheld = ByName(result.Withheld),
            Missed = ByName(result.Missed),
            OnEctopicBeats = result.EdgesOnEctopicBeats,
            OnFusionBeats = result.EdgesOnFusionBeats,
            OnPrematureBeats = result.EdgesOnPrematureBeats,
            LateByTheLine = result.EdgesLateByTheLine,
            DroppedEvents = result.DroppedEvents,
            Injected = result.Faults.ToDictionary(entry => FaultSelection.NameOf(entry.Key), entry => entry.Value),
            Procedures = result.Procedures is not { } figures ? null : new SimulatedProcedures(
                figures.Procedures,
                figures.Completed,
                figures.Planned,
                figures.Made,
                figures.CountedFalsely,
                figures.Stray,
                figures.Tests,
                figures.Treatments,
                figures.Failed,
                figures.Unexpected,
                figures.Permits,
                figures.Resumed,
                ByName(figures.Pauses),
                ByName(figures.Aborts)),
            Breaches = result.Breaches,
            UpperBoundPercent = result.Breaches == 0 && result.Fired > 0 ? Math.Round(SummaryView.UpperBoundPercent(result.Fired), 6) : null,
            Failures = [.. result.Failures.Select(failure => new SimulateFailure(
                failure.Seed, failure.Beats, failure.Faults.ToString(), failure.Breach.Invariant.ToString(), Math.Round(failure.Breach.PatientSeconds, 6), failure.Breach.Detail, failure.Count, failure.Command))],
            StoppedEarly = isStopped,
            ElapsedSeconds = Math.Round(elapsed.TotalSeconds, 3),
        };
        file.Writer.WriteLine(JsonSerializer.Serialize(report, SimulateReportContext.Default.SimulateReport).ReplaceLineEndings("\n"));
        file.Complete();
    }

    private static Dictionary<string, long> ByName<T>(IEnumerable<KeyValuePair<T, long>> counts)
        where T : struct, Enum =>
        counts.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value);
}

/// <summary>Serializers made at compile time: nothing is looked up by reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(SimulateReport))]
internal sealed partial class SimulateReportContext : JsonSerializerContext;
