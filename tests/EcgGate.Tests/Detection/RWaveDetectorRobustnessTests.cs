using CsCheck;
using EcgGate.Detection;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Tests.Detection;

/// <summary>What a real recording does to a detector, one thing at a time, each with exact truth.</summary>
public sealed class RWaveDetectorRobustnessTests
{
    // A decision belongs to a beat if R is within this: far less than the 150 ms of EC57, since the truth is exact.
    private const double SameBeatSeconds = 0.02;


    [Theory]
    [InlineData(250)]
    [InlineData(500)]
    [InlineData(1000)]
    public void An_inverted_lead_is_read_like_an_upright_one(double rate)
    {
        var run = Run.Of("sinus-75?invert=0&noise=muscle:0.02&duration=60", rate);

        run.FoundEarly(from: 2).Should().Be(run.Beats(from: 2));
        run.False().Should().Be(0);
        run.Decisions.Skip(3).Should().OnlyContain(d => d.AmplitudeMillivolts < 0);
    }

    [Theory]
    [InlineData(250)]
    [InlineData(500)]
    public void A_lead_that_turns_over_in_mid_record_is_read_again_from_the_third_beat_on(double rate)
    {
        var run = Run.Of("sinus-75?step=-1@30-&noise=muscle:0.01&duration=60", rate);

        run.FoundEarly(to: 29.9).Should().Be(run.Beats(to: 29.9));
        var third = run.Truth.Where(r => r > 30).ElementAt(2);
        run.FoundEarly(from: third).Should().Be(run.Beats(from: third));
        run.False(from: third).Should().Be(0);
    }

    [Theory]
    [InlineData(4, 250)]
    [InlineData(4, 1000)]
    [InlineData(0.25, 250)]
    [InlineData(0.25, 1000)]
    public void A_step_of_the_amplitude_is_recovered_from_within_three_beats(double factor, double rate)
    {
        var run = Run.Of(FormattableString.Invariant($"sinus-75?step={factor}@30-&noise=muscle:0.01&duration=60"), rate);

        run.FoundEarly(from: 2, to: 29.9).Should().Be(run.Beats(from: 2, to: 29.9));
        var fourth = run.Truth.Where(r => r > 30).ElementAt(3);
        run.FoundEarly(from: fourth).Should().Be(run.Beats(from: fourth));
        run.False(from: fourth - 0.2).Should().Be(0);
        run.False(from: 2).Should().BeLessThanOrEqualTo(2, "the step itself, and the P wave after it, are as steep as beats were");
    }

    [Theory]
    [InlineData(300)]
    [InlineData(-300)]
    public void An_electrode_offset_from_the_start_costs_nothing(double millivolts)
    {
        var with = Run.Of(FormattableString.Invariant($"sinus-75?dc={millivolts}&noise=muscle:0.02&duration=30"), 500);

        with.FoundEarly(from: 2).Should().Be(with.Beats(from: 2));
        with.False().Should().Be(0);
    }

    [Theory]
    [InlineData(0.4, 300)]
    [InlineData(0.4, -5)]
    [InlineData(1.5, 2)]
    [InlineData(15.3, 300)]
    [InlineData(15.3, -300)]
    [InlineData(15.3, 1)]
    [InlineData(15.3, -1)]
    public void A_step_of_the_electrode_offset_costs_no_more_than_two_seconds_and_one_false_beat(double at, double millivolts)
    {
        var run = Run.Of(FormattableString.Invariant($"sinus-75?dc={millivolts}@{at}-&noise=muscle:0.02&duration=30"), 500);

        run.FoundEarly(from: at + 2).Should().Be(run.Beats(from: at + 2));
        run.FoundEarly(from: 2, to: at - 0.1).Should().Be(run.Beats(from: 2, to: at - 0.1));
        run.False(from: at + 0.3).Should().Be(0);
        run.False().Should().BeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("leadoff=0@20-25", 500, SignalConditions.LeadOff)]
    [InlineData("leadoff=0@20-50", 250, SignalConditions.LeadOff)]
    [InlineData("saturation=410@20-21", 500, SignalConditions.Saturated)]
    [InlineData("saturation=-410@20-25", 1000, SignalConditions.Saturated)]
    public void After_lead_off_or_saturation_it_decides_again_within_two_seconds_of_signal(string what, double rate, SignalConditions condition)
    {
        var end = double.Parse(what.Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var run = Run.Of($"sinus-75?{what}&noise=muscle:0.02&duration={end + 30:0}", rate);

        run.FoundEarly(from: 2, to: 19.9).Should().Be(run.Beats(from: 2, to: 19.9));
        run.DecisionsBetween(20.1, end).Should().BeEmpty();
        run.FoundEarly(from: end + 2).Should().Be(run.Beats(from: end + 2));
        run.False(from: end + 2).Should().Be(0);
        run.ConditionsAt(20.2).Should().HaveFlag(condition);
        run.ConditionsAt(end - 0.1).Should().HaveFlag(condition);
        run.ConditionsAt(end + 2).Should().Be(SignalConditions.Good);
    }

    [Fact]
    public void A_rail_that_no_front_end_reports_is_seen_in_the_signal()
    {
        // 3 mV and nothing marked: a preamplifier before the converter is at its limit.
        var run = Run.Of("sinus-75?saturation=3@20-25&noise=muscle:0.02&duration=50", 500);

        run.DecisionsBetween(20.1, 25).Should().BeEmpty();
        run.ConditionsAt(20.5).Should().NotBe(SignalConditions.Good);
        run.FoundEarly(from: 27).Should().Be(run.Beats(from: 27));
    }

    [Theory]
    [InlineData(50, 250)]
    [InlineData(50, 360)]
    [InlineData(50, 500)]
    [InlineData(50, 1000)]
    [InlineData(60, 250)]
    [InlineData(60, 360)]
    [InlineData(60, 500)]
    [InlineData(60, 1000)]
    public void A_millivolt_of_mains_hides_no_beat_and_makes_none(double hertz, double rate)
    {
        var run = Run.Of(FormattableString.Invariant($"sinus-75?mains={hertz}:1&duration=60"), rate);

        run.Found(from: 3).Should().Be(run.Beats(from: 3));
        run.False(from: 3).Should().Be(0);
    }

    [Theory]
    [InlineData(2, 0.1)]
    [InlineData(-2, 2)]
    [InlineData(2, 2)]
    [InlineData(-20, 0.5)]
    [InlineData(20, 2)]
    [InlineData(200, 1)]
    [InlineData(700, 0.1)]
    [InlineData(700, 2)]
    [InlineData(-700, 0.1)]
    [InlineData(-700, 2)]
    public void A_pacing_spike_is_not_taken_for_the_R_that_it_makes(double millivolts, double milliseconds)
    {
        var run = Run.Of(FormattableString.Invariant($"paced?spike={millivolts}:{milliseconds}&duration=40"), 2000, rangeMillivolts: 1000);

        run.Found(from: 2).Should().Be(run.Beats(from: 2));
        run.False(from: 2).Should().Be(0);
    }

    [Theory]
    [InlineData(2, 0.1)]
    [InlineData(-2, 2)]
    [InlineData(2, 2)]
    [InlineData(-20, 0.5)]
    [InlineData(20, 2)]
    [InlineData(200, 1)]
    [InlineData(700, 0.1)]
    [InlineData(700, 2)]
    [InlineData(-700, 0.1)]
    [InlineData(-700, 2)]
    public void Pacing_spikes_out_of_step_with_the_heart_are_no_beats_and_hide_none(double millivolts, double milliseconds)
    {
        var ecg = new SyntheticEcg(2000) { NoiseMillivolts = 0.005 }.Rhythm(1, 39.5);
        var signal = ecg.Render(40);
        AddSpikes(signal, 2000, 0.83, millivolts, milliseconds);

        var run = new Run(ecg.RTimes, signal, 2000);

        run.Found(from: 2).Should().Be(run.Beats(from: 2));
        run.False(from: 2).Should().Be(0);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(-20, 0.5)]
    [InlineData(700, 0.1)]
    [InlineData(-700, 2)]
    public void Pacing_spikes_that_the_heart_does_not_answer_are_no_beats(double millivolts, double milliseconds)
    {
        var ecg = new SyntheticEcg(2000) { NoiseMillivolts = 0.005 }.Rhythm(1, 20);
        var signal = ecg.Render(50);
        AddSpikes(signal, 2000, 0.83, millivolts, milliseconds);

        new Run(ecg.RTimes, signal, 2000).DecisionsBetween(20.7, 50).Should().BeEmpty();
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(0.8)]
    [InlineData(1.0)]
    [InlineData(1.2)]
    public void A_tall_T_is_not_counted_from_the_first_beat_on(double tWave)
    {
        // IEC 60601-2-27: QRS 1 mV and 100 ms wide, T 180 ms wide, QT 350 ms, so T peaks some 210 ms after R.
        var triangles = new TriangleEcg(500) { TMillivolts = tWave };
        for (var t = 1.0; t < 59; t += 0.75)
        {
            triangles.Beat(t, 1, 0.1);
        }

        var run = new Run(triangles.RTimes, triangles.Render(60), 500);

        run.Found().Should().Be(run.Beats());
        run.False().Should().Be(0);
    }

    [Fact]
    public void The_virtual_patients_tall_T_is_not_counted()
    {
        var run = Run.Of("tall-t?duration=120", 500);

        run.Found(from: 1).Should().Be(run.Beats(from: 1));
        run.False().Should().Be(0);
    }

    public static TheoryData<double, double> Complexes()
    {
        var data = new TheoryData<double, double>();
        foreach (var millivolts in new[] { 0.5, 1, 2, 5 })
        {
            foreach (var width in new[] { 0.04, 0.07, 0.1, 0.12 })
            {
                data.Add(millivolts, width);
                data.Add(-millivolts, width);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Complexes))]
    public void Complexes_of_half_to_five_millivolts_and_40_to_120_ms_are_found(double millivolts, double width)
    {
        var triangles = new TriangleEcg(500) { TMillivolts = 0.2 * millivolts };
        for (var t = 1.0; t < 59; t += 0.75)
        {
            triangles.Beat(t, millivolts, width);
        }

        var run = new Run(triangles.RTimes, triangles.Render(60), 500);

        run.FoundEarly(from: 4).Should().Be(run.Beats(from: 4));
        run.False(from: 4).Should().Be(0);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(180)]
    [InlineData(220)]
    [InlineData(260)]
    [InlineData(300)]
    public void Rates_of_15_to_300_a_minute_are_counted_to_one_percent(double perMinute)
    {
        // Narrow and without T at the highest rates, as the simulators for heart rate meters have it.
        var triangles = new TriangleEcg(500) { TMillivolts = perMinute > 180 ? 0 : 0.2 };
        for (var t = 1.0; t < 89; t += 60 / perMinute)
        {
            triangles.Beat(t, 1, 0.06);
        }

        var run = new Run(triangles.RTimes, triangles.Render(90), 500);

        run.Found(from: 20).Should().Be(run.Beats(from: 20));
        run.False(from: 20).Should().Be(0);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(90)]
    public void The_irregular_rhythms_of_IEC_60601_2_27_are_counted(double perMinute)
    {
        // Ventricular bigeminy at 80, slow and rapid alternating bigeminy at 60 and 120, bidirectional systoles at 90. The
        // slow one alternates the coupling in pairs, the rapid one the width; R of every beat counts.
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.003, TWave = perMinute > 100 ? 0.12 : 0.25 };
        var pair = 120 / perMinute;
        for (var i = 0; 1 + (i * pair) < 88.5; i++)
        {
            var t = 1 + (i * pair);
            switch (perMinute)
            {
                case 90:
                    ecg.Beat(t, 0.8, wide: true).Beat(t + (0.5 * pair), -0.8, wide: true);
                    break;
                case 60:
                    ecg.Beat(t).Beat(t + (i % 4 < 2 ? 0.6 : 0.9), wide: true);
                    break;
                default:
                    ecg.Beat(t).Beat(t + (perMinute == 120 ? 0.40 : 0.55), wide: true);
                    break;
            }
        }

        var run = new Run(ecg.RTimes, ecg.Render(91), 500) { Tolerance = 0.1 };

        run.Found(from: 12).Should().Be(run.Beats(from: 12));
        run.False(from: 12).Should().Be(0);
        ((double)run.DecisionsBetween(25, 85).Count).Should().BeApproximately(perMinute, Math.Max(1, 0.01 * perMinute));
    }

    [Theory]
    [InlineData(80, 120)]
    [InlineData(80, 40)]
    public void A_step_of_the_rate_has_settled_within_11_seconds(double before, double after)
    {
        var triangles = new TriangleEcg(500);
        var t = 1.0;
        for (; t < 30; t += 60 / before)
        {
            triangles.Beat(t, 1, 0.08);
        }

        for (; t < 70; t += 60 / after)
        {
            triangles.Beat(t, 1, 0.08);
        }

        var signal = triangles.Render(70);
        var sink = new NoSink();
        var core = new GateCore(new GateOptions { MinimumRatePerMinute = 30, AsystoleAfter = TimeSpan.FromSeconds(3) }, 500, new RWaveDetector(500), sink);
        core.Arm();
        for (var i = 0; i < signal.Length; i++)
        {
            var sample = new EcgSample(i, signal[i]);
            core.Process(in sample);
            if (core.TryTakeOrder(out var order))
            {
                core.Report(order.BeatNumber, PulseResult.Fired, order.Deadline, 0);
            }

            if (i / 500.0 is > 20 and < 29)
            {
                core.HeartRatePerMinute.Should().BeApproximately(before, 1);
            }
            else if (i / 500.0 > 30 + 11)
            {
                core.HeartRatePerMinute.Should().BeApproximately(after, 1.2);
            }
        }
    }

    [Theory]
    [InlineData(60)]
    [InlineData(75)]
    [InlineData(100)]
    [InlineData(115)]
    public void The_artefact_and_twitch_of_delivered_pulses_are_no_beats_and_cost_none(double perMinute)
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get(FormattableString.Invariant($"sinus-75?rate={perMinute}&noise=muscle:0.02&duration=120")));
        var detector = new RWaveDetector(500);
        var decisions = new List<BeatDecision>();
        var pulse = double.NaN;
        for (var i = 0; i < 60_000; i++)
        {
            if (i >= pulse)
            {
                patient.DeliverPulse(pulse / 500);
                pulse = double.NaN;
            }

            var millivolts = (float)Math.Clamp(patient.Millivolts(0, i / 500.0), -400, 400);
            if (detector.Process(new EcgSample(i, millivolts), out var decision))
            {
                decisions.Add(decision);
                if (!decision.IsLate && i > 5_000)
                {
                    // As the gate does: at R + 50 ms, blanked for its 60 ms.
                    pulse = decision.RTime.Samples + 25;
                    detector.Blank(new SampleTime(pulse), new SampleTime(pulse + 30));
                }
            }
        }

        var run = new Run([.. patient.Truth.BeatsBetween(0, 119.5).Select(b => b.RSeconds)], decisions, 500);
        run.FoundEarly(from: 2).Should().Be(run.Beats(from: 2));
        run.False(from: 2).Should().Be(0);
    }

    [Theory]
    [InlineData("noise=muscle:1@0-60")]
    [InlineData("motion=5@0-60")]
    [InlineData("mains=50:3@0-60")]
    [InlineData("wander=20@0-60")]
    public void After_a_minute_of_noise_at_the_start_every_beat_is_found(string noise)
    {
        var run = Run.Of($"sinus-75?{noise}&duration=100", 500);

        run.FoundEarly(from: 63).Should().Be(run.Beats(from: 63));
        run.False(from: 63).Should().Be(0);
    }

    [Fact]
    public void Whatever_came_before_a_clean_rhythm_is_found_again_within_fifteen_seconds()
    {
        // The scale has to come down from anything a converter can deliver.
        var piece = Gen.Select(Gen.Int[0, 4], Gen.Double[-3, 2.6], Gen.Int[50, 1500], Gen.Double[0.001, 1]);
        Gen.Select(piece.Array[1, 8], Gen.Int[0, 1000]).Sample((pieces, seed) =>
        {
            var random = new Random(seed);
            var rubbish = new List<float>();
            foreach (var (kind, exponent, length, frequency) in pieces)
            {
                var size = Math.Pow(10, exponent);
                for (var i = 0; i < length; i++)
                {
                    rubbish.Add((float)(kind switch
                    {
                        0 => size,
                        1 => size * ((2 * random.NextDouble()) - 1),
                        2 => size * Math.Sin(Math.PI * frequency * i),
                        3 => size * (random.Next(50) == 0 ? 1 : 0),
                        _ => size * i / length,
                    }));
                }
            }

            var start = rubbish.Count / 500.0;
            var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.01 }.Rhythm(start + 0.5, start + 35);
            var signal = ecg.Render(start + 36, seed);
            for (var i = 0; i < rubbish.Count; i++)
            {
                signal[i] += rubbish[i];
            }

            var run = new Run(ecg.RTimes, signal, 500);
            run.FoundEarly(from: start + 15).Should().Be(run.Beats(from: start + 15));
            run.False(from: start + 15).Should().Be(0);
        });
    }

    [Fact]
    public void A_large_burst_locks_nothing_out()
    {
        var random = new Random(907);
        var ecg = new SyntheticEcg(500) { NoiseMillivolts = 0.01 }.Rhythm(5.1, 40);
        var signal = ecg.Render(41);
        for (var i = 0; i < 2304; i++)
        {
            // Two seconds of a current far outside the band, two more of noise.
            signal[i] = (float)(i < 1057 ? 21.6 * Math.Sin(Math.PI * 43 / 66 * i) : 1.03 * ((2 * random.NextDouble()) - 1));
        }

        var run = new Run(ecg.RTimes, signal, 500);

        run.FoundEarly(from: 15).Should().Be(run.Beats(from: 15));
    }

    [Theory]
    [InlineData("sinus-75", 0.2)]
    [InlineData("sinus-75?invert=0", 0.2)]
    [InlineData("sinus-rsa", 0.2)]
    [InlineData("right-bundle-branch-block", 0.2)]
    [InlineData("low-amplitude", 0.2)]
    [InlineData("paced?spike=0:0.5", 0.2)]
    public void The_fiducial_is_true_to_a_fifth_of_a_millisecond_on_a_clean_signal(string scenario, double deviationMilliseconds)
    {
        var run = Run.Of(scenario.Contains('?', StringComparison.Ordinal) ? scenario + "&duration=300" : scenario + "?duration=300", 500);

        var (bias, deviation) = run.Fiducial(from: 5);

        Math.Abs(bias).Should().BeLessThanOrEqualTo(0.5);
        deviation.Should().BeLessThanOrEqualTo(deviationMilliseconds);
    }

    [Theory]
    [InlineData("noise=muscle:")]
    [InlineData("wander=")]
    public void The_fiducial_is_true_to_a_millisecond_at_12_dB(string noise)
    {
        // The noise stress test's measure: QRS peak to peak squared over 8, to mean square of the noise. The virtual
        // patient's QRS in lead 0 spans 1.24 mV.
        var rms = Math.Sqrt(1.24 * 1.24 / 8) * Math.Pow(10, -12 / 20.0);
        var size = noise.StartsWith("wander", StringComparison.Ordinal) ? rms * Math.Sqrt(2) : rms;
        var run = Run.Of(FormattableString.Invariant($"sinus-75?{noise}{size:0.0000}&duration=600"), 500);

        var (bias, deviation) = run.Fiducial(from: 5);

        Math.Abs(bias).Should().BeLessThanOrEqualTo(0.5);
        deviation.Should().BeLessThanOrEqualTo(1);
    }

    private static void AddSpikes(float[] signal, double rate, double interval, double millivolts, double milliseconds)
    {
        for (var t = 0.37; t < signal.Length / rate; t += interval)
        {
            // A spike shorter than a sample reaches it in part, as a converter averages.
            var share = Math.Min(1, milliseconds * 0.001 * rate);
            for (var i = (long)(t * rate); i < (t * rate) + Math.Max(1, milliseconds * 0.001 * rate) && i < signal.Length; i++)
            {
                signal[i] += (float)(share * millivolts);
            }
        }
    }

    private sealed class NoSink : IGateEventSink
    {
        public void OnEvent(in GateEvent gateEvent)
        {
        }
    }

    /// <summary>QRS as triangles and T as a half sine wave, as the test signals of IEC 60601-2-27 are drawn.</summary>
    private sealed class TriangleEcg(double rate)
    {
        private readonly List<(double R, double Millivolts, double Width)> _beats = [];

        public double TMillivolts { get; init; } = 0.2;

        public IReadOnlyList<double> RTimes => _beats.ConvertAll(b => b.R);

        public void Beat(double r, double millivolts, double width) => _beats.Add((r, millivolts, width));

        public float[] Render(double seconds)
        {
            const double TWidth = 0.18;
            var values = new double[(int)(seconds * rate)];
            foreach (var (r, millivolts, width) in _beats)
            {
                // QT 350 ms from the beginning of QRS to the end of T.
                var tEnd = r - (width / 2) + 0.35;
                for (var i = Math.Max(0, (int)((r - width) * rate)); i < Math.Min(values.Length, (tEnd + 0.01) * rate); i++)
                {
                    var t = i / rate;
                    values[i] += millivolts * Math.Max(0, 1 - (Math.Abs(t - r) / (width / 2)));
                    var phase = (t - (tEnd - TWidth)) / TWidth;
                    values[i] += phase is > 0 and < 1 ? TMillivolts * Math.Sin(Math.PI * phase) : 0;
                }
            }

            return Array.ConvertAll(values, v => (float)v);
        }
    }

    /// <summary>One run of the detector beside the truth. Times in seconds.</summary>
    private sealed class Run
    {
        private readonly double _rate;
        private readonly SignalConditions[] _conditions = [];

        public Run(IReadOnlyList<double> truth, float[] signal, double rate)
            : this(truth, Array.ConvertAll(signal, v => new EcgSample(0, v)), rate)
        {
        }

        public Run(IReadOnlyList<double> truth, List<BeatDecision> decisions, double rate)
        {
            (Truth, Decisions, _rate) = (truth, decisions, rate);
        }

        private Run(IReadOnlyList<double> truth, EcgSample[] samples, double rate)
            : this(truth, new List<BeatDecision>(), rate)
        {
            var detector = new RWaveDetector(rate);
            _conditions = new SignalConditions[samples.Length];
            for (var i = 0; i < samples.Length; i++)
            {
                if (detector.Process(samples[i] with { Index = i }, out var decision))
                {
                    Decisions.Add(decision);
                }

                _conditions[i] = detector.Conditions;
            }
        }

        public IReadOnlyList<double> Truth { get; }

        public List<BeatDecision> Decisions { get; }

        public double Tolerance { get; init; } = SameBeatSeconds;

        /// <summary>A virtual patient, sampled by a converter. The last half second is not judged.</summary>
        public static Run Of(string scenario, double rate, double rangeMillivolts = 400)
        {
            var patient = new VirtualPatient(ScenarioCatalog.Get(scenario));
            using var source = new PatientSource(patient, rate, rangeMillivolts: rangeMillivolts);
            var samples = new EcgSample[(int)(patient.DurationSeconds!.Value * rate)];
            for (var done = 0; done < samples.Length;)
            {
                done += source.Read(samples.AsSpan(done)).Count;
            }

            return new Run([.. patient.Truth.BeatsBetween(0, patient.DurationSeconds.Value - 0.5).Select(b => b.RSeconds)], samples, rate);
        }

        public int Beats(double from = 0, double to = double.PositiveInfinity) => Truth.Count(r => r >= from && r < to);

        public int Found(double from = 0, double to = double.PositiveInfinity) => Truth.Count(r => r >= from && r < to && Has(r, early: false));

        public int FoundEarly(double from = 0, double to = double.PositiveInfinity) => Truth.Count(r => r >= from && r < to && Has(r, early: true));

        /// <summary>Decisions without a beat, and second ones on the same beat.</summary>
        public int False(double from = 0)
        {
            var last = Truth.Count == 0 ? 0 : Truth[^1];
            var judged = Decisions.FindAll(d => At(d) >= from && At(d) < last + 0.4);
            return judged.Count - Truth.Count(r => judged.Exists(d => Math.Abs(At(d) - r) <= Tolerance));
        }

        public List<BeatDecision> DecisionsBetween(double from, double to) => Decisions.FindAll(d => At(d) >= from && At(d) < to);

        public SignalConditions ConditionsAt(double seconds) => _conditions[(int)(seconds * _rate)];

        /// <summary>Mean and standard deviation of R − true R over the beats found, ms.</summary>
        public (double Bias, double Deviation) Fiducial(double from)
        {
            var errors = Truth.Where(r => r >= from && Has(r, early: false))
                .Select(r => 1000 * (At(Decisions.MinBy(d => Math.Abs(At(d) - r))) - r))
                .ToArray();
            errors.Length.Should().BeGreaterThan((int)(0.99 * Beats(from)));
            var mean = errors.Average();
            return (mean, Math.Sqrt(errors.Average(e => (e - mean) * (e - mean))));
        }

        private double At(BeatDecision decision) => decision.RTime.Samples / _rate;

        private bool Has(double r, bool early) => Decisions.Exists(d => Math.Abs(At(d) - r) <= Tolerance && !(early && d.IsLate));
    }
}
