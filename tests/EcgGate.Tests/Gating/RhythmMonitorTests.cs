using CsCheck;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;

namespace EcgGate.Tests.Gating;

public sealed class RhythmMonitorTests
{
    private static RhythmMonitor Monitor() => new(1000, 0.15, 0.40);

    private static RhythmView Observe(RhythmMonitor monitor, ref double r, double rr, BeatClass beatClass = BeatClass.Normal, bool isCertain = true)
    {
        r += rr;
        return monitor.Observe(new BeatDecision(new SampleTime(r), (long)r + 20, beatClass, 1, 0.1f, 1, IsLate: false), isCertain);
    }

    [Fact]
    public void Atrial_fibrillation_is_irregular_and_sinus_rhythm_with_extrasystoles_is_not()
    {
        var random = new Random(3);
        var (fibrillation, sinus) = (Monitor(), Monitor());
        double rf = 0, rs = 0;
        RhythmView ofFibrillation = default, ofSinus = default;
        for (var beat = 0; beat < 100; beat++)
        {
            ofFibrillation = Observe(fibrillation, ref rf, 550 + (500 * random.NextDouble()));
            ofSinus = (beat % 6) switch
            {
                4 => Observe(sinus, ref rs, 500, BeatClass.Ectopic),
                5 => Observe(sinus, ref rs, 1100),
                _ => Observe(sinus, ref rs, 780 + (40 * random.NextDouble())),
            };
        }

        ofFibrillation.IsIrregular.Should().BeTrue();
        ofSinus.IsIrregular.Should().BeFalse();
    }

    [Fact]
    public void In_an_irregular_rhythm_a_beat_whose_shape_is_not_certain_disturbs_the_next()
    {
        var random = new Random(3);
        var monitor = Monitor();
        var r = 0.0;
        for (var beat = 0; beat < 60; beat++)
        {
            Observe(monitor, ref r, 550 + (500 * random.NextDouble()));
        }

        Observe(monitor, ref r, 800, isCertain: false);
        Observe(monitor, ref r, 800).FollowsDisturbance.Should().BeTrue();
        Observe(monitor, ref r, 600).FollowsDisturbance.Should().BeFalse();
    }

    [Fact]
    public void An_ectopic_beat_disturbs_the_next_whenever_it_comes()
    {
        Gen.Select(Gen.Double[300, 1900], Gen.Bool).Sample((rr, isCertain) =>
        {
            var monitor = Monitor();
            var r = 0.0;
            for (var beat = 0; beat < 12; beat++)
            {
                Observe(monitor, ref r, 800);
            }

            Observe(monitor, ref r, rr, BeatClass.Ectopic, isCertain);
            Observe(monitor, ref r, 800).FollowsDisturbance.Should().BeTrue();
        });
    }

    [Fact]
    public void Evidence_grows_in_trigeminy_and_never_in_bigeminy()
    {
        int After(int normals)
        {
            var monitor = Monitor();
            var r = 0.0;
            for (var beat = 0; beat < 90; beat++)
            {
                var isOdd = beat % (normals + 1) == normals;
                Observe(monitor, ref r, isOdd ? 500 : beat % (normals + 1) == 0 ? 1000 : 800, isOdd ? BeatClass.Ectopic : BeatClass.Normal);
            }

            return monitor.Evidence;
        }

        After(1).Should().BeLessThan(3);
        After(2).Should().BeGreaterThan(16);
    }

    [Fact]
    public void The_rate_is_that_of_the_last_eight_intervals()
    {
        Gen.Double[350, 1500].Array[3, 30].Sample(intervals =>
        {
            var monitor = Monitor();
            var r = 0.0;
            Observe(monitor, ref r, 1000);
            RhythmView view = default;
            foreach (var rr in intervals)
            {
                view = Observe(monitor, ref r, rr);
            }

            view.RatePerMinute.Should().BeApproximately(60_000 / intervals.TakeLast(8).Average(), 1e-6);
        });
    }

    [Fact]
    public void A_beat_found_behind_another_says_nothing_of_the_rate()
    {
        var monitor = Monitor();
        var r = 0.0;
        for (var beat = 0; beat < 12; beat++)
        {
            Observe(monitor, ref r, 800);
        }

        var behind = r - 300;
        Observe(monitor, ref behind, 0).RatePerMinute.Should().Be(double.NaN);
        Observe(monitor, ref r, 800).RatePerMinute.Should().BeApproximately(75, 1e-6);
    }

    [Fact]
    public void After_a_time_that_was_not_to_be_trusted_the_rhythm_is_known_and_the_rate_is_not()
    {
        var monitor = Monitor();
        var r = 0.0;
        for (var beat = 0; beat < 30; beat++)
        {
            Observe(monitor, ref r, 800);
        }

        monitor.Resume(13);

        monitor.ExpectedRRSeconds.Should().BeApproximately(0.8, 1e-9);
        monitor.Evidence.Should().Be(13);
        Observe(monitor, ref r, 5000).RRSeconds.Should().Be(double.NaN);
        Observe(monitor, ref r, 700).RatePerMinute.Should().Be(double.NaN);
        Observe(monitor, ref r, 700);
        Observe(monitor, ref r, 700).RatePerMinute.Should().BeApproximately(60_000 / 700.0, 1e-6);
    }
}
