using CsCheck;

namespace EcgGate.Validation.Tests;

public sealed class ValidationLimitsTests
{
    [Fact]
    public void Limits_are_judged_in_the_order_given()
    {
        var verdicts = ValidationLimits.Parse(" unsafe = 0, yield>=95 ,SE>99.8,+p<=100,p99<60").Judge(Result(unsafePulses: 0, safe: 96, eligible: 100));

        verdicts.Select(verdict => (verdict.Limit.ToString(), verdict.IsMet)).Should().Equal(
            ("unsafe=0", true), ("yield>=95", true), ("se>99.8", false), ("ppv<=100", true), ("p99<60", false));
    }

    [Theory]
    [InlineData("yield=>95", "ends in '>95'")]
    [InlineData("yield>=95%", "ends in '95%', where a number without a unit was expected (yield is in %)")]
    [InlineData("unsafe", "'unsafe' is no limit")]
    [InlineData("=0", "'=0' is no limit")]
    [InlineData("unsafe=0,,yield>=95", "has an empty limit")]
    [InlineData("", "has an empty limit")]
    [InlineData("unsafe=NaN", "ends in 'NaN'")]
    [InlineData("unsaf=0", "no figure 'unsaf'; known are se, ppv,")]
    public void What_is_no_limit_is_refused_with_the_part_at_fault(string text, string expected) =>
        FluentActions.Invoking(() => ValidationLimits.Parse(text)).Should().Throw<FormatException>().Which.Message.Should().Contain(expected);

    [Fact]
    public void A_limit_reads_back_as_it_was_written()
    {
        var limit = Gen.Select(Gen.Int[0, ValidationFigure.All.Count - 1].Select(i => ValidationFigure.All[i]), Gen.Enum<LimitComparison>(), Gen.Double[-1e6, 1e6], (figure, comparison, value) => new ValidationLimit(figure, comparison, value));

        limit.Sample(it => ValidationLimits.Parse(it.ToString()).All.Single().Equals(it));
    }

    [Fact]
    public void A_figure_that_is_not_known_meets_no_limit()
    {
        var verdicts = ValidationLimits.Parse("vulnerable=0,vulnerable>=0,yield<200,p50<1000").Judge(Result(0, 0, 0) with { Total = ValidationResult.Of([]).Total });

        verdicts.Should().OnlyContain(verdict => !verdict.IsMet && verdict.Reached == "not known");
    }

    [Fact]
    public void A_figure_just_short_of_its_limit_is_printed_so_that_one_sees_it()
    {
        var verdict = ValidationLimits.Parse("yield>=95").Judge(Result(0, safe: 9_499_999, eligible: 10_000_000)).Single();

        verdict.IsMet.Should().BeFalse();
        verdict.Reached.Should().Be("94.99999 %");
        verdict.ToString().Should().Be("yield 94.99999 % (limit yield>=95: not met)");
    }

    [Fact]
    public void Every_figure_has_a_name_of_its_own_and_can_be_asked_of_nothing()
    {
        ValidationFigure.All.Select(figure => figure.Name).Should().OnlyHaveUniqueItems();
        ValidationFigure.All.Should().OnlyContain(figure => ValidationFigure.Find(figure.Name.ToUpperInvariant()) == figure);
        ValidationFigure.All.Select(figure => figure.Of(ValidationResult.Of([]))).Should().OnlyContain(value => value == null || value == 0);
    }

    private static ValidationResult Result(long unsafePulses, long safe, long eligible)
    {
        var nothing = ValidationResult.Of([]);
        return nothing with { Total = nothing.Total with { Audit = new AuditResult { Safe = safe, Unsafe = unsafePulses, Eligible = eligible, EligibleFired = safe, OffsetMs = Distribution.Empty }, Detection = Detected() } };
    }

    private static DetectionResult Detected()
    {
        var beats = Enumerable.Range(1, 20).Select(i => new BeatLabel(i * 100, 'N')).ToArray();
        return BeatComparison.Compare(new BeatAnnotations(beats), new BeatAnnotations(beats[1..]), 100, 3000).Result;
    }
}
