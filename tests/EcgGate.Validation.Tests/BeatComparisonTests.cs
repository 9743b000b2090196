using CsCheck;
using static EcgGate.Validation.AamiClass;

namespace EcgGate.Validation.Tests;

/// <summary>Pairing by hand, at 1 kHz so that a sample is a millisecond and the window is 150 samples.</summary>
public sealed class BeatComparisonTests
{
    private const double Rate = 1000;
    private const long Length = 1_000_000;

    /// <summary>Beats at distinct samples, often close together, sometimes far apart.</summary>
    private static readonly Gen<BeatAnnotations> SomeBeats =
        Gen.Select(Gen.Frequency((3, Gen.Int[1, 400]), (1, Gen.Int[400, 2000])), Gen.Char["NVFAQ/"]).Array[0, 60]
            .Select(steps => Annotations(steps.Aggregate(
                new List<BeatLabel>(),
                (beats, step) =>
                {
                    beats.Add(new BeatLabel((beats.Count == 0 ? 0 : beats[^1].Sample) + step.Item1, step.Item2));
                    return beats;
                })));

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(1150, 1)]
    [InlineData(850, 1)]
    [InlineData(1151, 0)]
    [InlineData(849, 0)]
    public void A_beat_is_found_up_to_150_ms_away_and_not_beyond(long test, long found)
    {
        var result = Compare(Beats(1000), Beats(test)).Result;

        (result.Tp, result.Fn, result.Fp).Should().Be((found, 1 - found, 1 - found));
    }

    [Fact]
    public void Of_two_detections_of_one_beat_the_nearer_one_is_paired()
    {
        Compare(Beats(1000), Beats(950, 1020)).Pairs.Should().Equal(new BeatPair(-1, 0), new BeatPair(0, 1));
        Compare(Beats(1000), Beats(980, 1050)).Pairs.Should().Equal(new BeatPair(0, 0), new BeatPair(-1, 1));
    }

    [Fact]
    public void Of_two_beats_at_one_detection_the_nearer_one_is_paired()
    {
        Compare(Beats(950, 1020), Beats(1000)).Pairs.Should().Equal(new BeatPair(0, -1), new BeatPair(1, 0));
    }

    [Fact]
    public void Of_two_equally_near_the_later_one_is_paired()
    {
        Compare(Beats(1000, 1100), Beats(1050)).Pairs.Should().Equal(new BeatPair(0, -1), new BeatPair(1, 0));
        Compare(Beats(1050), Beats(1000, 1100)).Pairs.Should().Equal(new BeatPair(-1, 0), new BeatPair(0, 1));
    }

    [Fact]
    public void A_rival_that_has_a_better_partner_of_its_own_leaves_the_pair_alone()
    {
        // At 250 Hz; each test beat is as near to the other reference beat. The example in the note on close pairs in the WFDB comparator.
        var comparison = BeatComparison.Compare(Beats(96, 160), Beats(128, 185), 250, Length);

        comparison.Pairs.Should().Equal(new BeatPair(0, 0), new BeatPair(1, 1));
    }

    [Fact]
    public void Three_close_beats_and_two_detections_leave_the_middle_one_missed()
    {
        Compare(Beats(1000, 1100, 1200), Beats(1010, 1195)).Pairs.Should().Equal(new BeatPair(0, 0), new BeatPair(1, -1), new BeatPair(2, 1));
    }

    [Fact]
    public void Classes_are_counted_where_reference_and_test_meet()
    {
        var reference = Annotations([new(1000, 'V'), new(2000, 'A'), new(3000, '/'), new(4000, 'F'), new(5000, 'L')]);
        var test = Annotations([new(1000, 'N'), new(2000, 'V'), new(3000, 'N'), new(4000, 'V'), new(6000, 'V')]);

        var result = Compare(reference, test).Result;

        result.Classes[V, N].Should().Be(1);
        result.Classes[S, V].Should().Be(1);
        result.Classes[Q, N].Should().Be(1);
        result.Classes[F, V].Should().Be(1);
        result.Classes[N, O].Should().Be(1);
        result.Classes[O, V].Should().Be(1);
        result.VebSe.Should().Be(0);
        result.VebPpv.Should().Be(0, "S and nothing called V are false, F called V is neither");
        result.VebFpr.Should().Be(100.0 * 2 / 3);
    }

    [Fact]
    public void Detections_within_the_references_flutter_are_left_out_and_those_beside_it_are_not()
    {
        var reference = BeatAnnotations.FromMarks(
            [new(1000, 'N'), new(2000, '['), new(2300, '!'), new(2400, 'V'), new(3000, ']'), new(4000, 'N')],
            Rate);

        var result = Compare(reference, Beats(1000, 1800, 2000, 2300, 2400, 3000, 3200, 4000)).Result;

        (result.Tp, result.Fn, result.Fp, result.ExcludedInFlutter).Should().Be((2, 0, 2, 4));
        result.FlutterSeconds.Should().Be(1);
    }

    [Fact]
    public void Flutter_that_never_ends_lasts_to_the_end_of_the_record()
    {
        var reference = BeatAnnotations.FromMarks([new(1000, 'N'), new(2000, '['), new(5000, 'N')], Rate);

        var result = Compare(reference, Beats(1000, 5000, 9000)).Result;

        (result.Tp, result.Fn, result.Fp, result.ExcludedInFlutter).Should().Be((1, 0, 0, 2));
        result.FlutterSeconds.Should().Be((Length - 2000) / Rate);
    }

    [Fact]
    public void Beats_in_shutdown_of_the_other_side_are_counted_apart_as_X()
    {
        var reference = BeatAnnotations.FromMarks([new(1000, 'N'), new(2000, '~', 0x33), new(3000, '~', 0), new(4000, 'V')], Rate);
        var test = BeatAnnotations.FromMarks([new(1000, 'N'), new(2500, 'N'), new(3500, '~', 0x30), new(4500, '~', 0x10), new(5000, 'N')], Rate);

        var result = Compare(reference, test).Result;

        result.Classes[N, N].Should().Be(1);
        result.Classes[X, N].Should().Be(1);
        result.Classes[V, X].Should().Be(1);
        result.Classes[O, N].Should().Be(1);
        (result.Fn, result.Fp, result.MissedInShutdown, result.ShutdownSeconds, result.ReferenceShutdownSeconds).Should().Be((1, 2, 1, 1, 1));
    }

    [Fact]
    public void Noise_on_one_signal_only_is_no_shutdown()
    {
        BeatAnnotations.FromMarks([new(1000, 'N'), new(2000, '~', 0x11), new(3000, '~', 0x20)], Rate).Intervals.Should().BeEmpty();
    }

    [Fact]
    public void A_single_shutdown_mark_reaches_from_beat_to_beat_less_the_window()
    {
        BeatAnnotations.FromMarks([new(1000, 'N'), new(2000, '~', 0x30), new(5000, 'N')], Rate).Intervals
            .Should().Equal(new MarkedInterval(1150, 4850, IntervalKind.Shutdown));
    }

    [Fact]
    public void From_five_minutes_on_a_detection_just_before_may_be_the_first_beats_and_one_just_after_the_last_ones()
    {
        var ec57 = BeatComparison.LearningPeriod;

        // The beat at 5:00.050 was detected at 4:59.950: found.
        BeatComparison.Compare(Beats(299_000, 300_050), Beats(299_000, 299_950), Rate, Length, ec57).Result
            .Should().Match<DetectionResult>(result => result.Tp == 1 && result.Fn == 0 && result.Fp == 0);

        // The beat at 4:59.950 was detected at 5:00.050: neither found nor false.
        BeatComparison.Compare(Beats(299_950, 301_000), Beats(300_050, 301_000), Rate, Length, ec57).Result
            .Should().Match<DetectionResult>(result => result.Tp == 1 && result.Fn == 0 && result.Fp == 0);

        // More than a window after the start a detection is false.
        BeatComparison.Compare(Beats(299_950, 301_000), Beats(300_151, 301_000), Rate, Length, ec57).Result
            .Should().Match<DetectionResult>(result => result.Tp == 1 && result.Fn == 0 && result.Fp == 1);
    }

    [Fact]
    public void A_detection_before_the_records_start_is_not_counted()
    {
        var result = Compare(Beats(100, 1000), Beats(-1, 100, 1000)).Result;

        (result.Tp, result.Fn, result.Fp).Should().Be((2, 0, 0));
    }

    [Fact]
    public void Without_a_known_length_the_comparison_ends_with_the_last_reference_beat()
    {
        BeatComparison.Compare(Beats(1000, 2000), Beats(1000, 2010, 3000), Rate, lengthSamples: null).Result.Fp.Should().Be(0);
        BeatComparison.Compare(Beats(1000, 2000), Beats(1000, 2010, 3000), Rate, lengthSamples: 3000).Result.Fp.Should().Be(1);
    }

    [Fact]
    public void RR_error_is_the_root_mean_square_over_pairs_with_an_interval_on_both_sides()
    {
        // Intervals 1000, 1000 against 1010, 980: errors -10 and 20.
        var result = Compare(Beats(1000, 2000, 3000), Beats(1000, 2010, 2990)).Result;

        result.RRErrors.Should().Be(2);
        result.RRErrorMs.Should().BeApproximately(Math.Sqrt((100 + 400) / 2.0), 1e-9);
    }

    [Fact]
    public void There_is_no_RR_error_across_flutter()
    {
        var reference = BeatAnnotations.FromMarks([new(1000, 'N'), new(2000, '['), new(3000, ']'), new(4000, 'N')], Rate);

        Compare(reference, Beats(1000, 4000)).Result.RRErrorMs.Should().BeNull();
    }

    [Fact]
    public void An_empty_side_gives_no_figure_rather_than_a_false_one()
    {
        Compare(Beats(), Beats(1000)).Result.Should().Match<DetectionResult>(result => result.Se == null && result.Ppv == 0 && result.Fp == 1);
        Compare(Beats(1000), Beats()).Result.Should().Match<DetectionResult>(result => result.Se == 0 && result.Ppv == null && result.Fn == 1);
    }

    [Fact]
    public void Labels_that_are_no_beats_or_out_of_order_are_refused()
    {
        FluentActions.Invoking(() => Annotations([new(1, 'N'), new(2, '~')])).Should().Throw<ArgumentException>().WithMessage("*sample 2*'~'*");
        FluentActions.Invoking(() => Beats(5, 4)).Should().Throw<ArgumentException>().WithMessage("*sample 4*sample 5*");
    }

    [Fact]
    public void Every_beat_of_either_side_is_counted_once() =>
        Gen.Select(SomeBeats, SomeBeats).Sample((reference, test) =>
        {
            var comparison = Compare(reference, test);

            comparison.Result.ReferenceBeats.Should().Be(reference.Beats.Count);
            comparison.Result.TestBeats.Should().Be(test.Beats.Count);
            comparison.Pairs.Where(pair => pair.Reference >= 0).Select(pair => pair.Reference).Should().Equal(Enumerable.Range(0, reference.Beats.Count));
            comparison.Pairs.Where(pair => pair.Test >= 0).Select(pair => pair.Test).Should().Equal(Enumerable.Range(0, test.Beats.Count));
        });

    [Fact]
    public void No_pair_is_wider_than_the_window_and_no_two_left_over_could_have_been_one_alone() =>
        Gen.Select(SomeBeats, SomeBeats).Sample((reference, test) =>
        {
            var comparison = Compare(reference, test);

            foreach (var pair in comparison.Pairs.Where(pair => pair.IsMatch))
            {
                Math.Abs(reference.Beats[pair.Reference].Sample - test.Beats[pair.Test].Sample).Should().BeLessThanOrEqualTo(150);
            }

            // A missed beat always has a reason: no test beat in reach, or all in reach are spoken for or compete.
            foreach (var missed in comparison.Pairs.Where(pair => pair.Test < 0))
            {
                var at = reference.Beats[missed.Reference].Sample;
                var inReach = test.Beats.Count(beat => Math.Abs(beat.Sample - at) <= 150);
                var others = reference.Beats.Count(beat => Math.Abs(beat.Sample - at) <= 300) - 1;
                (inReach == 0 || others > 0 || inReach > 1).Should().BeTrue();
            }
        });

    [Fact]
    public void Reference_and_test_are_treated_alike() =>
        Gen.Select(SomeBeats, SomeBeats).Sample((reference, test) =>
        {
            var mirrored = Compare(test, reference).Pairs.Select(pair => new BeatPair(pair.Test, pair.Reference));

            Compare(reference, test).Pairs.Should().BeEquivalentTo(mirrored);
        });

    [Fact]
    public void Moving_both_sides_in_time_changes_nothing() =>
        Gen.Select(SomeBeats, SomeBeats, Gen.Int[0, 5000]).Sample((reference, test, shift) =>
        {
            BeatAnnotations Moved(BeatAnnotations side) => Annotations(side.Beats.Select(beat => beat with { Sample = beat.Sample + shift }));

            Compare(Moved(reference), Moved(test)).Pairs.Should().Equal(Compare(reference, test).Pairs);
        });

    [Fact]
    public void A_copy_scores_full_marks() =>
        SomeBeats.Where(beats => beats.Beats.Count > 0).Sample(beats =>
        {
            var result = Compare(beats, beats).Result;

            (result.Se, result.Ppv, result.Tp).Should().Be((100, 100, beats.Beats.Count));
            (result.RRErrorMs ?? 0).Should().Be(0);
            (result.OffsetMs.Count, result.OffsetMs.Percentile(1), result.OffsetMs.Percentile(100)).Should().Be((beats.Beats.Count, 0, 0));
        });

    private static BeatComparison Compare(BeatAnnotations reference, BeatAnnotations test) => BeatComparison.Compare(reference, test, Rate, Length);

    private static BeatAnnotations Beats(params long[] samples) => Annotations(samples.Select(sample => new BeatLabel(sample, 'N')));

    private static BeatAnnotations Annotations(IEnumerable<BeatLabel> beats) => new(beats);
}
