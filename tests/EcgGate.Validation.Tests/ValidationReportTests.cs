using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EcgGate.Validation.Tests;

public sealed partial class ValidationReportTests : IDisposable
{
    private readonly SyntheticArchive _archive = new();

    public void Dispose() => _archive.Dispose();

    [Fact]
    public void The_page_needs_nothing_but_itself()
    {
        var page = ValidationReport.ToHtml(Doubtful());

        page.Should().NotContainAny("http:", "https:", "//www", "@import", "<link", "<img", "<iframe", "<script src", "url(http", "fetch(", "XMLHttpRequest");
        References().Matches(page).Select(match => match.Groups["to"].Value).Should().OnlyContain(to => to.StartsWith('#'));
    }

    [Fact]
    public void Each_picture_is_well_formed_and_no_name_is_used_twice()
    {
        var page = ValidationReport.ToHtml(Doubtful());

        var pictures = Pictures().Matches(page).Select(match => XElement.Parse(match.Value)).ToList();
        pictures.Count(picture => (string?)picture.Attribute("class") == "chart").Should().Be(4);
        pictures.Count.Should().BeGreaterThan(15);
        Names().Matches(page).Select(match => match.Groups["name"].Value).Should().OnlyHaveUniqueItems();
        References().Matches(page).Select(match => match.Groups["to"].Value[1..]).Should().OnlyContain(to => page.Contains($"id=\"{to}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void However_many_doubtful_beats_there_are_the_page_stays_small_and_counts_the_rest()
    {
        var result = Doubtful();
        var strip = result.Records[0].Doubtful.Strips[0];
        var record = result.Records[0] with
        {
            Doubtful = new DoubtfulBeats
            {
                Counts = new SortedDictionary<DoubtKind, long> { [DoubtKind.Unsafe] = 20_000, [DoubtKind.False] = 7 },
                Strips = [.. Enumerable.Range(0, 20_000).Select(i => strip with { Kind = DoubtKind.Unsafe, AtSeconds = i, Severity = i % 500 })],
            },
        };

        var page = ValidationReport.ToHtml(ValidationResult.Of([record]), new ReportOptions { StripsPerKind = int.MaxValue });

        Encoding.UTF8.GetByteCount(page).Should().BeInRange(8_000_000, 9_500_000);
        var shown = Shown().Match(page);
        int.Parse(shown.Groups["shown"].Value.Replace(",", "")).Should().Be(Figures().Count(page));
        int.Parse(shown.Groups["more"].Value.Replace(",", "")).Should().Be(20_000 - Figures().Count(page));
        page.Should().Contain("False detections: 7").And.EndWith("</html>\n");
    }

    [Fact]
    public void The_gravest_doubt_of_all_records_stands_first()
    {
        var result = Doubtful();
        var strip = result.Records[0].Doubtful.Strips[0] with { Kind = DoubtKind.Unsafe };
        RecordResult Record(string name, double severity) => result.Records[0] with
        {
            Name = name,
            Doubtful = new DoubtfulBeats { Counts = new SortedDictionary<DoubtKind, long> { [DoubtKind.Unsafe] = 1 }, Strips = [strip with { Severity = severity }] },
        };

        var page = ValidationReport.ToHtml(ValidationResult.Of([Record("mild", 10), Record("grave", 1000), Record("middling", 400)]), new ReportOptions { StripsPerKind = 2 });

        FigureRecords().Matches(page).Select(match => match.Groups["name"].Value).Should().Equal("grave", "middling");
    }

    [Fact]
    public void A_zero_is_printed_with_its_N_and_its_bound()
    {
        _archive.Add("a", beats: 60);
        var result = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder);
        var pulses = result.Total.Audit!.Pulses;

        var page = ValidationReport.ToHtml(result);

        page.Should().Contain($"0 of {pulses} (&lt; ").And.Contain("None: every beat was found");
    }

    [Theory]
    [InlineData("unsafe=0", "Within all limits.")]
    [InlineData("unsafe=0,pulses>=1000000", "Not within limits.")]
    public void The_verdict_is_that_of_the_limits(string limits, string expected)
    {
        _archive.Add("a");
        var result = SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder);

        ValidationReport.ToHtml(result, new ReportOptions { Limits = ValidationLimits.Parse(limits) }).Should().Contain(expected);
    }

    [Fact]
    public void Names_and_problems_are_text_and_not_markup()
    {
        var result = Doubtful();
        var odd = ValidationResult.Of([result.Records[0] with { Name = "<b>\"&'" }]) with { Failures = [new RecordFailure("<i>", "no <script>alert(1)</script>")] };

        var page = ValidationReport.ToHtml(odd);

        page.Should().NotContain("<b>\"&'").And.NotContain("<script>alert").And.NotContain("<i>").And.Contain("&lt;b&gt;&quot;&amp;&#39;");
    }

    [Fact]
    public void Annotations_alone_give_a_page_without_pulses()
    {
        _archive.Add("a").Annotate("a", SyntheticArchive.Beats(40).Skip(1).Select(sample => new BeatLabel(sample, 'N')), "mine");

        var page = ValidationReport.ToHtml(SyntheticArchive.Judge(new ValidationOptions { TestAnnotator = "mine" }, _archive.Folder));

        page.Should().Contain("annotator mine").And.Contain("Missed beats: 1").And.NotContain("Yield</th>").And.NotContain("NaN");
    }

    [Fact]
    public void Nothing_at_all_gives_a_page_all_the_same() =>
        ValidationReport.ToHtml(ValidationResult.Of([])).Should().Contain("0 records").And.NotContain("NaN").And.EndWith("</html>\n");

    [Fact]
    public void CSV_has_a_line_for_each_record_and_the_total()
    {
        using var writer = new StringWriter();
        var result = Doubtful();
        ValidationCsv.Write(writer, ValidationResult.Of([result.Records[0] with { Name = "a,\"b" }]));

        string[] lines = writer.ToString().TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(3);
        lines[0].Should().StartWith("record,seconds,tp,fn,fp,se_percent,ppv_percent,");
        lines[1].Should().StartWith("\"a,\"\"b\",");
        lines[2].Should().StartWith("TOTAL,");
        lines[2].Split(',').Should().HaveCount(lines[0].Split(',').Length);
    }

    [GeneratedRegex("(href|src)=\"(?<to>[^\"]*)\"|url\\((?<to>[^)]*)\\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex References();

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Pictures();

    [GeneratedRegex(" id=\"(?<name>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Names();

    [GeneratedRegex(@"\((?<shown>[\d,]+) shown, (?<more>[\d,]+) more\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Shown();

    [GeneratedRegex("<figure ", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Figures();

    [GeneratedRegex("<figure data-record=\"(?<name>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FigureRecords();

    /// <summary>A record with pulses of all kinds, missed and false beats.</summary>
    private ValidationResult Doubtful()
    {
        var beats = SyntheticArchive.Beats(60);
        _archive.Add("doubtful", beats: 60, reference: beats.Where((_, i) => i % 15 != 14).Select((sample, i) => new BeatLabel(sample, i % 9 == 4 ? 'V' : i % 11 == 5 ? 'F' : i % 13 == 6 ? 'A' : 'N'))
            .Append(new BeatLabel(beats[30] + 100, 'N')).OrderBy(beat => beat.Sample));
        var result = SyntheticArchive.Judge(new ValidationOptions(), _archive["doubtful"]);
        result.Total.Doubtful.Keys.Should().Contain([DoubtKind.Unsafe, DoubtKind.Ectopic, DoubtKind.Fusion, DoubtKind.Premature, DoubtKind.Missed, DoubtKind.False]);
        return result;
    }
}
