using EcgGate.Detection;
using EcgGate.Emulator.Patient;
using EcgGate.Signals;

namespace EcgGate.Tests.Detection;

public sealed class TwoLeadDetectorTests
{
    private const double Rate = 500;

    [Fact]
    public void With_two_clean_leads_it_decides_as_lead_0_alone()
    {
        var (samples, _) = Patient("sinus-75?noise=muscle:0.01&duration=60");

        var two = Detect(new TwoLeadDetector(Rate), samples);
        var one = Detect(new RWaveDetector(Rate), samples);

        // Doubtful ones, while nothing is known, may wait for the other lead.
        two.Skip(5).Select(d => (d.RTime, d.Class, d.IsLate)).Should().Equal(one.Skip(5).Select(d => (d.RTime, d.Class, d.IsLate)));
    }

    [Fact]
    public void With_one_lead_only_it_is_the_single_lead_detector()
    {
        var (samples, _) = Patient("sinus-pvc?noise=muscle:0.08&motion=0.3&duration=60");
        var single = Array.ConvertAll(samples, s => s with { Lead1Millivolts = 0 });

        Detect(new TwoLeadDetector(Rate), single).Should().Equal(Detect(new RWaveDetector(Rate), single));
    }

    [Theory]
    [InlineData("leadoff=0@20-30", SignalConditions.LeadOff)]
    [InlineData("leadoff=0@20-50", SignalConditions.LeadOff)]
    public void Lead_1_carries_the_beats_while_lead_0_is_off_and_R_does_not_jump(string off, SignalConditions condition)
    {
        var end = double.Parse(off.Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var (samples, truth) = Patient($"sinus-75?{off}&noise=muscle:0.01&duration={end + 20}");
        var detector = new TwoLeadDetector(Rate);
        var decisions = new List<BeatDecision>();
        foreach (var sample in samples)
        {
            if (detector.Process(in sample, out var decision))
            {
                decisions.Add(decision);
            }

            if (sample.Index / Rate > 20.1 && sample.Index / Rate < end)
            {
                // The gate withholds by this: it compares shapes on lead 0.
                detector.Conditions.Should().HaveFlag(condition);
            }
        }

        var judged = truth.Where(r => r is > 5).ToArray();
        foreach (var r in judged)
        {
            var nearest = decisions.MinBy(d => Math.Abs((d.RTime.Samples / Rate) - r));
            ((nearest.RTime.Samples / Rate) - r).Should().BeInRange(-0.012, 0.012, "of the beat at {0} s", r);
            if (r > 20.1 && r < end)
            {
                nearest.Class.Should().Be(BeatClass.Doubtful);
            }
        }

        decisions.Count(d => d.RTime.Samples > 4.8 * Rate && d.RTime.Samples < (truth[^1] + 0.1) * Rate).Should().Be(judged.Length);
    }

    [Fact]
    public void Of_bumps_on_lead_0_that_lead_1_has_not_seen_most_are_no_beats_any_more()
    {
        var (samples, truth) = Patient("sinus-60?noise=muscle:0.01&duration=120");
        var random = new Random(5);
        foreach (var r in truth.Where((r, i) => r > 30 && i % 5 == 0))
        {
            // Somewhere between two beats, as steep as one but smaller, each another.
            var centre = r + 0.42 + (0.3 * random.NextDouble());
            var height = 0.3 + (0.3 * random.NextDouble());
            var width = 0.012 + (0.018 * random.NextDouble());
            for (var i = (int)((centre - 0.1) * Rate); i < (centre + 0.1) * Rate && i < samples.Length; i++)
            {
                var t = ((i / Rate) - centre) / width;
                samples[i] = samples[i] with { Lead0Millivolts = samples[i].Lead0Millivolts + (float)(height * Math.Exp(-0.5 * t * t)) };
            }
        }

        var alone = Errors(Detect(new RWaveDetector(Rate), samples), truth);
        alone.Should().BeGreaterThan(4);
        (2 * Errors(Detect(new TwoLeadDetector(Rate), samples), truth)).Should().BeLessThanOrEqualTo(alone);
    }

    [Fact]
    public void Noise_on_lead_1_costs_lead_0_nothing()
    {
        var (clean, truth) = Patient("sinus-75?noise=muscle:0.01&duration=120");
        var (noisy, _) = Patient("sinus-75?noise=muscle:0.01&noise=muscle:0.6@30-60&motion=2@60-&duration=120");
        var samples = clean.Zip(noisy, (c, n) => c with { Lead1Millivolts = n.Lead1Millivolts }).ToArray();

        Errors(Detect(new TwoLeadDetector(Rate), samples), truth).Should().Be(0);
    }

    [Fact]
    public void Every_early_decision_gets_one_verdict_under_its_own_R()
    {
        var (samples, _) = Patient("sinus-pvc?noise=muscle:0.1&motion=0.8&leadoff=0@40-50&duration=120");
        var detector = new TwoLeadDetector(Rate);
        var open = new List<double>();
        var verdicts = 0;
        foreach (var sample in samples)
        {
            if (detector.Process(in sample, out var decision))
            {
                decision.DecisionIndex.Should().Be(sample.Index);
                if (!decision.IsLate)
                {
                    open.Add(decision.RTime.Samples);
                }
            }

            while (detector.TryTakeVerdict(out var time, out _))
            {
                verdicts += open.Remove(time.Samples) ? 1 : 0;
            }
        }

        verdicts.Should().BeGreaterThan(80);
        open.Should().HaveCountLessThanOrEqualTo(2, "only the last ones may still wait");
    }

    [Fact]
    public void Decisions_come_in_order_of_R_and_not_within_the_refractory_time()
    {
        var (samples, _) = Patient("pvc-couplets?noise=muscle:0.25&motion=1&duration=180");

        var decisions = Detect(new TwoLeadDetector(Rate), samples);

        decisions.Zip(decisions.Skip(1), (a, b) => b.RTime.Samples - a.RTime.Samples).Min().Should().BeGreaterThanOrEqualTo(0.16 * Rate);
    }

    [Fact]
    public void A_reset_detector_is_as_new()
    {
        var (samples, _) = Patient("sinus-pvc?noise=muscle:0.1&motion=0.5&duration=60");
        var detector = new TwoLeadDetector(Rate);
        var first = Detect(detector, samples);
        detector.Reset();

        Detect(detector, samples).Should().Equal(first);
    }

    [Fact]
    public void Nothing_of_another_patient_is_left_after_a_reset()
    {
        var (samples, _) = Patient("sinus-pvc?noise=muscle:0.1&motion=0.5&duration=60");
        var (other, _) = Patient("tachy-150?noise=muscle:0.3&leadoff=0@20-30&duration=40");
        var detector = new TwoLeadDetector(Rate);
        Detect(detector, other);
        detector.Reset();

        Detect(detector, samples).Should().Equal(Detect(new TwoLeadDetector(Rate), samples));
    }

    [Fact]
    public void A_doubtful_beat_at_which_the_other_lead_stirs_does_not_wait()
    {
        // Lead 1 sees the same 15 ms later: when lead 0 decides it has begun to look, and decides itself only later.
        var (samples, _) = Patient("sinus-pvc?noise=muscle:0.12&motion=0.3&duration=180");
        const int Later = (int)(0.015 * Rate);
        var both = samples.Select((sample, i) => sample with { Lead1Millivolts = samples[Math.Max(0, i - Later)].Lead0Millivolts }).ToArray();

        var alone = Detect(new RWaveDetector(Rate), both).Where(d => !d.IsLate && d.Confidence < 0.98f && d.RTime.Samples > 30 * Rate).ToArray();
        var two = Detect(new TwoLeadDetector(Rate), both).ToLookup(d => d.RTime.Samples);

        alone.Should().HaveCountGreaterThan(10, "or nothing is tested");
        alone.Count(d => two[d.RTime.Samples].Any(t => t.DecisionIndex == d.DecisionIndex)).Should().BeGreaterThanOrEqualTo((int)(0.7 * alone.Length));
    }

    [Fact]
    public void Equal_samples_give_equal_decisions()
    {
        var (samples, _) = Patient("sinus-pvc?noise=muscle:0.1&motion=0.5&duration=60");
        var detector = new TwoLeadDetector(Rate);
        Detect(new TwoLeadDetector(Rate), samples).Should().Equal(Detect(detector, samples));
    }

    [Fact]
    public void A_million_samples_allocate_nothing()
    {
        var (samples, _) = Patient("sinus-pvc?noise=muscle:0.1&motion=0.5&duration=40");
        var detector = new TwoLeadDetector(Rate);
        Run(20_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                detector.Process(samples[i % samples.Length] with { Index = i }, out _);
                while (detector.TryTakeVerdict(out _, out _))
                {
                }
            }
        }
    }

    private static int Errors(List<BeatDecision> decisions, double[] truth)
    {
        var judged = decisions.FindAll(d => d.RTime.Samples > 5 * Rate && d.RTime.Samples < (truth[^1] + 0.1) * Rate);
        var found = truth.Count(r => r > 5 && judged.Exists(d => Math.Abs((d.RTime.Samples / Rate) - r) < 0.03));
        return truth.Count(r => r > 5) + judged.Count - (2 * found);
    }

    private static List<BeatDecision> Detect(IBeatDetector detector, EcgSample[] samples)
    {
        var decisions = new List<BeatDecision>();
        foreach (var sample in samples)
        {
            if (detector.Process(in sample, out var decision))
            {
                decisions.Add(decision);
            }
        }

        return decisions;
    }

    private static (EcgSample[] Samples, double[] Truth) Patient(string scenario)
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get(scenario));
        using var source = new PatientSource(patient, Rate);
        var samples = new EcgSample[(int)(patient.DurationSeconds!.Value * Rate)];
        for (var done = 0; done < samples.Length;)
        {
            done += source.Read(samples.AsSpan(done)).Count;
        }

        return (samples, [.. patient.Truth.BeatsBetween(0, patient.DurationSeconds.Value - 0.5).Select(b => b.RSeconds)]);
    }
}
