using System.Text.Json;
using System.Text.RegularExpressions;
using EcgGate.TestSupport;

namespace EcgGate.Cli.Tests;

public sealed partial class ValidateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_of_validate()
    {
        var result = await Cli.RunAsync("validate", "--help");
        result.Code.Should().Be(0);
        Approved.Check(result.Output);
    }

    [Fact]
    public async Task The_summary_reads_as_approved_whatever_the_figures()
    {
        var result = await Cli.RunAsync("validate", Cli.Trace("sinus-pvc"), "--require", "unsafe=0,vulnerable=0,fn=0");
        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        Approved.Check(Numbers().Replace(result.Output, "#"));
    }

    [Theory]
    [InlineData("unsafe=0,fn=0", 0)]
    [InlineData("unsafe=0,pulses>=100000", 1)]
    public async Task The_exit_code_tells_whether_the_limits_are_met(string limits, int code)
    {
        var result = await Cli.RunAsync("validate", Cli.Trace("sinus-75"), "--require", limits, "--quiet");
        result.Code.Should().Be(code);
        result.Output.Should().Contain(code == 0 ? "Limit met" : "Limit not met");
    }

    [Fact]
    public async Task Shards_join_into_the_same_files_as_one_run_bit_for_bit()
    {
        (await Cli.RunAsync("validate", Cli.Traces, "--quiet", "--json", _folder.File("whole.json"), "--csv", _folder.File("whole.csv"), "--html", _folder.File("whole.html"))).Code.Should().Be(0);
        foreach (var part in Enumerable.Range(1, 3))
        {
            (await Cli.RunAsync("validate", Cli.Traces, "--shard", $"{part}/3", "--json", _folder.File($"part{part}.json"))).Code.Should().Be(0);
        }

        var joined = await Cli.RunAsync(
            "validate", "--merge", _folder.File("part3.json"), _folder.File("part1.json"), _folder.File("part2.json"), "--json", _folder.File("joined.json"), "--csv", _folder.File("joined.csv"), "--html", _folder.File("joined.html"));

        joined.Error.Should().BeEmpty();
        joined.Code.Should().Be(0);
        foreach (var kind in new[] { "json", "csv", "html" })
        {
            (await Read($"joined.{kind}")).Should().Be(await Read($"whole.{kind}"), kind);
        }
    }

    [Fact]
    public async Task A_merge_without_a_part_is_refused()
    {
        foreach (var part in new[] { 1, 2 })
        {
            await Cli.RunAsync("validate", Cli.Traces, "--shard", $"{part}/3", "--json", _folder.File($"part{part}.json"));
        }

        (await Cli.RunAsync("validate", "--merge", _folder.File("part1.json"), _folder.File("part2.json"))).ShouldBeRefused("Of 3 parts, 3 is missing");
    }

    [Fact]
    public async Task The_detector_of_1985_is_judged_alone_and_named_everywhere()
    {
        await Cli.RunAsync("validate", Cli.Trace("sinus-pvc"), "--detector", "pan-tompkins", "--json", _folder.File("a.json"), "--html", _folder.File("a.html"));

        using var json = JsonDocument.Parse(await Read("a.json"));
        json.RootElement.GetProperty("settings").GetProperty("detector").GetString().Should().Be("pan-tompkins");
        var total = json.RootElement.GetProperty("total");
        total.GetProperty("detection").GetProperty("se").GetDouble().Should().BeGreaterThan(98);
        total.GetProperty("decisionLatencyMs").GetProperty("p50").GetDouble().Should().BeInRange(200, 350);
        total.GetProperty("audit").GetProperty("pulses").GetInt64().Should().Be(0);
        (await Read("a.html")).Should().Contain("detector pan-tompkins");
    }

    [Fact]
    public async Task Parts_of_different_detectors_are_not_merged()
    {
        await Cli.RunAsync("validate", Cli.Trace("sinus-75"), Cli.Trace("sinus-60"), "--shard", "1/2", "--json", _folder.File("part1.json"));
        await Cli.RunAsync("validate", Cli.Trace("sinus-75"), Cli.Trace("sinus-60"), "--shard", "2/2", "--json", _folder.File("part2.json"), "--detector", "pan-tompkins");

        (await Cli.RunAsync("validate", "--merge", _folder.File("part1.json"), _folder.File("part2.json"))).ShouldBeRefused("different settings", "detector");
    }

    [Fact]
    public async Task The_JSON_has_the_promised_fields()
    {
        await Cli.RunAsync("validate", Cli.Trace("sinus-pvc"), "--json", _folder.File("a.json"));

        using var json = JsonDocument.Parse(await Read("a.json"));
        var record = json.RootElement.GetProperty("records")[0];
        record.GetProperty("name").GetString().Should().Be("sinus-pvc");
        record.GetProperty("audit").GetProperty("vulnerable").GetInt64().Should().Be(0);
        json.RootElement.GetProperty("total").GetProperty("detection").GetProperty("se").GetDouble().Should().Be(100);
        json.RootElement.GetProperty("settings").GetProperty("gate").GetProperty("minimumInterval").GetString().Should().Be("00:00:00");
        json.RootElement.GetProperty("settings").GetProperty("detector").GetString().Should().Be("r-wave");
    }

    [Fact]
    public async Task The_rule_of_a_pulse_a_second_can_be_kept()
    {
        var every = await PulsesWith();
        var usual = await PulsesWith("--min-interval-ms", "900");

        usual.Should().BePositive().And.BeLessThan(every);
    }

    [Fact]
    public async Task A_record_that_cannot_be_judged_is_named_and_the_others_are_judged()
    {
        foreach (var file in Directory.EnumerateFiles(Cli.Traces, "sinus-75.*").Concat(Directory.EnumerateFiles(Cli.Traces, "sinus-pvc.*")))
        {
            File.Copy(file, _folder.File(Path.GetFileName(file)));
        }

        await File.WriteAllTextAsync(_folder.File("sinus-pvc.truth.csv"), "# something else\n", TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync("validate", _folder.Path);

        result.Code.Should().Be(2);
        result.Output.Should().Contain("1 record,").And.Contain("1 could not be judged");
        result.Error.Should().StartWith("ecggate: sinus-pvc: ").And.Contain("sinus-pvc.truth.csv, line 1");
    }

    [Theory]
    [InlineData("", "needs a FOLDER")]
    [InlineData("nowhere", "nowhere is no folder and no record")]
    [InlineData("TRACE --require unsafee=0", "--require", "no figure 'unsafee'", "unsafe,")]
    [InlineData("TRACE --require unsafe", "--require", "'unsafe' is no limit")]
    [InlineData("TRACE --shard 3/2 --json x.json", "--shard takes I/N", "3/2")]
    [InlineData("TRACE --shard 0/2 --json x.json", "--shard takes I/N")]
    [InlineData("TRACE --shard 1/2", "--json")]
    [InlineData("TRACE --shard 1/2 --json x.json --require unsafe=0", "--require has no say")]
    [InlineData("TRACE --merge x.json", "takes no FOLDER")]
    [InlineData("--merge nowhere.json", "--merge nowhere.json")]
    [InlineData("--merge nowhere.json --max-rate 100", "--max-rate is for the engine", "--merge")]
    [InlineData("TRACE --test gqrs --lead 1", "--lead is for the engine", "--test")]
    [InlineData("TRACE --test gqrs --detector r-wave", "--detector is for the engine", "--test")]
    [InlineData("--merge nowhere.json --detector r-wave", "--detector is for the engine", "--merge")]
    [InlineData("TRACE --detector christov", "--detector is 'christov'", "r-wave or pan-tompkins")]
    [InlineData("TRACE --detector", "--detector")]
    [InlineData("TRACE --test a.b/c.d", "'c.d' is no annotator")]
    [InlineData("TRACE --reference xyz", "no reference annotations", ".xyz")]
    [InlineData("TRACE --cutoff-ms 150", "Cut-off is 150 ms")]
    [InlineData("TRACE --html", "--html")]
    [InlineData("TRACE --html /nowhere/x.html", "no folder /nowhere")]
    public async Task What_makes_no_sense_is_refused_in_one_sentence(string line, params string[] words)
    {
        var arguments = line.Replace("TRACE", Cli.Trace("sinus-75"), StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (await Cli.RunAsync(["validate", .. arguments.Select(word => word == "x.json" ? _folder.File(word) : word)])).ShouldBeRefused(words);
    }

    [Theory]
    [InlineData("no JSON at all")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("null")]
    [InlineData("""{"records":[null],"total":null}""")]
    public async Task A_part_that_is_none_is_refused_by_name(string text)
    {
        await File.WriteAllTextAsync(_folder.File("part.json"), text, TestContext.Current.CancellationToken);

        (await Cli.RunAsync("validate", "--merge", _folder.File("part.json"))).ShouldBeRefused("part.json", "make the part anew");
    }

    [Fact]
    public async Task A_part_with_a_damaged_strip_is_refused()
    {
        (await Cli.RunAsync("validate", Cli.Trace("lead-off"), "--shard", "1/1", "--json", _folder.File("part.json"))).Code.Should().Be(0);
        var part = await Read("part.json");
        part.Should().Contain("\"trace\": \"");
        await File.WriteAllTextAsync(_folder.File("part.json"), part.Replace("\"trace\": \"", "\"trace\": \"x ", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync("validate", "--merge", _folder.File("part.json"), "--html", _folder.File("report.html"));

        result.Code.Should().Be(2);
        result.Error.Should().Contain("a strip of ECG in the parts is damaged");
        _folder.Names.Should().Equal("part.json");
    }

    [Theory]
    [InlineData("gqrs")]
    [InlineData("wqrs")]
    [InlineData("engzee")]
    [InlineData("dense")]
    public async Task Other_detectors_score_as_the_reference_comparator_scored_them(string annotator)
    {
        var recordings = Recordings.Require();
        var golden = await File.ReadAllLinesAsync(Path.Combine(recordings, "ec57-golden", $"{annotator}.from-5min.txt"), TestContext.Current.CancellationToken);
        var expected = golden.Single(line => line.StartsWith("Gross", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var result = await Cli.RunAsync("validate", Path.Combine(recordings, "mitdb"), "--test", Path.Combine(recordings, "ec57-golden", "mitdb", annotator), "--json", _folder.File("test.json"), "--quiet");

        result.Error.Should().BeEmpty();
        using var json = JsonDocument.Parse(await Read("test.json"));
        var ec57 = json.RootElement.GetProperty("total").GetProperty("detectionEc57");
        new[] { "se", "ppv" }.Select(name => ec57.GetProperty(name).GetDouble().ToString("0.00")).Should().Equal(expected[1], expected[2]);
    }

    [GeneratedRegex(@"\d+(\.\d+)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();

    private Task<string> Read(string name) => File.ReadAllTextAsync(_folder.File(name), TestContext.Current.CancellationToken);

    private async Task<long> PulsesWith(params string[] options)
    {
        (await Cli.RunAsync(["validate", Cli.Trace("sinus-75"), "--json", _folder.File("pulses.json"), .. options])).Code.Should().Be(0);
        using var json = JsonDocument.Parse(await Read("pulses.json"));
        return json.RootElement.GetProperty("total").GetProperty("audit").GetProperty("pulses").GetInt64();
    }
}
