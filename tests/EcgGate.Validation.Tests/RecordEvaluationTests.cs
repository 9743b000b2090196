using System.Text.Json;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;

namespace EcgGate.Validation.Tests;

public sealed class RecordEvaluationTests
{
    private const double Rate = 1000;

    [Fact]
    public void A_replay_is_judged_as_a_detector_and_as_a_thing_that_fires()
    {
        var result = Example("a").Result;

        (result.Detection.Tp, result.Detection.Fn, result.Detection.Fp).Should().Be((11, 1, 1));
        result.DetectionEc57.ReferenceBeats.Should().Be(0);
        result.DecisionLatencyMs!.P50.Should().Be(25);
        result.DecisionLatencyMs.By45.Should().BeApproximately(100 * 10 / 12.0, 1e-9);
        result.Audit.Should().Match<AuditResult>(audit => audit.Pulses == 3 && audit.Safe == 2 && audit.Unsafe == 1 && audit.Eligible == 4 && audit.EligibleFired == 2);
        (result.Beats, result.Fired).Should().Be((12, 3));
        result.Withheld.Should().BeEquivalentTo(new Dictionary<Reason, long> { [Reason.Learning] = 8 });
        result.Missed.Should().BeEquivalentTo(new Dictionary<Reason, long> { [Reason.DecidedTooLate] = 1 });
    }

    [Fact]
    public void Withheld_missed_and_fired_add_up_to_the_beats()
    {
        var result = Example("a").Result;

        (result.Fired + result.Withheld.Values.Sum() + result.Missed.Values.Sum()).Should().Be(result.Beats);
    }

    [Fact]
    public void An_edge_is_judged_whatever_the_ledger_calls_its_beat()
    {
        var replay = new FinishedReplay
        {
            Name = "x",
            SamplingRateHertz = Rate,
            LengthSamples = 5000,
            Reference = new BeatAnnotations([new(1000, 'N')]),
            Outcomes = [Beat(1, 1000, 1020, Outcome.Missed, Reason.TimerLate, 1300)],
        };

        RecordEvaluation.Evaluate(replay).Result.Audit!.Unsafe.Should().Be(1);
    }

    [Fact]
    public void A_beat_fired_on_without_a_pulse_time_is_refused()
    {
        var replay = new FinishedReplay
        {
            Name = "x",
            SamplingRateHertz = Rate,
            Reference = new BeatAnnotations([]),
            Outcomes = [Beat(7, 1000, 1020, Outcome.Fired, Reason.None, double.NaN)],
        };

        FluentActions.Invoking(() => RecordEvaluation.Evaluate(replay)).Should().Throw<ArgumentException>().WithMessage("Beat 7 of record 'x'*");
    }

    [Fact]
    public void The_JSON_has_the_promised_shape()
    {
        using var json = JsonDocument.Parse(ValidationResult.Of([Example("a").Result]).ToJson());

        var record = json.RootElement.GetProperty("records")[0];
        record.GetProperty("name").GetString().Should().Be("a");
        foreach (var part in new[] { record, json.RootElement.GetProperty("total") })
        {
            Names(part.GetProperty("detection")).Should().Contain(["tp", "fn", "fp", "se", "ppv"]);
            Names(part.GetProperty("detectionEc57")).Should().Contain(["tp", "fn", "fp", "se", "ppv"]);
            Names(part.GetProperty("decisionLatencyMs")).Should().Contain(["p50", "p95", "p99", "by45", "by50"]);
            Names(part.GetProperty("audit")).Should().Contain(["pulses", "unsafe", "ectopic", "fusion", "premature", "eligible", "yield"]);
            part.GetProperty("withheld").GetProperty("Learning").GetInt64().Should().Be(8);
            part.GetProperty("missed").GetProperty("DecidedTooLate").GetInt64().Should().Be(1);
        }

        record.GetProperty("audit").GetProperty("doubtful")[0].GetProperty("verdict").GetString().Should().Be("Unsafe");
    }

    [Fact]
    public void Parts_read_back_from_JSON_merge_into_the_same_result_bit_for_bit()
    {
        RecordResult[] records = [Example("c").Result, Example("a").Result, Example("b").Result];
        var whole = ValidationResult.Of(records).ToJson();

        var parts = records.Select(record => ValidationResult.FromJson(ValidationResult.Of([record]).ToJson()));

        ValidationResult.Merge(parts).ToJson().Should().Be(whole);
    }

    [Fact]
    public void Parts_that_share_a_record_are_refused()
    {
        var part = ValidationResult.Of([Example("a").Result]);

        FluentActions.Invoking(() => ValidationResult.Merge([part, part])).Should().Throw<ArgumentException>().WithMessage("Record 'a' is in more than one part*");
    }

    // Twelve reference beats 800 ms apart. The engine learns on eight and fires on three, one of them late into the T
    // wave; it misses the last and finds one that is none, too late to fire.
    private static RecordEvaluation Example(string name)
    {
        var reference = Enumerable.Range(0, 12).Select(i => new BeatLabel(1000 + (i * 800), 'N')).ToArray();
        var outcomes = reference.Take(8).Select((beat, i) => Beat(i + 1, beat.Sample, beat.Sample + 25, Outcome.Withheld, Reason.Learning, double.NaN)).ToList();
        outcomes.Add(Beat(10, reference[9].Sample + 0.4, reference[9].Sample + 25, Outcome.Fired, Reason.None, reference[9].Sample + 50.4));
        outcomes.Add(Beat(9, reference[8].Sample, reference[8].Sample + 25, Outcome.Fired, Reason.None, reference[8].Sample + 50));
        outcomes.Add(Beat(11, reference[10].Sample, reference[10].Sample + 80, Outcome.Fired, Reason.None, reference[10].Sample + 250));
        outcomes.Add(Beat(12, reference[10].Sample + 400, reference[10].Sample + 490, Outcome.Missed, Reason.DecidedTooLate, double.NaN));
        return RecordEvaluation.Evaluate(new FinishedReplay
        {
            Name = name,
            SamplingRateHertz = Rate,
            LengthSamples = 11_000,
            Reference = new BeatAnnotations(reference),
            Outcomes = outcomes,
        });
    }

    private static BeatOutcome Beat(long number, double r, long decision, Outcome outcome, Reason reason, double pulse) =>
        new(number, new BeatDecision(new SampleTime(r), decision, BeatClass.Normal, 1, 0, 1, IsLate: false), outcome, reason, 800, new SampleTime(pulse), 0);

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
