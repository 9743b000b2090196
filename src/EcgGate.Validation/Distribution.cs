using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EcgGate.Validation;

/// <summary>
/// How often each value in milliseconds occurred, kept to the microsecond: exact, and the same whether counted at once
/// or in parts. Written to JSON as an object of value in ms → count, in rising order.
/// </summary>
/// <remarks>Immutable; safe from any thread. Values of a sampled signal are few, so this stays small.</remarks>
[JsonConverter(typeof(DistributionJsonConverter))]
public sealed class Distribution
{
    private readonly long[] _microseconds;
    private readonly long[] _upTo;

    private Distribution(IEnumerable<KeyValuePair<long, long>> countsByMicrosecond)
    {
        var sorted = countsByMicrosecond.Where(pair => pair.Value > 0).OrderBy(pair => pair.Key).ToArray();
        _microseconds = new long[sorted.Length];
        _upTo = new long[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            _microseconds[i] = sorted[i].Key;
            _upTo[i] = sorted[i].Value + (i == 0 ? 0 : _upTo[i - 1]);
        }
    }

    /// <summary>No values at all.</summary>
    public static Distribution Empty { get; } = new([]);

    /// <summary>How many values there are.</summary>
    public long Count => _upTo.Length == 0 ? 0 : _upTo[^1];

    /// <summary>Each value in ms that occurred, in rising order, and how often.</summary>
    public IEnumerable<KeyValuePair<double, long>> Counts
    {
        get
        {
            for (var i = 0; i < _microseconds.Length; i++)
            {
                yield return KeyValuePair.Create(_microseconds[i] / 1000.0, CountAt(i));
            }
        }
    }

    /// <summary>The mean in ms, or null without values.</summary>
    public double? MeanMilliseconds
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < _microseconds.Length; i++)
            {
                sum += _microseconds[i] * (double)CountAt(i);
            }

            return Count == 0 ? null : sum / Count / 1000;
        }
    }

    /// <summary>The standard deviation in ms (of the population), or null without values.</summary>
    public double? StandardDeviationMilliseconds
    {
        get
        {
            if (MeanMilliseconds is not { } mean)
            {
                return null;
            }

            var sum = 0.0;
            for (var i = 0; i < _microseconds.Length; i++)
            {
                var off = (_microseconds[i] / 1000.0) - mean;
                sum += off * off * CountAt(i);
            }

            return Math.Sqrt(sum / Count);
        }
    }

    /// <summary>Counts values in milliseconds, each rounded to the microsecond.</summary>
    public static Distribution Of(IEnumerable<double> milliseconds)
    {
        ArgumentNullException.ThrowIfNull(milliseconds);
        var counts = new Dictionary<long, long>();
        foreach (var value in milliseconds)
        {
            var key = ToMicroseconds(value);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return new Distribution(counts);
    }

    /// <summary>All values of several distributions in one.</summary>
    public static Distribution Sum(IEnumerable<Distribution> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var counts = new Dictionary<long, long>();
        foreach (var part in parts)
        {
            for (var i = 0; i < part._microseconds.Length; i++)
            {
                counts[part._microseconds[i]] = counts.GetValueOrDefault(part._microseconds[i]) + part.CountAt(i);
            }
        }

        return new Distribution(counts);
    }

    /// <summary>How many values are at most this many milliseconds.</summary>
    public long CountUpTo(double milliseconds)
    {
        var index = Array.BinarySearch(_microseconds, ToMicroseconds(milliseconds));
        index = index >= 0 ? index : ~index - 1;
        return index < 0 ? 0 : _upTo[index];
    }

    /// <summary>The smallest value that at least this share of all values does not exceed; null without values.</summary>
    /// <param name="percent">Above 0, at most 100.</param>
    public double? Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        if (Count == 0)
        {
            return null;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        var index = Array.BinarySearch(_upTo, rank);
        return _microseconds[index >= 0 ? index : ~index] / 1000.0;
    }

    internal static Distribution OfCounts(IEnumerable<KeyValuePair<long, long>> countsByMicrosecond) => new(countsByMicrosecond);

    internal static long ToMicroseconds(double milliseconds) => (long)Math.Round(milliseconds * 1000, MidpointRounding.AwayFromZero);

    private long CountAt(int index) => _upTo[index] - (index == 0 ? 0 : _upTo[index - 1]);
}

/// <summary>Reads and writes <see cref="Distribution"/> as an object of value in ms → count.</summary>
public sealed class DistributionJsonConverter : JsonConverter<Distribution>
{
    /// <inheritdoc/>
    public override Distribution Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A distribution must be an object of value in ms and count.");
        }

        var counts = ImmutableDictionary.CreateBuilder<long, long>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            if (!double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) || !reader.Read() || !reader.TryGetInt64(out var count) || count < 0)
            {
                throw new JsonException($"A distribution's entry '{name}' must be a number of ms with a count.");
            }

            counts[Distribution.ToMicroseconds(milliseconds)] = count;
        }

        return Distribution.OfCounts(counts);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Distribution value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        foreach (var (milliseconds, count) in value.Counts)
        {
            writer.WriteNumber(milliseconds.ToString("0.###", CultureInfo.InvariantCulture), count);
        }

        writer.WriteEndObject();
    }
}
