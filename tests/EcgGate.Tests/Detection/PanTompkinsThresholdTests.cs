using CsCheck;
using EcgGate.Detection;

namespace EcgGate.Tests.Detection;

public sealed class PanTompkinsThresholdTests
{
    [Fact]
    public void Levels_and_threshold_follow_the_equations_of_the_paper()
    {
        var level = new PanTompkinsThreshold(4, 0.01);
        level.Start(8, 2);
        level.First.Should().Be(3.5);

        level.AddSignal(16, isSearchBack: false);
        level.Signal.Should().Be((0.125 * 16) + (0.875 * 8));
        level.AddNoise(1);
        level.Noise.Should().Be((0.125 * 1) + (0.875 * 2));
        level.AddSignal(5, isSearchBack: true);
        level.Signal.Should().Be((0.25 * 5) + (0.75 * 9));
    }

    [Fact]
    public void Whatever_comes_the_threshold_lies_between_noise_and_signal_and_no_peak_lifts_it_beyond_its_bound()
    {
        Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1e9]).Array[1, 200].Sample(peaks =>
        {
            var level = new PanTompkinsThreshold(16, 1);
            foreach (var (kind, size) in peaks)
            {
                var before = level.Signal;
                if (kind == 0)
                {
                    level.AddNoise(size);
                }
                else
                {
                    level.AddSignal(size, isSearchBack: kind == 2);
                }

                level.Signal.Should().BeInRange(1, before * (1 + (0.25 * 15)) * 1.000001);
                level.Noise.Should().BeInRange(0, level.Signal);
                level.First.Should().BeInRange(level.Noise, level.Signal);
            }
        });
    }
}
