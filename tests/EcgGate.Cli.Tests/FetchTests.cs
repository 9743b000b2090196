using System.Security.Cryptography;
using System.Text;
using EcgGate.Records.Tests.Fetch;

namespace EcgGate.Cli.Tests;

public sealed class FetchTests
{
    private static readonly byte[] Large = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7 / 3))];

    private static readonly Dictionary<string, byte[]> Files = new(StringComparer.Ordinal)
    {
        ["RECORDS"] = "100\n101\n"u8.ToArray(),
        ["LICENSE.txt"] = "Open Data Commons\n"u8.ToArray(),
        ["100.hea"] = "100 1 360 3\n"u8.ToArray(),
        ["100.dat"] = Large,
        ["101.hea"] = "101 1 360 3\n"u8.ToArray(),
        ["tools/program.c"] = "int main;"u8.ToArray(),
    };

    [Fact]
    public async Task A_database_is_fetched_line_by_line_and_the_second_time_nothing_is()
    {
        using var folder = new TemporaryFolder();
        using var server = new MisbehavingServer(Published);

        var first = await FetchAsync(server, folder);
        first.Error.Should().BeEmpty();
        first.Code.Should().Be(0);
        folder.Names.Should().Equal("100.dat", "100.hea", "101.hea", "CITATION.txt", "LICENSE.txt", "RECORDS", "SHA256SUMS.txt");
        File.ReadAllBytes(folder.File("100.dat")).Should().Equal(Large);
        first.Output.Split('\n').Should().Contain(line => line.StartsWith("5 of 5  ", StringComparison.Ordinal));
        first.Output.Should().Contain("MIT-BIH Arrhythmia Database, version 1.0.0: 5 files fetched").And.Contain("LICENSE.txt").And.Contain("CITATION.txt");

        var second = await FetchAsync(server, folder, "--quiet");
        second.Output.Should().StartWith("MIT-BIH Arrhythmia Database, version 1.0.0: 0 files fetched").And.Contain("5 there before");
        server.CountOf("mitdb/1.0.0/100.dat").Should().Be(1);
    }

    [Fact]
    public async Task Single_records_or_everything_can_be_asked_for()
    {
        using var folder = new TemporaryFolder();
        using var server = new MisbehavingServer(Published);

        await FetchAsync(server, folder, "--records", "101");
        folder.Names.Should().Equal("101.hea", "CITATION.txt", "LICENSE.txt", "RECORDS", "SHA256SUMS.txt");
        (await FetchAsync(server, folder, "--records", "100,102", "--quiet")).ShouldBeRefused("no record '102'", "it has 100, 101");
        await FetchAsync(server, folder, "--everything");
        folder.Names.Should().Contain(["100.dat", "tools"]);
    }

    [Fact]
    public async Task Ctrl_C_keeps_what_was_received_and_the_same_command_goes_on_from_there()
    {
        const int Sent = 80_000;
        using var folder = new TemporaryFolder();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using (var silent = new MisbehavingServer(request => request.Path == "mitdb/1.0.0/100.dat" ? new Answer(Large) { StallAfter = Sent } : Published(request)))
        {
            var part = folder.File("100.dat.part");
            var fetching = FetchUntilAsync(silent, folder, stop.Token);
            while (!(File.Exists(part) && new FileInfo(part).Length == Sent))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            await stop.CancelAsync();
            var stopped = await fetching;
            stopped.Error.Should().BeEmpty();
            stopped.Code.Should().Be(0);
            stopped.Output.Should().Contain("Stopped: ").And.Contain("run the same command again");
        }

        using var server = new MisbehavingServer(Published);
        (await FetchAsync(server, folder)).Code.Should().Be(0);
        server.Requests.Single(request => request.Path == "mitdb/1.0.0/100.dat").From.Should().Be(Sent);
        File.ReadAllBytes(folder.File("100.dat")).Should().Equal(Large);
    }

    [Fact]
    public async Task Without_a_network_one_sentence_names_the_address()
    {
        using var folder = new TemporaryFolder();
        var server = new MisbehavingServer(Published);
        server.Dispose();
        (await FetchAsync(server, folder, "--attempts", "1", "--quiet")).ShouldBeRefused(server.Address.AbsoluteUri, "Check the connection");
    }

    [Fact]
    public async Task A_file_whose_sum_does_not_hold_ends_the_download()
    {
        using var folder = new TemporaryFolder();
        using var server = new MisbehavingServer(request => request.Path == "mitdb/1.0.0/101.hea" ? new Answer([1, 2, 3]) : Published(request));
        var result = await FetchAsync(server, folder);
        result.Error.Should().StartWith("ecggate: ").And.Contain("101.hea: the SHA-256 sum does not hold, twice");
        result.Code.Should().Be(2);
        folder.Names.Should().NotContain("101.hea");
    }

    private static Task<CliResult> FetchAsync(MisbehavingServer server, TemporaryFolder folder, params string[] more) =>
        FetchUntilAsync(server, folder, TestContext.Current.CancellationToken, more);

    private static Task<CliResult> FetchUntilAsync(MisbehavingServer server, TemporaryFolder folder, CancellationToken cancellation, params string[] more) =>
        Cli.RunAsync(cancellation, ["traces", "fetch", "mitdb", "--out", folder.Path, "--base-url", server.Address.AbsoluteUri, .. more]);

    private static Answer? Published(Request request)
    {
        const string Folder = "mitdb/1.0.0/";
        if (!request.Path.StartsWith(Folder, StringComparison.Ordinal))
        {
            return null;
        }

        var name = request.Path[Folder.Length..];
        return name == "SHA256SUMS.txt"
            ? new Answer(Encoding.ASCII.GetBytes(string.Concat(Files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Value))} {file.Key}\n"))))
            : Files.TryGetValue(name, out var body) ? new Answer(body) : null;
    }
}
