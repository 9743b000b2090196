using CsCheck;
using EcgGate.Detection;
using EcgGate.Emulator.Patient;
using EcgGate.Signals;
using static EcgGate.Tests.Detection.Decisions;

namespace EcgGate.Tests.Detection;

public sealed class PanTompkinsDetectorTests
{
    /// <summary>All but the last beats of a signal can have been decided by its end.</summary>
    private const double LatestSeconds = 0.45;

    public static TheoryData<double> Rates => [125, 128, 200, 250, 360, 500, 1000, 2000];

    [Theory]
    [MemberData(nameof(Rates))]
    public void On_a_clean_signal_every_R_is_found_late_but_within_a_millisecond(double rate)
    {
        var ecg = new SyntheticEcg(rate).Rhythm(0.6, 29);

        var decisions = Of(new PanTompkinsDetector(rate), ecg.Render(30));

        decisions.Should().HaveCount(ecg.RTimes.Count);
        for (var i = 0; i < decisions.Count; i++)
        {
            (decisions[i].RTime.ToSeconds(rate) - ecg.RTimes[i]).Should().BeInRange(-0.001, 0.001);
            decisions[i].IsLate.Should().BeTrue();
            decisions[i].AmplitudeMillivolts.Should().BeInRange(0.8f, 1.2f);
        }

        // The two seconds of learning come out at once; from then on each as its peak of the integral is past.
        decisions.Where(d => d.RTime.ToSeconds(rate) > 3).Select(d => (d.DecisionIndex - d.RTime.Samples) / rate)
            .Should().OnlyContain(latency => latency > 0.2 && latency < 0.35);
    }

    [Theory]
    [InlineData(125)]
    [InlineData(360)]
    [InlineData(1000)]
    public void A_patient_with_extrasystoles_is_followed_beat_for_beat(double rate)
    {
        AllAreFound("sinus-pvc?duration=120&noise=muscle:0.02", rate);
    }

    [Theory]
    [InlineData("sinus-75?duration=60")]
    [InlineData("low-amplitude?duration=60")]
    [InlineData("high-amplitude?duration=60")]
    [InlineData("sinus-75?duration=60&invert=0")]
    [InlineData("sinus-75?duration=60&gain=0.3")]
    [InlineData("tall-t?duration=60")]
    [InlineData("brady-35?duration=120")]
    [InlineData("tachy-150?duration=60")]
    [InlineData("atrial-fibrillation?duration=120")]
    [InlineData("bundle-branch-block?duration=60")]
    [InlineData("pvc-bigeminy?duration=60")]
    [InlineData("paced?duration=60")]
    [InlineData("sinus-75?duration=60&mains=50:1")]
    [InlineData("sinus-75?duration=60&mains=60:1")]
    [InlineData("sinus-75?duration=60&wander=1")]
    [InlineData("sinus-75?duration=60&dc=300")]
    public void Each_of_these_patients_is_followed_beat_for_beat(string scenario)
    {
        AllAreFound(scenario, 500);
    }

    [Theory]
    [InlineData(300f)]
    [InlineData(-300f)]
    public void A_DC_step_at_the_start_or_later_does_not_lock_it(float step)
    {
        // Published detectors that learn from the largest peak of the first seconds find nothing after this.
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 }.Rhythm(0.7, 60);
        var signal = ecg.Render(60);
        for (var i = 0; i < signal.Length; i++)
        {
            signal[i] += (i > 150 ? step : 0) + (i > 15_000 ? step : 0);
        }

        var decisions = Of(new PanTompkinsDetector(500), signal);

        var judged = ecg.RTimes.Where(r => r is > 2 and < 30 or > 32 and < 60 - LatestSeconds).ToList();
        Matched(judged, decisions, 500, early: false).Should().Be(judged.Count);
        Foreign(ecg.RTimes, decisions, 500).Should().BeLessThanOrEqualTo(2);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(50)]
    public void After_a_minute_of_noise_beats_are_found(double peakToPeakMillivolts)
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.01 }.Rhythm(61, 100);
        var signal = ecg.Render(101);
        var random = new Random(3);
        for (var i = 0; i < 30_000; i++)
        {
            signal[i] += (float)(peakToPeakMillivolts * (random.NextDouble() - 0.5));
        }

        var decisions = Of(new PanTompkinsDetector(500), signal);

        // Four seconds without a beat, two to learn from.
        var judged = ecg.RTimes.Where(r => r > 66).ToList();
        Matched(judged, decisions, 500, early: false).Should().Be(judged.Count);
        Foreign(judged, decisions.FindAll(d => d.RTime.Samples > 66 * 500), 500).Should().Be(0);
    }

    [Theory]
    [InlineData(4.0)]
    [InlineData(0.25)]
    public void A_change_of_amplitude_costs_a_few_seconds_at_most(double change)
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 };
        for (var i = 0; i < 80; i++)
        {
            ecg.Beat(1 + (0.8 * i), i < 30 ? 1 : change);
        }

        var decisions = Of(new PanTompkinsDetector(500), ecg.Render(66));

        var judged = ecg.RTimes.Where(r => r is < 24 or > 30).ToList();
        Matched(judged, decisions, 500, early: false).Should().Be(judged.Count);
        Foreign(ecg.RTimes, decisions, 500).Should().Be(0);
    }

    [Fact]
    public void Artefacts_of_ten_times_the_height_do_not_lift_the_thresholds_above_the_beats()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 }.Rhythm(0.7, 60);
        var artefacts = new SyntheticEcg(500) { TWave = 0 };
        foreach (var r in ecg.RTimes.Where((_, i) => i % 20 == 10))
        {
            artefacts.Beat(r + 0.4, gain: 10);
        }

        var signal = ecg.Render(60).Zip(artefacts.Render(60), (a, b) => a + b).ToArray();
        var decisions = Of(new PanTompkinsDetector(500), signal);

        var judged = ecg.RTimes.Where(r => r < 60 - LatestSeconds).ToList();
        Matched(judged, decisions, 500, early: false).Should().BeGreaterThanOrEqualTo(judged.Count - 1);
    }

    [Fact]
    public void Search_back_finds_the_beat_that_was_too_small_at_its_own_place()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.002 };
        double[] small = [30, 55];
        for (var i = 0; i < 80; i++)
        {
            ecg.Beat(1 + (0.8 * i), small.Contains(i) ? 0.45 : 1);
        }

        var decisions = Of(new PanTompkinsDetector(500), ecg.Render(66));

        decisions.Should().HaveCount(80);
        Matched(ecg.RTimes, decisions, 500, early: false).Should().Be(80);
        foreach (var i in small)
        {
            // Not when it came, but when it was overdue: 1.66 RR after the beat before it.
            var found = Near(decisions, 1 + (0.8 * i), 500);
            ((found.DecisionIndex / 500.0) - (1 + (0.8 * (i - 1)))).Should().BeInRange(1.66 * 0.8, (1.66 * 0.8) + 0.4);
        }
    }

    [Fact]
    public void After_a_step_of_the_rate_search_back_uses_the_new_intervals()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 };
        var t = 1.0;
        for (; t < 30; t += 0.5)
        {
            ecg.Beat(t);
        }

        for (; t < 90; t += 1.5)
        {
            ecg.Beat(t);
        }

        var decisions = Of(new PanTompkinsDetector(500), ecg.Render(92));

        Matched(ecg.RTimes, decisions, 500, early: false).Should().Be(ecg.RTimes.Count);
        Foreign(ecg.RTimes, decisions.FindAll(d => d.RTime.Samples > 45 * 500), 500).Should().Be(0);
    }

    [Fact]
    public void Lead_off_and_a_gap_are_no_pauses_and_beats_come_again_at_once()
    {
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.005 }.Rhythm(0.7, 60);
        var signal = ecg.Render(60);
        var detector = new PanTompkinsDetector(500);
        var decisions = new List<BeatDecision>();
        for (var i = 0; i < signal.Length; i++)
        {
            var isOff = i is >= 7_500 and < 12_500;
            if (i is >= 20_000 and < 21_500)
            {
                continue;
            }

            var value = isOff ? 310f : signal[i] + (i >= 12_500 ? -40 : 0);
            if (detector.Process(new EcgSample(i, value, 0, isOff ? SampleStatus.Lead0Off : SampleStatus.None), out var decision))
            {
                decisions.Add(decision);
            }

            detector.Conditions.HasFlag(SignalConditions.LeadOff).Should().Be(i is >= 7_500 and < 12_749);
            if (i is > 2_000 and < 7_500 or > 12_750 and < 20_000 or > 21_750)
            {
                detector.Conditions.Should().Be(SignalConditions.Good);
            }
        }

        Foreign(ecg.RTimes, decisions, 500).Should().Be(0);
        decisions.Should().NotContain(d => d.RTime.Samples > 7_500 && d.RTime.Samples < 12_500);
        var judged = ecg.RTimes.Where(r => r is < 14.7 or > 26 and < 39.7 or > 43.8 and < 60 - LatestSeconds).ToList();
        Matched(judged, decisions, 500, early: false).Should().Be(judged.Count);
    }

    [Fact]
    public void Saturation_costs_a_few_seconds_at_most()
    {
        var source = new PatientSource(new VirtualPatient(ScenarioCatalog.Get("sinus-75?duration=60&saturation=5@20-22")), 500);
        var truth = Truth("sinus-75?duration=60", 500);

        var decisions = Of(new PanTompkinsDetector(500), source);

        var judged = truth.Where(r => r is > 1 and < 20 or > 24 and < 60 - LatestSeconds).ToList();
        Matched(judged, decisions, 500, early: false).Should().Be(judged.Count);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(250f)]
    [InlineData(float.NaN)]
    public void A_constant_input_has_no_beats_and_is_not_good(float value)
    {
        var detector = new PanTompkinsDetector(500);
        for (var i = 0; i < 10_000; i++)
        {
            detector.Process(new EcgSample(i, value), out _).Should().BeFalse();
        }

        detector.Conditions.Should().HaveFlag(SignalConditions.Poor);
    }

    [Fact]
    public void What_is_too_small_for_a_heart_is_no_beat()
    {
        var ecg = new SyntheticEcg(500) { Gain = 0.03, NoiseMillivolts = 0.002 }.Rhythm(1, 60);

        Of(new PanTompkinsDetector(500), ecg.Render(60)).Should().BeEmpty();
    }

    [Fact]
    public void It_gives_no_verdict_on_itself()
    {
        var signal = new SyntheticEcg(500).Rhythm(1, 20).Render(20);
        var detector = new PanTompkinsDetector(500);
        for (var i = 0; i < signal.Length; i++)
        {
            detector.Process(new EcgSample(i, signal[i]), out _);
            detector.TryTakeVerdict(out _, out _).Should().BeFalse();
        }
    }

    [Fact]
    public void Whatever_comes_in_decisions_are_ordered_and_finite()
    {
        var piece = Gen.Select(Gen.Int[0, 5], Gen.Float[-20, 20], Gen.Int[1, 600]);
        Gen.Select(Gen.OneOf(Gen.Const(125.0), Gen.Const(360.0), Gen.Const(1000.0)), piece.Array[1, 40], Gen.Int[0, 1000]).Sample((rate, pieces, seed) =>
        {
            var detector = new PanTompkinsDetector(rate);
            var random = new Random(seed);
            var index = (long)random.Next(1000);
            var first = index;
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
                        decision.RTime.Samples.Should().BeInRange(first, index);
                        (decision.RTime.Samples - lastR).Should().BeGreaterThanOrEqualTo(0.2 * rate * 0.999);
                        lastR = decision.RTime.Samples;
                        decision.Confidence.Should().BeInRange(0, 1);
                        float.IsFinite(decision.AmplitudeMillivolts).Should().BeTrue();
                        decision.IsLate.Should().Be(index - lastR > 0.042 * rate);
                    }

                    index += random.Next(500) == 0 ? random.Next(1, 5000) : 1;
                }
            }
        });
    }

    [Fact]
    public void A_reset_detector_is_as_new_and_equal_samples_give_equal_decisions()
    {
        var signal = new SyntheticEcg(360) { NoiseMillivolts = 0.05 }.Rhythm(1, 20).Render(20);
        var detector = new PanTompkinsDetector(360);
        var first = Of(detector, signal);
        detector.Reset();

        first.Should().NotBeEmpty();
        Of(detector, signal).Should().Equal(first);
        Of(new PanTompkinsDetector(360), signal).Should().Equal(first);
    }

    [Fact]
    public void A_million_samples_allocate_nothing()
    {
        var signal = new SyntheticEcg(500) { NoiseMillivolts = 0.1 }.Rhythm(1, 20).Render(20);
        var detector = new PanTompkinsDetector(500);
        Run(20_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                detector.Process(new EcgSample(i, signal[i % signal.Length]), out _);
            }
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4000)]
    [InlineData(double.NaN)]
    public void A_rate_out_of_range_is_refused(double rate)
    {
        var make = () => new PanTompkinsDetector(rate);
        make.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*125*2,000 Hz*");
    }

    private static void AllAreFound(string scenario, double rate)
    {
        var decisions = Of(new PanTompkinsDetector(rate), new PatientSource(new VirtualPatient(ScenarioCatalog.Get(scenario)), rate));
        var truth = Truth(scenario, rate);
        var judged = truth.Where(r => r > 0.3 && r < truth[^1] - LatestSeconds).ToList();

        judged.Count(r => decisions.Exists(d => Math.Abs(d.RTime.ToSeconds(rate) - r) < 0.05)).Should().Be(judged.Count);
        Foreign(truth, decisions, rate).Should().Be(0);
    }

    private static List<double> Truth(string scenario, double rate)
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get(scenario));
        var source = new PatientSource(patient, rate);
        return [.. patient.Truth.BeatsBetween(0, source.Info.LengthSamples!.Value / rate).Select(beat => beat.RSeconds)];
    }
}
