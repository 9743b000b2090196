using System.Text.Json;
using System.Text.Json.Serialization;
using EcgGate.Gating;

namespace EcgGate.Validation;

/// <summary>What validation found on one record. Percentages are 0 to 100.</summary>
public sealed record RecordResult
{
    /// <summary>The record's name.</summary>
    public required string Name { get; init; }

    /// <summary>Length of the record in seconds; 0 where not known.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>Length of the record in samples; 0 where not known.</summary>
    public long Samples { get; init; }

    /// <summary>Detection from 0:00.</summary>
    public required DetectionResult Detection { get; init; }

    /// <summary>Detection from 5:00, as EC57 asks.</summary>
    public required DetectionResult DetectionEc57 { get; init; }

    /// <summary>How long after R the decisions came, from 0:00; null where only annotations were compared.</summary>
    public DecisionLatency? DecisionLatencyMs { get; init; }

    /// <summary>What the pulses were worth; null where only annotations were compared.</summary>
    public AuditResult? Audit { get; init; }

    /// <summary>Beats the engine detected.</summary>
    public long Beats { get; init; }

    /// <summary>Beats fired on.</summary>
    public long Fired { get; init; }

    /// <summary>Beats withheld, by reason; reasons that did not occur are left out.</summary>
    public IReadOnlyDictionary<Reason, long> Withheld { get; init; } = new SortedDictionary<Reason, long>();

    /// <summary>Beats missed, by reason; reasons that did not occur are left out.</summary>
    public IReadOnlyDictionary<Reason, long> Missed { get; init; } = new SortedDictionary<Reason, long>();

    /// <summary>For each reason, what pulses on the beats not fired on for it would have been worth.</summary>
    public IReadOnlyDictionary<Reason, RuleWorth> IfFired { get; init; } = new SortedDictionary<Reason, RuleWorth>();

    /// <summary>What a stricter gate would have left of the pulses, strictest first. Empty where only annotations were compared.</summary>
    public IReadOnlyList<StrictnessPoint> Strictness { get; init; } = [];

    /// <summary>What other shape tolerances gave, and the run's own, strictest first; null where none was tried.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TolerancePoint>? Curve { get; init; }

    /// <summary>The doubtful beats, with strips of the ECG.</summary>
    public DoubtfulBeats Doubtful { get; init; } = new();

    /// <summary>The same figures, without strips, where two leads vote; null where only one was looked at.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RecordResult? TwoLeads { get; init; }

    /// <summary>What was done otherwise than asked for, in one sentence; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Remark { get; init; }
}

/// <summary>What validation found over all records: gross figures, and averages over records for detection.</summary>
public sealed record TotalResult
{
    /// <summary>How many records.</summary>
    public int Records { get; init; }

    /// <summary>Length of all records in seconds.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>Gross detection from 0:00.</summary>
    public required DetectionResult Detection { get; init; }

    /// <summary>Gross detection from 5:00.</summary>
    public required DetectionResult DetectionEc57 { get; init; }

    /// <summary>Average over records from 0:00.</summary>
    public required DetectionAverage DetectionAverage { get; init; }

    /// <summary>Average over records from 5:00.</summary>
    public required DetectionAverage DetectionEc57Average { get; init; }

    /// <summary>How long after R the decisions came; null where no record has it.</summary>
    public DecisionLatency? DecisionLatencyMs { get; init; }

    /// <summary>What the pulses were worth; null where no record has it.</summary>
    public AuditResult? Audit { get; init; }

    /// <summary>Beats the engine detected.</summary>
    public long Beats { get; init; }

    /// <summary>Beats fired on.</summary>
    public long Fired { get; init; }

    /// <summary>Beats withheld, by reason.</summary>
    public IReadOnlyDictionary<Reason, long> Withheld { get; init; } = new SortedDictionary<Reason, long>();

    /// <summary>Beats missed, by reason.</summary>
    public IReadOnlyDictionary<Reason, long> Missed { get; init; } = new SortedDictionary<Reason, long>();

    /// <summary>For each reason, what pulses on the beats not fired on for it would have been worth.</summary>
    public IReadOnlyDictionary<Reason, RuleWorth> IfFired { get; init; } = new SortedDictionary<Reason, RuleWorth>();

    /// <summary>What a stricter gate would have left of the pulses, strictest first. Empty where only annotations were compared.</summary>
    public IReadOnlyList<StrictnessPoint> Strictness { get; init; } = [];

    /// <summary>What other shape tolerances gave, and the run's own, strictest first; null where none was tried.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TolerancePoint>? Curve { get; init; }

    /// <summary>How many doubtful beats of each kind there are.</summary>
    public IReadOnlyDictionary<DoubtKind, long> Doubtful { get; init; } = new SortedDictionary<DoubtKind, long>();

    /// <summary>
    /// The same figures where two leads vote, of all records: of one without a second lead those of its first. Null where
    /// only one was looked at.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TotalResult? TwoLeads { get; init; }
}

/// <summary>A validation's figures: what <c>validate --json</c> writes.</summary>
/// <param name="Records">Each record, in order of name.</param>
/// <param name="Total">All of them together.</param>
public sealed record ValidationResult(IReadOnlyList<RecordResult> Records, TotalResult Total)
{
    /// <summary>With what was validated; null where the figures were not made by <see cref="ValidationRunner"/>.</summary>
    public ValidationSettings? Settings { get; init; }

    /// <summary>Which part of an archive this is; null for all of it.</summary>
    public ValidationPart? Part { get; init; }

    /// <summary>Length of all records in samples.</summary>
    [JsonIgnore]
    public long TotalSamples => Records.Sum(record => record.Samples);

    /// <summary>Records that could not be judged, in order of name. They are in no figure.</summary>
    public IReadOnlyList<RecordFailure> Failures { get; init; } = [];

    /// <summary>
    /// Adds records up. They are put in order of name first, so that parts of an archive judged apart add up to the
    /// same result, bit for bit, as the whole.
    /// </summary>
    public static ValidationResult Of(IEnumerable<RecordResult> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        RecordResult[] all = [.. records.OrderBy(record => record.Name, StringComparer.Ordinal)];
        DecisionLatency[] latencies = [.. all.Select(record => record.DecisionLatencyMs).OfType<DecisionLatency>()];
        AuditResult[] audits = [.. all.Select(record => record.Audit).OfType<AuditResult>()];
        var total = new TotalResult
        {
            Records = all.Length,
            DurationSeconds = all.Sum(record => record.DurationSeconds),
            Detection = DetectionResult.Gross(all.Select(record => record.Detection)),
            DetectionEc57 = DetectionResult.Gross(all.Select(record => record.DetectionEc57)),
            DetectionAverage = DetectionAverage.Of(all.Select(record => record.Detection)),
            DetectionEc57Average = DetectionAverage.Of(all.Select(record => record.DetectionEc57)),
            DecisionLatencyMs = latencies.Length == 0 ? null : DecisionLatency.Sum(latencies),
            Audit = audits.Length == 0 ? null : AuditResult.Sum(audits),
            Beats = all.Sum(record => record.Beats),
            Fired = all.Sum(record => record.Fired),
            Withheld = SumByReason(all.Select(record => record.Withheld)),
            Missed = SumByReason(all.Select(record => record.Missed)),
            IfFired = RuleWorth.Sum(all.Select(record => record.IfFired)),
            Strictness = StrictnessPoint.Sum(all.Select(record => record.Strictness)),
            Curve = TolerancePoint.Sum(all.Select(record => record.Curve)),
            Doubtful = DoubtfulBeats.Sum(all.Select(record => record.Doubtful.Counts)),
            TwoLeads = all.Any(record => record.TwoLeads is not null)
                ? Of(all.Select(record => record.TwoLeads ?? record with { Doubtful = new(), Curve = null, Remark = null })).Total
                : null,
        };
        return new ValidationResult(all, total);
    }

    /// <summary>Joins results of parts of an archive: the same, bit for bit, as the archive validated at once.</summary>
    /// <exception cref="ArgumentException">
    /// Two parts hold a record of the same name, were made with different settings, or parts are missing.
    /// </exception>
    public static ValidationResult Merge(IEnumerable<ValidationResult> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ValidationResult[] all = [.. parts];
        RecordResult[] records = [.. all.SelectMany(part => part.Records)];
        RecordFailure[] failures = [.. all.SelectMany(part => part.Failures).OrderBy(failure => failure.Name, StringComparer.Ordinal)];
        var twice = records.Select(record => record.Name).Concat(failures.Select(failure => failure.Name)).CountBy(name => name).FirstOrDefault(count => count.Value > 1).Key;
        if (twice is not null)
        {
            throw new ArgumentException($"Record '{twice}' is in more than one part; merge parts that share no record.", nameof(parts));
        }

        var different = all.FirstOrDefault(part => part.Settings != all[0].Settings);
        if (different is not null)
        {
            throw new ArgumentException("The parts were made with different settings (annotators, detector, leads, noise, gate options, curve or version), so that their sum would mean nothing; make them anew with the same.", nameof(parts));
        }

        ValidationPart.RequireComplete(all.Select(part => part.Part));
        return Of(records) with { Settings = all.Length == 0 ? null : all[0].Settings, Failures = failures };
    }

    /// <summary>Writes the figures as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ValidationJsonContext.Default.ValidationResult);

    /// <summary>Reads figures that <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not such JSON.</exception>
    public static ValidationResult FromJson(string json) =>
        JsonSerializer.Deserialize(json, ValidationJsonContext.Default.ValidationResult)
        ?? throw new JsonException("The JSON holds null where the figures of a validation were expected.");

    private static SortedDictionary<Reason, long> SumByReason(IEnumerable<IReadOnlyDictionary<Reason, long>> parts)
    {
        var sum = new SortedDictionary<Reason, long>();
        foreach (var (reason, count) in parts.SelectMany(part => part))
        {
            sum[reason] = sum.GetValueOrDefault(reason) + count;
        }

        return sum;
    }
}

/// <summary>How the figures are written to JSON; source-generated, so that it works ahead-of-time compiled.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ValidationResult))]
[JsonSerializable(typeof(RecordResult))]
public sealed partial class ValidationJsonContext : JsonSerializerContext;
