using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records;

/// <summary>Opening, reading and writing the files of a record, with messages for people.</summary>
internal static class RecordFiles
{
    /// <summary>Length of an existing ordinary file with something in it. Checked before opening, which could block on a pipe.</summary>
    public static long Length(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists)
            {
                return file.Length > 0
                    ? file.Length
                    : throw RecordException.AtByte(path, 0, "the file is empty; fetch or export it again.");
            }
        }
        catch (Exception problem) when (IsOfFile(problem) || problem is ArgumentException)
        {
            throw Unreadable(path, problem);
        }

        throw RecordException.InFile(path, Directory.Exists(path) ? "this is a folder, where a file was expected." : "there is no such file; check the name.");
    }

    public static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception problem) when (IsOfFile(problem))
        {
            throw Unreadable(path, problem);
        }
    }

    public static SafeFileHandle Create(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception problem) when (IsOfFile(problem))
        {
            throw RecordException.InFile(path, $"the file cannot be created ({problem.Message}); check that its folder exists and may be written.", problem);
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
        catch (Exception problem) when (IsOfFile(problem))
        {
            throw RecordException.AtByte(path, offset + done, $"the file cannot be read ({problem.Message}).", problem);
        }

        return done;
    }

    public static void Write(SafeFileHandle file, string path, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (Exception problem) when (IsOfFile(problem))
        {
            throw RecordException.AtByte(path, offset, $"the file cannot be written ({problem.Message}); check the space on the disk.", problem);
        }
    }

    private static bool IsOfFile(Exception problem) => problem is IOException or UnauthorizedAccessException or NotSupportedException;

    private static RecordException Unreadable(string path, Exception problem) =>
        RecordException.InFile(path, $"the file cannot be read ({problem.Message}); check its permissions.", problem);
}

/// <summary>A fixed buffer that is moved along a file.</summary>
internal sealed class FileWindow(SafeFileHandle file, string path, int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private long _start;
    private int _length;

    /// <summary>The bytes at an offset; the span holds until the next call.</summary>
    /// <param name="offset">Where they begin in the file.</param>
    /// <param name="count">How many, up to the capacity.</param>
    /// <param name="readOn">True also reads what follows, up to the capacity: it will be asked for next.</param>
    public ReadOnlySpan<byte> At(long offset, int count, bool readOn)
    {
        if (offset < _start || offset + count > _start + _length)
        {
            _start = offset;
            _length = 0;
            _length = RecordFiles.Fill(file, path, _bytes.AsSpan(0, readOn ? _bytes.Length : count), offset);
            if (_length < count)
            {
                throw RecordException.AtByte(path, offset + _length, $"the file ends here, {count - _length} bytes before the end of a block that it had when it was opened; was it cut while being read?");
            }
        }

        return _bytes.AsSpan((int)(offset - _start), count);
    }
}
