using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace EcgGate.Records.Fetch;

/// <summary>
/// Downloads databases of recordings from PhysioNet, or a copy of it, by the list of SHA-256 sums that each publishes.
/// </summary>
/// <remarks>
/// <para>A file gets its name only when its sum holds; until then it is <c>NAME.part</c>, from which a later download goes
/// on. A file that is there with the right sum is not downloaded again. Connections that are cut, stall or are refused for
/// the moment are tried again after growing pauses; a file that is not there, or whose sum does not hold twice, ends the
/// download. Beside the data stay the list, the licence and a citation.</para>
/// <para>Several downloads may run at a time, though not into one folder. Progress is told from any thread.</para>
/// </remarks>
public sealed class PhysioNetFetcher : IDisposable
{
    private const int MaxListBytes = 32 * 1024 * 1024;
    private const int MaxRedirections = 5;
    private const int ChunkBytes = 64 * 1024;
    private const long ProgressBytes = 1024 * 1024;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly string[] Companions = ["RECORDS", "ANNOTATORS", "LICENSE.txt", "README", "README.md", "README.txt"];

    private readonly HttpClient _client;
    private readonly bool _ownsClient;
    private readonly FetchOptions _options;

    /// <summary>Creates a fetcher.</summary>
    /// <param name="options">How to download; null for the defaults.</param>
    /// <param name="client">The client to use, not disposed here; null for one of its own.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public PhysioNetFetcher(FetchOptions? options = null, HttpClient? client = null)
    {
        _options = options ?? new FetchOptions();
        if (_options.Connections is < 1 or > 16 || _options.Attempts < 1 || _options.FirstPause < TimeSpan.Zero || _options.StallTimeout <= TimeSpan.Zero
            || _options.MaxFileBytes < 1 || _options.MaxTotalBytes < 1 || !_options.BaseAddress.IsAbsoluteUri || _options.BaseAddress.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("1 to 16 connections, 1 or more attempts, positive limits and an http address are needed.", nameof(options));
        }

        _ownsClient = client is null;
        _client = client ?? new HttpClient(new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            MaxAutomaticRedirections = MaxRedirections,
        })
        {
            // Stalls are watched here, read by read; a whole file may take as long as it takes.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Downloads a database, or what is missing of it.</summary>
    /// <param name="database">Which one.</param>
    /// <param name="folder">Where to; made where it is missing. The files of the database go right into it.</param>
    /// <param name="progress">Told of each file, each megabyte and each new attempt; null for none.</param>
    /// <param name="cancellation">Ends the download; what was received stays for the next one.</param>
    /// <exception cref="FetchException">The download failed, or the list is not to be trusted.</exception>
    public async Task<FetchResult> FetchAsync(PhysioNetDatabase database, string folder, IProgress<FetchProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var run = new Run(new Uri($"{_options.BaseAddress.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(database.Name)}/{Uri.EscapeDataString(database.Version)}/"), folder, progress);
        try
        {
            Directory.CreateDirectory(folder);
            var list = await ReadListAsync(run, cancellation).ConfigureAwait(false);
            var files = await SelectAsync(run, list, cancellation).ConfigureAwait(false);
            run.FileCount = files.Count;
            await FetchAllAsync(run, files, cancellation).ConfigureAwait(false);
            await KeepLicenceAsync(run, list, cancellation).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(folder, "CITATION.txt"), Citation(database, run.Address), cancellation).ConfigureAwait(false);
            return new FetchResult(folder, run.FilesFetched, run.FilesKept, run.BytesFetched);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FetchException($"{folder}: a file cannot be written or read ({problem.Message}); check the folder's permissions and the space on the disk.", problem);
        }
    }

    /// <summary>Closes connections.</summary>
    public void Dispose()
    {
        if (_ownsClient)
        {
            _client.Dispose();
        }
    }

    private static string Citation(PhysioNetDatabase database, Uri address) =>
        $"{database.Title} ({database.Name}), version {database.Version}, from {address}\n\nPlease cite:\n\n{database.Citation}\n\n{PhysioNetDatabase.PhysioNetCitation}\n\n"
        + "The licence is in LICENSE.txt, the files' SHA-256 sums are in SHA256SUMS.txt.\n";

    private static Uri AddressOf(Run run, string path) => new(run.Address, string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));

    private static string LocalPath(Run run, string path) => Path.Combine([run.Folder, .. path.Split('/')]);

    private async Task<IReadOnlyList<ListedFile>> ReadListAsync(Run run, CancellationToken cancellation)
    {
        var address = AddressOf(run, HashList.FileName);
        var bytes = await ReadSmallAsync(run, HashList.FileName, MaxListBytes, cancellation).ConfigureAwait(false)
            ?? throw new FetchException($"{address}: the server has no list of SHA-256 sums; check the name and version of the database. Nothing can be verified without it, so nothing is downloaded.");
        var list = HashList.Parse(WfdbFiles.Text(bytes), address.AbsoluteUri);
        await File.WriteAllBytesAsync(Path.Combine(run.Folder, HashList.FileName), bytes, cancellation).ConfigureAwait(false);
        return list;
    }

    /// <summary>The files of the wanted records and what belongs beside them, after the database's own list of records.</summary>
    private async Task<IReadOnlyList<ListedFile>> SelectAsync(Run run, IReadOnlyList<ListedFile> list, CancellationToken cancellation)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        if (list.FirstOrDefault(file => file.Path == "RECORDS") is { Path: not null } records)
        {
            await FetchOneAsync(run, records, cancellation).ConfigureAwait(false);
            foreach (var line in await File.ReadAllLinesAsync(LocalPath(run, records.Path), cancellation).ConfigureAwait(false))
            {
                known.Add(line.Trim());
            }
        }

        if (_options.Records is { } wanted)
        {
            foreach (var name in wanted.Where(name => !known.Contains(name)))
            {
                throw new FetchException($"{run.Address}: the database has no record '{name}'; it has {string.Join(", ", known.Take(20))}{(known.Count > 20 ? " and more" : string.Empty)}.");
            }

            known.IntersectWith(wanted);
        }

        return _options.Everything || known.Count == 0
            ? list
            : [.. list.Where(file => known.Contains(RecordOf(file.Path)) || Companions.Contains(file.Path, StringComparer.Ordinal))];
    }

    /// <summary>A file's path without its ending: the record that it belongs to, if it is one's.</summary>
    private static string RecordOf(string path)
    {
        var dot = path.IndexOf('.', path.LastIndexOf('/') + 1);
        return dot < 0 ? path : path[..dot];
    }

    private async Task FetchAllAsync(Run run, IReadOnlyList<ListedFile> files, CancellationToken cancellation)
    {
        // The first failure stops the others, and is the one that is told.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? failure = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Connections, CancellationToken = stop.Token };
        try
        {
            await Parallel.ForEachAsync(files, parallel, async (file, token) =>
            {
                try
                {
                    await FetchOneAsync(run, file, token).ConfigureAwait(false);
                }
                catch (Exception problem) when (problem is not OperationCanceledException)
                {
                    Interlocked.CompareExchange(ref failure, problem, null);
                    await stop.CancelAsync().ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (failure is not null)
        {
            // Told below.
        }

        if (failure is not null)
        {
            throw failure is FetchException ? failure : new FetchException($"{run.Folder}: a file cannot be written or read ({failure.Message}); check the folder's permissions and the space on the disk.", failure);
        }
    }

    private async Task FetchOneAsync(Run run, ListedFile file, CancellationToken cancellation)
    {
        var path = LocalPath(run, file.Path);
        if (!run.Verified.TryAdd(file.Path, true))
        {
            return;
        }

        if (File.Exists(path) && await HashOfAsync(path, cancellation).ConfigureAwait(false) == file.Hash)
        {
            run.Kept(file.Path);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var part = path + PartialFile.Ending;
        for (var round = 0; ; round++)
        {
            if (!await DownloadAsync(run, file.Path, part, _options.MaxFileBytes, cancellation).ConfigureAwait(false))
            {
                throw new FetchException($"{AddressOf(run, file.Path)}: the list names this file but the server does not have it (404); try later, or another mirror.");
            }

            if (await HashOfAsync(part, cancellation).ConfigureAwait(false) == file.Hash)
            {
                File.Move(part, path, overwrite: true);
                run.Fetched(file.Path);
                return;
            }

            // Perhaps what lay there from an earlier download was damaged or of another file: once more from its start.
            File.Delete(part);
            if (round > 0)
            {
                throw new FetchException($"{AddressOf(run, file.Path)}: the SHA-256 sum does not hold, twice; the file on the server is not the published one. Try later, or another mirror.");
            }

            run.Report(file.Path, "the SHA-256 sum does not hold; once more from the start");
        }
    }

    /// <summary>Brings a file to its end, over as many connections as it takes; false where the server has none.</summary>
    private async Task<bool> DownloadAsync(Run run, string name, string part, long most, CancellationToken cancellation)
    {
        var pause = _options.FirstPause;
        var failures = 0;
        while (true)
        {
            var had = File.Exists(part) ? new FileInfo(part).Length : 0;
            try
            {
                return await DownloadOnceAsync(run, name, part, had, most, cancellation).ConfigureAwait(false);
            }
            catch (Exception problem) when (IsPassing(problem, cancellation))
            {
                // Only a connection that brings a good deal counts as progress: a byte a time would never end.
                var progress = File.Exists(part) && new FileInfo(part).Length - had >= ProgressBytes;
                failures = progress ? 1 : failures + 1;
                pause = progress ? _options.FirstPause : pause;
                if (failures >= _options.Attempts)
                {
                    throw new FetchException($"{AddressOf(run, name)}: {Reason(problem)}, {(failures == 1 ? "once" : $"{failures} times")}; what was received is kept. Check the connection and run the same again.", problem);
                }

                run.Report(name, $"{Reason(problem)}; again in {pause.TotalSeconds:0.#} s");
                await Task.Delay(pause, cancellation).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task<bool> DownloadOnceAsync(Run run, string name, string part, long had, long most, CancellationToken cancellation)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watch.CancelAfter(_options.StallTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(run, name));
        if (had > 0)
        {
            request.Headers.Range = new RangeHeaderValue(had, null);
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, watch.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && had > 0)
        {
            // All of it may be here already; its sum says.
            return true;
        }

        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return false;
        }

        RequireSuccess(run, name, response);
        var goesOn = had > 0 && response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == had;
        if (response.StatusCode == HttpStatusCode.PartialContent && !goesOn)
        {
            File.Delete(part);
            throw new HttpRequestException("the server sent another part of the file than was asked for");
        }

        var size = (goesOn ? had : 0) + (response.Content.Headers.ContentLength ?? 0);
        RequireSize(run, name, size, most, run.BytesFetched + (response.Content.Headers.ContentLength ?? 0));
        await using var file = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        await using var content = await response.Content.ReadAsStreamAsync(watch.Token).ConfigureAwait(false);
        var length = goesOn ? had : 0;
        var chunk = new byte[ChunkBytes];
        var told = 0L;
        while (true)
        {
            watch.CancelAfter(_options.StallTimeout);
            int count;
            try
            {
                count = await content.ReadAsync(chunk, watch.Token).ConfigureAwait(false);
            }
            catch (IOException problem)
            {
                // Told apart from a failure of the disk, which another attempt would not cure.
                throw new HttpRequestException("the connection was cut", problem);
            }

            if (count == 0)
            {
                return true;
            }

            length += count;
            RequireSize(run, name, length, most, run.AddBytes(count));
            await file.WriteAsync(chunk.AsMemory(0, count), cancellation).ConfigureAwait(false);
            told += count;
            if (told >= ProgressBytes)
            {
                told = 0;
                run.Report(name, note: null);
            }
        }
    }

    private void RequireSize(Run run, string name, long file, long most, long total)
    {
        if (file > most)
        {
            throw new FetchException($"{AddressOf(run, name)}: the file is larger than {most} bytes, the limit for it; this is not the published file, or the limit is too low.");
        }

        if (total > _options.MaxTotalBytes)
        {
            throw new FetchException($"{run.Address}: the database is larger than {_options.MaxTotalBytes} bytes, the limit that was set; raise it, or fetch single records.");
        }
    }

    private static void RequireSuccess(Run run, string name, HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var status = (int)response.StatusCode;
        if (status is >= 500 or 408 or 425 or 429)
        {
            throw new HttpRequestException($"the server answered {status}", inner: null, response.StatusCode);
        }

        throw new FetchException($"{AddressOf(run, name)}: the server answered {status} ({response.ReasonPhrase}); check the name and version of the database, or try another mirror.");
    }

    /// <summary>True where another attempt may help.</summary>
    private static bool IsPassing(Exception problem, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested && problem is HttpRequestException or OperationCanceledException;

    private static string Reason(Exception problem) => problem is OperationCanceledException ? "the server stopped sending" : problem.Message.TrimEnd('.');

    private async Task<byte[]?> ReadSmallAsync(Run run, string name, int most, CancellationToken cancellation)
    {
        var part = Path.Combine(run.Folder, name + PartialFile.Ending);

        // Lists are small and have no sum of their own: always from the start.
        File.Delete(part);
        try
        {
            if (!await DownloadAsync(run, name, part, most, cancellation).ConfigureAwait(false))
            {
                return null;
            }

            return await File.ReadAllBytesAsync(part, cancellation).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>The licence, where it is not among the files of the list.</summary>
    private async Task KeepLicenceAsync(Run run, IReadOnlyList<ListedFile> list, CancellationToken cancellation)
    {
        const string Name = "LICENSE.txt";
        var path = Path.Combine(run.Folder, Name);
        if (list.Any(file => file.Path == Name) || File.Exists(path))
        {
            return;
        }

        if (await ReadSmallAsync(run, Name, 1024 * 1024, cancellation).ConfigureAwait(false) is { } text)
        {
            await File.WriteAllBytesAsync(path, text, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<string> HashOfAsync(string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        return Convert.ToHexString(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false));
    }

    /// <summary>One download and how far it is. Safe from any thread.</summary>
    private sealed class Run(Uri address, string folder, IProgress<FetchProgress>? progress)
    {
        private int _fetched;
        private int _kept;
        private long _bytes;

        public Uri Address => address;

        public string Folder => folder;

        public System.Collections.Concurrent.ConcurrentDictionary<string, bool> Verified { get; } = new(StringComparer.Ordinal);

        public int FileCount { get; set; }

        public int FilesFetched => Volatile.Read(ref _fetched);

        public int FilesKept => Volatile.Read(ref _kept);

        public long BytesFetched => Interlocked.Read(ref _bytes);

        public long AddBytes(int count) => Interlocked.Add(ref _bytes, count);

        public void Fetched(string file)
        {
            Interlocked.Increment(ref _fetched);
            Report(file, note: null);
        }

        public void Kept(string file)
        {
            Interlocked.Increment(ref _kept);
            Report(file, note: null);
        }

        public void Report(string file, string? note) =>
            progress?.Report(new FetchProgress(file, FilesFetched + FilesKept, Math.Max(FileCount, FilesFetched + FilesKept), BytesFetched, note));
    }
}
