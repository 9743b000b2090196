using CsCheck;
using EcgGate.Detection;

namespace EcgGate.Tests.Detection;

public sealed class MovingMeanTests
{
    [Fact]
    public void It_is_the_mean_of_the_last_values()
    {
        Gen.Select(Gen.Int[1, 50], Gen.Double[-10, 10].Array[1, 300]).Sample((length, values) =>
        {
            var mean = new MovingMean(length);
            for (var i = 0; i < values.Length; i++)
            {
                var expected = 0.0;
                for (var k = Math.Max(0, i - length + 1); k <= i; k++)
                {
                    expected += values[k] / length;
                }

                mean.Process(values[i]).Should().BeApproximately(expected, 1e-9);
            }
        });
    }

    [Fact]
    public void A_huge_value_leaves_no_trace_once_it_has_passed()
    {
        var mean = new MovingMean(20);
        mean.Process(1e18);
        var last = double.NaN;
        for (var i = 0; i < 45; i++)
        {
            last = mean.Process(0.001);
        }

        last.Should().BeApproximately(0.001, 1e-12);
    }
}
