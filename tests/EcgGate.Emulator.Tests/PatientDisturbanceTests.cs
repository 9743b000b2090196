using EcgGate.Emulator.Patient;
using EcgGate.Signals;

namespace EcgGate.Emulator.Tests;

public sealed class PatientDisturbanceTests
{
    private const int PerSecond = 2000;

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void Muscle_noise_has_the_given_root_mean_square_and_lies_above_the_heart_in_frequency(double rms)
    {
        var noise = Difference($"sinus-60?noise=muscle:{rms}", "sinus-60", 0, 0, 60);
        Rms(noise).Should().BeApproximately(rms, 0.15 * rms);
        Rms(Difference($"sinus-60?noise=muscle:{rms}", "sinus-60", 1, 0, 60)).Should().BeApproximately(rms, 0.15 * rms);

        // Mean frequency by crossings; a band from 15 to 150 Hz lies near 90.
        var crossings = noise.Zip(noise.Skip(1)).Count(pair => pair.First < 0 != pair.Second < 0);
        (crossings / 2 / 60.0).Should().BeInRange(60, 120);
    }

    [Theory]
    [InlineData(50, 0.2)]
    [InlineData(60, 0.05)]
    public void Mains_hum_has_the_given_frequency_and_amplitude(double hertz, double amplitude)
    {
        var hum = Difference($"sinus-60?mains={hertz}:{amplitude}", "sinus-60", 0, 0, 10);
        Amplitude(hum, hertz).Should().BeApproximately(amplitude, 1e-6);
        Amplitude(hum, 3 * hertz).Should().BeApproximately(0.08 * amplitude, 1e-6);
        Amplitude(hum, hertz + 5).Should().BeLessThan(1e-6);
    }

    [Fact]
    public void Baseline_wander_is_slow_and_of_the_given_size()
    {
        var wander = Difference("sinus-60?wander=0.5", "sinus-60", 0, 0, 120);
        (Rms(wander) * Math.Sqrt(2)).Should().BeApproximately(0.5, 0.1);
        wander.Zip(wander.Skip(1)).Max(pair => Math.Abs(pair.Second - pair.First) * PerSecond).Should().BeLessThan(3, "mV per second: a QRS has a hundred");
    }

    [Fact]
    public void Electrode_motion_makes_bumps_below_its_limit_and_rests_between()
    {
        var motion = Difference("sinus-60?noise=motion:0.8", "sinus-60", 0, 0, 60);
        motion.Max(Math.Abs).Should().BeInRange(0.5, 1.6);
        motion.Count(v => Math.Abs(v) < 0.01).Should().BeGreaterThan(motion.Count / 20);
    }

    [Fact]
    public void Offset_and_step_do_exactly_what_they_say_and_only_within_their_interval()
    {
        var plain = new VirtualPatient(ScenarioCatalog.Get("sinus-75"));
        var changed = new VirtualPatient(ScenarioCatalog.Get("sinus-75?dc=-300@5-10&step=0.5@8-12"));
        for (var t = 0.0; t < 15; t += 0.003)
        {
            var expected = plain.Millivolts(0, t) * (t is >= 8 and < 12 ? 0.5 : 1) + (t is >= 5 and < 10 ? -300 : 0);
            changed.Millivolts(0, t).Should().BeApproximately(expected, 1e-12);
        }
    }

    [Fact]
    public void A_lead_that_is_off_reads_the_rail_and_says_so_and_steps_back()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-75?leadoff=0@20-25"));
        var plain = new VirtualPatient(ScenarioCatalog.Get("sinus-75"));
        for (var t = 18.0; t < 28; t += 0.01)
        {
            var off = t is >= 20 and < 25;
            patient.IsLeadOff(0, t).Should().Be(off);
            patient.IsLeadOff(1, t).Should().BeFalse();
            patient.Millivolts(1, t).Should().Be(plain.Millivolts(1, t));
            if (off)
            {
                patient.Millivolts(0, t).Should().BeGreaterThan(400);
            }
        }

        (patient.Millivolts(0, 25) - plain.Millivolts(0, 25)).Should().BeApproximately(30, 0.1);
        (patient.Millivolts(0, 28) - plain.Millivolts(0, 28)).Should().BeApproximately(0, 0.1);
    }

    [Fact]
    public void The_source_marks_lead_off_and_saturation()
    {
        using var source = new PatientSource(new VirtualPatient(ScenarioCatalog.Get("sinus-75?duration=10&leadoff=both@2-3&saturation=410@5-6")), 250);
        var samples = new EcgSample[2500];
        source.Read(samples).Count.Should().Be(2500);
        source.Read(samples.AsSpan(0, 1)).Count.Should().Be(0);

        samples[249].Status.Should().Be(SampleStatus.None);
        samples[550].Status.Should().Be(SampleStatus.Lead0Off | SampleStatus.Lead1Off | SampleStatus.Lead0Saturated | SampleStatus.Lead1Saturated);
        samples[1300].Status.Should().Be(SampleStatus.Lead0Saturated | SampleStatus.Lead1Saturated);
        samples[1300].Lead0Millivolts.Should().Be(400);
        samples[2000].Status.Should().Be(SampleStatus.None);
    }

    [Fact]
    public void The_source_rounds_to_the_converters_step_and_stops_when_interrupted()
    {
        using var source = new PatientSource(new VirtualPatient(ScenarioCatalog.Get("sinus-75")), 500, quantumMillivolts: 0.005);
        source.Info.LengthSamples.Should().BeNull();
        var samples = new EcgSample[1000];
        source.Read(samples).Count.Should().Be(1000);
        samples.Should().OnlyContain(s => Math.Abs((s.Lead0Millivolts / 0.005) - Math.Round(s.Lead0Millivolts / 0.005)) < 1e-3);
        samples.Select(s => s.Index).Should().Equal(Enumerable.Range(0, 1000).Select(i => (long)i));

        source.Interrupt();
        source.Read(samples).Count.Should().Be(0);
    }

    [Fact]
    public void A_delivered_pulse_saturates_decays_and_makes_the_muscle_twitch_and_leaves_what_was_before()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-60"));
        var plain = new VirtualPatient(ScenarioCatalog.Get("sinus-60"));
        const double Pulse = 3.0;
        patient.DeliverPulse(Pulse);

        var twitch = new List<double>();
        for (var i = 0; i < 3000; i++)
        {
            var since = (i / 2000.0) - 0.5;
            var difference = patient.Millivolts(0, Pulse + since) - plain.Millivolts(0, Pulse + since);
            if (since < 0 || since > 0.45)
            {
                difference.Should().Be(0);
            }
            else if (since < 0.0039)
            {
                patient.Millivolts(0, Pulse + since).Should().Be(500);
            }
            else if (since is > 0.01 and < 0.15)
            {
                twitch.Add(difference - (5 * Math.Exp(-(since - 0.004) / 0.02)));
            }
            else if (since > 0.2)
            {
                Math.Abs(difference).Should().BeLessThan(0.001);
            }
        }

        twitch.Max(Math.Abs).Should().BeInRange(0.15, 1.3);
        var crossings = twitch.Zip(twitch.Skip(1)).Count(pair => pair.First < 0 != pair.Second < 0);
        (crossings / 2 / 0.14).Should().BeInRange(20, 80);
    }

    [Fact]
    public void A_weak_pulse_disturbs_less_and_saturates_for_less_time_and_one_of_strength_1_as_ever()
    {
        static double[] Signal(double? strength)
        {
            var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-60"));
            if (strength is { } of)
            {
                patient.DeliverPulse(3, of);
            }
            else
            {
                patient.DeliverPulse(3);
            }

            return [.. Enumerable.Range(0, 2000).Select(i => patient.Millivolts(0, 3 + (i / 10_000.0)))];
        }

        Signal(1).Should().Equal(Signal(null));
        var plain = Signal(0);
        double Rest(double strength) => Math.Sqrt(Signal(strength).Zip(plain, (a, b) => a == 500 ? 0 : (a - b) * (a - b)).Sum());
        Signal(1).Count(millivolts => millivolts == 500).Should().BeInRange(38, 42);
        Signal(0.1).Count(millivolts => millivolts == 500).Should().BeInRange(3, 5);
        (Rest(0.1) / Rest(1)).Should().BeInRange(0.08, 0.12);
    }

    [Fact]
    public void Each_pulse_twitches_in_its_own_way_and_none_does_when_switched_off()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("asystole"));
        var still = new VirtualPatient(ScenarioCatalog.Get("asystole?artefact=0"));

        // The flat line leaves the artefacts alone.
        var flat = patient.Truth.Rhythms(60).First(r => r.Rhythm == TruthRhythm.Asystole).StartSeconds;
        foreach (var pulse in (double[])[flat + 1, flat + 2])
        {
            patient.DeliverPulse(pulse);
            still.DeliverPulse(pulse);
        }

        patient.Millivolts(0, flat + 1.06).Should().NotBeApproximately(patient.Millivolts(0, flat + 2.06), 1e-3);
        still.Millivolts(0, flat + 1.06).Should().BeApproximately(0, 1e-6);
    }

    private static List<double> Difference(string spoilt, string plain, int lead, double from, double to)
    {
        var a = new VirtualPatient(ScenarioCatalog.Get(spoilt));
        var b = new VirtualPatient(ScenarioCatalog.Get(plain));
        return [.. Enumerable.Range(0, (int)((to - from) * PerSecond)).Select(i => from + (i / (double)PerSecond)).Select(t => a.Millivolts(lead, t) - b.Millivolts(lead, t))];
    }

    private static double Rms(List<double> values) => Math.Sqrt(values.Average(v => v * v));

    private static double Amplitude(List<double> values, double hertz)
    {
        var cosine = 0.0;
        var sine = 0.0;
        for (var i = 0; i < values.Count; i++)
        {
            cosine += values[i] * Math.Cos(2 * Math.PI * hertz * i / PerSecond);
            sine += values[i] * Math.Sin(2 * Math.PI * hertz * i / PerSecond);
        }

        return 2 * Math.Sqrt((cosine * cosine) + (sine * sine)) / values.Count;
    }
}
