using CsCheck;
using EcgGate.Gating;
using EcgGate.Records;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Gating;

public sealed class RefractoryWindowTests
{
    [Fact]
    public void The_window_never_ends_after_the_fixed_cutoff()
    {
        Gen.Select(Gen.Double[0.2, 3].Array[0, 30], Gen.Double[0.2, 3]).Sample((history, rr) =>
        {
            var window = new RefractoryWindow();
            foreach (var interval in history)
            {
                window.Observe(interval);
            }

            window.LatestEdgeMilliseconds(rr, 70).Should().BeLessThanOrEqualTo(70);
        });
    }

    [Fact]
    public void The_vulnerable_period_opens_earlier_at_a_faster_rate()
    {
        Gen.Double[0.25, 2.9].Sample(rr =>
            RefractoryWindow.VulnerableOpeningMilliseconds(rr).Should().BeLessThan(RefractoryWindow.VulnerableOpeningMilliseconds(rr + 0.1)));
    }

    [Fact]
    public void At_every_rate_inside_the_limits_the_default_pulse_ends_before_the_vulnerable_period()
    {
        for (var perMinute = 40; perMinute <= 120; perMinute++)
        {
            RefractoryWindow.VulnerableOpeningMilliseconds(60.0 / perMinute).Should().BeGreaterThan(70);
        }
    }

    [Fact]
    public void Slowing_down_widens_the_window_only_with_the_lag_of_QT()
    {
        var window = new RefractoryWindow();
        for (var i = 0; i < 100; i++)
        {
            window.Observe(0.3);
        }

        window.Observe(1.0);

        window.LatestEdgeMilliseconds(1.0, 100).Should().BeLessThan(RefractoryWindow.VulnerableOpeningMilliseconds(0.4));
        for (var i = 0; i < 30; i++)
        {
            window.Observe(1.0);
        }

        window.LatestEdgeMilliseconds(1.0, 100).Should().Be(100);
    }

    /// <summary>The real T waves of 100 patients, in all twelve leads: the table in docs/gating.md.</summary>
    [Fact]
    public void No_vulnerable_period_of_the_patients_of_LUDB_opens_before_the_window_ends()
    {
        var folder = Path.Combine(Recordings.Require(), "ludb");
        string[] leads = ["i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6"];
        var count = 0;
        var earliest = double.PositiveInfinity;
        for (var patient = 1; patient <= 100; patient++)
        {
            foreach (var lead in leads)
            {
                using var reader = AnnotationReader.Open(Path.Combine(folder, $"{patient}.{lead}"), new AnnotationReadOptions { SamplingFrequencyHertz = 500 });
                var window = new RefractoryWindow();
                double lastR = double.NaN, rr = double.NaN;
                foreach (var mark in reader.ReadToEnd())
                {
                    var at = mark.Sample / 500.0;
                    if (mark.Code.ToSymbol() == "N")
                    {
                        rr = at - lastR;
                        lastR = at;
                        window.Observe(rr);
                    }
                    else if (mark.Code.ToSymbol() == "t" && !double.IsNaN(rr) && at - lastR < 0.6)
                    {
                        var afterR = (at - lastR) * 1000;
                        (afterR - 40).Should().BeGreaterThan(window.LatestEdgeMilliseconds(rr, 70), "patient {0}, lead {1}, RR {2:0} ms", patient, lead, rr * 1000);
                        earliest = Math.Min(earliest, afterR);
                        count++;
                    }
                }
            }
        }

        count.Should().BeGreaterThan(8000);
        earliest.Should().BeGreaterThan(115);
    }
}
