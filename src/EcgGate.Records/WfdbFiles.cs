using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records;

/// <summary>Finding and opening the files of a record, with messages for people.</summary>
internal static class WfdbFiles
{
    public const long MaxHeaderBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string HeaderPath(string path) => path.EndsWith(".hea", StringComparison.OrdinalIgnoreCase) ? path : path + ".hea";

    public static string RecordPath(string path) => path.EndsWith(".hea", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;

    /// <summary>Text of a small file, refused where it is too large to be one.</summary>
    public static string ReadHeaderText(string path)
    {
        var length = Length(path, "there is no such record: check the name; a record is given by the path of its .hea file, with or without the ending.");
        if (length == 0)
        {
            // Also what a pipe says; opening one would wait for a writer.
            throw WfdbException.AtLine(path, 1, "the file is empty, where a header was expected; fetch it again.");
        }

        if (length > MaxHeaderBytes)
        {
            throw WfdbException.InFile(path, $"{length} bytes are too many for a header (at most {MaxHeaderBytes}); this is no WFDB header file.");
        }

        try
        {
            return Text(File.ReadAllBytes(path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, problem);
        }
    }

    /// <summary>UTF-8, or Latin-1 where it is not valid UTF-8: older records have such comments.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>Length of an existing ordinary file. Checked before opening, which could block on a pipe.</summary>
    public static long Length(string path, string ifMissing)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists)
            {
                return file.Length;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unreadable(path, problem);
        }

        if (Directory.Exists(path))
        {
            throw WfdbException.InFile(path, "this is a folder, where a file was expected.");
        }

        throw WfdbException.InFile(path, ifMissing);
    }

    public static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, problem);
        }
    }

    /// <summary>Reads until the span is full or the file ends.</summary>
    public static int Fill(SafeFileHandle file, string path, Span<byte> bytes, long offset)
    {
        var done = 0;
        try
        {
            while (done < bytes.Length)
            {
                var count = RandomAccess.Read(file, bytes[done..], offset + done);
                if (count == 0)
                {
                    break;
                }

                done += count;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw WfdbException.AtByte(path, offset + done, $"the file cannot be read ({problem.Message}).", problem);
        }

        return done;
    }

    /// <summary>
    /// Whether a name from a header stays in the header's own folder or below: a header from elsewhere must not make
    /// us open other files.
    /// </summary>
    public static bool LiesBeside(string name) =>
        name.Length > 0 && !name.AsSpan().ContainsAny('\0', '\\', ':') && !Path.IsPathRooted(name) && !name.Split('/').Contains("..", StringComparer.Ordinal);

    public static string Beside(string headerPath, string name) =>
        LiesBeside(name)
            ? Path.Combine(Path.GetDirectoryName(headerPath) ?? string.Empty, name)
            : throw WfdbException.InFile(headerPath, $"the file name '{name}' leads out of the header's own folder; signal files must lie beside their header.");

    private static WfdbException Unreadable(string path, Exception problem) =>
        WfdbException.InFile(path, $"the file cannot be read ({problem.Message}); check its permissions.", problem);
}
