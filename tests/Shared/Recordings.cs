namespace EcgGate.TestSupport;

/// <summary>Finds public recordings that do not ship with the project; tests that need them skip where they are missing.</summary>
internal static class Recordings
{
    /// <summary>Folder of the recordings: ECGGATE_RECORDINGS, or `shared/ecg` beside the checkout. Null where there is none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Skips the running test, with the reason, unless the recordings are there.</summary>
    public static string Require()
    {
        Assert.SkipWhen(Root is null, "Needs the public recordings: set ECGGATE_RECORDINGS to a folder that holds mitdb/, nstdb/ and ludb/.");
        return Root!;
    }

    /// <summary>The checkout's own folder, found from the test's place.</summary>
    public static string Repository { get; } = FindRepository();

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("ECGGATE_RECORDINGS");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? named : null;
        }

        var beside = Path.Combine(FindRepository(), "..", "shared", "ecg");
        return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EcgGate.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No EcgGate.sln above {AppContext.BaseDirectory}.");
    }
}
