using System.Text.Json;
using CsCheck;

namespace EcgGate.Validation.Tests;

public sealed class DistributionTests
{
    private static readonly Gen<double[]> Values = Gen.Int[-2000, 2000].Select(tenths => tenths / 10.0).Array[1, 200];

    [Fact]
    public void Percentiles_are_those_of_the_sorted_values() =>
        Gen.Select(Values, Gen.Int[1, 100]).Sample((values, percent) =>
        {
            var sorted = values.Order().ToArray();
            var expected = sorted[Math.Max(1, (int)Math.Ceiling(percent / 100.0 * sorted.Length)) - 1];

            Distribution.Of(values).Percentile(percent).Should().Be(expected);
        });

    [Fact]
    public void Counts_up_to_a_limit_are_those_of_the_values() =>
        Gen.Select(Values, Gen.Int[-2100, 2100]).Sample((values, tenths) =>
            Distribution.Of(values).CountUpTo(tenths / 10.0).Should().Be(values.Count(value => value <= tenths / 10.0)));

    [Fact]
    public void Parts_add_up_to_the_whole_and_survive_JSON() =>
        Gen.Select(Values, Values).Sample((one, other) =>
        {
            var whole = Distribution.Of([.. one, .. other]);

            Distribution.Sum([Distribution.Of(one), Distribution.Of(other)]).Counts.Should().Equal(whole.Counts);
            JsonSerializer.Deserialize<Distribution>(JsonSerializer.Serialize(whole))!.Counts.Should().Equal(whole.Counts);
        });

    [Fact]
    public void Mean_and_standard_deviation_are_of_all_values()
    {
        var distribution = Distribution.Of([2, 4, 4, 4, 5, 5, 7, 9]);

        distribution.MeanMilliseconds.Should().Be(5);
        distribution.StandardDeviationMilliseconds.Should().Be(2);
        Distribution.Empty.MeanMilliseconds.Should().BeNull();
        Distribution.Empty.Percentile(50).Should().BeNull();
    }
}
