using CsCheck;
using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Tests.Detection;

public sealed class InputConditionerTests
{
    [Theory]
    [InlineData(300f)]
    [InlineData(-300f)]
    public void The_electrode_offset_is_gone_with_the_first_sample(float offset)
    {
        var input = new InputConditioner(500);
        input.Process(new EcgSample(0, offset)).Should().Be(0);
        input.Process(new EcgSample(1, offset + 0.25f)).Should().BeApproximately(0.25, 1e-3);
    }

    [Theory]
    [InlineData(float.NaN, SampleStatus.None)]
    [InlineData(float.PositiveInfinity, SampleStatus.None)]
    [InlineData(1e30f, SampleStatus.None)]
    [InlineData(7f, SampleStatus.Lead0Off)]
    [InlineData(7f, SampleStatus.Lead0Invalid)]
    [InlineData(7f, SampleStatus.Lead0Saturated)]
    public void What_cannot_be_used_is_bridged_and_joined_again_without_a_step(float value, SampleStatus status)
    {
        var input = new InputConditioner(500);
        input.Process(new EcgSample(0, 0f));
        input.Process(new EcgSample(1, 0.1f));
        input.Process(new EcgSample(2, value, 0, status)).Should().BeApproximately(0.1, 1e-6);
        input.IsBridging.Should().BeTrue();
        input.Process(new EcgSample(3, 5f)).Should().BeApproximately(0.1, 1e-6);
        input.Process(new EcgSample(4, 5.2f)).Should().BeApproximately(0.3, 1e-3);
    }

    [Theory]
    [InlineData(2f)]
    [InlineData(-700f)]
    public void A_pacing_spike_of_two_milliseconds_is_cut_out(float height)
    {
        var input = new InputConditioner(2000);
        for (var i = 0; i < 100; i++)
        {
            var value = i is >= 50 and < 54 ? height : 0f;
            input.Process(new EcgSample(i, value)).Should().BeApproximately(0, 1e-3);
        }

        input.LastEdgeIndex.Should().Be(50);
    }

    [Fact]
    public void Whatever_comes_in_no_step_steeper_than_a_heart_can_make_comes_out()
    {
        Gen.Float[-1000, 1000].Array[200].Sample(values =>
        {
            var input = new InputConditioner(500);
            var last = 0.0;
            for (var i = 0; i < values.Length; i++)
            {
                var value = input.Process(new EcgSample(i, values[i]));

                // 1 mV/ms over at most the longest spike of 4 ms and the sample after it.
                Math.Abs(value - last).Should().BeLessThan(2 * 3.01);
                last = value;
            }
        });
    }
}
