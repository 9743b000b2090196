namespace EcgGate.Records.Fetch;

/// <summary>How <see cref="PhysioNetFetcher"/> downloads. Immutable.</summary>
public sealed record FetchOptions
{
    /// <summary>Where databases lie: <c>NAME/VERSION/</c> is added. Default PhysioNet; a mirror or a copy may be named.</summary>
    public Uri BaseAddress { get; init; } = new("https://physionet.org/files/");

    /// <summary>
    /// Only these records, by their names in the database (<c>100</c>, <c>data/1</c>). Null takes all.
    /// </summary>
    public IReadOnlyList<string>? Records { get; init; }

    /// <summary>
    /// True takes every file of the list: directories for reading, older annotations, tools. Default false takes the
    /// records, the lists, the licence and the read-me.
    /// </summary>
    public bool Everything { get; init; }

    /// <summary>Files that are downloaded at the same time, 1 to 16.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>How often in a row a download may fail without bringing something new, before it is given up; 1 or more.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The pause before the second attempt; it doubles with each one, up to 30 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection that brings nothing for so long is cut and tried again.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A file larger than this is refused. Default 2 GB.</summary>
    public long MaxFileBytes { get; init; } = 2L << 30;

    /// <summary>A database larger than this is refused, what is already there not counted. Default 20 GB.</summary>
    public long MaxTotalBytes { get; init; } = 20L << 30;
}

/// <summary>How far a download is.</summary>
/// <param name="File">The file that something just happened to.</param>
/// <param name="FilesDone">Files that are there and verified.</param>
/// <param name="FileCount">All files.</param>
/// <param name="BytesFetched">Bytes that came over the network so far.</param>
/// <param name="Note">What is unusual, such as why a download is tried again; null mostly.</param>
public readonly record struct FetchProgress(string File, int FilesDone, int FileCount, long BytesFetched, string? Note);

/// <summary>What a download brought.</summary>
/// <param name="Folder">Where the database is now.</param>
/// <param name="FilesFetched">Files that were downloaded and verified.</param>
/// <param name="FilesKept">Files that were there already and verified.</param>
/// <param name="BytesFetched">Bytes that came over the network.</param>
public sealed record FetchResult(string Folder, int FilesFetched, int FilesKept, long BytesFetched);

/// <summary>A download failed: names the address or file, what happened, and what to do. What is verified stays.</summary>
public sealed class FetchException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public FetchException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence for people.</param>
    public FetchException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence for people.</param>
    /// <param name="innerException">The cause.</param>
    public FetchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
