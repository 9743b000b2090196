using System.Buffers;

namespace EcgGate.Records.Fetch;

/// <summary>A file that a database publishes, with its SHA-256.</summary>
internal readonly record struct ListedFile(string Path, string Hash);

/// <summary>
/// The list <c>SHA256SUMS.txt</c>: one file a line, 64 hexadecimal digits, space, path. The list comes from elsewhere, so
/// each path is checked: nothing in it may lead out of the folder.
/// </summary>
internal static class HashList
{
    public const string FileName = "SHA256SUMS.txt";

    private const int MaxFiles = 200_000;
    private const int MaxPathLength = 400;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("\\:*?\"<>|");

    public static IReadOnlyList<ListedFile> Parse(string text, string address)
    {
        var files = new Dictionary<string, ListedFile>(StringComparer.OrdinalIgnoreCase);
        var number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text.AsSpan(range).Trim();
            if (line.IsEmpty)
            {
                continue;
            }

            if (line.Length < 66 || line[..64].ContainsAnyExcept(Hexadecimal) || line[64] != ' ')
            {
                throw Error(number, "64 hexadecimal digits, a space and a path were expected; this is no list of SHA-256 sums");
            }

            var path = line[65..].TrimStart(" *").ToString();
            if (!IsSafe(path))
            {
                throw Error(number, "the path leads out of the folder, or has characters or names that not every system takes; nothing was written");
            }

            var file = new ListedFile(path, line[..64].ToString().ToUpperInvariant());
            if (!files.TryAdd(path, file) && files[path] != file)
            {
                throw Error(number, "the path is already in the list with another sum, or in other letter case");
            }

            if (files.Count > MaxFiles)
            {
                throw Error(number, $"there are more than {MaxFiles} files, more than any database here");
            }
        }

        return files.Count > 0
            ? [.. files.Values]
            : throw new FetchException($"{address}: the list of SHA-256 sums is empty; nothing can be verified, so nothing is downloaded.");

        FetchException Error(int line, string problem) => new($"{address}, line {line}: {problem}. The list is damaged or not to be trusted.");
    }

    /// <summary>Whether a path is relative, stays below its folder, and can be written on every system.</summary>
    public static bool IsSafe(string path)
    {
        if (path.Length is 0 or > MaxPathLength || path.AsSpan().ContainsAny(NotInNames) || path.Any(char.IsControl))
        {
            return false;
        }

        foreach (var name in path.Split('/'))
        {
            // Names that Windows gives to devices are not refused: none is dangerous here, and it says so itself.
            if (name.Length == 0 || name is "." or ".." || name.StartsWith(' ') || name[^1] is ' ' or '.'
                || name.EndsWith(PartialFile.Ending, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Names of downloads that are not complete.</summary>
internal static class PartialFile
{
    public const string Ending = ".part";
}
