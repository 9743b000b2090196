using CsCheck;

namespace EcgGate.Validation.Tests;

/// <summary>At 1 kHz, so that a sample is a millisecond.</summary>
public sealed class SafetyAuditTests
{
    private const double Rate = 1000;

    [Theory]
    [InlineData("NLRBejn/f", PulseVerdict.Safe)]
    [InlineData("VEr", PulseVerdict.Ectopic)]
    [InlineData("F", PulseVerdict.Fusion)]
    [InlineData("AaJS", PulseVerdict.Premature)]
    [InlineData("Q?", PulseVerdict.Unsafe)]
    public void A_pulse_in_the_refractory_window_is_judged_by_its_beats_class(string symbols, PulseVerdict verdict)
    {
        foreach (var symbol in symbols)
        {
            Judge([1000, 1050, 1100], [new(1000, symbol)]).Pulses.Should().OnlyContain(pulse => pulse.Verdict == verdict, "the beat is {0}", symbol);
        }
    }

    [Theory]
    [InlineData(1000, PulseVerdict.Safe, 0)]
    [InlineData(1100, PulseVerdict.Safe, 100)]
    [InlineData(1100.5, PulseVerdict.Unsafe, 100.5)]
    [InlineData(1400, PulseVerdict.Unsafe, 400)]
    [InlineData(1999.5, PulseVerdict.Unsafe, -0.5)]
    [InlineData(2050, PulseVerdict.Ectopic, 50)]
    [InlineData(950, PulseVerdict.Unsafe, -50)]
    [InlineData(9000, PulseVerdict.Unsafe, 7000)]
    public void The_window_is_0_to_100_ms_after_R_and_the_offset_is_from_the_beat_it_belongs_to(double pulse, PulseVerdict verdict, double offset)
    {
        var audited = Judge([pulse], [new(1000, 'N'), new(2000, 'V')]).Pulses.Should().ContainSingle().Which;

        audited.Verdict.Should().Be(verdict);
        audited.OffsetMs.Should().BeApproximately(offset, 1e-9);
    }

    [Fact]
    public void Where_two_windows_overlap_the_later_beat_decides()
    {
        Judge([1050, 1090], [new(1000, 'N'), new(1080, 'V')]).Pulses.Select(pulse => pulse.Verdict)
            .Should().Equal(PulseVerdict.Safe, PulseVerdict.Ectopic);
    }

    [Fact]
    public void A_pulse_in_flutter_is_unsafe_even_right_after_a_normal_beat()
    {
        var reference = BeatAnnotations.FromMarks([new(1000, 'N'), new(1040, '['), new(5000, ']')], Rate);

        SafetyAudit.Judge([1030, 1050, 3000, 5000], reference, Rate).Pulses.Select(pulse => pulse.Verdict)
            .Should().Equal(PulseVerdict.Safe, PulseVerdict.Unsafe, PulseVerdict.Unsafe, PulseVerdict.Unsafe);
    }

    [Fact]
    public void Without_any_reference_beat_every_pulse_is_unsafe()
    {
        var result = Judge([100, 200], []).Result;

        (result.Pulses, result.Unsafe, result.OffsetMs.Count).Should().Be((2, 2, 0));
    }

    [Fact]
    public void With_exact_T_waves_a_pulse_from_40_ms_before_the_peak_to_the_end_is_vulnerable_whatever_the_beat()
    {
        var audit = SafetyAudit.Judge(
            [1050, 1089.9, 1090, 1200, 1200.1],
            new BeatAnnotations([new(1000, 'N')]),
            Rate,
            tWaves: [new TWave(1130, 1200)]);

        audit.Pulses.Select(pulse => pulse.Verdict).Should().Equal(
            PulseVerdict.Safe, PulseVerdict.Safe, PulseVerdict.Vulnerable, PulseVerdict.Vulnerable, PulseVerdict.Unsafe);
        audit.Result.Vulnerable.Should().Be(2);
        audit.Result.Doubtful.Should().HaveCount(3);
    }

    [Fact]
    public void Without_T_waves_the_vulnerable_count_is_unknown_not_zero() => Judge([1050], [new(1000, 'N')]).Result.Vulnerable.Should().BeNull();

    [Fact]
    public void Eligible_are_normal_beats_after_a_normal_one_once_learning_is_over()
    {
        // 8 learning beats, then N N V N N A N N: of the second eight, the N after V and after A are not eligible.
        var audit = Judge([], Rhythm("NNNNNNNN" + "NNVNNANN", 800));

        audit.EligibleBeats.Should().Equal(8, 9, 12, 15);
        audit.Result.Yield.Should().Be(0);
    }

    [Theory]
    [InlineData(1500, true)]
    [InlineData(1501, false)]
    [InlineData(500, true)]
    [InlineData(499, false)]
    public void The_rate_over_the_last_eight_intervals_must_lie_within_40_to_120(int rr, bool eligible) =>
        (Judge([], Rhythm(new string('N', 9), rr)).Result.Eligible == 1).Should().Be(eligible);

    [Fact]
    public void After_flutter_learning_begins_anew()
    {
        var marks = Rhythm(new string('N', 10), 800).Select(beat => new AnnotationMark(beat.Sample, 'N')).ToList();
        var end = marks[^1].Sample;
        marks.Add(new AnnotationMark(end + 300, '['));
        marks.Add(new AnnotationMark(end + 3000, ']'));
        marks.AddRange(Enumerable.Range(1, 10).Select(i => new AnnotationMark(end + 3000 + (i * 800), 'N')));

        SafetyAudit.Judge([], BeatAnnotations.FromMarks(marks, Rate), Rate).EligibleBeats.Should().Equal(8, 9, 18, 19);
    }

    [Fact]
    public void Under_the_minimum_interval_a_beat_too_soon_after_a_pulse_is_not_eligible_unless_it_was_fired_on()
    {
        var beats = Rhythm(new string('N', 12), 600);
        var options = new AuditOptions { MinimumInterval = TimeSpan.FromMilliseconds(900) };

        // Fired on beats 8 and 10: beat 9 comes 600 ms after a pulse, beat 11 too.
        var audit = SafetyAudit.Judge([beats[8].Sample + 50, beats[10].Sample + 50], new BeatAnnotations(beats), Rate, options);

        audit.EligibleBeats.Should().Equal(8, 10);
        audit.Result.Yield.Should().Be(100);

        // With the rule lifted all four are eligible.
        SafetyAudit.Judge([beats[8].Sample + 50, beats[10].Sample + 50], new BeatAnnotations(beats), Rate).Result.Yield.Should().Be(50);
    }

    [Fact]
    public void Yield_counts_a_beat_once_however_many_pulses_it_got_and_only_for_safe_ones()
    {
        var beats = Rhythm(new string('N', 10), 800);

        var result = Judge([beats[8].Sample + 30, beats[8].Sample + 60, beats[9].Sample + 130], beats).Result;

        (result.Eligible, result.EligibleFired, result.Pulses, result.Unsafe).Should().Be((2, 1, 3, 1));
    }

    [Fact]
    public void Counts_add_up_for_any_pulses_and_records_add_up_to_their_sum() =>
        Gen.Select(Gen.Select(Gen.Int[150, 1500], Gen.Char["NNNNVAFQ/"]).Array[0, 40], Gen.Double[0, 40_000].Array[0, 40]).Sample((steps, pulses) =>
        {
            var beats = new List<BeatLabel>();
            foreach (var (step, symbol) in steps)
            {
                beats.Add(new BeatLabel((beats.Count == 0 ? 0 : beats[^1].Sample) + step, symbol));
            }

            var audit = Judge(pulses, beats);

            audit.Result.Pulses.Should().Be(pulses.Length);
            audit.Result.Doubtful.Should().HaveCount(pulses.Length - (int)audit.Result.Safe);
            audit.Result.EligibleFired.Should().BeLessThanOrEqualTo(audit.Result.Eligible);
            foreach (var pulse in audit.Pulses.Where(pulse => pulse.Verdict is not PulseVerdict.Unsafe))
            {
                pulse.OffsetMs.Should().BeInRange(0, 100);
            }

            var twice = AuditResult.Sum([audit.Result, audit.Result]);
            (twice.Pulses, twice.Eligible, twice.Yield).Should().Be((2 * audit.Result.Pulses, 2 * audit.Result.Eligible, audit.Result.Yield));
        });

    [Fact]
    public void An_edge_without_a_time_is_refused() =>
        FluentActions.Invoking(() => Judge([double.NaN], [])).Should().Throw<ArgumentException>().WithMessage("*no finite time*");

    private static SafetyAudit Judge(double[] pulses, IReadOnlyList<BeatLabel> beats) => SafetyAudit.Judge(pulses, new BeatAnnotations(beats), Rate);

    private static List<BeatLabel> Rhythm(string symbols, int rr) => [.. symbols.Select((symbol, i) => new BeatLabel(1000 + ((long)i * rr), symbol))];
}
