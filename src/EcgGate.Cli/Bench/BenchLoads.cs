namespace EcgGate.Cli.Bench;

/// <summary>Loads by name.</summary>
internal static class BenchLoads
{
    /// <summary>All names, with commas.</summary>
    public static string Names { get; } = string.Join(", ", Enum.GetValues<BenchLoadKind>().Select(NameOf));

    public static string NameOf(BenchLoadKind load) => load switch
    {
        BenchLoadKind.Cpu => "cpu",
        BenchLoadKind.Gc => "gc",
        BenchLoadKind.Disk => "disk",
        _ => "none",
    };

    public static BenchLoadKind? Find(string name) =>
        Enum.GetValues<BenchLoadKind>().Where(load => NameOf(load) == name).Select(load => (BenchLoadKind?)load).FirstOrDefault();

    /// <summary>Reads a list with commas, each once; <c>all</c> for all.</summary>
    /// <exception cref="CliException">A name is none, or stands twice.</exception>
    public static IReadOnlyList<BenchLoadKind> Parse(string text)
    {
        if (text == "all")
        {
            return Enum.GetValues<BenchLoadKind>();
        }

        var loads = text.Split(',', StringSplitOptions.TrimEntries)
            .Select(name => Find(name) ?? throw new CliException($"--load: '{name}' is no load; give a list with commas of {Names}, or all.")).ToArray();
        return loads.Distinct().Count() == loads.Length ? loads : throw new CliException($"--load: '{text}' names a load twice.");
    }
}
