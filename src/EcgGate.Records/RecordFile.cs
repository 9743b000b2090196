using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records;

/// <summary>A file that grows while it is written: the disk's own, or one that a test makes fail.</summary>
internal interface IRecordFile : IDisposable
{
    /// <summary>Writes at a place; what was there is overwritten.</summary>
    /// <exception cref="IOException">The disk is full, or failed. Part of it may stand there.</exception>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns once all that was written would survive a power cut.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    void Sync();
}

/// <summary>Opens a new file, or empties one that is there.</summary>
/// <param name="path">Where.</param>
internal delegate IRecordFile RecordFileOpener(string path);

/// <summary>A file on disk.</summary>
internal sealed class DiskFile : IRecordFile
{
    private readonly SafeFileHandle _file;

    private DiskFile(SafeFileHandle file)
    {
        _file = file;
    }

    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be created.</exception>
    public static DiskFile Create(string path) => new(File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read));

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_file, bytes, offset);

    public void Sync() => RandomAccess.FlushToDisk(_file);

    public void Dispose() => _file.Dispose();
}
