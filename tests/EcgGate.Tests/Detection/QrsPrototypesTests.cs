using EcgGate.Detection;

namespace EcgGate.Tests.Detection;

public sealed class QrsPrototypesTests
{
    private const double Rate = 500;

    [Fact]
    public void The_residual_is_zero_for_the_same_beat_and_shows_gain()
    {
        var shapes = new QrsPrototypes(Rate, 4);
        shapes.Learn(Beat(1), 200, isMaximum: true, isRegular: true, now: 0);

        shapes.Nearest(Beat(1), 200, 300, true, out var same, out var rhythm).Should().Be(0);
        same.Should().BeApproximately(0, 1e-4f);
        rhythm.Should().Be(same);
        shapes.Nearest(Beat(0.5), 200, 300, true, out var half, out _);
        half.Should().BeApproximately(0.5f, 1e-3f);
        shapes.Nearest(Beat(1.4), 200, 300, true, out var more, out _);
        more.Should().BeApproximately(0.4f, 1e-3f);
    }

    [Fact]
    public void The_shape_of_most_beats_on_time_rules_the_rhythm_however_many_early_ones_come()
    {
        var shapes = new QrsPrototypes(Rate, 4);
        for (var i = 0; i < 30; i++)
        {
            shapes.Learn(Beat(1), 200, isMaximum: true, isRegular: true, now: i);
            shapes.Learn(Beat(3), 200, isMaximum: true, isRegular: false, now: i);
        }

        shapes.Count.Should().Be(2);
        shapes.Nearest(Beat(3), 200, 300, true, out var own, out var rhythm);
        own.Should().BeLessThan(0.05f);
        rhythm.Should().BeApproximately(2, 0.05f);
    }

    [Fact]
    public void A_small_lobe_before_R_announces_R()
    {
        var ring = new SignalRing(1024);
        for (var i = 0; i < 500; i++)
        {
            ring[i] = (float)(Wave(i, 200, 1, 5) + Wave(i, 176, 0.3, 4));
        }

        var shapes = new QrsPrototypes(Rate, 4);
        shapes.Learn(ring, 200, isMaximum: true, isRegular: true, now: 0);

        shapes.SamplesToR(0.3f).Should().BeInRange(22, 26);
        shapes.SamplesToR(-0.3f).Should().Be(0);
    }

    private static SignalRing Beat(double gain)
    {
        var ring = new SignalRing(1024);
        for (var i = 0; i < 500; i++)
        {
            ring[i] = (float)Wave(i, 200, gain, 5);
        }

        return ring;
    }

    private static double Wave(int i, double centre, double height, double sigma) =>
        height * Math.Exp(-0.5 * (i - centre) * (i - centre) / (sigma * sigma));
}
