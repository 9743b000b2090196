using System.Globalization;
using System.Text.Json;
using EcgGate.Emulator.Patient;
using EcgGate.Records;
using EcgGate.Validation;

namespace EcgGate.Cli.Tests;

public sealed class ReplayTests
{
    private static readonly string[] LedgerColumns =
    [
        "record", "beat", "r_sample", "r_seconds", "decision_sample", "decision_latency_ms", "class", "confidence", "rr_ms", "outcome", "reason", "pulse_sample", "pulse_offset_ms", "lateness_us",
    ];

    [Fact]
    public async Task Two_leads_can_vote_in_a_replay()
    {
        var result = await Cli.RunAsync("replay", Cli.Trace("lead-off"), "--leads", "0,1", "--quiet");

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
    }

    [Theory]
    [InlineData("0,V9", "V9")]
    [InlineData("0", "--leads is '0'", "0,1")]
    public async Task A_second_lead_that_is_not_there_is_refused(string leads, params string[] words) =>
        (await Cli.RunAsync("replay", Cli.Trace("sinus-75"), "--leads", leads)).ShouldBeRefused(words);

    [Fact]
    public async Task The_summary_of_a_record_reads_as_approved()
    {
        var result = await Cli.RunAsync("replay", Cli.Trace("sinus-pvc"));
        result.Code.Should().Be(0);
        result.Error.Should().BeEmpty();
        Approved.Check(WithoutMeasuredTimes(result.Output));
    }

    [Fact]
    public async Task With_the_detector_of_1985_all_beats_are_found_and_none_is_fired_on()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("replay", Cli.Trace("sinus-75"), "--detector", "pan-tompkins", "--json", folder.File("a.json"));

        result.Code.Should().Be(0);
        result.Output.Should().Contain("= 0 fired +").And.Contain("decided too late");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("a.json"), TestContext.Current.CancellationToken));
        json.RootElement.GetProperty("detector").GetString().Should().Be("pan-tompkins");
        json.RootElement.GetProperty("beats").GetInt64().Should().BeGreaterThan(70);
    }

    [Fact]
    public async Task Bigeminy_fires_nothing_and_says_why()
    {
        var result = await Cli.RunAsync("replay", Cli.Trace("pvc-bigeminy"));
        result.Code.Should().Be(0);
        result.Output.Should().Contain("= 0 fired +").And.Contain("never 8 regular beats in a row; each premature or ectopic beat withholds itself and the next.");
    }

    [Fact]
    public async Task Each_PVC_and_the_beat_after_it_get_no_pulse_and_every_pulse_is_safe()
    {
        using var folder = new TemporaryFolder();
        await Cli.RunAsync("replay", Cli.Trace("sinus-pvc"), "--ledger", folder.File("ledger.csv"));
        using var text = new StreamReader(Cli.Trace("sinus-pvc") + ".truth.csv");
        var truth = RecordedTruth.Read(text, "sinus-pvc").Beats;
        var pulses = ReadCsv(folder.File("ledger.csv")).Where(line => line["outcome"] == "Fired").Select(line => double.Parse(line["pulse_sample"], CultureInfo.InvariantCulture) / 500).ToArray();
        bool Fired(TruthBeat beat) => pulses.Any(pulse => pulse - beat.RSeconds is >= 0 and <= 0.1);

        truth.Count(beat => beat.Class == TruthBeatClass.Ventricular).Should().BePositive();
        truth.Count(Fired).Should().Be(pulses.Length, "each pulse lies within 100 ms after a true R").And.BePositive();
        for (var i = 0; i < truth.Count; i++)
        {
            if (truth[i].Class == TruthBeatClass.Ventricular)
            {
                truth.Skip(i).Take(2).Where(Fired).Should().BeEmpty($"of the PVC at {truth[i].RSeconds} s");
            }
        }
    }

    [Fact]
    public async Task Several_records_get_a_table_in_their_order()
    {
        var result = await Cli.RunAsync("replay", Cli.Trace("tall-t"), Cli.Trace("sinus-60"), Cli.Trace("brady-35"));
        result.Code.Should().Be(0);
        var rows = result.Output.Split('\n').Select(line => line.Trim()).ToArray();
        int Row(string name) => Array.FindIndex(rows, row => row.StartsWith(name + " ", StringComparison.Ordinal));
        new[] { Row("Record"), Row("tall-t"), Row("sinus-60"), Row("brady-35"), Row("3 records") }.Should().BeInAscendingOrder().And.NotContain(-1);
    }

    [Fact]
    public async Task Quiet_prints_only_the_summary()
    {
        var result = await Cli.RunAsync("replay", Cli.Trace("tall-t"), Cli.Trace("sinus-60"), "--quiet");
        result.Output.Should().StartWith("2 records:").And.NotContain("Core time");
    }

    [Fact]
    public async Task Counts_of_table_ledger_and_json_add_up_for_every_trace()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("replay", Cli.Traces, "--ledger", folder.File("ledger.csv"), "--json", folder.File("figures.json"));
        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        var lines = ReadCsv(folder.File("ledger.csv"));
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("figures.json"), TestContext.Current.CancellationToken));
        var root = json.RootElement;
        AssertAddsUp(root, lines);
        var records = root.GetProperty("records").EnumerateArray().ToArray();
        records.Should().HaveCount(Directory.GetFiles(Cli.Traces, "*.hea").Length);
        foreach (var record in records)
        {
            var name = record.GetProperty("name").GetString()!;
            AssertAddsUp(record, [.. lines.Where(line => line["record"] == name)]);
        }

        records.Sum(record => record.GetProperty("beats").GetInt64()).Should().Be(root.GetProperty("beats").GetInt64());
    }

    [Fact]
    public async Task Each_ledger_line_is_complete_and_true_to_itself()
    {
        using var folder = new TemporaryFolder();
        await Cli.RunAsync("replay", Cli.Trace("sinus-pvc"), "--ledger", folder.File("ledger.csv"), "--target-delay-ms", "45");
        var lines = ReadCsv(folder.File("ledger.csv"));
        lines.Should().NotBeEmpty();
        lines.Select(line => line["beat"]).Should().Equal(Enumerable.Range(1, lines.Count).Select(number => number.ToString(CultureInfo.InvariantCulture)));
        lines.Should().Contain(line => line["outcome"] == "Fired").And.Contain(line => line["class"] == "Ectopic");
        foreach (var line in lines)
        {
            double Field(string name) => double.Parse(line[name], CultureInfo.InvariantCulture);
            line["record"].Should().Be("sinus-pvc");
            Field("r_seconds").Should().BeApproximately(Field("r_sample") / 500, 1e-5);
            Field("decision_latency_ms").Should().BeApproximately((Field("decision_sample") - Field("r_sample")) * 2, 0.01);
            if (line["outcome"] == "Fired")
            {
                line["reason"].Should().BeEmpty();
                Field("pulse_offset_ms").Should().BeApproximately(45, 0.01, "virtual time makes each edge on its deadline");
                Field("lateness_us").Should().Be(0);
            }
            else
            {
                line["reason"].Should().NotBeEmpty();
                line["pulse_sample"].Should().BeEmpty();
                line["pulse_offset_ms"].Should().BeEmpty();
            }
        }
    }

    [Fact]
    public async Task Json_has_the_fields_that_are_promised()
    {
        using var folder = new TemporaryFolder();
        await Cli.RunAsync("replay", Cli.Trace("sinus-75"), "--json", folder.File("figures.json"));
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("figures.json"), TestContext.Current.CancellationToken));
        var root = json.RootElement;
        root.GetProperty("beats").GetInt64().Should().BeInRange(74, 76);
        root.GetProperty("fired").GetInt64().Should().BePositive();
        root.GetProperty("withheld").GetProperty("Learning").GetInt64().Should().BePositive();
        root.GetProperty("missed").ValueKind.Should().Be(JsonValueKind.Object);
        root.GetProperty("latenessUs").GetProperty("p50").GetDouble().Should().Be(0);
        root.GetProperty("latenessUs").GetProperty("max").GetDouble().Should().Be(0);
        root.GetProperty("droppedEvents").GetInt64().Should().Be(0);
        root.GetProperty("decisionLatencyMs").GetProperty("p99").GetDouble().Should().BeInRange(-50, 50);
        root.GetProperty("seconds").GetDouble().Should().Be(60);
    }

    [Fact]
    public async Task Decisions_have_two_columns_and_a_line_for_each_beat_in_order_of_R()
    {
        using var folder = new TemporaryFolder();
        await Cli.RunAsync("replay", Cli.Trace("vt-run"), "--decisions", folder.File("decisions.csv"), "--ledger", folder.File("ledger.csv"));
        var decisions = await File.ReadAllLinesAsync(folder.File("decisions.csv"), TestContext.Current.CancellationToken);
        decisions[0].Should().Be("r_sample,decision_sample");
        var expected = ReadCsv(folder.File("ledger.csv")).OrderBy(line => double.Parse(line["r_sample"], CultureInfo.InvariantCulture)).Select(line => $"{line["r_sample"]},{line["decision_sample"]}");
        decisions.Skip(1).Should().NotBeEmpty().And.Equal(expected);
    }

    [Fact]
    public async Task Decisions_of_several_records_go_into_a_folder()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("replay", Cli.Trace("sinus-60"), Cli.Trace("sinus-75"), "--decisions", folder.File("decisions"));
        result.Code.Should().Be(0);
        Directory.GetFiles(folder.File("decisions")).Select(Path.GetFileName).Order().Should().Equal("sinus-60.csv", "sinus-75.csv");
    }

    [Fact]
    public async Task Annotations_read_back_equal_the_ledger()
    {
        using var folder = new TemporaryFolder();
        await Cli.RunAsync("replay", Cli.Trace("sinus-pvc"), "--annotate", folder.Path, "--ledger", folder.File("ledger.csv"));
        var lines = ReadCsv(folder.File("ledger.csv"));
        static long Sample(string text) => (long)Math.Round(double.Parse(text, CultureInfo.InvariantCulture), MidpointRounding.AwayFromZero);

        var beats = lines.Select(line => (Sample(line["r_sample"]), line["class"] switch { "Normal" => "N", "Ectopic" => "V", "Paced" => "/", _ => "Q" }));
        ReadAnnotations(folder.File("sinus-pvc.ecg")).Where(line => line.Item2 != "~").Should().Equal(beats.OrderBy(beat => beat.Item1));
        var pulses = lines.Where(line => line["outcome"] == "Fired").Select(line => (Sample(line["pulse_sample"]), "^"));
        ReadAnnotations(folder.File("sinus-pvc.pul")).Should().NotBeEmpty().And.Equal(pulses);
    }

    [Fact]
    public async Task Noise_is_annotated_as_shutdown_and_the_beats_in_it_stay()
    {
        using var folder = new TemporaryFolder();
        await Cli.RunAsync("replay", "patient:sinus-75?noise=muscle:0.8@20-40", "--duration", "60", "--annotate", folder.Path);

        using var reader = AnnotationReader.Open(Directory.GetFiles(folder.Path, "*.ecg").Single());
        var found = BeatAnnotations.FromAnnotations(reader.ReadToEnd(), 500);

        // Bad within the first two beats of noise, good again once as many clean ones have shown that it is over.
        var shutdown = found.Intervals.Where(interval => interval.Start > 500).ToArray();
        shutdown.Sum(interval => Math.Min(interval.End, 20_000) - Math.Max(interval.Start, 10_000)).Should().BeGreaterThan(9_200);
        shutdown.Should().OnlyContain(interval => interval.Start > 9_900 && interval.End < 25_000);
        found.Beats.Should().Contain(beat => found.IsWithin(IntervalKind.Shutdown, beat.Sample));
    }

    [Fact]
    public async Task A_bad_record_among_good_ones_is_reported_and_the_others_are_done()
    {
        using var folder = new TemporaryFolder();
        var records = folder.File("records");
        Directory.CreateDirectory(records);
        foreach (var name in new[] { "sinus-60", "sinus-75" })
        {
            File.Copy(Cli.Trace(name) + ".hea", Path.Combine(records, name + ".hea"));
            File.Copy(Cli.Trace(name) + ".dat", Path.Combine(records, name + ".dat"));
        }

        await using (var cut = new FileStream(Path.Combine(records, "sinus-60.dat"), FileMode.Open))
        {
            cut.SetLength(1_000);
        }

        var result = await Cli.RunAsync("replay", records, "--json", folder.File("figures.json"), "--ledger", folder.File("ledger.csv"));
        result.Code.Should().Be(2);
        result.Error.Should().StartWith("ecggate: ").And.Contain("sinus-60.dat");
        result.Output.Should().Contain("sinus-75");
        ReadCsv(folder.File("ledger.csv")).Should().NotBeEmpty().And.OnlyContain(line => line["record"] == "sinus-75");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("figures.json"), TestContext.Current.CancellationToken));
        json.RootElement.GetProperty("failures").EnumerateArray().Should().ContainSingle().Which.GetString().Should().Contain("sinus-60.dat");
    }

    [Fact]
    public async Task Every_beat_is_the_same_as_no_minimum_interval_and_fires_more_often()
    {
        var usual = await Cli.RunAsync("replay", Cli.Trace("sinus-75"), "--quiet");
        var every = await Cli.RunAsync("replay", Cli.Trace("sinus-75"), "--quiet", "--every-beat");
        var zero = await Cli.RunAsync("replay", Cli.Trace("sinus-75"), "--quiet", "--min-interval-ms", "0");
        every.Output.Should().Be(zero.Output);
        Fired(every).Should().BeGreaterThan(Fired(usual));
    }

    [Fact]
    public async Task A_virtual_patient_replays_alike_each_time()
    {
        var first = await Cli.RunAsync("replay", "patient:atrial-fibrillation?seed=5", "--rate", "250", "--duration", "30", "--quiet");
        var second = await Cli.RunAsync("replay", "patient:atrial-fibrillation?seed=5&duration=30", "--rate", "250", "--quiet");
        first.Output.Should().StartWith("patient:atrial-fibrillation?seed=5: 30.0 s,");
        Tail(second.Output).Should().Be(Tail(first.Output));
    }

    [Fact]
    public async Task Stopping_ends_in_order_with_complete_files()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var result = await Cli.RunAsync(stop.Token, "replay", Cli.Traces, "--ledger", folder.File("ledger.csv"), "--json", folder.File("figures.json"));
        result.Code.Should().Be(0);
        result.Output.Should().Contain("Stopped early: 0 of");
        folder.Names.Should().Equal("figures.json", "ledger.csv");
        ReadCsv(folder.File("ledger.csv")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_shared_recordings_replay_without_an_error_and_add_up()
    {
        using var folder = new TemporaryFolder();
        var recordings = Path.Combine(TestSupport.Recordings.Require(), "mitdb");
        var result = await Cli.RunAsync("replay", recordings, "--json", folder.File("figures.json"), "--ledger", folder.File("ledger.csv"));
        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("figures.json"), TestContext.Current.CancellationToken));
        AssertAddsUp(json.RootElement, ReadCsv(folder.File("ledger.csv")));
    }

    private static void AssertAddsUp(JsonElement figures, IReadOnlyList<Dictionary<string, string>> lines)
    {
        long Sum(string name) => figures.GetProperty(name).EnumerateObject().Sum(reason => reason.Value.GetInt64());
        var name = figures.GetProperty("name").GetString();
        figures.GetProperty("beats").GetInt64().Should().Be(lines.Count, name);
        (figures.GetProperty("fired").GetInt64() + Sum("withheld") + Sum("missed")).Should().Be(lines.Count, name);
        foreach (var outcome in new[] { "withheld", "missed" })
        {
            foreach (var reason in figures.GetProperty(outcome).EnumerateObject())
            {
                lines.Count(line => line["reason"] == reason.Name && line["outcome"].Equals(outcome, StringComparison.OrdinalIgnoreCase)).Should().Be((int)reason.Value.GetInt64(), $"{name} {outcome} {reason.Name}");
            }
        }
    }

    internal static List<Dictionary<string, string>> ReadCsv(string path)
    {
        var lines = File.ReadAllLines(path);
        lines[0].Split(',').Should().Equal(LedgerColumns);
        return [.. lines.Skip(1).Select(line => LedgerColumns.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    private static List<(long, string)> ReadAnnotations(string path)
    {
        var read = new List<(long, string)>();
        using var reader = AnnotationReader.Open(path);
        while (reader.TryRead(out var annotation))
        {
            read.Add((annotation.Sample, annotation.Code.ToSymbol()));
        }

        return read;
    }

    /// <summary>From the summary's "beats = N fired + ...".</summary>
    private static int Fired(CliResult result)
    {
        var words = result.Output.Split(' ');
        return int.Parse(words[Array.IndexOf(words, "fired") - 1], CultureInfo.InvariantCulture);
    }

    /// <summary>All but the name in the first line.</summary>
    private static string Tail(string output) => output[output.IndexOf(" beats = ", StringComparison.Ordinal)..];

    /// <summary>Neither the machine's speed nor the detector's last millisecond is what such a test is about.</summary>
    private static string WithoutMeasuredTimes(string output) => string.Join('\n', output.Split('\n').Where(line =>
        !line.Contains("Core time", StringComparison.Ordinal) && !line.Contains("Decision latency", StringComparison.Ordinal)));
}
