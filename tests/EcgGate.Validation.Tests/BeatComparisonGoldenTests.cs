using EcgGate.Records;
using EcgGate.TestSupport;
using static EcgGate.Validation.AamiClass;

namespace EcgGate.Validation.Tests;

/// <summary>Our counts beside those of the WFDB comparator (bxb and sumstats 10.7.0), in its line format.</summary>
public sealed class BeatComparisonGoldenTests
{
    // The columns of bxb's line format: S goes with N, Q with F, and X with O.
    private static readonly (AamiClass[] Reference, AamiClass[] Test)[] Columns =
    [
        ([N, S], [N, S, F, Q]), ([V], [N, S, F, Q]), ([F, Q], [N, S, F, Q]), ([O, X], [N, S, F, Q]),
        ([N, S], [V]), ([V], [V]), ([F, Q], [V]), ([O, X], [V]),
        ([N, S], [O, X]), ([V], [O, X]), ([F, Q], [O, X]),
    ];

    public static TheoryData<string, bool> Runs { get; } = new MatrixTheoryData<string, bool>(["gqrs", "wqrs", "engzee", "dense"], [false, true]);

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_count_of_every_record_equals_the_reference_comparators(string annotator, bool fromFiveMinutes)
    {
        var root = Recordings.Require();
        var golden = Golden.Read(root, annotator, fromFiveMinutes);
        golden.Records.Should().HaveCount(26);

        var results = golden.Records.ToDictionary(line => line.Name, line => Compare(root, line.Name, annotator, fromFiveMinutes));

        foreach (var line in golden.Records)
        {
            CountsOf(results[line.Name]).Should().Equal(line.Counts, "record {0} by {1}", line.Name, annotator);
            Format(results[line.Name].Se).Should().Be(line.Se);
            Format(results[line.Name].Ppv).Should().Be(line.Ppv);
        }

        var gross = DetectionResult.Gross(results.Values);
        CountsOf(gross).Should().Equal(golden.Sum);
        Format(gross.Se).Should().Be(golden.GrossSe);
        Format(gross.Ppv).Should().Be(golden.GrossPpv);
        var average = DetectionAverage.Of(results.Values);
        Format(average.Se).Should().Be(golden.AverageSe);
        Format(average.Ppv).Should().Be(golden.AveragePpv);
    }

    [Theory]
    [InlineData("gqrs")]
    [InlineData("dense")]
    public void Every_beat_is_counted_once_or_excluded(string annotator)
    {
        var root = Recordings.Require();
        foreach (var line in Golden.Read(root, annotator, fromFiveMinutes: false).Records)
        {
            var (reference, test, rate, length) = Load(root, line.Name, annotator);
            var comparison = BeatComparison.Compare(reference, test, rate, length);

            comparison.Result.ReferenceBeats.Should().Be(reference.Beats.Count, line.Name);
            (comparison.Result.TestBeats + comparison.Result.ExcludedInFlutter).Should().Be(test.Beats.Count, line.Name);
            comparison.Pairs.Count(pair => pair.IsMatch).Should().Be((int)comparison.Result.Tp);
        }
    }

    [Fact]
    public void The_flutter_of_record_207_is_tallied_apart()
    {
        var root = Recordings.Require();

        var result = Compare(root, "207", "gqrs", fromFiveMinutes: false);

        result.FlutterSeconds.Should().BeInRange(120, 180);
        result.ExcludedInFlutter.Should().BePositive();
    }

    private static DetectionResult Compare(string root, string record, string annotator, bool fromFiveMinutes)
    {
        var (reference, test, rate, length) = Load(root, record, annotator);
        return BeatComparison.Compare(reference, test, rate, length, fromFiveMinutes ? BeatComparison.LearningPeriod : TimeSpan.Zero).Result;
    }

    private static (BeatAnnotations Reference, BeatAnnotations Test, double Rate, long Length) Load(string root, string record, string annotator)
    {
        var (rate, length) = AnnotationFile.Header(Path.Combine(root, "mitdb", record + ".hea"));
        var reference = BeatAnnotations.FromAnnotations(AnnotationReader.ReadAll(Path.Combine(root, "mitdb", record + ".atr")), rate);
        var test = BeatAnnotations.FromMarks(AnnotationFile.Read(Path.Combine(root, "ec57-golden", "mitdb", record + "." + annotator)), rate);
        return (reference, test, rate, length);
    }

    private static long[] CountsOf(DetectionResult result) => [.. Columns.Select(column => result.Classes.Sum(column.Reference, column.Test))];

    private static string Format(double? percent) => percent is { } value ? value.ToString("0.00") : "-";

    private sealed record Golden(IReadOnlyList<(string Name, long[] Counts, string Se, string Ppv)> Records, long[] Sum, string GrossSe, string GrossPpv, string AverageSe, string AveragePpv)
    {
        public static Golden Read(string root, string annotator, bool fromFiveMinutes)
        {
            var lines = File.ReadAllLines(Path.Combine(root, "ec57-golden", $"{annotator}.{(fromFiveMinutes ? "from-5min" : "whole")}.txt"))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length > 0)
                .ToList();
            string[] Line(string name) => lines.Single(fields => fields[0] == name);
            return new Golden(
                [.. lines.Where(fields => int.TryParse(fields[0], out _)).Select(fields => (fields[0], Counts(fields), fields[12], fields[13]))],
                Counts(Line("Sum")),
                Line("Gross")[1],
                Line("Gross")[2],
                Line("Average")[1],
                Line("Average")[2]);
        }

        private static long[] Counts(string[] fields) => [.. fields[1..12].Select(long.Parse)];
    }
}
