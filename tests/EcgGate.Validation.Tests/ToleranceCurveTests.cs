using System.Text.Json;
using System.Xml.Linq;

namespace EcgGate.Validation.Tests;

public sealed class ToleranceCurveTests : IDisposable
{
    private readonly SyntheticArchive _archive = new();

    public ToleranceCurveTests()
    {
        foreach (var (name, symbol) in new[] { ("a", 'V'), ("b", 'F'), ("c", 'A'), ("d", 'Q') })
        {
            _archive.Add(name, beats: 50, reference: SyntheticArchive.Beats(50).Select((sample, i) => new BeatLabel(sample, i % 7 == 6 ? symbol : 'N')));
        }
    }

    public void Dispose() => _archive.Dispose();

    [Fact]
    public void The_point_of_the_run_s_own_tolerance_is_its_audit_and_no_other_is_marked()
    {
        var result = Judge([0.5, 1, 1.6], own: 1);

        result.Total.Curve!.Select(point => (point.Tolerance, point.AsRun)).Should().Equal((0.5, false), (1, true), (1.6, false));
        foreach (var (curve, audit) in result.Records.Select(record => (record.Curve, record.Audit)).Append((result.Total.Curve, result.Total.Audit)))
        {
            var own = curve!.Single(point => point.AsRun);
            (own.Pulses, own.Unsafe, own.Ectopic, own.Fusion, own.Premature, own.Eligible, own.EligibleFired, own.Yield)
                .Should().Be((audit!.Pulses, audit.Unsafe, audit.Ectopic, audit.Fusion, audit.Premature, audit.Eligible, audit.EligibleFired, audit.Yield));
        }

        var total = result.Total.Curve!.Single(point => point.AsRun);
        new[] { total.Unsafe, total.Ectopic, total.Fusion, total.Premature }.Should().OnlyContain(count => count > 0);
        total.WrongPerThousand.Should().Be(1000.0 * (total.Unsafe + total.Ectopic) / total.Pulses);
    }

    [Fact]
    public void A_run_s_own_tolerance_that_is_none_of_the_usual_is_put_in_its_place()
    {
        Judge(TolerancePoint.UsualTolerances, own: 0.8).Total.Curve!.Select(point => point.Tolerance).Should().Equal(0.5, 0.7, 0.8, 0.85, 1, 1.2, 1.4, 1.6);
        Judge([], own: 0.8).Total.Curve!.Should().ContainSingle().Which.AsRun.Should().BeTrue();
    }

    [Fact]
    public void Each_point_is_the_sum_over_records_and_the_order_of_tolerances_given_changes_nothing()
    {
        var result = Judge([1.6, 0.5, 1.6], own: 1);

        foreach (var point in result.Total.Curve!)
        {
            TolerancePoint[] parts = [.. result.Records.Select(record => record.Curve!.Single(part => part.Tolerance.Equals(point.Tolerance)))];
            parts.Should().HaveCount(4);
            foreach (var count in new Func<TolerancePoint, long>[] { it => it.Pulses, it => it.Unsafe, it => it.Ectopic, it => it.Fusion, it => it.Premature, it => it.Eligible, it => it.EligibleFired })
            {
                count(point).Should().Be(parts.Sum(count));
            }
        }

        result.ToJson().Should().Be(Judge([0.5, 1.6], own: 1).ToJson());
    }

    [Fact]
    public void A_vulnerable_pulse_is_a_wrong_one_and_known_if_any_record_knows_its_T_waves()
    {
        var runner = new ValidationOptions
        {
            Curve = [],
            TWaves = (record, rate) => record.Name == "a" ? [.. SyntheticArchive.Beats(50).Select(sample => new TWave(sample + (0.06 * rate), sample + (0.2 * rate)))] : null,
        };

        var result = SyntheticArchive.Judge(runner, _archive.Folder);

        var total = result.Total.Curve!.Single();
        total.Vulnerable.Should().BePositive().And.Be(result.Total.Audit!.Vulnerable);
        total.WrongPerThousand.Should().Be(1000.0 * (total.Unsafe + total.Vulnerable + total.Ectopic) / total.Pulses);
        result.Records[1].Curve!.Single().Vulnerable.Should().BeNull();
    }

    [Fact]
    public void Without_pulses_or_eligible_beats_there_is_no_share_and_no_picture()
    {
        var none = new TolerancePoint { Tolerance = 1, AsRun = true };
        (none.WrongPerThousand, none.Yield).Should().Be((null, null));
        var result = Judge([], own: 1);

        var page = ValidationReport.ToHtml(ValidationResult.Of([result.Records[0] with { Curve = [none] }]));

        page.Should().Contain("by shape tolerance").And.NotContain("NaN");
        Picture(page).Should().BeNull();
    }

    [Fact]
    public void Parts_with_a_curve_merge_into_the_same_as_one_run_and_not_with_parts_without()
    {
        ValidationResult Part(int part, bool curve) => ValidationResult.FromJson(SyntheticArchive.Judge(new ValidationOptions { Part = part, Parts = 2, Curve = curve ? [0.5, 1.6] : null }, _archive.Folder).ToJson());

        var merged = ValidationResult.Merge([Part(2, curve: true), Part(1, curve: true)]);

        merged.ToJson().Should().Be(Judge([0.5, 1.6], own: 1).ToJson());
        FluentActions.Invoking(() => ValidationResult.Merge([Part(1, curve: true), Part(2, curve: false)])).Should().Throw<ArgumentException>().WithMessage("*different settings*curve*");
    }

    [Fact]
    public void The_JSON_of_a_point_has_the_promised_fields_and_that_of_a_run_without_a_curve_has_none()
    {
        using var with = JsonDocument.Parse(Judge([0.5], own: 1).ToJson());
        using var without = JsonDocument.Parse(SyntheticArchive.Judge(new ValidationOptions(), _archive.Folder).ToJson());

        var point = with.RootElement.GetProperty("total").GetProperty("curve")[0];
        new[] { "tolerance", "pulses", "unsafe", "ectopic", "fusion", "premature", "eligible", "yield" }
            .Should().OnlyContain(name => point.GetProperty(name).ValueKind == JsonValueKind.Number);
        point.GetProperty("tolerance").GetDouble().Should().Be(0.5);
        with.RootElement.GetProperty("settings").GetProperty("curve").GetString().Should().Be("0.5,1");
        without.RootElement.GetProperty("total").TryGetProperty("curve", out _).Should().BeFalse();
        without.RootElement.GetProperty("settings").TryGetProperty("curve", out _).Should().BeFalse();
    }

    [Fact]
    public void The_page_shows_each_tolerance_with_its_figures_and_marks_the_default_and_the_run_s_own()
    {
        var result = Judge([0.5, 1, 1.4], own: 1);
        TolerancePoint Point(double tolerance, long ectopic, long fired) => new() { Tolerance = tolerance, AsRun = tolerance.Equals(0.8), Pulses = 1000, Ectopic = ectopic, Eligible = 2000, EligibleFired = fired };
        var page = ValidationReport.ToHtml(ValidationResult.Of([result.Records[0] with { Curve = [Point(0.5, 0, 800), Point(0.8, 1, 1200), Point(1, 2, 1600), Point(1.4, 30, 1800)] }]));

        page.Should().Contain("<tr><td>0.5</td><td>1,000</td>").And.Contain("<td><b>0.8 (as run)</b></td>").And.Contain("<td>1 (default)</td>").And.Contain($"<td class=\"l\">{new ObservedRate(30, 1000)}</td><td>2,000</td><td>90.00 %</td>");
        var picture = Picture(page);
        picture.Should().NotBeNull();
        picture!.Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value.Trim()).Should().Contain(["0.5", "0.8 (as run)", "1 (default)", "1.4", "as run"]);
        ValidationReport.ToHtml(result).Should().Contain("1 (default, as run)");
    }

    [Fact]
    public void A_curve_that_nothing_could_fire_on_or_beyond_the_gate_s_limits_is_refused()
    {
        new ValidationOptions { Curve = [0.5, 2] }.Validate().Should().ContainSingle().Which.Should().Contain("Shape tolerance is 2").And.Contain("0.4 and 1.6");
        new ValidationOptions { Curve = [], Detector = "pan-tompkins" }.Validate().Should().ContainSingle().Which.Should().Contain("r-wave");
        new ValidationOptions { Curve = [], TestAnnotator = "gqrs" }.Validate().Should().ContainSingle().Which.Should().Contain("nothing else fires");
    }

    private ValidationResult Judge(IReadOnlyList<double> curve, double own)
    {
        var usual = new ValidationOptions();
        return SyntheticArchive.Judge(usual with { Curve = curve, Gate = usual.Gate with { ShapeTolerance = own } }, _archive.Folder);
    }

    /// <summary>The picture of the page's part on tolerances; null where it has none.</summary>
    private static XElement? Picture(string page)
    {
        var from = page.IndexOf("id=\"tolerances\"", StringComparison.Ordinal);
        var part = page[from..page.IndexOf("<h2>", from, StringComparison.Ordinal)];
        var svg = part.IndexOf("<svg", StringComparison.Ordinal);
        return svg < 0 ? null : XElement.Parse(part[svg..(part.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
    }
}
