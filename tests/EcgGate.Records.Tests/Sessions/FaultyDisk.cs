namespace EcgGate.Records.Tests.Sessions;

/// <summary>The disk, or one that is full, fails to synchronise, or hangs, when told to.</summary>
internal sealed class FaultyDisk : IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);

    /// <summary>Nothing more fits: half of each write is made, and then it fails.</summary>
    public bool IsFull { get; set; }

    /// <summary>Writes are made, and cannot be made to last.</summary>
    public bool CannotSync { get; set; }

    public void Hang() => _open.Reset();

    public void Resume() => _open.Set();

    public void Dispose() => _open.Dispose();

    public IRecordFile Open(string path) => new File(this, DiskFile.Create(path));

    private sealed class File(FaultyDisk disk, IRecordFile file) : IRecordFile
    {
        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            disk._open.Wait();
            if (disk.IsFull)
            {
                file.Write(bytes[..(bytes.Length / 2)], offset);
                throw new IOException("No space left on device");
            }

            file.Write(bytes, offset);
        }

        public void Sync()
        {
            disk._open.Wait();
            if (disk.CannotSync)
            {
                throw new IOException("Input/output error");
            }

            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
