using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Tests;

public sealed class PatientScenarioTests
{
    [Theory]
    [InlineData("sinus-60", 60)]
    [InlineData("sinus-75", 75)]
    [InlineData("sinus-100", 100)]
    [InlineData("sinus-rsa", 66)]
    [InlineData("brady-35", 35)]
    [InlineData("tachy-150", 150)]
    [InlineData("bundle-branch-block", 70)]
    [InlineData("right-bundle-branch-block", 70)]
    [InlineData("paced", 70)]
    [InlineData("tall-t", 80)]
    [InlineData("low-amplitude", 72)]
    [InlineData("high-amplitude", 72)]
    [InlineData("sinus-pvc", 62)]
    [InlineData("pvc-bigeminy", 72)]
    [InlineData("pvc-trigeminy", 72)]
    public void The_mean_rate_is_the_scenarios(string name, double rate)
    {
        // A full compensatory pause keeps the mean rate.
        var beats = Beats(name, 600);
        var mean = 60 * (beats.Count - 1) / (beats[^1].RSeconds - beats[0].RSeconds);
        mean.Should().BeApproximately(rate, 0.01 * rate);
        ScenarioCatalog.Get(name + "?rate=90").RatePerMinute.Should().Be(90);
    }

    [Fact]
    public void Another_rate_is_kept_too()
    {
        var beats = Beats("sinus-60?rate=90", 300);
        (60 * (beats.Count - 1) / (beats[^1].RSeconds - beats[0].RSeconds)).Should().BeApproximately(90, 1);
    }

    [Fact]
    public void Isolated_PVCs_come_30_to_45_percent_early_with_a_full_pause_and_at_least_four_normals_between()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var beats = new VirtualPatient(ScenarioCatalog.Get("sinus-pvc") with { Seed = seed }).Truth.BeatsBetween(0, 300);
            beats.Take(12).Should().OnlyContain(b => b.Class == TruthBeatClass.Normal);
            beats.Count(b => b.Class == TruthBeatClass.Ventricular).Should().BeGreaterThan(25);
            var lastVentricular = -5;
            for (var i = 2; i < beats.Count - 1; i++)
            {
                var interval = beats[i].RSeconds - beats[i - 1].RSeconds;
                if (beats[i].Class == TruthBeatClass.Normal)
                {
                    // Otherwise the minimum interval between pulses would withhold beats that are fine.
                    interval.Should().BeGreaterThan(0.9);
                    continue;
                }

                beats[i].Class.Should().Be(TruthBeatClass.Ventricular);
                (i - lastVentricular).Should().BeGreaterThan(4);
                lastVentricular = i;

                // The sinus clock wanders by a few per cent from beat to beat.
                var usual = 60.0 / 62;
                (1 - (interval / usual)).Should().BeInRange(0.28, 0.47);
                (beats[i + 1].RSeconds - beats[i - 1].RSeconds).Should().BeApproximately(2 * usual, 0.05 * usual);
            }
        }
    }

    [Fact]
    public void A_PVC_is_wide_and_without_P_and_its_T_points_against_it()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-pvc"));
        var ventricular = patient.Truth.BeatsBetween(0, 200).Where(b => b.Class == TruthBeatClass.Ventricular).ToList();
        ventricular.Should().NotBeEmpty();
        foreach (var beat in ventricular)
        {
            for (var lead = 0; lead < 2; lead++)
            {
                (patient.Millivolts(lead, beat.RSeconds) * patient.Millivolts(lead, beat.TPeakSeconds)).Should().BeNegative();
                patient.Millivolts(lead, beat.RSeconds - 0.15).Should().BeApproximately(0, 0.01, "no P wave stands before it");
            }
        }

        Width(Morphology.Ventricular).Should().BeInRange(0.140, 0.160);
    }

    [Fact]
    public void QRS_is_as_wide_as_its_kind()
    {
        Width(Morphology.Normal).Should().BeInRange(0.080, 0.100);
        Width(Morphology.AtrialPremature).Should().BeInRange(0.080, 0.100);
        Width(Morphology.LeftBundleBranchBlock).Should().BeInRange(0.125, 0.160);
        Width(Morphology.RightBundleBranchBlock).Should().BeInRange(0.120, 0.150);
        Width(Morphology.Paced).Should().BeInRange(0.130, 0.180);
        Width(Morphology.Escape).Should().BeInRange(0.130, 0.180);
        Width(Morphology.TallT).Should().BeApproximately(0.100, 0.006);
    }

    [Fact]
    public void A_normal_beat_has_a_P_wave_a_high_R_and_an_upright_T()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-75"));
        foreach (var beat in patient.Truth.BeatsBetween(1, 30))
        {
            var p = Enumerable.Range(0, 100).Max(i => patient.Millivolts(0, beat.RSeconds - 0.2 + (i * 0.001)));
            p.Should().BeInRange(0.08, 0.20);
            patient.Millivolts(0, beat.RSeconds).Should().BeInRange(0.9, 1.1);
            patient.Millivolts(0, beat.TPeakSeconds).Should().BeInRange(0.24, 0.36);
        }
    }

    [Theory]
    [InlineData("pvc-bigeminy", "NVNVNVNV")]
    [InlineData("pvc-trigeminy", "NNVNNVNNV")]
    [InlineData("bundle-branch-block", "LLLL")]
    [InlineData("right-bundle-branch-block", "RRRR")]
    [InlineData("paced", "////")]
    public void The_first_beats_are_already_those_of_the_rhythm(string name, string classes) =>
        Classes(Beats(name, 30)).Should().StartWith(classes);

    [Theory]
    [InlineData("pvc-couplets", "NNNNNNVVNNNN", "VVV")]
    [InlineData("vt-run", "NNNNNNVVVVVVV", "E")]
    [InlineData("r-on-t", "NNNNVNNNN", "VV")]
    [InlineData("supraventricular-premature", "NNNNANNNN", "AA")]
    [InlineData("pvc-fusion", "NNNNFNNNN", "FF")]
    [InlineData("asystole", "NEN", "V")]
    [InlineData("av-block", "NNNN", "V")]
    [InlineData("atrial-fibrillation", "NNNN", "V")]
    public void The_classes_follow_each_other_as_in_the_rhythm(string name, string some, string never)
    {
        var classes = Classes(Beats(name, 120));
        classes.Should().StartWith("NNNNNNNNNNNN").And.Contain(some).And.NotContain(never);
    }

    [Fact]
    public void R_on_T_begins_close_to_the_peak_of_the_T_wave_before()
    {
        var beats = Beats("r-on-t", 300);
        for (var i = 1; i < beats.Count; i++)
        {
            if (beats[i].Class == TruthBeatClass.Ventricular)
            {
                var onset = beats[i].RSeconds + Morphology.Ventricular.QrsOnset;
                (onset - beats[i - 1].TPeakSeconds).Should().BeInRange(-0.035, 0.025);
            }
        }
    }

    [Fact]
    public void A_run_of_ventricular_tachycardia_beats_at_180_a_minute_within_its_interval()
    {
        var truth = new VirtualPatient(ScenarioCatalog.Get("vt-run")).Truth;
        var runs = truth.Rhythms(200).Where(r => r.Rhythm == TruthRhythm.VentricularTachycardia).ToList();
        runs.Should().HaveCountGreaterThan(5);
        foreach (var run in runs)
        {
            var beats = truth.BeatsBetween(run.StartSeconds, run.EndSeconds);
            beats.Count.Should().BeInRange(7, 14);
            beats.Should().OnlyContain(b => b.Class == TruthBeatClass.Ventricular);
            (60 * (beats.Count - 1) / (beats[^1].RSeconds - beats[0].RSeconds)).Should().BeApproximately(180, 9);
        }
    }

    [Fact]
    public void Fibrillation_has_no_beats_and_oscillates_at_three_to_seven_hertz()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("vf"));
        var interval = patient.Truth.Rhythms(60).Single(r => r.Rhythm == TruthRhythm.VentricularFibrillation);
        interval.StartSeconds.Should().BeGreaterThan(18);
        patient.Truth.BeatsBetween(interval.StartSeconds, interval.EndSeconds).Should().BeEmpty();
        patient.Truth.BeatsBetween(interval.EndSeconds, 60).Should().NotBeEmpty("the shock brings the rhythm back");

        var samples = Enumerable.Range(0, 15_000).Select(i => patient.Millivolts(0, interval.StartSeconds + 1 + (i * 0.001))).ToList();
        var crossings = samples.Zip(samples.Skip(1)).Count(pair => pair.First < 0 != pair.Second < 0);
        (crossings / 2 / 15.0).Should().BeInRange(3, 7);
        Math.Sqrt(samples.Average(v => v * v)).Should().BeInRange(0.3, 0.9);
    }

    [Fact]
    public void Asystole_is_a_flat_line_of_some_seconds_without_beats()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("asystole"));
        var interval = patient.Truth.Rhythms(60).First(r => r.Rhythm == TruthRhythm.Asystole);
        (interval.EndSeconds - interval.StartSeconds).Should().BeInRange(5, 9);
        patient.Truth.BeatsBetween(interval.StartSeconds, interval.EndSeconds).Should().BeEmpty();
        for (var t = interval.StartSeconds; t < interval.EndSeconds; t += 0.01)
        {
            patient.Millivolts(0, t).Should().BeApproximately(0, 1e-4);
        }
    }

    [Fact]
    public void AV_block_drops_beats_but_not_their_P_waves()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("av-block"));
        var beats = patient.Truth.BeatsBetween(0, 120);
        var drops = 0;
        for (var i = 1; i < beats.Count; i++)
        {
            var interval = beats[i].RSeconds - beats[i - 1].RSeconds;
            if (interval > 1.2)
            {
                drops++;
                interval.Should().BeApproximately(1.6, 0.08);
                var middle = beats[i - 1].RSeconds + (interval / 2);
                Enumerable.Range(0, 150).Max(i => patient.Millivolts(0, middle - 0.25 + (i * 0.001))).Should().BeInRange(0.08, 0.2);
                patient.Millivolts(0, middle).Should().BeApproximately(0, 0.02, "no QRS follows");
            }
        }

        drops.Should().BeGreaterThan(10);
    }

    [Fact]
    public void Atrial_fibrillation_is_irregular_and_its_baseline_never_rests()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("atrial-fibrillation"));
        var beats = patient.Truth.BeatsBetween(0, 300);
        var intervals = beats.Zip(beats.Skip(1), (a, b) => b.RSeconds - a.RSeconds).ToList();
        var mean = intervals.Average();
        (Math.Sqrt(intervals.Average(x => (x - mean) * (x - mean))) / mean).Should().BeInRange(0.15, 0.3);
        var successive = intervals.Zip(intervals.Skip(1), (a, b) => (a - mean) * (b - mean)).Average() / (mean * mean);
        Math.Abs(successive).Should().BeLessThan(0.02, "an interval does not tell the next");

        var quiet = Enumerable.Range(0, 100).Select(i => patient.Millivolts(1, beats[10].RSeconds - 0.2 + (i * 0.001))).ToList();
        (quiet.Max() - quiet.Min()).Should().BeGreaterThan(0.03);
    }

    [Fact]
    public void Sinus_arrhythmia_follows_the_breath_and_ordinary_sinus_rhythm_hardly()
    {
        static double Spread(string name)
        {
            var beats = Beats(name, 120);
            var intervals = beats.Zip(beats.Skip(1), (a, b) => b.RSeconds - a.RSeconds).ToList();
            return (intervals.Max() - intervals.Min()) / intervals.Average();
        }

        Spread("sinus-rsa").Should().BeInRange(0.2, 0.3);
        Spread("sinus-75").Should().BeInRange(0.02, 0.08);
    }

    [Theory]
    [InlineData("low-amplitude", 0.5)]
    [InlineData("high-amplitude", 5)]
    [InlineData("tall-t", 1)]
    [InlineData("sinus-60?gain=2", 2)]
    [InlineData("sinus-60?invert=0", -1)]
    [InlineData("paced", -1.3)]
    public void R_is_as_high_as_the_scenario_says(string text, double millivolts)
    {
        var patient = Patient(text);
        patient.Truth.BeatsBetween(0, 60).Average(b => patient.Millivolts(0, b.RSeconds)).Should().BeApproximately(millivolts, 0.02 * Math.Abs(millivolts));
    }

    [Fact]
    public void The_tall_T_is_that_of_the_standard()
    {
        var patient = Patient("tall-t");
        foreach (var beat in patient.Truth.BeatsBetween(0, 60))
        {
            patient.Millivolts(0, beat.TPeakSeconds).Should().BeApproximately(1.2, 0.12);
            (beat.TEndSeconds - beat.RSeconds - Morphology.TallT.QrsOnset).Should().BeApproximately(0.350, 0.0001);
            (2 * (beat.TEndSeconds - beat.TPeakSeconds)).Should().BeApproximately(0.180, 0.0001);
        }
    }

    [Theory]
    [InlineData("paced", 3, 0.5)]
    [InlineData("paced?spike=700:2", 700, 2)]
    [InlineData("paced?spike=-2:0.1", -2, 0.1)]
    public void Each_paced_beat_follows_one_spike_of_the_given_height_and_width(string text, double millivolts, double milliseconds)
    {
        var patient = Patient(text);
        var unpaced = Patient("paced?spike=0:0.1");
        foreach (var beat in patient.Truth.BeatsBetween(1, 6))
        {
            const double Step = 2e-6;
            var inside = 0;
            for (var i = 0; i < 75_000; i++)
            {
                var t = beat.RSeconds - 0.15 + (i * Step);
                var spike = patient.Millivolts(0, t) - unpaced.Millivolts(0, t);
                if (spike != 0)
                {
                    inside++;
                    spike.Should().BeApproximately(millivolts, 1e-9);
                }
            }

            (inside * Step * 1000).Should().BeApproximately(milliseconds, 0.004);
        }
    }

    [Fact]
    public void A_converter_sees_every_spike_by_its_area_even_when_its_samples_lie_beside_it()
    {
        var patient = Patient("paced?duration=20");
        var unpaced = Patient("paced?duration=20&spike=0:0.5");
        var area = 0.0;
        for (var i = 0; i < 20 * 500; i++)
        {
            area += (patient.Millivolts(0, i / 500.0, 1 / 500.0) - unpaced.Millivolts(0, i / 500.0, 1 / 500.0)) / 500;
        }

        // 3 mV for 0.5 ms each.
        var beats = patient.Truth.BeatsBetween(0, 20).Count;
        area.Should().BeApproximately(beats * 0.0015, 1e-6);
    }

    private static VirtualPatient Patient(string text) => new(ScenarioCatalog.Get(text));

    private static IReadOnlyList<TruthBeat> Beats(string text, double seconds) => Patient(text).Truth.BeatsBetween(0, seconds);

    private static string Classes(IEnumerable<TruthBeat> beats) => string.Concat(beats.Select(b => b.Class.WfdbSymbol()));

    private static double Width(Morphology shape) => shape.QrsEnd - shape.QrsOnset;
}
