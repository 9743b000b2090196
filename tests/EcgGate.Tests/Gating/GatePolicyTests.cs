using CsCheck;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Gating;

public sealed class GatePolicyTests
{
    [Fact]
    public void The_table_in_the_documents_lists_the_rules_in_their_order()
    {
        var rows = File.ReadLines(Path.Combine(Recordings.Repository, "docs", "gating.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 4 && int.TryParse(cells[1], out _))
            .Select(cells => (cells[2], cells[3].Trim('`'), cells[5]));

        rows.Should().Equal(GatePolicy.Rules.Select(rule => (rule.Outcome.ToString().ToLowerInvariant(), rule.Reason.ToString(), rule.Hazard)));
    }

    /// <summary>A beat that passes every rule, at 75 a minute.</summary>
    private static BeatContext Good(
        float residual = 0.05f,
        double rr = 0.8,
        RhythmClass standing = RhythmClass.Regular,
        bool isIrregular = false,
        double ectopicShare = 0,
        bool isRateTooHigh = false,
        bool isAmbiguous = false) => new()
        {
            State = GateState.Ready,
            InhibitReason = Reason.None,
            Beat = new BeatDecision(new SampleTime(1000), 1020, BeatClass.Normal, 1, residual, 1, IsLate: false),
            Rhythm = new RhythmView(rr, 0.8, standing, FollowsDisturbance: false, 20) { IsIrregular = isIrregular, EctopicShare = ectopicShare },
            NormalBelow = 0.3f,
            IsAmbiguous = isAmbiguous,
            LearningBeats = 8,
            IsRateTooLow = false,
            IsRateTooHigh = isRateTooHigh,
            SinceLastPulseMilliseconds = 1e9,
            MinimumIntervalMilliseconds = 900,
            TimeLeftMilliseconds = 3,
            OrderLeadMilliseconds = 1,
            LatestEdgeMilliseconds = 51,
            WindowEndMilliseconds = 70,
            IsPermitted = true,
            OrderPending = false,
            IsBridged = false,
        };

    private static Reason? ReasonOf(BeatContext context) => GatePolicy.Judge(in context)?.Reason;

    [Fact]
    public void A_good_beat_is_fired_on() => ReasonOf(Good()).Should().BeNull();

    [Fact]
    public void A_beat_whose_R_cannot_be_told_is_withheld() => ReasonOf(Good(isAmbiguous: true)).Should().Be(Reason.Pacing);

    [Theory]
    [InlineData(0.05f, true, null)]
    [InlineData(0.22f, true, Reason.Premature)]
    [InlineData(0.05f, false, Reason.Premature)]
    public void An_early_beat_is_fired_on_only_in_an_irregular_rhythm_and_if_its_shape_is_certain(float residual, bool isIrregular, Reason? reason) =>
        ReasonOf(Good(residual, rr: 0.6, RhythmClass.Premature, isIrregular)).Should().Be(reason);

    [Fact]
    public void In_an_irregular_rhythm_or_among_frequent_ectopic_beats_every_beat_must_be_certain()
    {
        ReasonOf(Good(0.25f)).Should().BeNull();
        ReasonOf(Good(0.25f, isIrregular: true)).Should().Be(Reason.Irregular);
        ReasonOf(Good(0.25f, ectopicShare: 0.1)).Should().Be(Reason.Ectopic);
        ReasonOf(Good(0.15f, isIrregular: true, ectopicShare: 0.1)).Should().BeNull();
    }

    [Fact]
    public void Beyond_the_rate_limits_nothing_is_fired_on()
    {
        ReasonOf(Good(isRateTooHigh: true)).Should().Be(Reason.RateTooHigh);
        ReasonOf(Good() with { IsRateTooLow = true }).Should().Be(Reason.RateTooLow);
    }

    [Fact]
    public void A_beat_with_a_larger_residual_never_fares_better()
    {
        Gen.Select(Gen.Float[0, 0.4f], Gen.Float[0, 0.4f], Gen.Double[0.3, 2], Gen.OneOf(Gen.Const(RhythmClass.Regular), Gen.Const(RhythmClass.Premature), Gen.Const(RhythmClass.Pause)), Gen.Bool, Gen.Double[0, 0.3]).Sample((one, other, rr, standing, isIrregular, share) =>
        {
            var better = ReasonOf(Good(Math.Min(one, other), rr, standing, isIrregular, share));
            var worse = ReasonOf(Good(Math.Max(one, other), rr, standing, isIrregular, share));
            (better is null || worse is not null).Should().BeTrue();
        });
    }
}
