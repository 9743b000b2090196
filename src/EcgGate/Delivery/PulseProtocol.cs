using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace EcgGate.Delivery;

/// <summary>What makes the moment of a pulse.</summary>
public enum PulseGating
{
    /// <summary>The R wave of the ECG.</summary>
    [JsonStringEnumMemberName("ecg")]
    Ecg,

    /// <summary>A clock. For phantoms only.</summary>
    [JsonStringEnumMemberName("fixedRate")]
    FixedRate,
}

/// <summary>What becomes of a pulse that failed, as far as the plan's count goes.</summary>
public enum FailedPulsePolicy
{
    /// <summary>It does not count: another one is delivered in its place.</summary>
    [JsonStringEnumMemberName("repeat")]
    Repeat,

    /// <summary>It counts, unless no current flowed.</summary>
    [JsonStringEnumMemberName("count")]
    Count,
}

/// <summary>A pair of electrodes in a plan.</summary>
public sealed record PlannedPair
{
    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The generator's pair, from 0; null for the pair's place in the plan.</summary>
    public int? Output { get; init; }

    /// <summary>Distance of the electrodes, in cm.</summary>
    public required double SpacingCm { get; init; }

    /// <summary>How much of each electrode is bare, in mm. For the record; the voltage does not depend on it.</summary>
    public required double ExposureMm { get; init; }
}

/// <summary>The test phase of a plan.</summary>
public sealed record PlannedTest
{
    /// <summary>How many test pulses each pair gets.</summary>
    public required int Pulses { get; init; }

    /// <summary>Their voltage.</summary>
    public required double Volts { get; init; }

    /// <summary>Their length.</summary>
    public required double WidthMicroseconds { get; init; }

    /// <summary>Below this impedance the pair is refused: a short circuit, or electrodes too close.</summary>
    public required double MinimumOhms { get; init; }

    /// <summary>Above this impedance the pair is refused: a bad contact.</summary>
    public required double MaximumOhms { get; init; }

    /// <summary>Above this current a test pulse ends. Default 5 A.</summary>
    public double CurrentLimitAmperes { get; init; } = 5;
}

/// <summary>The treatment phase of a plan.</summary>
public sealed record PlannedTreatment
{
    /// <summary>Voltage over distance, in V/cm.</summary>
    public required double FieldVoltsPerCm { get; init; }

    /// <summary>Length of a pulse.</summary>
    public required double WidthMicroseconds { get; init; }

    /// <summary>How many pulses each pair gets.</summary>
    public required int PulsesPerPair { get; init; }

    /// <summary>After so many pulses a pause is made; 0, the default, for one train.</summary>
    public int PulsesPerTrain { get; init; }

    /// <summary>How long that pause is. Default 0.</summary>
    public double TrainPauseSeconds { get; init; }

    /// <summary>Above this current a pulse ends.</summary>
    public required double CurrentLimitAmperes { get; init; }

    /// <summary>Shortest time between two pulses, test pulses too. Default 900 ms.</summary>
    public double MinimumIntervalMilliseconds { get; init; } = 900;

    /// <summary>By how much the impedance may rise over that of a pair's first pulses. Default 30 %.</summary>
    public double ImpedanceRisePercent { get; init; } = 30;

    /// <summary>Whether a failed pulse is repeated. Default <see cref="FailedPulsePolicy.Repeat"/>.</summary>
    public FailedPulsePolicy FailedPulses { get; init; } = FailedPulsePolicy.Repeat;

    /// <summary>With more failed pulses than this, test pulses included, the procedure is aborted. Default 5.</summary>
    public int MaximumFailedPulses { get; init; } = 5;
}

/// <summary>How long a procedure waits, and for what. A property each, all in the plan's <c>limits</c>.</summary>
public sealed record PlannedLimits
{
    /// <summary>Without a beat to fire on for this long, the procedure pauses. Default 60 s.</summary>
    public double EcgWaitSeconds { get; init; } = 60;

    /// <summary>With a generator that is not ready for this long, the procedure pauses. Default 30 s.</summary>
    public double GeneratorWaitSeconds { get; init; } = 30;

    /// <summary>Without a heartbeat of the operator for this long, the procedure is aborted. Default 5 s.</summary>
    public double HeartbeatSeconds { get; init; } = 5;

    /// <summary>After this time the procedure is aborted, whatever it does. Default 30 minutes.</summary>
    public double TotalMinutes { get; init; } = 30;
}

/// <summary>
/// The plan of a procedure: electrodes, test, treatment, limits. Read from JSON; checked as a whole before anything is
/// armed.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. <see cref="Parse(string, string)"/> and <see cref="Load"/> list everything that is wrong with a plan at
/// once, each with its JSON path and line. A plan made in code is checked by <see cref="Validate()"/> in the same way, by
/// way of its own JSON.
/// </remarks>
public sealed record PulseProtocol
{
    /// <summary>Largest file that is taken for a plan.</summary>
    private const int LargestBytes = 1 << 20;

    // What is required here is never missing in a plan that was checked.
    private static readonly JsonNode Defaults = JsonSerializer.SerializeToNode(
        new PulseProtocol
        {
            Name = "",
            Pairs = [],
            Test = new PlannedTest { Pulses = 0, Volts = 0, WidthMicroseconds = 0, MinimumOhms = 0, MaximumOhms = 0 },
            Treatment = new PlannedTreatment { FieldVoltsPerCm = 0, WidthMicroseconds = 0, PulsesPerPair = 0, CurrentLimitAmperes = 0 },
        },
        ProtocolJson.Default.PulseProtocol)!;

    /// <summary>Where the schema is; not used.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>What makes the moment of a pulse. Default <see cref="PulseGating.Ecg"/>.</summary>
    public PulseGating Gating { get; init; } = PulseGating.Ecg;

    /// <summary>True where the electrodes stand in a phantom: only then may the gating be a clock. Default false.</summary>
    public bool IsPhantom { get; init; }

    /// <summary>The electrodes, in the order of treatment; one pair or more.</summary>
    public required IReadOnlyList<PlannedPair> Pairs { get; init; }

    /// <summary>The test phase.</summary>
    public required PlannedTest Test { get; init; }

    /// <summary>The treatment phase.</summary>
    public required PlannedTreatment Treatment { get; init; }

    /// <summary>How long is waited for what.</summary>
    public PlannedLimits Limits { get; init; } = new();

    /// <summary>The schema of plan files (JSON Schema 2020-12), as published in <c>docs/pulse-protocol.schema.json</c>.</summary>
    public static string SchemaText => ProtocolFields.WriteSchema();

    /// <summary>Shortest time between two pulses.</summary>
    [JsonIgnore]
    public TimeSpan MinimumInterval => TimeSpan.FromMilliseconds(Treatment.MinimumIntervalMilliseconds);

    /// <summary>Reads a plan from a file.</summary>
    /// <exception cref="PulseProtocolException">It cannot be read, or is no plan that may be used.</exception>
    public static PulseProtocol Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            var length = new FileInfo(path).Length;
            return length > LargestBytes
                ? throw new PulseProtocolException(path, [new ProtocolProblem("$", $"has {length.ToString("N0", CultureInfo.InvariantCulture)} bytes; a plan has at most 1 MiB.")])
                : Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new PulseProtocolException(path, [new ProtocolProblem("$", $"cannot be read: {problem.Message}")]);
        }
    }

    /// <summary>Reads a plan.</summary>
    /// <param name="utf8">JSON, in UTF-8.</param>
    /// <param name="name">What the text is called in errors.</param>
    /// <exception cref="PulseProtocolException">It is no plan that may be used; all that is wrong is listed.</exception>
    public static PulseProtocol Parse(ReadOnlySpan<byte> utf8, string name = "plan")
    {
        var problems = Check(utf8);
        if (problems.Count > 0)
        {
            throw new PulseProtocolException(name, problems);
        }

        var plan = JsonNode.Parse(WithoutMark(utf8))!;
        Fill(plan, Defaults);
        return plan.Deserialize(ProtocolJson.Default.PulseProtocol)!;
    }

    /// <summary>Reads a plan from text.</summary>
    /// <exception cref="PulseProtocolException">As for the other one.</exception>
    public static PulseProtocol Parse(string json, string name = "plan") => Parse(Encoding.UTF8.GetBytes(json), name);

    /// <summary>The plan as JSON, every field of it written.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ProtocolJson.Default.PulseProtocol);

    /// <summary>All that is wrong with the plan by itself; empty where it may be used.</summary>
    public IReadOnlyList<ProtocolProblem> Validate() => Check(JsonSerializer.SerializeToUtf8Bytes(this, ProtocolJson.Default.PulseProtocol));

    /// <summary>All that is wrong with the plan, by itself and for a generator; empty where it may be armed.</summary>
    public IReadOnlyList<ProtocolProblem> Validate(in GeneratorLimits limits)
    {
        var problems = new List<ProtocolProblem>(Validate());
        if (problems.Count > 0)
        {
            return problems;
        }

        for (var i = 0; i < Pairs.Count; i++)
        {
            var volts = VoltsOf(i);
            var spacing = Pairs[i].SpacingCm;
            if (volts > limits.MaximumVolts)
            {
                // Rounded down: what is printed must work.
                var largest = Math.Floor((limits.MaximumVolts / Treatment.FieldVoltsPerCm * 100) + 1e-9) / 100;
                var field = Math.Floor(limits.MaximumVolts / spacing);
                problems.Add(new ProtocolProblem(
                    $"$.pairs[{i}].spacingCm",
                    Invariant($"{Treatment.FieldVoltsPerCm:N0} V/cm over {spacing:0.##} cm is {volts:N0} V; the generator reaches {limits.MaximumVolts:N0} V. The largest spacing at this field is {largest:0.0#} cm, the highest field over this spacing {field:N0} V/cm.")));
            }

            if (OutputOf(i) >= limits.ElectrodePairs)
            {
                problems.Add(new ProtocolProblem(
                    Pairs[i].Output is null ? $"$.pairs[{i}]" : $"$.pairs[{i}].output",
                    Invariant($"is the generator's pair {OutputOf(i)}; it has {limits.ElectrodePairs}, counted from 0.")));
            }
        }

        void Most(string path, double value, double most, string unit)
        {
            if (value > most)
            {
                problems.Add(new ProtocolProblem(path, Invariant($"is {value:0.###} {unit}; the generator's limit is {most:0.###} {unit}.")));
            }
        }

        void Width(string path, double value, in GeneratorLimits of)
        {
            if (value < of.MinimumWidthMicroseconds || value > of.MaximumWidthMicroseconds)
            {
                problems.Add(new ProtocolProblem(path, Invariant($"is {value:0.###} us; the generator makes pulses of {of.MinimumWidthMicroseconds:0.###} to {of.MaximumWidthMicroseconds:0.###} us.")));
            }
        }

        Most("$.test.volts", Test.Volts, limits.MaximumVolts, "V");
        Most("$.test.currentLimitAmperes", Test.CurrentLimitAmperes, limits.MaximumAmperes, "A");
        Most("$.treatment.currentLimitAmperes", Treatment.CurrentLimitAmperes, limits.MaximumAmperes, "A");
        Width("$.test.widthMicroseconds", Test.WidthMicroseconds, limits);
        Width("$.treatment.widthMicroseconds", Treatment.WidthMicroseconds, limits);
        return problems;
    }

    /// <summary>
    /// The treatment's voltage on a pair, to the millivolt: 1.12 cm at 3,100 V/cm are 3,472 V, and not half a picovolt beyond the limit.
    /// </summary>
    /// <param name="pair">In the plan's order, from 0.</param>
    public double VoltsOf(int pair) => Math.Round(Treatment.FieldVoltsPerCm * Pairs[pair].SpacingCm, 3);

    /// <summary>The generator's number of a pair.</summary>
    /// <param name="pair">In the plan's order, from 0.</param>
    public int OutputOf(int pair) => Pairs[pair].Output ?? pair;

    /// <summary>What the generator is set to for a pair's test pulses.</summary>
    public PulseSetting TestSetting(int pair) => new(OutputOf(pair), Test.Volts, Test.WidthMicroseconds, Test.CurrentLimitAmperes);

    /// <summary>What the generator is set to for a pair's treatment.</summary>
    public PulseSetting TreatmentSetting(int pair) => new(OutputOf(pair), VoltsOf(pair), Treatment.WidthMicroseconds, Treatment.CurrentLimitAmperes);

    /// <summary>A gate's options with what this plan needs of them: permits, and its interval where that is longer.</summary>
    public GateOptions ApplyTo(GateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            NeedsPermits = true,
            MinimumInterval = options.MinimumInterval > MinimumInterval ? options.MinimumInterval : MinimumInterval,
        };
    }

    /// <summary>How long a procedure takes, without waiting for the operator and without charging.</summary>
    /// <param name="ratePerMinute">The heart rate; for a fixed rate it does not matter.</param>
    /// <param name="yield">Share of the beats that may be fired on, above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate or a share out of range.</exception>
    public TimeSpan EstimateDuration(double ratePerMinute, double yield)
    {
        var tests = Pairs.Count * Test.Pulses;
        var treatment = Pairs.Count * Treatment.PulsesPerPair;
        var perPair = Treatment.PulsesPerTrain > 0 ? (Treatment.PulsesPerPair - 1) / Treatment.PulsesPerTrain : 0;
        return ((tests + treatment) * EstimateInterval(ratePerMinute, yield))
            + TimeSpan.FromSeconds(Pairs.Count * perPair * Treatment.TrainPauseSeconds);
    }

    /// <summary>Mean time from one pulse to the next within a train.</summary>
    /// <remarks>
    /// As many beats as the shortest interval needs, and then until one comes that may be fired on: of independent beats
    /// with this share, 1 / share on average.
    /// </remarks>
    internal TimeSpan EstimateInterval(double ratePerMinute, double yield)
    {
        if (Gating == PulseGating.FixedRate)
        {
            return MinimumInterval;
        }

        if (!(ratePerMinute is >= 10 and <= 300))
        {
            throw new ArgumentOutOfRangeException(nameof(ratePerMinute), ratePerMinute, "A heart rate is 10 to 300 a minute.");
        }

        if (!(yield is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(yield), yield, "A share of beats is above 0 and at most 1.");
        }

        var beat = 60 / ratePerMinute;
        var beats = Math.Max(1, Math.Ceiling((Treatment.MinimumIntervalMilliseconds * 1e-3 / beat) - 1e-9));
        return TimeSpan.FromSeconds(beat * (beats - 1 + (1 / yield)));
    }

    /// <summary>
    /// Adds the defaults of fields that are left out. Generated reading gives init-only properties that are missing the
    /// default of their type, not their own.
    /// </summary>
    private static void Fill(JsonNode plan, JsonNode defaults)
    {
        foreach (var (name, value) in defaults.AsObject())
        {
            if (plan[name] is not { } given)
            {
                plan[name] = value!.DeepClone();
            }
            else if (value is JsonObject)
            {
                Fill(given, value);
            }
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> utf8) => utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;

    private static List<ProtocolProblem> Check(ReadOnlySpan<byte> utf8)
    {
        var problems = new List<ProtocolProblem>();
        if (PlanNode.TryRead(WithoutMark(utf8), problems) is { } root)
        {
            ProtocolFields.Check(root, problems);
        }

        return problems;
    }
}

/// <summary>Reads and writes plans without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(PulseProtocol))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
