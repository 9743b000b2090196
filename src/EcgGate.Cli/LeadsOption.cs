using System.CommandLine;

namespace EcgGate.Cli;

/// <summary>The option that lets two leads vote.</summary>
internal static class LeadsOption
{
    private const string Name = "--leads";

    public static Option<string?> Create() => new(Name)
    {
        HelpName = "LEAD,LEAD",
        Description = "Two leads that vote, by name or number from 0: the first leads, the second confirms its doubtful beats and carries those it misses.",
    };

    /// <summary>The two leads; null where the option is not given.</summary>
    /// <exception cref="CliException">They are not two, or contradict another option.</exception>
    public static IReadOnlyList<string>? Read(string? leads, string? lead, string? detector)
    {
        if (leads is null)
        {
            return null;
        }

        if (lead is not null)
        {
            throw new CliException($"{Name} already names the lead to gate on, which --lead contradicts: give one of the two.");
        }

        if (detector is not null and not Detection.BeatDetectors.RWave)
        {
            throw new CliException($"{Name} is for the detector {Detection.BeatDetectors.RWave}; {detector} looks at one lead.");
        }

        string[] two = leads.Split(',', StringSplitOptions.TrimEntries);
        return two.Length == 2 && two.All(name => name.Length > 0) && !string.Equals(two[0], two[1], StringComparison.OrdinalIgnoreCase)
            ? two
            : throw new CliException($"{Name} is '{leads}'; it takes two different leads with a comma between, such as {Name} 0,1.");
    }
}
