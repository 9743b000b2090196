using System.Collections.Frozen;
using System.Globalization;

namespace EcgGate.Records;

/// <summary>What the names and units that formats other than WFDB carry say about a signal.</summary>
internal static class EcgLabels
{
    /// <summary>Most leads that a source delivers.</summary>
    public const int MaxLeads = 2;

    /// <summary>No electrode has a voltage like this, mV; a larger one is a wrong scale.</summary>
    public const double LargestMillivolts = 1e6;

    private static readonly FrozenSet<string> Leads = new[]
    {
        "I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V3R", "V4R",
        "MLI", "MLII", "MLIII", "MV1", "MV2", "MV5", "CM1", "CM2", "CM5", "CC5", "MCL1", "MCL6", "D3", "D4",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Millivolts in one unit of this name; null where it is no voltage or empty.</summary>
    public static double? MillivoltsPer(string unit) => unit.Trim().ToUpperInvariant() switch
    {
        "MV" or "MILLIVOLT" or "MILLIVOLTS" => 1,
        // Micro has two code points; upper case, one of them is the Greek capital.
        "UV" or "\u00B5V" or "\u039CV" or "MICROVOLT" or "MICROVOLTS" => 1e-3,
        "NV" => 1e-6,
        "V" or "VOLT" or "VOLTS" => 1e3,
        _ => null,
    };

    /// <summary>True where a label names an ECG: it says so (ECG, EKG), or is a lead's name.</summary>
    public static bool LooksLikeEcg(string label) =>
        label.Contains("ECG", StringComparison.OrdinalIgnoreCase)
        || label.Contains("EKG", StringComparison.OrdinalIgnoreCase)
        || Leads.Contains(label.Trim());

    /// <summary>
    /// The signals that the caller named, by label or by number from 0. A label is also known without a leading "ECG" or
    /// "EKG", as EDF+ writes it.
    /// </summary>
    public static int[] Find(string path, IReadOnlyList<string> labels, IReadOnlyList<string> wanted)
    {
        if (wanted.Count is 0 or > MaxLeads)
        {
            throw new ArgumentException($"One or {MaxLeads} leads can be read at once, not {wanted.Count}.", nameof(wanted));
        }

        return [.. wanted.Select(name => Find(path, labels, name))];
    }

    /// <summary>A record's signals for a message, at most 20 of them.</summary>
    public static string List(IReadOnlyList<string> labels) => string.Join(", ", labels.Take(20).Select((label, i) => $"{i} ({label})"));

    private static int Find(string path, IReadOnlyList<string> labels, string name)
    {
        name = name.Trim();
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < labels.Count; i++)
            {
                var label = pass == 0 ? labels[i].Trim() : WithoutKind(labels[i].Trim());
                if (string.Equals(label, name, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < labels.Count
            ? number
            : throw RecordException.InFile(path, $"the record has no lead '{name}'; it has {List(labels)}.");
    }

    private static string WithoutKind(string label) =>
        label.StartsWith("ECG ", StringComparison.OrdinalIgnoreCase) || label.StartsWith("EKG ", StringComparison.OrdinalIgnoreCase)
            ? label[4..].Trim()
            : label;
}
