using CsCheck;
using EcgGate.Detection;
using EcgGate.Signals;
using static EcgGate.Tests.Detection.Decisions;

namespace EcgGate.Tests.Detection;

public sealed class RWaveDetectorTests
{
    public static TheoryData<double> Rates => [125, 250, 360, 500, 1000, 2000];

    [Theory]
    [MemberData(nameof(Rates))]
    public void On_a_clean_signal_every_R_is_found_early_and_within_a_millisecond(double rate)
    {
        var ecg = new SyntheticEcg(rate).Rhythm(1, 29);

        var decisions = Detect(rate, ecg.Render(30));

        Times(decisions).Should().HaveCount(ecg.RTimes.Count);
        for (var i = 0; i < decisions.Count; i++)
        {
            (decisions[i].RTime.ToSeconds(rate) - ecg.RTimes[i]).Should().BeInRange(-0.001, 0.001);
            decisions[i].IsLate.Should().BeFalse();
            ((decisions[i].DecisionIndex / rate) - ecg.RTimes[i]).Should().BeLessThan(0.042);
        }

        decisions.Skip(3).Should().OnlyContain(d => d.Class == BeatClass.Normal && d.TemplateResidual < 0.2f && d.Confidence > 0.9f);
        decisions.Skip(3).Should().OnlyContain(d => d.AmplitudeMillivolts > 0.8f && d.AmplitudeMillivolts < 1.2f);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(5)]
    [InlineData(-1)]
    public void Small_large_and_inverted_leads_are_found_from_the_first_beats_on(double gain)
    {
        var ecg = new SyntheticEcg(500) { Gain = gain, NoiseMillivolts = 0.01 }.Rhythm(0.7, 20);

        var decisions = Detect(500, ecg.Render(20.5));

        Matched(ecg.RTimes.Skip(2), decisions, 500, early: true).Should().Be(ecg.RTimes.Count - 2);
        // One P wave may pass for a beat while no beat has shown the scale.
        decisions.Should().HaveCountLessThanOrEqualTo(ecg.RTimes.Count + 1);
    }

    [Fact]
    public void A_tall_T_wave_is_not_counted()
    {
        // The case of IEC 60601-2-27: T of 1.2 mV beside a QRS of 1 mV.
        var ecg = new SyntheticEcg(500) { TWave = 1.2, QrsWidth = 0.016 }.Rhythm(1, 40);

        var decisions = Detect(500, ecg.Render(41));

        decisions.Should().HaveCount(ecg.RTimes.Count);
        Matched(ecg.RTimes, decisions, 500, early: false).Should().Be(ecg.RTimes.Count);
    }

    [Fact]
    public void A_wide_premature_beat_is_found_and_not_called_normal()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.01 };
        var wide = new List<double>();
        var t = 1.0;
        for (var i = 0; i < 60; i++)
        {
            var isWide = i > 10 && i % 6 == 0;
            if (isWide)
            {
                t -= 0.3;
                wide.Add(t);
            }

            ecg.Beat(t, wide: isWide);
            t += isWide ? 1.1 : 0.8;
        }

        var decisions = Detect(500, ecg.Render(t + 1));

        Matched(ecg.RTimes, decisions, 500, early: false).Should().Be(ecg.RTimes.Count);
        foreach (var time in wide)
        {
            Near(decisions, time, 500).Class.Should().NotBe(BeatClass.Normal);
        }

        foreach (var time in ecg.RTimes.Except(wide).Skip(4))
        {
            Near(decisions, time, 500).Class.Should().Be(BeatClass.Normal);
        }
    }

    [Theory]
    [InlineData(4.0)]
    [InlineData(0.25)]
    public void After_a_change_of_amplitude_the_third_beat_at_the_latest_is_found_early(double change)
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 };
        for (var i = 0; i < 60; i++)
        {
            ecg.Beat(1 + (0.8 * i), i < 30 ? 1 : change);
        }

        var decisions = Detect(500, ecg.Render(50));

        Matched(ecg.RTimes.Skip(33), decisions, 500, early: true).Should().Be(27);
        // The P wave of the first beat after the step is as large as the beats before it.
        decisions.Should().HaveCountLessThanOrEqualTo(61);
    }

    [Theory]
    [InlineData(300f)]
    [InlineData(-300f)]
    [InlineData(3f)]
    public void A_step_of_the_electrode_offset_costs_at_most_two_seconds(float step)
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 }.Rhythm(0.7, 40);
        var signal = ecg.Render(40);
        for (var i = 0; i < signal.Length; i++)
        {
            signal[i] += 150 + (i >= 10_100 ? step : 0);
        }

        var decisions = Detect(500, signal);

        Matched(ecg.RTimes.Where(r => r is < 20 or > 22.2), decisions, 500, early: true)
            .Should().Be(ecg.RTimes.Count(r => r is < 20 or > 22.2));
        Foreign(ecg.RTimes, decisions, 500).Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    public void After_lead_off_it_decides_again_within_two_seconds_and_says_so_meanwhile()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 }.Rhythm(0.7, 40);
        var signal = ecg.Render(40);
        var detector = new RWaveDetector(500);
        var decisions = new List<BeatDecision>();
        for (var i = 0; i < signal.Length; i++)
        {
            var isOff = i is >= 7_500 and < 10_000;
            var value = isOff ? 310f : signal[i] + (i >= 10_000 ? -40 : 0);
            if (detector.Process(new EcgSample(i, value, 0, isOff ? SampleStatus.Lead0Off : SampleStatus.None), out var decision))
            {
                decisions.Add(decision);
            }

            if (isOff)
            {
                detector.Conditions.Should().HaveFlag(SignalConditions.LeadOff);
            }
            else if (i is < 7_500 and > 2_500 or > 11_000)
            {
                detector.Conditions.Should().Be(SignalConditions.Good);
            }
        }

        decisions.Should().NotContain(d => d.RTime.Samples > 7_550 && d.RTime.Samples < 10_000);
        Matched(ecg.RTimes.Where(r => r > 22), decisions, 500, early: true).Should().Be(ecg.RTimes.Count(r => r > 22));
    }

    [Fact]
    public void A_gap_restarts_the_filters_and_time_stays_true()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 }.Rhythm(0.7, 40);
        var signal = ecg.Render(40);
        var detector = new RWaveDetector(500);
        var decisions = new List<BeatDecision>();
        for (var i = 0; i < signal.Length; i++)
        {
            if (i is >= 7_500 and < 9_000)
            {
                continue;
            }

            var status = i == 9_000 ? SampleStatus.GapBefore : SampleStatus.None;
            if (detector.Process(new EcgSample(i, signal[i] + (i >= 9_000 ? 100 : 0), 0, status), out var decision))
            {
                decisions.Add(decision);
            }
        }

        Foreign(ecg.RTimes, decisions, 500).Should().Be(0);
        Matched(ecg.RTimes.Where(r => r is < 14.9 or > 20), decisions, 500, early: true)
            .Should().Be(ecg.RTimes.Count(r => r is < 14.9 or > 20));
    }

    [Fact]
    public void After_a_minute_of_noise_beats_are_found()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.01 }.Rhythm(61, 90);
        var signal = ecg.Render(91);
        var random = new Random(3);
        for (var i = 0; i < 30_000; i++)
        {
            signal[i] += (float)(4 * (random.NextDouble() - 0.5));
        }

        var decisions = Detect(500, signal);

        Matched(ecg.RTimes.Where(r => r > 63), decisions, 500, early: true).Should().Be(ecg.RTimes.Count(r => r > 63));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(250f)]
    [InlineData(float.NaN)]
    public void A_constant_input_has_no_beats_and_is_not_good(float value)
    {
        var detector = new RWaveDetector(500);
        for (var i = 0; i < 30_000; i++)
        {
            detector.Process(new EcgSample(i, value), out _).Should().BeFalse();
        }

        detector.Conditions.Should().NotBe(SignalConditions.Good);
    }

    [Fact]
    public void Values_that_are_no_numbers_do_no_lasting_harm()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 }.Rhythm(0.7, 30);
        var signal = ecg.Render(30);
        for (var i = 5_000; i < 5_400; i++)
        {
            signal[i] = i % 2 == 0 ? float.NaN : float.NegativeInfinity;
        }

        var decisions = Detect(500, signal);

        Matched(ecg.RTimes.Where(r => r is < 9.9 or > 12.5), decisions, 500, early: true)
            .Should().Be(ecg.RTimes.Count(r => r is < 9.9 or > 12.5));
    }

    [Fact]
    public void A_blanked_pulse_is_no_beat_and_costs_none()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 }.Rhythm(0.7, 60);
        var signal = ecg.Render(60);
        foreach (var r in ecg.RTimes)
        {
            // The pulse: 3 mV into the amplifier at R + 50 ms, ringing off over 50 ms.
            for (var i = (int)((r + 0.05) * 500); i < (r + 0.1) * 500; i++)
            {
                signal[Math.Min(i, signal.Length - 1)] += (float)(3 * Math.Cos(i) * Math.Exp(-(i - ((r + 0.05) * 500)) / 10));
            }
        }

        var detector = new RWaveDetector(500);
        var decisions = new List<BeatDecision>();
        for (var i = 0; i < signal.Length; i++)
        {
            if (detector.Process(new EcgSample(i, signal[i]), out var decision))
            {
                decisions.Add(decision);
                detector.Blank(new SampleTime(decision.RTime.Samples + 24), new SampleTime(decision.RTime.Samples + 55));
            }
        }

        Foreign(ecg.RTimes, decisions, 500).Should().Be(0);
        Matched(ecg.RTimes, decisions, 500, early: true).Should().BeGreaterThanOrEqualTo(ecg.RTimes.Count - 2);
    }

    [Theory]
    [InlineData(2f, 0.002)]
    [InlineData(-700f, 0.002)]
    [InlineData(700f, 0.0005)]
    public void A_pacing_spike_is_not_R_and_makes_the_beat_paced(float height, double width)
    {
        var ecg = new SyntheticEcg(2000) { QrsWidth = 0.025 }.Rhythm(1, 20);
        var signal = ecg.Render(20.5);
        foreach (var r in ecg.RTimes)
        {
            for (var i = (int)((r - 0.08) * 2000); i < (r - 0.08 + width) * 2000; i++)
            {
                signal[i] += height;
            }
        }

        var decisions = Detect(2000, signal);

        decisions.Should().HaveCount(ecg.RTimes.Count);
        Matched(ecg.RTimes, decisions, 2000, early: false).Should().Be(ecg.RTimes.Count);
        decisions.Skip(2).Should().OnlyContain(d => d.Class == BeatClass.Paced);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(30)]
    [InlineData(200)]
    [InlineData(250)]
    public void Slow_and_fast_rhythms_are_followed(double perMinute)
    {
        var interval = 60 / perMinute;
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005, TWave = perMinute > 150 ? 0.05 : 0.25 };
        for (var t = 1.0; t < 59; t += interval)
        {
            ecg.Beat(t);
        }

        var decisions = Detect(500, ecg.Render(60));

        Foreign(ecg.RTimes, decisions, 500).Should().Be(0);
        Matched(ecg.RTimes.Skip(3), decisions, 500, early: true).Should().Be(ecg.RTimes.Count - 3);
    }

    [Fact]
    public void Whatever_comes_in_decisions_are_ordered_timely_and_finite()
    {
        var piece = Gen.Select(Gen.Int[0, 5], Gen.Float[-20, 20], Gen.Int[1, 300]);
        Gen.Select(Gen.OneOf(Gen.Const(125.0), Gen.Const(360.0), Gen.Const(1000.0)), piece.Array[1, 25], Gen.Int[0, 1000]).Sample((rate, pieces, seed) =>
        {
            var options = new DetectorOptions();
            var detector = new RWaveDetector(rate, options);
            var random = new Random(seed);
            var index = 0L;
            var lastR = double.NegativeInfinity;
            foreach (var (kind, size, length) in pieces)
            {
                for (var i = 0; i < length; i++)
                {
                    var value = kind switch
                    {
                        0 => size,
                        1 => size * (float)random.NextDouble(),
                        2 => size * (float)Math.Exp(-Math.Pow((i - (length / 2.0)) / (0.012 * rate), 2)),
                        3 => float.MaxValue * size,
                        4 => random.Next(10) == 0 ? float.NaN : size * (float)Math.Sin(0.3 * i),
                        _ => random.Next(2) * size * 1e4f,
                    };
                    var status = random.Next(200) == 0 ? (SampleStatus)random.Next(128) : SampleStatus.None;
                    if (detector.Process(new EcgSample(index, value, 0, status), out var decision))
                    {
                        decision.DecisionIndex.Should().Be(index);
                        decision.RTime.Samples.Should().BeLessThanOrEqualTo(index);
                        (decision.RTime.Samples - lastR).Should().BeGreaterThanOrEqualTo(options.Refractory.TotalSeconds * rate * 0.99);
                        lastR = decision.RTime.Samples;
                        float.IsFinite(decision.Confidence).Should().BeTrue();
                        float.IsFinite(decision.AmplitudeMillivolts).Should().BeTrue();
                        float.IsInfinity(decision.TemplateResidual).Should().BeFalse();
                        if (!decision.IsLate)
                        {
                            (index - decision.RTime.Samples).Should().BeLessThanOrEqualTo((options.DecisionHorizon.TotalSeconds * rate) + 1);
                        }
                    }

                    while (detector.TryTakeVerdict(out var time, out _))
                    {
                        time.Samples.Should().BeLessThanOrEqualTo(index);
                    }

                    index += random.Next(500) == 0 ? random.Next(1, 5000) : 1;
                }
            }
        });
    }

    [Fact]
    public void Every_early_decision_gets_one_verdict()
    {
        var ecg = new SyntheticEcg(360) { NoiseMillivolts = 0.05 }.Rhythm(1, 60);
        var signal = ecg.Render(62);
        var detector = new RWaveDetector(360);
        var open = new List<double>();
        var verdicts = 0;
        for (var i = 0; i < signal.Length; i++)
        {
            if (detector.Process(new EcgSample(i, signal[i]), out var decision) && !decision.IsLate)
            {
                open.Add(decision.RTime.Samples);
            }

            while (detector.TryTakeVerdict(out var time, out _))
            {
                open.Remove(time.Samples).Should().BeTrue();
                (i - time.Samples).Should().BeInRange(0.2 * 360, 0.5 * 360);
                verdicts++;
            }
        }

        open.Should().BeEmpty();
        verdicts.Should().BeGreaterThan(60);
    }

    [Fact]
    public void A_reset_detector_is_as_new()
    {
        var signal = new SyntheticEcg(360) { NoiseMillivolts = 0.05 }.Rhythm(1, 20).Render(20);
        var detector = new RWaveDetector(360);
        var first = Of(detector, signal);
        detector.Reset();

        Of(detector, signal).Should().Equal(first);
    }

    [Fact]
    public void A_million_samples_allocate_nothing()
    {
        var signal = new SyntheticEcg(500) { NoiseMillivolts = 0.1 }.Rhythm(1, 20).Render(20);
        var detector = new RWaveDetector(500);
        Run(20_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                detector.Process(new EcgSample(i, signal[i % signal.Length]), out _);
                while (detector.TryTakeVerdict(out _, out _))
                {
                }
            }
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4000)]
    [InlineData(double.NaN)]
    public void A_rate_out_of_range_is_refused(double rate)
    {
        var make = () => new RWaveDetector(rate);
        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*125*2,000 Hz*");
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        var make = () => new RWaveDetector(500, new DetectorOptions { DecisionHorizon = TimeSpan.FromMilliseconds(5) });
        make.Should().Throw<ArgumentException>().WithMessage("*Decision horizon is 5 ms*");
    }

    private static List<BeatDecision> Detect(double rate, float[] signal) => Of(new RWaveDetector(rate), signal);
}
