using CsCheck;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Tests.Support;
using EcgGate.Timing;

namespace EcgGate.Tests.Gating;

public sealed class GateCoreTests
{
    private static ScriptedDetector Regular(int beats, double rr = 1000, double first = 500, double latency = 20)
    {
        var detector = new ScriptedDetector();
        for (var i = 0; i < beats; i++)
        {
            detector.Beat(first + (i * rr), latency);
        }

        return detector;
    }

    private static CoreHarness RunArmed(ScriptedDetector detector, long until, GateOptions? options = null)
    {
        var harness = new CoreHarness(detector, options);
        harness.Arm();
        harness.RunTo(until);
        harness.Stop();
        return harness;
    }

    [Fact]
    public void The_first_pulse_comes_after_eight_regular_beats_and_at_the_target_delay()
    {
        var harness = RunArmed(Regular(12), 13_000);

        harness.Outcomes.Take(8).Should().OnlyContain(o => o.Outcome == Outcome.Withheld && o.Reason == Reason.Learning);
        harness.Outcomes.Skip(8).Should().HaveCount(4).And.OnlyContain(o => o.Outcome == Outcome.Fired);
        harness.Outcomes.Skip(8).Select(o => o.PulseTime.Samples - o.Beat.RTime.Samples).Should().OnlyContain(d => Math.Abs(d - 50) < 1e-3);
        harness.Line.Raised.Should().Be(4);
        harness.Line.IsHigh.Should().BeFalse();
    }

    [Fact]
    public void Nothing_is_fired_while_disarmed()
    {
        var harness = new CoreHarness(Regular(20));
        harness.RunTo(21_000);

        harness.Outcomes.Should().HaveCount(20).And.OnlyContain(o => o.Reason == Reason.NotArmed);
        harness.Line.Raised.Should().Be(0);
    }

    [Theory]
    [InlineData(600, BeatClass.Ectopic, Reason.Ectopic)]
    [InlineData(1000, BeatClass.Ectopic, Reason.Ectopic)]
    [InlineData(700, BeatClass.Normal, Reason.Premature)]
    public void An_ectopic_or_premature_beat_withholds_itself_and_the_next(double rrBefore, BeatClass beatClass, Reason reason)
    {
        var detector = Regular(10);
        var odd = 9500 + rrBefore;
        detector.Beat(odd, 20, beatClass).Beat(11_500, 20).Beat(12_500, 20);
        var harness = RunArmed(detector, 13_000);

        harness.Outcomes.Skip(10).Select(o => o.Reason).Should().Equal(reason, Reason.Irregular, Reason.None);
    }

    [Fact]
    public void In_bigeminy_nothing_is_fired()
    {
        var detector = new ScriptedDetector();
        for (var i = 0; i < 30; i++)
        {
            detector.Beat(500 + (i * 1600), 20).Beat(1100 + (i * 1600), 20, BeatClass.Ectopic);
        }

        var harness = RunArmed(detector, 50_000);

        harness.Core.Ledger.Fired.Should().Be(0);
        harness.Core.Ledger.Withheld.Should().Be(60);
    }

    [Fact]
    public void A_beat_found_late_is_missed_and_the_next_withheld()
    {
        var detector = Regular(10).Beat(10_500, 300, late: true).Beat(11_500, 20).Beat(12_500, 20);
        var harness = RunArmed(detector, 13_000);

        harness.Outcomes.Skip(10).Select(o => (o.Outcome, o.Reason)).Should().Equal(
            (Outcome.Missed, Reason.DecidedTooLate),
            (Outcome.Withheld, Reason.Irregular),
            (Outcome.Fired, Reason.None));
    }

    [Theory]
    [InlineData(45, Outcome.Fired, Reason.None)]
    [InlineData(49, Outcome.Fired, Reason.None)]
    [InlineData(50, Outcome.Missed, Reason.DecidedTooLate)]
    [InlineData(60, Outcome.Missed, Reason.DecidedTooLate)]
    public void A_beat_decided_too_late_for_its_pulse_is_missed(double latency, Outcome outcome, Reason reason)
    {
        var harness = RunArmed(Regular(10).Beat(10_500, latency), 13_000);

        harness.Outcomes[10].Outcome.Should().Be(outcome);
        harness.Outcomes[10].Reason.Should().Be(reason);
    }

    [Fact]
    public void The_delay_of_the_source_counts_against_the_time_left()
    {
        var harness = new CoreHarness(Regular(10).Beat(10_500, 47), sourceDelay: TimeSpan.FromMilliseconds(3));
        harness.Arm();
        harness.RunTo(12_000);

        harness.Outcomes[10].Reason.Should().Be(Reason.DecidedTooLate);
    }

    [Fact]
    public void Beats_closer_than_the_minimum_interval_are_withheld()
    {
        var harness = RunArmed(Regular(20, rr: 800), 17_000);

        harness.Outcomes.Skip(8).Select(o => o.Reason).Should().Equal(
            Enumerable.Range(0, 12).Select(i => i % 2 == 0 ? Reason.None : Reason.MinimumInterval));
    }

    [Theory]
    [InlineData(450, Reason.RateTooHigh)]
    [InlineData(1600, Reason.RateTooLow)]
    public void A_rate_beyond_the_limits_withholds(double rr, Reason reason)
    {
        var harness = RunArmed(Regular(20, rr), (long)(21 * rr));

        harness.Core.Ledger.Fired.Should().Be(0);
        harness.Outcomes[^1].Reason.Should().Be(reason);
    }

    [Fact]
    public void The_beat_that_ends_a_pause_is_withheld()
    {
        var harness = RunArmed(Regular(10, rr: 700).Beat(6800 + 1100, 20), 9_000);

        harness.Outcomes[^1].Reason.Should().Be(Reason.Irregular);
    }

    [Theory]
    [InlineData(SampleStatus.Lead0Off, Reason.LeadOff, 8)]
    [InlineData(SampleStatus.Lead0Saturated, Reason.Saturated, 8)]
    [InlineData(SampleStatus.GapBefore, Reason.SourceGap, 8)]
    [InlineData(SampleStatus.Lead0Invalid, Reason.PoorSignal, 5)]
    public void A_bad_sample_between_order_and_edge_withdraws_the_pulse_and_the_rhythm_has_to_show_itself_again(SampleStatus status, Reason reason, int beats)
    {
        var harness = new CoreHarness(Regular(30));
        harness.Arm();
        harness.RunTo(10_548);
        harness.Core.HasPendingOrder.Should().BeTrue();
        harness.Feed(new EcgSample(10_548, 0f, 0f, status));
        harness.RunTo(30_000);

        harness.Outcomes[10].Outcome.Should().Be(Outcome.Withheld);
        harness.Outcomes[10].Reason.Should().Be(reason);
        harness.Outcomes.Skip(11).TakeWhile(o => o.Outcome != Outcome.Fired).Should().HaveCount(beats);
        harness.Outcomes.Skip(11).Count(o => o.Outcome == Outcome.Fired).Should().BePositive();
    }

    [Fact]
    public void A_jump_of_the_sample_index_is_a_gap()
    {
        var harness = new CoreHarness(Regular(30));
        harness.Arm();
        harness.RunTo(12_000);
        harness.Feed(new EcgSample(12_040, 0f));

        harness.Core.State.Should().Be(GateState.Inhibited);
        harness.Core.InhibitReason.Should().Be(Reason.SourceGap);
    }

    [Theory]
    [InlineData(10_440)]
    [InlineData(10_490)]
    [InlineData(10_520)]
    public void A_short_gap_costs_the_beat_that_it_touches_and_no_other(long lostFrom)
    {
        var detector = Regular(13);
        var harness = new CoreHarness(detector);
        harness.Arm();
        harness.RunTo(lostFrom);
        harness.Feed(new EcgSample(lostFrom + 4, detector.SignalAt(lostFrom + 4), 0f, SampleStatus.GapBefore));
        harness.RunTo(13_000);

        harness.Outcomes[10].Reason.Should().Be(Reason.SourceGap);
        harness.Outcomes.Where((o, i) => i > 7 && i != 10).Should().OnlyContain(o => o.Outcome == Outcome.Fired);
    }

    [Fact]
    public void A_short_gap_between_beats_costs_none()
    {
        var detector = Regular(13);
        var harness = new CoreHarness(detector);
        harness.Arm();
        harness.RunTo(10_200);
        harness.Feed(new EcgSample(10_204, 0f, 0f, SampleStatus.GapBefore));
        harness.RunTo(13_000);

        harness.Outcomes.Skip(8).Should().HaveCount(5).And.OnlyContain(o => o.Outcome == Outcome.Fired);
    }

    [Fact]
    public void A_source_that_keeps_losing_samples_is_not_trusted()
    {
        var detector = Regular(13);
        var harness = new CoreHarness(detector);
        harness.Arm();
        harness.RunTo(9_700);
        while (harness.NextIndex < 13_000)
        {
            var next = harness.NextIndex + (harness.NextIndex % 25 == 0 ? 2 : 0);
            harness.Feed(new EcgSample(next, detector.SignalAt(next)));
        }

        harness.Outcomes.Skip(10).Should().NotContain(o => o.Outcome == Outcome.Fired);
        harness.Core.InhibitReason.Should().Be(Reason.SourceGap);
    }

    [Fact]
    public void A_run_of_ectopic_beats_inhibits_until_eight_regular_beats_have_passed()
    {
        var detector = Regular(10);
        for (var i = 0; i < 5; i++)
        {
            detector.Beat(9900 + (i * 400), 20, BeatClass.Ectopic);
        }

        for (var i = 0; i < 15; i++)
        {
            detector.Beat(12_500 + (i * 1000), 20);
        }

        var harness = RunArmed(detector, 28_000);

        harness.Events.Should().Contain(e => e.Kind == GateEventKind.StateChanged && e.State == GateState.Inhibited && e.Reason == Reason.Irregular);
        var after = harness.Outcomes.Skip(15).ToList();
        after.Take(8).Should().OnlyContain(o => o.Outcome == Outcome.Withheld);
        after[^1].Outcome.Should().Be(Outcome.Fired);
    }

    [Fact]
    public void Odd_beats_that_are_no_ectopic_run_ask_for_four_good_ones_not_for_eight()
    {
        var detector = Regular(14);
        var r = 13_500.0;
        for (var i = 0; i < 3; i++)
        {
            detector.Beat(r += 700, 20);
        }

        for (var i = 0; i < 12; i++)
        {
            detector.Beat(r += 1000, 20);
        }

        var harness = RunArmed(detector, (long)r + 500);

        harness.Events.Should().Contain(e => e.Kind == GateEventKind.StateChanged && e.State == GateState.Inhibited && e.Reason == Reason.Irregular);
        harness.Outcomes.Skip(17).TakeWhile(o => o.Outcome != Outcome.Fired).Count().Should().BeInRange(3, 5);
    }

    [Fact]
    public void In_trigeminy_the_second_beat_after_each_ectopic_one_is_fired_on_once_the_rhythm_is_known()
    {
        var detector = new ScriptedDetector();
        var r = 500.0;
        for (var i = 0; i < 60; i++)
        {
            detector.Beat(r += 1100, 20).Beat(r += 900, 20).Beat(r += 550, 20, BeatClass.Ectopic);
        }

        var harness = RunArmed(detector, (long)r + 500);

        var late = harness.Outcomes.Skip(120).ToList();
        late.Where((_, i) => i % 3 == 1).Should().OnlyContain(o => o.Outcome == Outcome.Fired);
        late.Where((_, i) => i % 3 != 1).Should().OnlyContain(o => o.Outcome == Outcome.Withheld);
    }

    [Fact]
    public void In_atrial_fibrillation_beats_of_certain_shape_are_fired_on()
    {
        var random = new Random(5);
        var detector = new ScriptedDetector();
        var r = 500.0;
        for (var i = 0; i < 120; i++)
        {
            detector.Beat(r += 620 + (450 * random.NextDouble()), 20);
        }

        var harness = RunArmed(detector, (long)r + 500, new GateOptions { MinimumInterval = TimeSpan.Zero });

        harness.Outcomes.Skip(60).Count(o => o.Outcome == Outcome.Fired).Should().BeGreaterThan(48);
    }

    [Fact]
    public void No_beat_for_two_seconds_inhibits()
    {
        var harness = new CoreHarness(Regular(10));
        harness.Arm();
        harness.RunTo(9520 + 2002);

        harness.Core.State.Should().Be(GateState.Inhibited);
        harness.Core.InhibitReason.Should().Be(Reason.RateTooLow);
    }

    [Theory]
    [InlineData(10_530)]
    [InlineData(10_549)]
    public void A_beat_refuted_before_its_edge_is_withheld(long refutedAt)
    {
        var detector = Regular(11).Verdict(refutedAt, 10_500, VerifierVerdict.Refuted);
        var harness = RunArmed(detector, 12_000);

        harness.Outcomes[10].Outcome.Should().Be(Outcome.Withheld);
        harness.Outcomes[10].Reason.Should().Be(Reason.PoorSignal);
        harness.Core.RefutedBeats.Should().Be(1);
    }

    [Fact]
    public void The_signal_is_blanked_after_each_pulse_that_is_ordered()
    {
        var detector = Regular(10);
        RunArmed(detector, 11_000);

        detector.Blankings.Should().HaveCount(2);
        detector.Blankings[0].From.Samples.Should().BeApproximately(8550, 1e-9);
        detector.Blankings[0].Until.Samples.Should().BeApproximately(8610, 1e-9);
    }

    [Theory]
    [InlineData(8_551, true)]
    [InlineData(8_609, true)]
    [InlineData(8_640, false)]
    public void Saturation_by_the_pulse_itself_does_not_inhibit(long saturatedAt, bool isOwn)
    {
        var detector = Regular(13);
        var harness = new CoreHarness(detector);
        harness.Arm();
        harness.RunTo(saturatedAt);
        harness.Feed(new EcgSample(saturatedAt, 400f, 0f, SampleStatus.Lead0Saturated));
        harness.RunTo(13_000);

        harness.Outcomes.Skip(9).Any(o => o.Outcome == Outcome.Fired).Should().Be(isOwn);
    }

    [Fact]
    public void Stopping_withdraws_the_pending_pulse()
    {
        var harness = new CoreHarness(Regular(11));
        harness.Arm();
        harness.RunTo(10_548);
        harness.Core.HasPendingOrder.Should().BeTrue();
        harness.Stop();

        harness.Outcomes[10].Reason.Should().Be(Reason.Stopped);
        harness.Core.State.Should().Be(GateState.Stopped);
        harness.Line.Raised.Should().Be(2);
    }

    [Fact]
    public void A_timer_that_woke_too_late_sends_no_edge_and_the_beat_is_missed()
    {
        var harness = new CoreHarness(Regular(11));
        harness.Arm();
        harness.RunTo(10_510);
        harness.Timer.InjectedLatenessNanoseconds = 2_000_000;
        harness.RunTo(11_000);

        harness.Outcomes[10].Outcome.Should().Be(Outcome.Missed);
        harness.Outcomes[10].Reason.Should().Be(Reason.TimerLate);
        harness.Line.Raised.Should().Be(2);
    }

    [Theory]
    [InlineData(SignalConditions.Poor)]
    [InlineData(SignalConditions.LeadOff)]
    [InlineData(SignalConditions.Saturated)]
    public void Beats_that_come_while_a_condition_inhibits_do_not_count_towards_the_eight(SignalConditions condition)
    {
        var detector = Regular(40).ConditionsFrom(12_700, condition).ConditionsFrom(24_700, SignalConditions.Good);
        var harness = RunArmed(detector, 40_000);

        var after = harness.Outcomes.Where(o => o.Beat.RTime.Samples > 24_700).ToList();
        after.Take(8).Should().OnlyContain(o => o.Outcome == Outcome.Withheld);
        after[8].Outcome.Should().Be(Outcome.Fired);
    }

    [Theory]
    [InlineData(9_000, 3)]
    [InlineData(11_000, 8)]
    public void After_a_short_spell_of_poor_signal_a_few_beats_of_the_known_rhythm_are_enough(int spell, int beats)
    {
        var detector = Regular(60).ConditionsFrom(24_700, SignalConditions.Poor).ConditionsFrom(24_700 + spell, SignalConditions.Good);
        var harness = RunArmed(detector, 60_000);

        var after = harness.Outcomes.Where(o => o.Beat.RTime.Samples > 24_700 + spell);
        after.TakeWhile(o => o.Outcome != Outcome.Fired).Should().HaveCount(beats).And.OnlyContain(o => o.Reason == Reason.Learning);
    }

    [Theory]
    [InlineData(SignalConditions.LeadOff)]
    [InlineData(SignalConditions.Saturated)]
    public void What_was_more_than_poor_signal_is_not_forgotten_as_it_ends_in_poor_signal(SignalConditions condition)
    {
        // Fast enough for the beats of the spell to look like evidence.
        var detector = Regular(110, rr: 600).ConditionsFrom(24_650, condition).ConditionsFrom(33_650, SignalConditions.Poor).ConditionsFrom(34_250, SignalConditions.Good);
        var harness = RunArmed(detector, 66_000, new GateOptions { MinimumInterval = TimeSpan.Zero });

        harness.Outcomes.Where(o => o.Beat.RTime.Samples > 34_250).TakeWhile(o => o.Outcome != Outcome.Fired).Should().HaveCount(8);
    }

    [Fact]
    public void Spells_of_poor_signal_with_no_ready_gate_between_them_are_one()
    {
        var detector = Regular(60);
        for (var i = 24_700; i < 42_700; i += 6_000)
        {
            detector.ConditionsFrom(i, SignalConditions.Poor).ConditionsFrom(i + 5_900, SignalConditions.Good);
        }

        var harness = RunArmed(detector, 60_000);

        harness.Outcomes.Where(o => o.Beat.RTime.Samples > 42_700).TakeWhile(o => o.Outcome != Outcome.Fired).Should().HaveCount(8);
    }

    [Fact]
    public void After_a_spell_of_noise_the_rate_is_measured_anew()
    {
        var detector = new ScriptedDetector();
        var r = 500.0;
        for (var i = 0; i < 40; i++)
        {
            detector.Beat(r += 540, 20);
        }

        // Beats missed in the noise would make the mean over eight intervals a slow one.
        detector.ConditionsFrom((long)r + 100, SignalConditions.Poor).ConditionsFrom((long)r + 8_000, SignalConditions.Good);
        var end = r + 8_000;
        for (r += 900; r < end; r += 1_100)
        {
            detector.Beat(r, 20);
        }

        for (var i = 0; i < 30; i++, r += 460)
        {
            detector.Beat(r, 20);
        }

        var harness = RunArmed(detector, (long)r + 1000, new GateOptions { MinimumInterval = TimeSpan.Zero, PrematureFraction = 0.2 });

        harness.Outcomes.Should().Contain(o => o.Outcome == Outcome.Fired);
        harness.Outcomes.Where(o => o.Beat.RTime.Samples > end).Should().OnlyContain(o => o.Outcome == Outcome.Withheld, "130 a minute is above the limit");
    }

    [Fact]
    public void A_beat_found_late_withdraws_the_pulse_that_was_measured_from_the_beat_before_it()
    {
        var detector = Regular(12).Beat(11_100, 448, late: true);
        var harness = RunArmed(detector, 13_000);

        harness.Outcomes.Single(o => Math.Abs(o.Beat.RTime.Samples - 11_500) < 1).Outcome.Should().Be(Outcome.Withheld);
        harness.Line.Raised.Should().Be(3);
    }

    [Fact]
    public void Each_beat_has_a_number_of_its_own_even_if_one_is_found_late_while_another_is_held()
    {
        var detector = Regular(12).Beat(11_100, 430, late: true);
        var harness = RunArmed(detector, 13_000);

        harness.Outcomes.Select(o => o.BeatNumber).Should().BeEquivalentTo(Enumerable.Range(1, 13).Select(i => (long)i));
    }

    [Fact]
    public void An_edge_that_was_made_is_in_the_ledger_even_where_the_line_then_failed()
    {
        var harness = new CoreHarness(Regular(12));
        harness.Arm();
        harness.RunTo(10_548);
        harness.Core.Report(11, PulseResult.Fault, new SampleTime(10_551.5), 1_500_000);

        var line = harness.Outcomes[^1];
        line.Outcome.Should().Be(Outcome.Fired);
        line.Reason.Should().Be(Reason.Fault);
        line.PulseTime.Samples.Should().Be(10_551.5);
        harness.Core.State.Should().Be(GateState.Faulted);
    }

    [Fact]
    public void After_a_fault_nothing_is_fired_until_armed_and_learnt_anew()
    {
        var harness = new CoreHarness(Regular(40));
        harness.Arm();
        harness.RunTo(10_548);
        harness.Core.Report(11, PulseResult.Fault, new SampleTime(double.NaN), 0);
        harness.RunTo(15_000);
        harness.Outcomes.Skip(11).Should().OnlyContain(o => o.Reason == Reason.Fault);
        harness.Arm();
        harness.RunTo(39_000);

        harness.Outcomes.Where(o => o.Beat.RTime.Samples > 15_000).Take(8).Should().OnlyContain(o => o.Outcome == Outcome.Withheld);
        harness.Outcomes[^1].Outcome.Should().Be(Outcome.Fired);
    }

    /// <summary>One step of a random patient: time since the last beat, what the detector says, what goes wrong.</summary>
    private static readonly Gen<(double RR, double Latency, BeatClass Class, int Mishap)> GenBeat = Gen.Select(
        Gen.Frequency((6, Gen.Double[850, 1150]), (1, Gen.Double[250, 850]), (1, Gen.Double[1150, 2600])),
        Gen.Double[0, 55],
        Gen.Frequency((12, Gen.Const(BeatClass.Normal)), (1, Gen.Const(BeatClass.Ectopic)), (1, Gen.Const(BeatClass.Doubtful)), (1, Gen.Const(BeatClass.Paced))),
        Gen.Int[0, 40]);

    [Fact]
    public void Whatever_comes_every_beat_has_one_outcome_and_every_pulse_is_inside_its_window()
    {
        Gen.Select(GenBeat.Array[1, 80], Gen.Int[0, 900]).Sample((beats, minimumInterval) =>
        {
            var detector = new ScriptedDetector();
            var mishaps = new SortedDictionary<long, int>();
            var r = 300.25;
            foreach (var beat in beats)
            {
                r += beat.RR;
                var late = beat.Mishap == 1;
                var latency = late ? beat.Latency + 200 : beat.Latency;
                if (!detector.HasDecisionAt((long)Math.Ceiling(r + latency)))
                {
                    detector.Beat(r, latency, beat.Class, late);
                }

                if (beat.Mishap is > 1 and < 9)
                {
                    mishaps[(long)r + 30] = beat.Mishap;
                }
            }

            var options = new GateOptions { MinimumInterval = TimeSpan.FromMilliseconds(minimumInterval) };
            var harness = new CoreHarness(detector, options);
            harness.Arm();
            var armedSince = 0L;
            foreach (var (index, mishap) in mishaps)
            {
                harness.RunTo(index);
                switch (mishap)
                {
                    case 2:
                        harness.Disarm();
                        harness.Arm();
                        armedSince = index;
                        break;
                    case 3:
                        harness.Feed(new EcgSample(index, 0, 0, SampleStatus.Lead0Off));
                        break;
                    case 4:
                        harness.Feed(new EcgSample(index + (beats.Length % 40), 0));
                        break;
                    case 5:
                        harness.Timer.InjectedLatenessNanoseconds = 3_000_000;
                        break;
                    default:
                        harness.Timer.InjectedLatenessNanoseconds = 500_000;
                        break;
                }
            }

            harness.RunTo((long)r + 500);
            harness.Stop();

            var ledger = harness.Core.Ledger;
            ledger.Beats.Should().Be(harness.Core.DetectedBeats);
            (ledger.Fired + ledger.Withheld + ledger.Missed).Should().Be(ledger.Beats);
            harness.Outcomes.Select(o => o.BeatNumber).Should().OnlyHaveUniqueItems();
            harness.Outcomes.Should().HaveCount((int)ledger.Beats);
            harness.Line.Raised.Should().Be((int)ledger.Fired);
            harness.Line.IsHigh.Should().BeFalse();
            var fired = harness.Outcomes.Where(o => o.Outcome == Outcome.Fired).ToList();
            fired.Should().OnlyContain(o => o.Beat.Class == BeatClass.Normal || o.Beat.Class == BeatClass.Paced);
            fired.Should().OnlyContain(o => o.Reason == Reason.None && !o.Beat.IsLate);
            fired.Select(o => o.PulseTime.Samples - o.Beat.RTime.Samples).Should().OnlyContain(d => d >= 50 - 1e-3 && d <= 51 + 1e-3);
            fired.Zip(fired.Skip(1)).Should().OnlyContain(p => p.Second.PulseTime.Samples - p.First.PulseTime.Samples >= minimumInterval - 1e-3);
            harness.Outcomes.Where(o => o.Outcome != Outcome.Fired).Should().OnlyContain(o => o.Reason != Reason.None && double.IsNaN(o.PulseTime.Samples));
            fired.Should().OnlyContain(o => harness.Outcomes.Count(p => p.Beat.RTime < o.Beat.RTime && p.Beat.RTime.Samples > 0) >= 8);
            _ = armedSince;
        }, iter: 400);
    }

    [Fact]
    public void The_same_calls_give_the_same_outcomes_bit_for_bit()
    {
        static List<BeatOutcome> Once()
        {
            var detector = Regular(10).Beat(10_133.7, 22.2, BeatClass.Ectopic).Beat(11_500, 20).Beat(12_500.1, 20);
            return RunArmed(detector, 13_000).Outcomes;
        }

        Once().Should().Equal(Once());
    }
}
