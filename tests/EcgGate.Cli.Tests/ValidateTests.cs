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
    public async Task Two_leads_stand_beside_one_which_is_judged_as_ever()
    {
        await Cli.RunAsync("validate", Cli.Trace("sinus-pvc"), "--json", _folder.File("one.json"));
        var result = await Cli.RunAsync("validate", Cli.Trace("sinus-pvc"), "--leads", "0,1", "--json", _folder.File("two.json"), "--html", _folder.File("two.html"));

        (await Read("two.html")).Should().Contain("<h2>Two leads</h2>").And.Contain("0,1 voting");
        result.Output.Should().Contain("The same with leads 0,1 voting");
        using var one = JsonDocument.Parse(await Read("one.json"));
        using var two = JsonDocument.Parse(await Read("two.json"));
        foreach (var figures in new[] { "detection", "decisionLatencyMs", "audit", "withheld" })
        {
            two.RootElement.GetProperty("total").GetProperty(figures).ToString().Should().Be(one.RootElement.GetProperty("total").GetProperty(figures).ToString());
        }

        one.RootElement.GetProperty("total").TryGetProperty("twoLeads", out _).Should().BeFalse();
        two.RootElement.GetProperty("total").GetProperty("twoLeads").GetProperty("audit").GetProperty("unsafe").GetInt64().Should().Be(0);
        two.RootElement.GetProperty("records")[0].GetProperty("twoLeads").GetProperty("detection").GetProperty("se").GetDouble().Should().Be(100);
        two.RootElement.GetProperty("settings").GetProperty("leads").GetString().Should().Be("0,1");
    }

    [Fact]
    public async Task A_record_without_the_second_lead_is_judged_on_the_first_and_says_so()
    {
        var result = await Cli.RunAsync("validate", Cli.Trace("sinus-75"), "--leads", "0,V9", "--json", _folder.File("a.json"));

        result.Code.Should().Be(0);
        result.Output.Should().Contain("sinus-75: Judged on lead 0 alone").And.Contain("V9");
        using var json = JsonDocument.Parse(await Read("a.json"));
        json.RootElement.GetProperty("records")[0].GetProperty("remark").GetString().Should().Contain("V9");
    }

    [Fact]
    public async Task Parts_with_two_leads_and_noise_join_into_the_same_file_as_one_run()
    {
        string[] what = [Cli.Trace("sinus-75"), Cli.Trace("sinus-pvc"), "--leads", "0,1", "--noise", "emulated", "--snr", "6"];
        await Cli.RunAsync(["validate", .. what, "--json", _folder.File("whole.json")]);
        await Cli.RunAsync(["validate", .. what, "--shard", "1/2", "--json", _folder.File("part1.json")]);
        await Cli.RunAsync(["validate", .. what, "--shard", "2/2", "--json", _folder.File("part2.json")]);

        (await Cli.RunAsync("validate", "--merge", _folder.File("part1.json"), _folder.File("part2.json"), "--json", _folder.File("joined.json"))).Error.Should().BeEmpty();

        (await Read("joined.json")).Should().Be(await Read("whole.json")).And.Contain("\"signalToNoiseDecibels\": 6");
    }

    [Fact]
    public async Task Two_leads_find_more_and_invent_less_than_one_and_as_early()
    {
        var recordings = Recordings.Require();

        await Cli.RunAsync("validate", Path.Combine(recordings, "mitdb"), "--leads", "0,1", "--quiet", "--json", _folder.File("two.json"));

        using var json = JsonDocument.Parse(await Read("two.json"));
        var one = json.RootElement.GetProperty("total");
        var two = one.GetProperty("twoLeads");
        foreach (var (part, figure) in new[] { ("detection", "se"), ("detection", "ppv"), ("detectionEc57", "se"), ("detectionEc57", "ppv"), ("decisionLatencyMs", "by45") })
        {
            Figure(two).Should().BeGreaterThanOrEqualTo(Figure(one), $"{part}.{figure}");

            double Figure(JsonElement of) => of.GetProperty(part).GetProperty(figure).GetDouble();
        }

        two.GetProperty("audit").GetProperty("yield").GetDouble().Should().BeGreaterThan(one.GetProperty("audit").GetProperty("yield").GetDouble() - 0.2, "what the second lead carries is not fired on");
        two.GetProperty("detectionEc57").GetProperty("se").GetDouble().Should().BeGreaterThanOrEqualTo(99.90);
        two.GetProperty("detectionEc57").GetProperty("ppv").GetDouble().Should().BeGreaterThanOrEqualTo(99.87);
        // One beat of 109 is annotated on its S wave, and the pulse comes 3 ms before that.
        two.GetProperty("audit").GetProperty("unsafe").GetInt64().Should().BeLessThanOrEqualTo(1);
        two.GetProperty("audit").GetProperty("ectopic").GetInt64().Should().Be(0);
    }

    /// <summary>The figures reached, a little below them; asked for are 99.5 at 12 dB and 99 at 6.</summary>
    [Theory]
    [InlineData("bw", 24, 99.9)]
    [InlineData("bw", 12, 99.8)]
    [InlineData("bw", 6, 99.6)]
    [InlineData("bw", 0, 99.5)]
    [InlineData("bw", -6, 99.5)]
    [InlineData("ma", 24, 99.9)]
    [InlineData("ma", 12, 99.8)]
    [InlineData("ma", 6, 99.6)]
    [InlineData("ma", 0, 99.7)]
    [InlineData("ma", -6, 99.4)]
    [InlineData("emulated", 24, 99.9)]
    [InlineData("emulated", 12, 99.9)]
    [InlineData("emulated", 6, 99.5)]
    [InlineData("emulated", 0, 99.1)]
    [InlineData("emulated", -6, 99.3)]
    public async Task What_is_detected_in_noise_outside_shutdown_is_a_beat(string noise, double decibels, double ppv)
    {
        var recordings = Recordings.Require();
        var clean = new[] { "101", "112", "115", "118", "119", "122", "205", "215", "220", "230" }.Select(name => Path.Combine(recordings, "mitdb", name));

        var result = await Cli.RunAsync(["validate", .. clean, "--noise", noise, "--snr", Invariant(decibels), "--require", $"ppvout5>={Invariant(ppv)}", "--quiet"]);

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0, result.Output);

        static string Invariant(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Each_point_of_the_curve_is_what_a_run_with_that_tolerance_gives()
    {
        string[] what = ["validate", Cli.Trace("sinus-pvc"), Cli.Trace("atrial-fibrillation"), Cli.Trace("muscle-noise")];
        await Cli.RunAsync([.. what, "--curve", "--json", _folder.File("curve.json")]);

        using var json = JsonDocument.Parse(await Read("curve.json"));
        var points = json.RootElement.GetProperty("total").GetProperty("curve").EnumerateArray().ToDictionary(point => point.GetProperty("tolerance").GetDouble());
        points.Keys.Should().Equal(0.5, 0.7, 0.85, 1, 1.2, 1.4, 1.6);
        points[0.5].GetProperty("pulses").GetInt64().Should().BeLessThan(points[1.6].GetProperty("pulses").GetInt64());
        foreach (var tolerance in new[] { 0.5, 1, 1.6 })
        {
            await Cli.RunAsync([.. what, "--shape-tolerance", tolerance.ToString(System.Globalization.CultureInfo.InvariantCulture), "--json", _folder.File("one.json")]);
            using var one = JsonDocument.Parse(await Read("one.json"));
            var audit = one.RootElement.GetProperty("total").GetProperty("audit");
            foreach (var figure in new[] { "pulses", "unsafe", "vulnerable", "ectopic", "fusion", "premature", "eligible", "eligibleFired", "yield" })
            {
                points[tolerance].GetProperty(figure).ToString().Should().Be(audit.GetProperty(figure).ToString(), $"{figure} at {tolerance}");
            }
        }
    }

    [Fact]
    public async Task The_curve_stands_on_the_screen_and_in_the_page_of_one_run_and_of_merged_parts_and_not_where_quiet()
    {
        string[] what = ["validate", Cli.Trace("sinus-75"), Cli.Trace("sinus-pvc"), "--shape-tolerance", "0.7", "--curve"];
        var loud = await Cli.RunAsync([.. what, "--html", _folder.File("whole.html")]);
        var quiet = await Cli.RunAsync([.. what, "--quiet"]);
        await Cli.RunAsync([.. what, "--shard", "1/2", "--json", _folder.File("part1.json")]);
        await Cli.RunAsync([.. what, "--shard", "2/2", "--json", _folder.File("part2.json")]);
        var merged = await Cli.RunAsync("validate", "--merge", _folder.File("part1.json"), _folder.File("part2.json"), "--html", _folder.File("joined.html"));

        loud.Output.Should().Contain("With other shape tolerances").And.Contain("0.7 (as run)").And.NotContain("1 (as run)");
        quiet.Output.Should().NotContain("tolerance");
        merged.Error.Should().BeEmpty();
        merged.Output.Should().Contain("0.7 (as run)");
        (await Read("whole.html")).Should().Contain("0.7 (as run)").And.Contain("1 (default)").And.Be(await Read("joined.html"));
    }

    [Fact]
    public async Task A_curve_beside_two_leads_is_that_of_the_first_alone()
    {
        await Cli.RunAsync("validate", Cli.Trace("sinus-pvc"), "--curve", "--leads", "0,1", "--json", _folder.File("two.json"));
        await Cli.RunAsync("validate", Cli.Trace("sinus-pvc"), "--curve", "--json", _folder.File("one.json"));

        using var one = JsonDocument.Parse(await Read("one.json"));
        using var two = JsonDocument.Parse(await Read("two.json"));
        var total = two.RootElement.GetProperty("total");
        total.GetProperty("curve").ToString().Should().Be(one.RootElement.GetProperty("total").GetProperty("curve").ToString());
        total.GetProperty("twoLeads").TryGetProperty("curve", out _).Should().BeFalse();
    }

    [Fact]
    public async Task The_latency_picture_shows_both_detectors()
    {
        (await Cli.RunAsync("validate", Cli.Trace("sinus-pvc"), "--latency-svg", _folder.File("latency.svg"), "--quiet")).Code.Should().Be(0);

        var svg = await Read("latency.svg");
        svg.Should().StartWith("<svg xmlns=").And.Contain("r-wave").And.Contain("pan-tompkins").And.NotContain("class=");
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
    [InlineData("TRACE --leads 0", "--leads is '0'", "two different leads", "0,1")]
    [InlineData("TRACE --leads II,ii", "--leads is 'II,ii'", "two different leads")]
    [InlineData("TRACE --leads 0,1 --lead 1", "--lead contradicts", "give one of the two")]
    [InlineData("TRACE --leads 0,1 --detector pan-tompkins", "--leads is for the detector r-wave")]
    [InlineData("TRACE --test gqrs --leads 0,1", "--leads is for the engine", "--test")]
    [InlineData("TRACE --noise ma", "--noise needs --snr")]
    [InlineData("TRACE --snr 12", "--snr is for --noise")]
    [InlineData("TRACE --noise emulated --snr 100", "--snr is 100", "-30 and 60")]
    [InlineData("TRACE --noise nowhere --snr 12", "--noise is 'nowhere'", "traces fetch nstdb")]
    [InlineData("--merge nowhere.json --noise emulated", "--noise is for the engine", "--merge")]
    [InlineData("TRACE --test gqrs --latency-svg x.svg", "--latency-svg is for the engine", "--test")]
    [InlineData("TRACE --test gqrs --curve", "--curve is for the engine", "--test")]
    [InlineData("--merge nowhere.json --curve", "--curve is for the engine", "--merge")]
    [InlineData("TRACE --curve --detector pan-tompkins", "--curve is for the detector r-wave", "pan-tompkins decides too late")]
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
