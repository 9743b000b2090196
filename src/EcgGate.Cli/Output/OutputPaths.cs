namespace EcgGate.Cli.Output;

/// <summary>Checks of where results are to go, before any work is done.</summary>
internal static class OutputPaths
{
    /// <summary>Refuses two options that name the same file: one would overwrite the other.</summary>
    public static void RequireDifferent(params (string Option, string? Path)[] files)
    {
        var given = files.Where(file => file.Path is not null).Select(file => (file.Option, Full: Path.GetFullPath(file.Path!))).ToArray();
        var same = given.GroupBy(file => file.Full, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (same is not null)
        {
            throw new CliException($"{string.Join(" and ", same.Select(file => file.Option))} name the same file {same.Key}; give each its own.");
        }
    }

    /// <summary>Makes the folder if it is not there, and refuses one that cannot be written.</summary>
    public static void RequireFolder(string option, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".ecggate-{Environment.ProcessId}.tmp");
            using (new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
                // Only the attempt counts.
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException($"{option} {folder}: the folder cannot be written ({problem.Message.TrimEnd('.')}); choose another, or change its permissions.", problem);
        }
    }
}
