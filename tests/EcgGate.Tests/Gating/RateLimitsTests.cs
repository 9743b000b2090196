using CsCheck;
using EcgGate.Gating;

namespace EcgGate.Tests.Gating;

public sealed class RateLimitsTests
{
    private readonly RateLimits _limits = new(40, 120);

    [Theory]
    [InlineData(0.49, 118, false)]
    [InlineData(0.49, 121, true)]
    [InlineData(0.42, 118, true)]
    public void The_rate_is_judged_over_eight_intervals_and_no_single_one_may_be_much_shorter(double rr, double rate, bool isTooHigh)
    {
        Observe(rr, rate);

        _limits.IsTooHigh.Should().Be(isTooHigh);
    }

    [Fact]
    public void A_rate_that_was_too_high_must_fall_clearly_below_the_limit()
    {
        Observe(0.49, 121);
        Observe(0.51, 117);
        _limits.IsTooHigh.Should().BeTrue();
        Observe(0.53, double.NaN);
        _limits.IsTooHigh.Should().BeTrue("an unknown rate proves nothing");
        Observe(0.53, 113.5);
        _limits.IsTooHigh.Should().BeFalse();
        Observe(0.51, 117);
        _limits.IsTooHigh.Should().BeFalse();
    }

    [Fact]
    public void A_single_short_interval_holds_for_its_own_beat_only()
    {
        Observe(0.42, 100);
        _limits.IsTooHigh.Should().BeTrue();
        Observe(0.6, 100);
        _limits.IsTooHigh.Should().BeFalse();
    }

    [Fact]
    public void A_rate_that_was_too_low_must_rise_clearly_above_the_limit()
    {
        Observe(1.51, 41);
        _limits.IsTooLow.Should().BeTrue();
        Observe(1.48, 41);
        _limits.IsTooLow.Should().BeTrue();
        Observe(1.42, 42);
        _limits.IsTooLow.Should().BeFalse();
        Observe(1.48, 41);
        _limits.IsTooLow.Should().BeFalse();
    }

    [Fact]
    public void Within_the_band_nothing_changes_whatever_comes()
    {
        Gen.Select(Gen.Bool, Gen.Select(Gen.Double[1.426, 1.499], Gen.Double[114.1, 119.9]).Array[1, 50]).Sample((isOut, beats) =>
        {
            var limits = new RateLimits(40, 120);
            var start = new RhythmView(isOut ? 1.6 : 1, 1, RhythmClass.Regular, FollowsDisturbance: false, 9) { RatePerMinute = isOut ? 125 : 100 };
            limits.Observe(in start);
            foreach (var (rr, rate) in beats)
            {
                var view = new RhythmView(rr, 1, RhythmClass.Regular, FollowsDisturbance: false, 9) { RatePerMinute = rate };
                limits.Observe(in view);
                limits.IsTooHigh.Should().Be(isOut);
                limits.IsTooLow.Should().Be(isOut);
            }
        });
    }

    private void Observe(double rr, double rate)
    {
        var view = new RhythmView(rr, 0.8, RhythmClass.Regular, FollowsDisturbance: false, 9) { RatePerMinute = rate };
        _limits.Observe(in view);
    }
}
