using System.Globalization;
using EcgGate.Records;
using EcgGate.Records.Csv;
using EcgGate.Records.Edf;
using EcgGate.Records.Wav;
using EcgGate.Signals;

namespace EcgGate.Validation.Tests;

public sealed class ValidationRunnerTests : IDisposable
{
    private readonly SyntheticArchive _archive = new();

    public void Dispose() => _archive.Dispose();

    [Fact]
    public void Every_annotated_record_of_a_folder_is_judged_in_order_of_name()
    {
        _archive.Add("b", beats: 60).Add("c", beats: 30).Add("a");
        _archive.Add("unmarked");
        File.Delete(_archive["unmarked.atr"]);

        var result = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder);

        result.Records.Select(record => record.Name).Should().Equal("a", "b", "c");
        result.Records.Select(record => record.Detection.Tp).Should().Equal(40, 60, 30);
        (result.Total.Detection.Fn, result.Total.Detection.Fp).Should().Be((0, 0));
        result.Total.Audit.Should().Match<AuditResult>(audit => audit.Unsafe == 0 && audit.Pulses > 60 && audit.Safe == audit.Pulses);
        result.Failures.Should().BeEmpty();
        result.Settings.Should().Match<ValidationSettings>(settings => settings.ReferenceAnnotator == "atr" && settings.Gate!.MinimumInterval == TimeSpan.Zero);
    }

    [Fact]
    public void Another_detector_is_judged_in_the_engine_s_place_and_named()
    {
        _archive.Add("a", beats: 60);

        var result = SyntheticArchive.Judge(new ValidationOptions { Detector = "pan-tompkins" }, _archive.Folder);

        result.Settings!.Detector.Should().Be("pan-tompkins");
        result.Total.Detection.Tp.Should().BeGreaterThanOrEqualTo(59);
        result.Total.DecisionLatencyMs!.P50.Should().BeInRange(200, 350);
        result.Total.Fired.Should().Be(0);
        new ValidationOptions { Detector = "christov" }.Validate().Should().ContainSingle().Which.Should().Contain("'christov'").And.Contain("r-wave or pan-tompkins");
    }

    [Fact]
    public void A_record_is_judged_alike_in_every_format()
    {
        _archive.Add("a", beats: 60);
        var samples = new List<EcgSample>();
        using (var record = WfdbRecord.Open(_archive["a"]))
        {
            var block = new EcgSample[1000];
            for (int count; (count = record.Read(block).Count) > 0;)
            {
                samples.AddRange(block.AsSpan(0, count));
            }

            var rate = record.Info.SamplingRateHertz;
            using var edf = EdfWriter.Create(_archive["e.edf"], rate, EdfSignal.Lead("ECG II"));
            using var csv = CsvWriter.Create(_archive["c.csv"], rate, ["II"]);
            using var wav = WavWriter.Create(_archive["w.wav"], (int)rate, ["II"]);
            foreach (var sample in samples)
            {
                edf.WriteMillivolts([sample.Lead0Millivolts]);
                csv.Write(in sample);
                wav.WriteMillivolts([sample.Lead0Millivolts]);
            }
        }

        foreach (var name in new[] { "e", "c", "w" })
        {
            File.Copy(_archive["a.atr"], _archive[name + ".atr"]);
        }

        var result = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder);

        result.Failures.Should().BeEmpty();
        result.Records.Select(one => one.Name).Should().Equal("a", "c.csv", "e.edf", "w.wav");
        result.Records.Select(one => one.Detection.Tp).Should().AllBeEquivalentTo(60L);
        result.Records.Select(one => one.Audit!.Pulses).Distinct().Should().ContainSingle().Which.Should().BePositive();
    }

    [Fact]
    public void A_bad_record_is_reported_and_does_not_stop_the_rest()
    {
        _archive.Add("a").Add("cut").Add("noise").Add("z");
        File.WriteAllBytes(_archive["cut.dat"], File.ReadAllBytes(_archive["cut.dat"])[..1001]);
        File.WriteAllText(_archive["noise.hea"], "this is no header\n");

        var result = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder);

        result.Records.Select(record => record.Name).Should().Equal("a", "z");
        result.Failures.Select(failure => failure.Name).Should().Equal("cut", "noise");
        result.Failures[0].Problem.Should().Contain("cut.dat");
        result.Failures[1].Problem.Should().Contain("noise.hea");
    }

    [Fact]
    public void The_number_of_cores_changes_no_bit()
    {
        foreach (var i in Enumerable.Range(1, 7))
        {
            _archive.Add($"r{i}", beats: 12 + (i * 7), reference: Mislabelled(12 + (i * 7), 'V', every: i + 2));
        }

        var alone = SyntheticArchive.Judge(new ValidationOptions { Parallelism = 1 }, _archive.Folder);
        var together = SyntheticArchive.Judge(new ValidationOptions { Parallelism = 5 }, _archive.Folder);

        together.ToJson().Should().Be(alone.ToJson());
        alone.Total.Audit!.Ectopic.Should().BePositive();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Shards_merge_into_the_same_figures_and_the_same_page_bit_for_bit(int parts)
    {
        foreach (var i in Enumerable.Range(1, 5))
        {
            _archive.Add($"r{i}", beats: 30, reference: Mislabelled(30, "VFA"[i % 3], every: i + 1).Where(beat => beat.Sample % (7 * i) != 0));
        }

        _archive.Add("bad");
        File.Delete(_archive["bad.dat"]);
        var whole = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder);
        var shards = Enumerable.Range(1, parts).Reverse().Select(part => SyntheticArchive.Judge(new ValidationOptions { Part = part, Parts = parts }, _archive.Folder).ToJson());

        var merged = ValidationResult.Merge(shards.Select(ValidationResult.FromJson).ToArray());

        merged.ToJson().Should().Be(whole.ToJson());
        ValidationReport.ToHtml(merged).Should().Be(ValidationReport.ToHtml(whole)).And.Contain("<figure");
        whole.Failures.Should().ContainSingle();
    }

    [Fact]
    public void A_merge_without_one_of_the_shards_is_refused()
    {
        _archive.Add("a").Add("b").Add("c");
        ValidationResult[] shards = [.. Enumerable.Range(1, 3).Select(part => SyntheticArchive.Judge(new ValidationOptions { Part = part, Parts = 3 }, _archive.Folder))];

        FluentActions.Invoking(() => ValidationResult.Merge([shards[0], shards[2]])).Should().Throw<ArgumentException>().WithMessage("Of 3 parts, 2 is missing*");
    }

    [Fact]
    public void Parts_made_with_different_gates_are_not_merged()
    {
        _archive.Add("a").Add("b");
        var usual = SyntheticArchive.Judge(new ValidationOptions { Part = 1, Parts = 2 }, _archive.Folder);
        var other = SyntheticArchive.Judge(new ValidationOptions { Part = 2, Parts = 2, Gate = new GateOptions() }, _archive.Folder);

        FluentActions.Invoking(() => ValidationResult.Merge([usual, other])).Should().Throw<ArgumentException>().WithMessage("The parts were made with different settings*");
    }

    [Fact]
    public void Annotation_files_are_judged_in_place_of_the_engine()
    {
        _archive.Add("a").Add("b");
        _archive.Annotate("a", SyntheticArchive.Beats(40).Skip(3).Select(sample => new BeatLabel(sample + 2, 'N')).Append(new BeatLabel(8100, 'N')), "mine");

        var result = SyntheticArchive.Judge(new ValidationOptions { TestAnnotator = "mine" }, _archive.Folder);

        var record = result.Records.Should().ContainSingle().Subject;
        (record.Detection.Tp, record.Detection.Fn, record.Detection.Fp).Should().Be((37, 3, 1));
        (record.Audit, record.DecisionLatencyMs).Should().Be(((AuditResult?)null, (DecisionLatency?)null));
        record.Doubtful.Counts.Should().BeEquivalentTo(new Dictionary<DoubtKind, long> { [DoubtKind.Missed] = 3, [DoubtKind.False] = 1 });
        result.Failures.Should().ContainSingle().Which.Problem.Should().Contain("b.mine");
    }

    [Fact]
    public void Annotation_files_to_judge_may_lie_in_a_folder_of_their_own()
    {
        _archive.Add("records/a");
        Directory.CreateDirectory(_archive["found"]);
        _archive.Annotate("found/a", SyntheticArchive.Beats(40).Select(sample => new BeatLabel(sample, 'N')), "mine");

        var result = SyntheticArchive.Judge(new ValidationOptions { TestAnnotator = "mine", TestFolder = _archive["found"] }, _archive["records"]);

        result.Total.Detection.Tp.Should().Be(40);
    }

    [Fact]
    public void A_strip_shows_the_ECG_that_was_recorded_around_the_beat()
    {
        _archive.Add("a", reference: SyntheticArchive.Beats(40).Where((_, i) => i != 20).Select(sample => new BeatLabel(sample, 'N')));

        var result = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder);

        var strip = result.Records[0].Doubtful.Strips.Should().ContainSingle(strip => strip.Kind == DoubtKind.False).Subject;
        var beat = 21 * SyntheticArchive.BeatSamples;
        strip.AtSeconds.Should().BeApproximately(beat / SyntheticArchive.Rate, 0.005);
        strip.StepMs.Should().Be(4);
        var from = (int)Math.Round(strip.StartSeconds * SyntheticArchive.Rate);
        var value = 0L;
        double[] millivolts = [.. strip.Trace.Split(' ').Select(step => (value += long.Parse(step, CultureInfo.InvariantCulture)) * 0.005)];
        millivolts.Should().HaveCountGreaterThan(498);
        millivolts.Should().Equal(Enumerable.Range(from, millivolts.Length).Select(i => SyntheticArchive.MillivoltsAt(i, 40)), (seen, written) => Math.Abs(seen - written) < 0.006);
        strip.Reference.Select(mark => mark.Ms).Should().NotContain(ms => Math.Abs(ms - 1000) < 300).And.HaveCount(2);
        strip.Detected.Should().HaveCount(3);
    }

    [Fact]
    public void A_pulse_without_a_reference_beat_is_unsafe_and_shown_before_milder_doubts()
    {
        _archive.Add("a", reference: Mislabelled(40, 'V', every: 9).Where((_, i) => i != 20));

        var doubtful = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder).Records[0].Doubtful;

        doubtful.Counts[DoubtKind.Unsafe].Should().Be(1);
        doubtful.Strips.Select(strip => strip.Kind).Should().BeInAscendingOrder().And.StartWith(DoubtKind.Unsafe);
        doubtful.Strips.Where(strip => strip.Kind == DoubtKind.Ectopic).Should().OnlyContain(strip => strip.Symbol == 'V' && strip.OffsetMs > 0 && strip.OffsetMs < 100);
    }

    [Fact]
    public void Of_many_doubtful_beats_the_gravest_are_kept_and_all_are_counted()
    {
        _archive.Add("a", beats: 60, reference: Mislabelled(60, 'V', every: 2));

        var all = SyntheticArchive.Judge(new ValidationOptions { StripsPerKind = 1000 }, _archive.Folder).Records[0].Doubtful;
        var few = SyntheticArchive.Judge(new ValidationOptions { StripsPerKind = 3 }, _archive.Folder).Records[0].Doubtful;

        few.Counts.Should().BeEquivalentTo(all.Counts);
        few.Counts[DoubtKind.Ectopic].Should().BeGreaterThan(10);
        var gravest = all.Strips.Where(strip => strip.Kind == DoubtKind.Ectopic).OrderByDescending(strip => strip.Severity).ThenBy(strip => strip.AtSeconds).Take(3);
        few.Strips.Where(strip => strip.Kind == DoubtKind.Ectopic).Should().BeEquivalentTo(gravest, options => options.WithStrictOrdering());
    }

    [Fact]
    public void Where_T_waves_are_known_pulses_in_them_are_vulnerable()
    {
        _archive.Add("a");
        var options = new ValidationOptions { TWaves = (_, rate) => [.. SyntheticArchive.Beats(40).Select(sample => new TWave(sample + (0.06 * rate), sample + (0.2 * rate)))] };

        var result = SyntheticArchive.Judge(options, _archive.Folder);

        var audit = result.Total.Audit!;
        audit.Vulnerable.Should().BePositive().And.Be(audit.Pulses);
        result.Records[0].Doubtful.Strips.Should().OnlyContain(strip => strip.Kind == DoubtKind.Vulnerable && strip.Stretches.Any(stretch => stretch.Kind == null));
    }

    [Fact]
    public void T_waves_that_cannot_be_read_are_the_problem_of_that_record_only()
    {
        _archive.Add("a").Add("b");

        var result = SyntheticArchive.Judge(new ValidationOptions { TWaves = (record, _) => record.Name == "a" ? throw new FormatException("a.truth.csv, line 3: expected a beat.") : null }, _archive.Folder);

        result.Failures.Should().Equal(new RecordFailure("a", "a.truth.csv, line 3: expected a beat."));
        result.Records.Should().ContainSingle().Which.Audit!.Vulnerable.Should().BeNull();
    }

    [Fact]
    public void Records_of_the_same_name_are_told_apart_by_their_folder()
    {
        _archive.Add("one/100").Add("two/100").Add("two/200");

        var records = new ValidationRunner(new ValidationOptions()).Find([_archive["two"], _archive["one"], _archive["one/100"]]);

        records.Select(record => record.Name).Should().Equal("200", "one/100", "two/100");
    }

    [Fact]
    public void A_folder_without_annotated_records_is_refused_with_a_hint_where_some_are()
    {
        _archive.Add("below/a");
        var runner = new ValidationRunner(new ValidationOptions());

        runner.Invoking(it => it.Find([_archive.Folder])).Should().Throw<ValidationException>().WithMessage($"The folder {_archive.Folder} holds no record*{_archive["below"]} has some.");
        runner.Invoking(it => it.Find([_archive["nothing"]])).Should().Throw<ValidationException>().WithMessage("*is no folder and no record*");
        new ValidationRunner(new ValidationOptions { ReferenceAnnotator = "ref" }).Invoking(it => it.Find([_archive["below"]])).Should().Throw<ValidationException>().WithMessage("*none with reference annotations (.ref)*");
    }

    [Fact]
    public void A_stopped_run_gives_no_figures()
    {
        _archive.Add("a");
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var runner = new ValidationRunner(new ValidationOptions());

        runner.Invoking(it => it.Run(it.Find([_archive.Folder]), null, stop.Token)).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void Each_record_is_reported_done_once_all_of_it_is()
    {
        _archive.Add("a", beats: 100).Add("b");
        var shares = new List<ValidationProgress>();
        var runner = new ValidationRunner(new ValidationOptions { Parallelism = 1 });

        runner.Run(runner.Find([_archive.Folder]), new Listener(shares), TestContext.Current.CancellationToken);

        shares.Where(report => report.Record == 0).Select(report => report.Share).Should().BeInAscendingOrder().And.EndWith(1);
        shares.Should().Contain(new ValidationProgress(1, 1));
    }

    [Fact]
    public void What_each_rule_kept_back_adds_up_to_the_beats_not_fired_on()
    {
        _archive.Add("a", beats: 50, reference: Mislabelled(50, 'V', every: 3));

        var record = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder).Records[0];

        record.IfFired.Values.Sum(worth => worth.Beats).Should().Be(record.Beats - record.Fired).And.BePositive();
        record.IfFired.Values.Should().OnlyContain(worth => worth.Safe + worth.Ectopic + worth.Fusion + worth.Premature + worth.Unsafe == worth.Beats && worth.Eligible <= worth.Safe);
        record.IfFired.Values.Sum(worth => worth.Ectopic).Should().BePositive();
        record.Strictness[^1].Should().Match<StrictnessPoint>(point => point.Pulses == record.Audit!.Pulses && point.EligibleFired == record.Audit.EligibleFired && point.MaximumResidual == null);
        record.Strictness.Select(point => point.Pulses).Should().BeInAscendingOrder();
    }

    private static IEnumerable<BeatLabel> Mislabelled(int beats, char symbol, int every) =>
        SyntheticArchive.Beats(beats).Select((sample, i) => new BeatLabel(sample, i % every == every - 1 ? symbol : 'N'));

    private sealed class Listener(List<ValidationProgress> shares) : IProgress<ValidationProgress>
    {
        public void Report(ValidationProgress value) => shares.Add(value);
    }
}
