namespace EcgGate.Records.Sessions;

/// <summary>How a session is recorded. Immutable.</summary>
public sealed record SessionRecorderOptions
{
    /// <summary>
    /// How often what was handed in is written and synchronised. Default 60 ms, so that a disk that takes up to 100 ms for
    /// it keeps a power cut from costing more than 200 ms.
    /// </summary>
    public TimeSpan WritePeriod { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>What has not been on the disk for so long is a failure of the record. Default 1 s.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So much is kept in memory while the disk is full or hangs, half an hour or so; then it is lost, and counted. Default 16 MiB.</summary>
    public int MostUnsavedBytes { get; init; } = 16 << 20;

    /// <summary>How long <see cref="SessionRecorder.Close"/> waits for the disk. Default 10 s.</summary>
    public TimeSpan ClosePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Opens the files that grow; another way for tests.</summary>
    internal RecordFileOpener Open { get; init; } = DiskFile.Create;

    /// <summary>Whose time it goes by.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>False where a test writes by itself, with <see cref="SessionRecorder.Save"/>.</summary>
    internal bool HasThread { get; init; } = true;
}
