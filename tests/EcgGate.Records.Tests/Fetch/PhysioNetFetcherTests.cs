using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using EcgGate.Records.Fetch;

namespace EcgGate.Records.Tests.Fetch;

public class PhysioNetFetcherTests
{
    private static readonly PhysioNetDatabase Database = new("testdb", "1.0.0", "Test Database", "Somebody 2020.");
    private static readonly byte[] Large = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7 / 3))];

    private static readonly Dictionary<string, byte[]> Files = new(StringComparer.Ordinal)
    {
        ["RECORDS"] = "100\ndata/2\n"u8.ToArray(),
        ["LICENSE.txt"] = "Open Data Commons\n"u8.ToArray(),
        ["100.hea"] = "100 1 360 3\n"u8.ToArray(),
        ["100.dat"] = Large,
        ["100.atr"] = [],
        ["data/2.dat"] = [1, 2, 3],
        ["data/2.hea"] = "2 1 360 3\n"u8.ToArray(),
        ["tools/old program.c"] = "int main;"u8.ToArray(),
    };

    private static string Sums(IEnumerable<KeyValuePair<string, byte[]>> files) =>
        string.Concat(files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Value))} {file.Key}\n"));

    private static Answer? Published(Request request)
    {
        const string Folder = "testdb/1.0.0/";
        if (!request.Path.StartsWith(Folder, StringComparison.Ordinal))
        {
            return null;
        }

        var name = Uri.UnescapeDataString(request.Path[Folder.Length..]);
        return name == "SHA256SUMS.txt" ? new Answer(Encoding.ASCII.GetBytes(Sums(Files))) : Files.TryGetValue(name, out var body) ? new Answer(body) : null;
    }

    private static bool Is(Request request, string name) => request.Path == $"testdb/1.0.0/{name}";

    private static Task<FetchResult> FetchAsync(MisbehavingServer server, string folder, FetchOptions? options = null, IProgress<FetchProgress>? progress = null) =>
        FetchUntilAsync(server, folder, options, progress, TestContext.Current.CancellationToken);

    private static async Task<FetchResult> FetchUntilAsync(MisbehavingServer server, string folder, FetchOptions? options, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        using var fetcher = new PhysioNetFetcher((options ?? new FetchOptions()) with { BaseAddress = server.Address, FirstPause = TimeSpan.Zero });
        return await fetcher.FetchAsync(Database, folder, progress, cancellation);
    }

    private static async Task<string> RefusalAsync(MisbehavingServer server, string folder, FetchOptions? options = null) =>
        (await FluentActions.Awaiting(() => FetchAsync(server, folder, options)).Should().ThrowAsync<FetchException>()).Which.Message;

    private static string[] FilesIn(Scratch scratch) =>
        [.. Directory.EnumerateFiles(scratch["db"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(scratch["db"], path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private static void ShouldBeComplete(Scratch scratch)
    {
        FilesIn(scratch).Should().Equal("100.atr", "100.dat", "100.hea", "CITATION.txt", "LICENSE.txt", "RECORDS", "SHA256SUMS.txt", "data/2.dat", "data/2.hea");
        foreach (var name in FilesIn(scratch).Where(Files.ContainsKey))
        {
            File.ReadAllBytes(scratch["db/" + name]).Should().Equal(Files[name]);
        }
    }

    [Fact]
    public async Task The_records_come_with_list_licence_and_citation_and_nothing_comes_twice()
    {
        using var scratch = new Scratch();
        using var server = new MisbehavingServer(Published);
        var told = new ConcurrentQueue<FetchProgress>();

        var first = await FetchAsync(server, scratch["db"], progress: new Told(told));
        ShouldBeComplete(scratch);
        first.Should().Be(new FetchResult(scratch["db"], 7, 0, first.BytesFetched));
        first.BytesFetched.Should().BeGreaterThan(Files.Where(file => !file.Key.Contains(' ')).Sum(file => file.Value.Length));
        File.ReadAllText(scratch["db/CITATION.txt"]).Should().Contain("Somebody 2020.").And.Contain("Goldberger").And.Contain("version 1.0.0");
        told.Max(progress => progress.FilesDone).Should().Be(7);
        told.Should().OnlyContain(progress => progress.FilesDone <= progress.FileCount && progress.Note == null);

        // A file that was damaged since comes again, and no other.
        File.WriteAllText(scratch["db/data/2.dat"], "x");
        var second = await FetchAsync(server, scratch["db"]);
        ShouldBeComplete(scratch);
        (second.FilesFetched, second.FilesKept).Should().Be((1, 6));
        server.CountOf("testdb/1.0.0/100.dat").Should().Be(1);
        server.CountOf("testdb/1.0.0/data/2.dat").Should().Be(2);
    }

    [Fact]
    public async Task Single_records_or_everything_can_be_asked_for()
    {
        using var scratch = new Scratch();
        using var server = new MisbehavingServer(Published);

        await FetchAsync(server, scratch["db"], new FetchOptions { Records = ["data/2"] });
        FilesIn(scratch).Should().Equal("CITATION.txt", "LICENSE.txt", "RECORDS", "SHA256SUMS.txt", "data/2.dat", "data/2.hea");

        (await RefusalAsync(server, scratch["db"], new FetchOptions { Records = ["101"] })).Should().Contain("no record '101'; it has 100, data/2");

        await FetchAsync(server, scratch["db"], new FetchOptions { Everything = true, Connections = 1 });
        File.ReadAllBytes(scratch["db/tools/old program.c"]).Should().Equal(Files["tools/old program.c"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cut_connection_is_tried_again_from_where_it_was_cut(bool tellsLength)
    {
        // Without a length a cut looks like the end, and only the sum tells.
        using var scratch = new Scratch();
        using var server = new MisbehavingServer(request => Is(request, "100.dat") && request.Number <= (tellsLength ? 3 : 1)
            ? new Answer(Large) { CutAfter = 80_000, TellsLength = tellsLength }
            : Published(request));

        await FetchAsync(server, scratch["db"]);

        ShouldBeComplete(scratch);
        server.Requests.Where(request => Is(request, "100.dat")).Select(request => request.From)
            .Should().Equal(tellsLength ? [null, 80_000, 160_000, 240_000] : new long?[] { null, null });
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_sends_the_file_from_its_start()
    {
        using var scratch = new Scratch();
        using var server = new MisbehavingServer(request => Is(request, "100.dat")
            ? new Answer(Large) { CutAfter = request.Number == 1 ? 100_000 : null, TakesRanges = false }
            : Published(request));

        await FetchAsync(server, scratch["db"]);

        ShouldBeComplete(scratch);
        server.CountOf("testdb/1.0.0/100.dat").Should().Be(2);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_asked_again()
    {
        using var scratch = new Scratch();
        using var server = new MisbehavingServer(request => Is(request, "100.dat") && request.Number == 1 ? new Answer(Large) { StallAfter = 1_000 } : Published(request));
        var told = new ConcurrentQueue<FetchProgress>();

        await FetchAsync(server, scratch["db"], new FetchOptions { StallTimeout = TimeSpan.FromSeconds(0.5) }, new Told(told));

        ShouldBeComplete(scratch);
        told.Should().Contain(progress => progress.File == "100.dat" && progress.Note!.Contains("stopped sending"));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again_and_given_up_after_the_attempts()
    {
        using var scratch = new Scratch();
        using (var server = new MisbehavingServer(request => request.Number <= 2 ? new Answer([]) { Status = request.Number == 1 ? 503 : 429 } : Published(request)))
        {
            await FetchAsync(server, scratch["db"]);
            ShouldBeComplete(scratch);
        }

        using var dead = new MisbehavingServer(_ => new Answer([]) { Status = 500 });
        (await RefusalAsync(dead, scratch["other"], new FetchOptions { Attempts = 3 })).Should().Contain("SHA256SUMS.txt: the server answered 500, 3 times");
        dead.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_download_goes_on_after_the_program_was_ended()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch["db"]);
        scratch.Write("db/100.dat.part", Large[..123_456]);
        scratch.Write("db/100.hea.part", Files["100.hea"]);
        scratch.Write("db/RECORDS.part", "something else altogether");
        using var server = new MisbehavingServer(Published);

        await FetchAsync(server, scratch["db"]);

        ShouldBeComplete(scratch);
        server.Requests.Single(request => Is(request, "100.dat")).From.Should().Be(123_456);
        server.CountOf("testdb/1.0.0/100.hea").Should().Be(1);
        server.CountOf("testdb/1.0.0/RECORDS").Should().Be(2);
    }

    [Fact]
    public async Task A_wrong_sum_is_tried_once_more_and_never_gets_the_files_name()
    {
        using var scratch = new Scratch();
        using (var server = new MisbehavingServer(request => Is(request, "100.dat") && request.Number == 1 ? new Answer([.. Large[..^1], 0x55]) : Published(request)))
        {
            await FetchAsync(server, scratch["db"]);
            ShouldBeComplete(scratch);
        }

        File.Delete(scratch["db/100.dat"]);
        using var wrong = new MisbehavingServer(request => Is(request, "100.dat") ? new Answer([.. Large[..^1], 0x55]) : Published(request));
        (await RefusalAsync(wrong, scratch["db"])).Should().Contain("100.dat: the SHA-256 sum does not hold, twice");
        wrong.CountOf("testdb/1.0.0/100.dat").Should().Be(2);
        FilesIn(scratch).Should().NotContain(name => name.StartsWith("100.dat", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_or_file_that_is_not_there_is_told_at_once()
    {
        using var scratch = new Scratch();
        using (var empty = new MisbehavingServer(_ => null))
        {
            (await RefusalAsync(empty, scratch["db"])).Should().Contain("testdb/1.0.0/SHA256SUMS.txt: the server has no list");
            empty.Requests.Should().ContainSingle();
        }

        using (var closed = new MisbehavingServer(_ => new Answer([]) { Status = 403 }))
        {
            (await RefusalAsync(closed, scratch["db"])).Should().Contain("answered 403");
            closed.Requests.Should().ContainSingle();
        }

        using var server = new MisbehavingServer(request => Is(request, "data/2.dat") ? null : Published(request));
        (await RefusalAsync(server, scratch["db"])).Should().Contain("data/2.dat: the list names this file but the server does not have it");
        server.CountOf("testdb/1.0.0/data/2.dat").Should().Be(1);
    }

    [Fact]
    public async Task Nobody_listening_is_told_after_the_attempts()
    {
        using var scratch = new Scratch();
        Uri address;
        using (var server = new MisbehavingServer(_ => null))
        {
            address = server.Address;
        }

        using var fetcher = new PhysioNetFetcher(new FetchOptions { BaseAddress = address, Attempts = 2, FirstPause = TimeSpan.Zero });
        (await FluentActions.Awaiting(() => fetcher.FetchAsync(Database, scratch["db"], cancellation: TestContext.Current.CancellationToken)).Should().ThrowAsync<FetchException>()).WithMessage("*2 times*Check the connection*");
    }

    [Theory]
    [InlineData("../outside.dat")]
    [InlineData("a/../../outside.dat")]
    [InlineData("/etc/outside.dat")]
    [InlineData("C:\\outside.dat")]
    [InlineData("a\\b.dat")]
    [InlineData("a//b.dat")]
    [InlineData("./a.dat")]
    [InlineData("a/.")]
    [InlineData("a\u0001b")]
    [InlineData("100.dat.part")]
    public async Task A_list_that_leads_out_of_the_folder_is_refused_before_anything_is_written(string path)
    {
        using var scratch = new Scratch();
        var list = Sums(Files) + $"{new string('a', 64)} {path}\n";
        using var server = new MisbehavingServer(request => Is(request, "SHA256SUMS.txt") ? new Answer(Encoding.ASCII.GetBytes(list)) : Published(request));

        (await RefusalAsync(server, scratch["db"])).Should().Contain("SHA256SUMS.txt, line 9");

        server.Requests.Should().ContainSingle();
        Directory.EnumerateFileSystemEntries(scratch["db"]).Should().BeEmpty();
        Directory.EnumerateFileSystemEntries(scratch.Folder).Should().ContainSingle();
    }

    [Theory]
    [InlineData("", "the list of SHA-256 sums is empty")]
    [InlineData("<html>Not here</html>", "line 1: 64 hexadecimal digits")]
    [InlineData("aaaa 100.dat\n", "line 1: 64 hexadecimal digits")]
    [InlineData("A a.dat\nA a.dat\nB a.dat\n", "line 3: the path is already in the list")]
    [InlineData("A a.dat\nA A.dat\n", "line 2: the path is already in the list")]
    public async Task A_list_that_is_none_is_refused(string list, string reason)
    {
        using var scratch = new Scratch();
        var body = list.Replace("A ", new string('a', 64) + " ", StringComparison.Ordinal).Replace("B ", new string('b', 64) + " ", StringComparison.Ordinal);
        using var server = new MisbehavingServer(_ => new Answer(Encoding.ASCII.GetBytes(body)));

        (await RefusalAsync(server, scratch["db"])).Should().Contain(reason);
    }

    [Fact]
    public void Any_text_is_a_list_of_safe_paths_or_refused()
    {
        using var scratch = new Scratch();
        var root = Path.GetFullPath(scratch.Folder) + Path.DirectorySeparatorChar;
        Gen.OneOf(Damage.Of(Encoding.ASCII.GetBytes(Sums(Files))).Select(bytes => Encoding.Latin1.GetString(bytes)), Gen.String.Array[1, 3].Select(paths => string.Concat(paths.Select(path => $"{new string('0', 64)} {path}\n"))))
            .Sample(text =>
            {
                try
                {
                    foreach (var file in HashList.Parse(text, "here"))
                    {
                        Path.GetFullPath(Path.Combine(scratch.Folder, file.Path)).Should().StartWith(root);
                    }
                }
                catch (FetchException)
                {
                }
            }, iter: 3_000);
    }

    [Fact]
    public async Task What_exceeds_the_limits_is_refused_whatever_the_server_says_of_its_length()
    {
        using var scratch = new Scratch();
        using var server = new MisbehavingServer(Published);
        (await RefusalAsync(server, scratch["db"], new FetchOptions { MaxFileBytes = 100_000 })).Should().Contain("100.dat: the file is larger than 100000 bytes");
        (await RefusalAsync(server, scratch["db"], new FetchOptions { MaxTotalBytes = 200_000 })).Should().Contain("the database is larger than 200000 bytes");

        using var secretive = new MisbehavingServer(request => Published(request) is { } answer ? answer with { TellsLength = false } : null);
        (await RefusalAsync(secretive, scratch["other"], new FetchOptions { MaxFileBytes = 100_000 })).Should().Contain("100.dat: the file is larger than 100000 bytes");
        new FileInfo(scratch["other/100.dat.part"]).Length.Should().BeLessThanOrEqualTo(100_000);

        using var boaster = new MisbehavingServer(request => Is(request, "SHA256SUMS.txt") ? new Answer([1]) { ClaimedLength = 1L << 40 } : null);
        (await RefusalAsync(boaster, scratch["third"])).Should().Contain("SHA256SUMS.txt: the file is larger");
    }

    [Fact]
    public async Task A_licence_that_the_list_does_not_name_is_taken_where_there_is_one()
    {
        using var scratch = new Scratch();
        var list = Sums(Files.Where(file => file.Key != "LICENSE.txt"));
        using var server = new MisbehavingServer(request => Is(request, "SHA256SUMS.txt") ? new Answer(Encoding.ASCII.GetBytes(list)) : Published(request));

        await FetchAsync(server, scratch["db"]);

        ShouldBeComplete(scratch);
    }

    [Fact]
    public async Task Cancelling_ends_the_download_and_keeps_what_came()
    {
        using var scratch = new Scratch();
        using var cancellation = new CancellationTokenSource();
        using var server = new MisbehavingServer(request => Is(request, "100.dat") ? new Answer(Large) { StallAfter = 50_000 } : Published(request));
        var part = new FileInfo(scratch["db/100.dat.part"]);
        var cancelling = Task.Run(
            async () =>
            {
                while (!part.Exists || part.Length == 0)
                {
                    await Task.Delay(10, TestContext.Current.CancellationToken);
                    part.Refresh();
                }

                await cancellation.CancelAsync();
            }, TestContext.Current.CancellationToken);

        await FluentActions.Awaiting(() => FetchUntilAsync(server, scratch["db"], options: null, progress: null, cancellation.Token)).Should().ThrowAsync<OperationCanceledException>();
        await cancelling;

        File.Exists(scratch["db/100.dat"]).Should().BeFalse();
        File.Exists(scratch["db/100.dat.part"]).Should().BeTrue();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told()
    {
        using var scratch = new Scratch();
        scratch.Write("db", "a file");
        using var server = new MisbehavingServer(Published);

        (await RefusalAsync(server, scratch["db"])).Should().Contain("check the folder's permissions");
    }

    [Fact]
    public void The_databases_of_the_guides_are_known_with_their_citations()
    {
        PhysioNetDatabase.All.Select(database => database.Name).Should().Equal("mitdb", "nstdb", "svdb", "incartdb", "ludb", "cudb", "qtdb", "edb");
        PhysioNetDatabase.Find("MITDB")!.Citation.Should().Contain("Moody");
        PhysioNetDatabase.Find("nodb").Should().BeNull();
    }

    // Progress<T> tells through a thread pool; the tests want to know when the download is over.
    private sealed class Told(ConcurrentQueue<FetchProgress> queue) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => queue.Enqueue(value);
    }
}
