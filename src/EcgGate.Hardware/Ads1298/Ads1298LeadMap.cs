namespace EcgGate.Hardware.Ads1298;

/// <summary>Which channel of the board measures which lead. Immutable and thread-safe.</summary>
/// <remarks>
/// The eight leads that can be measured are I and II (between electrodes) and V1 to V6 (against the Wilson central
/// terminal); III, aVR, aVL and aVF are computed from I and II. Of lead I's channel the positive input is the left arm, the
/// negative the right arm; of II's the positive input is the left leg, the negative the right arm.
/// </remarks>
public sealed record Ads1298LeadMap
{
    private readonly Dictionary<string, int> _channels;

    private Ads1298LeadMap(Dictionary<string, int> channels) => _channels = channels;

    /// <summary>
    /// As the boards of the manufacturer's evaluation kit are wired (assumed; check yours): V6 on channel 1, I on 2, II on
    /// 3, V2 to V5 on 4 to 7, V1 on 8.
    /// </summary>
    public static Ads1298LeadMap Standard { get; } = Parse("V6:1,I:2,II:3,V2:4,V3:5,V4:6,V5:7,V1:8");

    /// <summary>Reads a map such as <c>I:2,II:3,V1:8</c>; leads that it does not name are not wired.</summary>
    /// <exception cref="FormatException">It is none; one sentence says why.</exception>
    public static Ads1298LeadMap Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var channels = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split(':') is not [var lead, var number]
                || !int.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var channel)
                || channel is < 1 or > 8)
            {
                throw new FormatException($"'{part}' in the lead map is not of the form LEAD:CHANNEL with a channel from 1 to 8, such as II:3");
            }

            if (!Ads1298Lead.Measured.Contains(lead, StringComparer.OrdinalIgnoreCase))
            {
                throw new FormatException($"'{lead}' in the lead map is no lead that a channel measures; those are {string.Join(", ", Ads1298Lead.Measured)}");
            }

            if (channels.ContainsValue(channel) || !channels.TryAdd(lead, channel))
            {
                throw new FormatException($"'{part}' in the lead map names a lead or a channel for the second time");
            }
        }

        return new Ads1298LeadMap(channels);
    }

    /// <summary>The channel of a measured lead, from 1; null where it is not wired.</summary>
    public int? ChannelOf(string lead) => _channels.TryGetValue(lead, out var channel) ? channel : null;

    /// <inheritdoc/>
    public bool Equals(Ads1298LeadMap? other) =>
        other is not null && _channels.Count == other._channels.Count && _channels.All(pair => other.ChannelOf(pair.Key) == pair.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => _channels.Values.Sum();

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', _channels.OrderBy(pair => pair.Value).Select(pair => $"{pair.Key}:{pair.Value}"));
}
