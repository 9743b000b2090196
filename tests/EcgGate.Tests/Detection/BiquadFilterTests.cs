using EcgGate.Detection;

namespace EcgGate.Tests.Detection;

public sealed class BiquadFilterTests
{
    [Theory]
    [InlineData(125)]
    [InlineData(250)]
    [InlineData(360)]
    [InlineData(1000)]
    [InlineData(2000)]
    public void The_response_is_that_of_a_Butterworth_filter_at_every_rate(double rate)
    {
        foreach (var corner in (double[])[5, 25])
        {
            foreach (var frequency in (double[])[1, 5, 12, 25, 40, 55])
            {
                // Bilinear transform with prewarping: the analogue response at tan(pi f / rate) / tan(pi corner / rate).
                var ratio = Math.Pow(Math.Tan(Math.PI * frequency / rate) / Math.Tan(Math.PI * corner / rate), 2);
                var low = 1 / Math.Sqrt(1 + (ratio * ratio));

                Measure(BiquadFilter.LowPass(corner, rate), frequency, rate).Should().BeApproximately(low, 2e-3);
                Measure(BiquadFilter.HighPass(corner, rate), frequency, rate).Should().BeApproximately(ratio * low, 2e-3);
            }
        }
    }

    [Fact]
    public void A_settled_filter_stays_where_a_constant_input_would_have_brought_it()
    {
        var low = BiquadFilter.LowPass(25, 500);
        var high = BiquadFilter.HighPass(5, 500);
        low.Settle(300);
        high.Settle(300);
        for (var i = 0; i < 100; i++)
        {
            low.Process(300).Should().BeApproximately(300, 1e-9);
            high.Process(300).Should().BeApproximately(0, 1e-9);
        }
    }

    private static double Measure(BiquadFilter filter, double frequency, double rate)
    {
        // Amplitude from the sine and cosine parts over whole seconds, after five seconds of settling.
        double sine = 0, cosine = 0;
        var samples = (int)rate * 4;
        for (var i = -(int)rate * 5; i < samples; i++)
        {
            var phase = 2 * Math.PI * frequency * i / rate;
            var output = filter.Process(Math.Sin(phase));
            if (i >= 0)
            {
                sine += output * Math.Sin(phase);
                cosine += output * Math.Cos(phase);
            }
        }

        return 2 * Math.Sqrt((sine * sine) + (cosine * cosine)) / samples;
    }
}
