namespace EcgGate.Hardware.Ads1298;

/// <summary>A lead as a sum of channels, and the electrodes that it hangs on. Immutable.</summary>
internal sealed class Ads1298Lead
{
    /// <summary>What a channel can measure.</summary>
    public static readonly string[] Measured = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"];

    /// <summary>Any name that <see cref="TryCreate"/> takes, for messages.</summary>
    public const string KnownNames = "I, II, III, aVR, aVL, aVF, V1 to V6, and CH1 to CH8";

    private static readonly Dictionary<string, (float I, float II)> Derived = new(StringComparer.OrdinalIgnoreCase)
    {
        // Einthoven and Goldberger: RA, LA and LL are seen through I = LA - RA and II = LL - RA.
        ["III"] = (-1, 1),
        ["aVR"] = (-0.5f, -0.5f),
        ["aVL"] = (1, -0.5f),
        ["aVF"] = (-0.5f, 1),
    };

    private Ads1298Lead(string name) => Name = name;

    /// <summary>As people write it.</summary>
    public string Name { get; }

    /// <summary>First channel, from 1.</summary>
    public required int ChannelA { get; init; }

    /// <summary>Its weight.</summary>
    public float WeightA { get; init; } = 1;

    /// <summary>Second channel, from 1; the first again where there is none.</summary>
    public required int ChannelB { get; init; }

    /// <summary>Its weight; 0 where there is none.</summary>
    public float WeightB { get; init; }

    /// <summary>Whether the limb electrodes are its other pole: the Wilson central terminal.</summary>
    public bool IsAgainstWilson { get; init; }

    /// <summary>Whether the negative input of its channel is an electrode of its own, and no lead's of the map.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Makes a lead of its name.</summary>
    /// <param name="name">Such as II, aVF, V2, CH7.</param>
    /// <param name="map">Where the measured ones are.</param>
    /// <param name="lead">The lead.</param>
    /// <param name="problem">One sentence where there is no such lead, or it is not wired.</param>
    public static bool TryCreate(string name, Ads1298LeadMap map, out Ads1298Lead lead, out string problem)
    {
        lead = null!;
        problem = string.Empty;
        if (name.Length == 3 && name.StartsWith("CH", StringComparison.OrdinalIgnoreCase) && name[2] is >= '1' and <= '8')
        {
            var channel = name[2] - '0';
            lead = new Ads1298Lead(name) { ChannelA = channel, ChannelB = channel, IsRaw = true };
            return true;
        }

        if (Derived.TryGetValue(name, out var weights))
        {
            if (map.ChannelOf("I") is not { } first || map.ChannelOf("II") is not { } second)
            {
                problem = $"Lead {name} is computed from I and II, which the lead map {map} does not both have.";
                return false;
            }

            lead = new Ads1298Lead(name) { ChannelA = first, WeightA = weights.I, ChannelB = second, WeightB = weights.II };
            return true;
        }

        if (!Measured.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            problem = $"There is no lead '{name}'; known are {KnownNames}.";
            return false;
        }

        if (map.ChannelOf(name) is not { } own)
        {
            problem = $"Lead {name} is on no channel of the lead map {map}.";
            return false;
        }

        var precordial = name[0] is 'V' or 'v';
        if (precordial && (map.ChannelOf("I") is not <= 4 || map.ChannelOf("II") is not <= 4))
        {
            problem = $"Lead {name} is measured against the Wilson central terminal, which is made of the inputs of leads I and II; both must be on channels 1 to 4 of the lead map {map}.";
            return false;
        }

        lead = new Ads1298Lead(name) { ChannelA = own, ChannelB = own, IsAgainstWilson = precordial };
        return true;
    }
}
