using EcgGate.Detection;

namespace EcgGate.Tests.Detection;

public sealed class RRAveragesTests
{
    [Fact]
    public void An_interval_out_of_its_limits_does_not_enter_the_second_average_and_makes_the_rhythm_irregular()
    {
        var averages = new RRAverages();
        Repeat(averages, 10, 100);
        averages.IsRegular.Should().BeTrue();

        averages.Add(91);
        averages.Add(117);

        averages.Ordinary.Should().Be(100);
        averages.MissedLimit.Should().BeApproximately(166, 1e-9);
        averages.IsRegular.Should().BeFalse();
        Repeat(averages, 8, 100);
        averages.IsRegular.Should().BeTrue();
    }

    [Fact]
    public void Intervals_within_92_and_116_percent_enter_it()
    {
        var averages = new RRAverages();
        Repeat(averages, 8, 100);

        averages.Add(115);
        averages.Add(94);

        averages.Ordinary.Should().BeApproximately(((6 * 100) + 115 + 94) / 8.0, 1e-9);
        averages.IsRegular.Should().BeTrue();
    }

    [Theory]
    [InlineData(50)]
    [InlineData(300)]
    public void After_a_step_of_the_rate_eight_odd_intervals_are_the_new_rhythm(double interval)
    {
        var averages = new RRAverages();
        Repeat(averages, 20, 100);

        Repeat(averages, 7, interval);
        averages.Ordinary.Should().Be(100);
        Repeat(averages, 1, interval);

        averages.Ordinary.Should().Be(interval);
        averages.IsRegular.Should().BeTrue();
    }

    [Fact]
    public void One_double_interval_at_the_start_does_not_stay()
    {
        var averages = new RRAverages();
        averages.Add(200);
        Repeat(averages, 8, 100);

        averages.Ordinary.Should().Be(100);
    }

    [Fact]
    public void Nothing_is_known_before_the_first_interval_nor_after_a_reset()
    {
        var averages = new RRAverages();
        averages.IsKnown.Should().BeFalse();
        averages.Add(100);
        averages.IsKnown.Should().BeTrue();
        averages.Reset();

        averages.IsKnown.Should().BeFalse();
        averages.Ordinary.Should().Be(0);
    }

    private static void Repeat(RRAverages averages, int count, double interval)
    {
        for (var i = 0; i < count; i++)
        {
            averages.Add(interval);
        }
    }
}
