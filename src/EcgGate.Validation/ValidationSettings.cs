using System.Text.Json.Serialization;

namespace EcgGate.Validation;

/// <summary>With what was validated: equal settings and equal recordings give equal figures.</summary>
public sealed record ValidationSettings
{
    /// <summary>Version of the engine.</summary>
    public required string EngineVersion { get; init; }

    /// <summary>Annotator taken for the truth.</summary>
    public required string ReferenceAnnotator { get; init; }

    /// <summary>Annotator that was judged in place of the engine; null where the engine was.</summary>
    public string? TestAnnotator { get; init; }

    /// <summary>Lead that was gated on; null for each record's first.</summary>
    public string? Lead { get; init; }

    /// <summary>The two leads that voted beside it; null where only one was looked at.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Leads { get; init; }

    /// <summary>The noise that was mixed in; null where there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ValidationNoise? Noise { get; init; }

    /// <summary>What found the beats, by its name in <see cref="Detection.BeatDetectors"/>; null where annotations were judged.</summary>
    public string? Detector { get; init; }

    /// <summary>How the gate behaved; null where annotations were judged.</summary>
    public GateOptions? Gate { get; init; }

    /// <summary>The shape tolerances that were tried beside the gate's own; null where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Curve { get; init; }
}

/// <summary>Which noise was mixed into the records, by the protocol of <see cref="Noise.NoiseStress"/>.</summary>
/// <param name="Name">The noise.</param>
/// <param name="SignalToNoiseDecibels">The ratio, dB.</param>
public sealed record ValidationNoise(string Name, double SignalToNoiseDecibels);

/// <summary>Which part of an archive was validated.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Of">How many parts there are.</param>
/// <param name="RecordsInAll">Records of the whole archive.</param>
public sealed record ValidationPart(int Number, int Of, int RecordsInAll)
{
    /// <summary>Refuses a set of parts that does not add up to the whole.</summary>
    internal static void RequireComplete(IEnumerable<ValidationPart?> parts)
    {
        ValidationPart?[] all = [.. parts];
        ValidationPart[] given = [.. all.OfType<ValidationPart>()];
        if (given.Length == 0)
        {
            return;
        }

        if (given.Length < all.Length)
        {
            throw new ArgumentException("Some of the parts are shards and some are not; merge the shards of one run.", nameof(parts));
        }

        var (of, records) = (given[0].Of, given[0].RecordsInAll);
        if (given.Any(part => part.Of != of || part.RecordsInAll != records))
        {
            throw new ArgumentException("The parts are of different runs: their numbers of parts, or of records in all, differ.", nameof(parts));
        }

        if (given.CountBy(part => part.Number).FirstOrDefault(count => count.Value > 1) is { Value: > 1, Key: var twice })
        {
            throw new ArgumentException($"Part {twice}/{of} is given twice.", nameof(parts));
        }

        int[] missing = [.. Enumerable.Range(1, of).Except(given.Select(part => part.Number))];
        if (missing.Length > 0)
        {
            throw new ArgumentException($"Of {of} parts, {string.Join(", ", missing.Take(20))}{(missing.Length > 20 ? " and more" : string.Empty)} {(missing.Length == 1 ? "is" : "are")} missing; a verdict on the rest could be taken for one on the whole.", nameof(parts));
        }
    }
}

/// <summary>A record that could not be judged.</summary>
/// <param name="Name">The record.</param>
/// <param name="Problem">Why, in one sentence.</param>
public sealed record RecordFailure(string Name, string Problem);
