using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Tests;

public sealed class PatientTruthTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioCatalog.All.Select(s => s.Name)];

    /// <summary>The scenario as it is, and with lead 0 turned over.</summary>
    public static TheoryData<string, bool> ScenariosOfBothPolarities
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var scenario in ScenarioCatalog.All)
            {
                data.Add(scenario.Name, false);
                data.Add(scenario.Name, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ScenariosOfBothPolarities))]
    public void R_is_where_the_signal_sampled_at_10_kHz_has_its_peak(string name, bool inverted)
    {
        const double Step = 0.0001;
        var patient = new VirtualPatient(ScenarioCatalog.Get(name) with { Seed = 5, InvertLead0 = inverted });
        var beats = patient.Truth.BeatsBetween(0, 60);
        beats.Should().NotBeEmpty();
        foreach (var beat in beats)
        {
            // A grid that does not know R, 60 ms to both sides: the peak must be the largest deflection of the QRS.
            var first = (long)Math.Round((beat.RSeconds - 0.06) / Step);
            var best = first;
            for (var i = first; i <= first + 1200; i++)
            {
                if (Math.Abs(patient.Millivolts(0, i * Step)) > Math.Abs(patient.Millivolts(0, best * Step)))
                {
                    best = i;
                }
            }

            var before = Math.Abs(patient.Millivolts(0, (best - 1) * Step));
            var peak = Math.Abs(patient.Millivolts(0, best * Step));
            var after = Math.Abs(patient.Millivolts(0, (best + 1) * Step));
            var interpolated = (best + (0.5 * (before - after) / (before - (2 * peak) + after))) * Step;
            interpolated.Should().BeApproximately(beat.RSeconds, 1e-6, "beat {0} at {1} s", beat.Number, beat.RSeconds);
        }
    }

    [Theory]
    [InlineData("sinus-60")]
    [InlineData("brady-35")]
    [InlineData("sinus-pvc")]
    [InlineData("bundle-branch-block")]
    [InlineData("paced")]
    [InlineData("tall-t")]
    [InlineData("asystole")]
    public void T_peaks_where_the_signal_does_and_ends_where_the_steepest_tangent_of_its_flank_meets_the_baseline(string name)
    {
        const double Step = 0.0001;
        var patient = new VirtualPatient(ScenarioCatalog.Get(name) with { Seed = 6 });
        foreach (var beat in patient.Truth.BeatsBetween(1, 40))
        {
            double T(double seconds) => Math.Sign(patient.Millivolts(0, beat.TPeakSeconds)) * patient.Millivolts(0, seconds);

            var peak = Enumerable.Range(-400, 801).Select(i => beat.TPeakSeconds + (i * Step)).MaxBy(T);
            peak.Should().BeApproximately(beat.TPeakSeconds, 0.00011, "beat {0}", beat.Number);

            double Slope(double seconds) => (T(seconds + 1e-6) - T(seconds - 1e-6)) / 2e-6;
            var steepest = Enumerable.Range(0, 1000).Select(i => beat.TPeakSeconds + (i * Step)).MinBy(Slope);
            var end = steepest - (T(steepest) / Slope(steepest));
            end.Should().BeApproximately(beat.TEndSeconds, 0.0002, "beat {0}", beat.Number);
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Beats_are_numbered_in_order_of_time_and_repolarise_as_late_as_hearts_do(string name)
    {
        var beats = new VirtualPatient(ScenarioCatalog.Get(name)).Truth.BeatsBetween(0, 300);
        beats.Select(b => b.Number).Should().Equal(Enumerable.Range(1, beats.Count).Select(n => (long)n));
        for (var i = 0; i < beats.Count; i++)
        {
            (beats[i].TPeakSeconds - beats[i].RSeconds).Should().BeInRange(0.126, 0.45);
            (beats[i].TEndSeconds - beats[i].TPeakSeconds).Should().BeInRange(0.03, 0.1);
            if (i > 0)
            {
                (beats[i].RSeconds - beats[i - 1].RSeconds).Should().BeGreaterThan(0.28);
                beats[i].RSeconds.Should().BeGreaterThan(beats[i - 1].TPeakSeconds);
            }
        }
    }

    [Fact]
    public void QT_follows_a_change_of_rate_with_a_time_constant_of_ten_seconds_and_settles_on_Fridericia()
    {
        static IEnumerable<RhythmStep> Script(RhythmContext c)
        {
            yield return RhythmStep.Begin(TruthRhythm.Sinus, 0);
            var time = 1.0;
            while (true)
            {
                yield return RhythmStep.Normal(time);
                time += time < 99.5 ? 1.0 : 0.6;
            }
        }

        var scenario = new PatientScenario("step", "A step from 60 to 100 a minute at 100 s", new HeartPlan { Script = Script }, 60);
        var truth = new VirtualPatient(scenario).Truth;
        double Qt(double seconds)
        {
            truth.TryFindNearest(seconds, 1, out var beat).Should().BeTrue();
            return beat.TEndSeconds - beat.RSeconds - Morphology.Normal.QrsOnset;
        }

        var slow = Qt(99);
        var fast = Qt(250);
        slow.Should().BeApproximately(0.400, 1e-3);
        (fast / slow).Should().BeApproximately(Math.Pow(0.6, 1.0 / 3), 1e-3);
        ((slow - Qt(100.6)) / (slow - fast)).Should().BeLessThan(0.1, "one beat changes little");
        ((slow - Qt(110)) / (slow - fast)).Should().BeInRange(0.55, 0.70);
        ((slow - Qt(150)) / (slow - fast)).Should().BeGreaterThan(0.98);
    }

    [Fact]
    public void Questions_about_moments_find_the_right_beat()
    {
        var truth = new VirtualPatient(ScenarioCatalog.Get("sinus-60")).Truth;
        var beats = truth.BeatsBetween(0, 30);

        truth.TryFindAtOrBefore(beats[4].RSeconds, out var at).Should().BeTrue();
        at.Should().Be(beats[4]);
        truth.TryFindAtOrBefore(beats[4].RSeconds - 1e-9, out var before).Should().BeTrue();
        before.Should().Be(beats[3]);
        truth.TryFindAtOrBefore(beats[0].RSeconds - 1e-9, out _).Should().BeFalse();
        truth.TryFindNearest(beats[7].RSeconds + 0.3, 0.4, out var nearest).Should().BeTrue();
        nearest.Should().Be(beats[7]);
        truth.TryFindNearest(beats[7].RSeconds + 0.3, 0.2, out _).Should().BeFalse();
        truth.TryFindNearest(beats[7].RSeconds - 0.3, 0.4, out nearest).Should().BeTrue();
        nearest.Should().Be(beats[7]);
        truth.BeatsBetween(beats[2].RSeconds, beats[5].RSeconds).Should().Equal(beats[2], beats[3], beats[4]);
    }

    [Fact]
    public void A_patient_of_limited_length_has_beats_and_rhythms_only_within_it()
    {
        var truth = new VirtualPatient(ScenarioCatalog.Get("asystole") with { DurationSeconds = 47 }).Truth;
        truth.BeatsBetween(0, 1000).Should().OnlyContain(b => b.RSeconds < 47);
        var rhythms = truth.Rhythms(1000);
        rhythms[0].StartSeconds.Should().Be(0);
        rhythms[^1].EndSeconds.Should().Be(47);
        rhythms.Zip(rhythms.Skip(1)).Should().OnlyContain(pair => pair.First.EndSeconds == pair.Second.StartSeconds && pair.First.Rhythm != pair.Second.Rhythm);
    }

    [Fact]
    public void Truth_survives_being_written_and_read_to_the_last_bit()
    {
        var trace = TraceCatalog.Find("vt-run")!.Make();
        var writer = new StringWriter();
        trace.Truth.Write(writer);

        var read = RecordedTruth.Read(new StringReader(writer.ToString()), "vt-run.truth.csv");

        read.Beats.Should().Equal(trace.Truth.Beats);
        read.AllRhythms.Should().Equal(trace.Truth.AllRhythms);
        read.SamplingRateHertz.Should().Be(500);
        writer.ToString().Should().NotContain("\r");
    }

    [Theory]
    [InlineData("", "line 0: expected 'beat,")]
    [InlineData("beat,r\n", "line 1: expected '# EcgGate truth 1'")]
    [InlineData("# EcgGate truth 1\n# sampling_rate_hertz,0\n", "line 2: expected a sampling rate above 0")]
    [InlineData("# EcgGate truth 1\n# rhythm,(WALTZ,0,1\n", "line 2: expected a rhythm")]
    [InlineData("# EcgGate truth 1\n# sampling_rate_hertz,500\n", "line 2: expected 'beat,")]
    [InlineData("# EcgGate truth 1\n1,2,3\n", "line 2: expected a comment or 'beat,")]
    [InlineData("# EcgGate truth 1\n# sampling_rate_hertz,500\nbeat,r_seconds,r_sample,class,t_peak_seconds,t_end_seconds\n1,0.5,250,?,0.7,0.8\n", "line 4: expected a beat")]
    [InlineData("# EcgGate truth 1\n# sampling_rate_hertz,500\nbeat,r_seconds,r_sample,class,t_peak_seconds,t_end_seconds\n1,0.5,250,N,0.7,0.8\n2,0.5,250,N,0.7,0.8\n", "line 5: expected R later")]
    [InlineData("# EcgGate truth 1\n# sampling_rate_hertz,500\nbeat,r_seconds,r_sample,class,t_peak_seconds,t_end_seconds\n1,NaN,250,N,0.7,0.8\n", "line 4: expected a beat")]
    public void A_damaged_truth_file_is_refused_with_its_name_line_and_what_was_expected(string text, string expected)
    {
        var read = () => RecordedTruth.Read(new StringReader(text), "x.truth.csv");
        read.Should().Throw<FormatException>().WithMessage("x.truth.csv, *" + expected + "*");
    }
}
