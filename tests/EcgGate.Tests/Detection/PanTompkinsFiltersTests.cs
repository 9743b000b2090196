using EcgGate.Detection;

namespace EcgGate.Tests.Detection;

public sealed class PanTompkinsFiltersTests
{
    public static TheoryData<double> Rates => [125, 128, 180, 200, 250, 360, 500, 977.5, 1000, 2000];

    [Fact]
    public void At_200_Hz_they_are_the_filters_of_the_paper()
    {
        // y = 2 y1 - y2 + x - 2 x6 + x12, gain 36; y = y1 - x/32 + x16 - x17 + x32/32; y = (2 x + x1 - x3 - 2 x4) / 8,
        // per sample of 5 ms; mean of 30. As difference equations, in their own order.
        var random = new Random(1);
        var filters = new PanTompkinsFilters(200);
        filters.Settle(0);
        var x = new double[1000];
        var low = new double[1000];
        var band = new double[1000];
        var square = new double[1000];
        for (var n = 40; n < x.Length; n++)
        {
            x[n] = random.NextDouble() - 0.5;
            low[n] = (2 * low[n - 1]) - low[n - 2] + x[n] - (2 * x[n - 6]) + x[n - 12];
            band[n] = band[n - 1] - (low[n] / 32) + low[n - 16] - low[n - 17] + (low[n - 32] / 32);
            var slope = ((2 * (band[n - 1] - band[n - 3])) + band[n] - band[n - 4]) / (8 * 0.005) / 36;
            square[n] = slope * slope;
            var integral = 0.0;
            for (var k = 0; k < 30; k++)
            {
                integral += square[n - k] / 30;
            }

            filters.Process(x[n]);
            filters.Band.Should().BeApproximately(band[n] / 36, 1e-9);
            filters.Slope.Should().BeApproximately(slope, 1e-8);
            filters.Integral.Should().BeApproximately(integral, 1e-7);
        }

        (filters.BandDelay / 200).Should().Be(0.105);
        (filters.SlopeLag / 200.0).Should().Be(0.010);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void The_response_is_that_of_the_windows_in_time_at_every_rate(double rate)
    {
        foreach (var hertz in (double[])[1, 3, 5, 8, 11, 15, 20, 25])
        {
            var low = Math.Pow(Sinc(hertz * PanTompkinsFilters.LowPassSeconds), 2);
            var expected = low * Math.Abs(1 - Sinc(hertz * PanTompkinsFilters.HighPassSeconds));
            var far = 2 * Math.PI * hertz * 2 * PanTompkinsFilters.DerivativeSeconds;
            var steep = ((4 * Math.Sin(far / 2)) + (2 * Math.Sin(far))) / (8 * PanTompkinsFilters.DerivativeSeconds);

            var (band, slope) = Measure(rate, hertz);

            // Straight lines between samples of 8 ms make the slope flatter above the pass band (5-12 Hz), and a little
            // within it; above 180 Hz there is nothing to see.
            var tolerance = rate < 180 ? 0.07 : 0.025;
            band.Should().BeApproximately(expected, tolerance);
            if (rate > 180 || hertz < 18)
            {
                slope.Should().BeApproximately(expected * steep, tolerance * 2 * Math.PI * 12);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void The_pass_band_is_5_to_11_Hz_at_every_rate(double rate)
    {
        double[] frequencies = [.. Enumerable.Range(4, 117).Select(i => i * 0.25)];
        double[] gains = [.. frequencies.Select(hertz => Measure(rate, hertz).Band)];
        var edge = gains.Max() / Math.Sqrt(2);
        var from = Array.FindIndex(gains, gain => gain >= edge);
        var to = Array.FindLastIndex(gains, gain => gain >= edge);

        frequencies[from].Should().BeInRange(4.25, 5.25);
        frequencies[to].Should().BeInRange(11, 13);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Delays_and_window_are_the_paper_s_in_time_and_the_top_of_a_wave_comes_out_at_its_delay(double rate)
    {
        var filters = new PanTompkinsFilters(rate);
        // Half of each window: 2 x 15 + 80 ms, and a sample less at the paper's 200 Hz, as windows of samples are.
        (filters.BandDelay / rate).Should().BeApproximately(0.110, 1.5 / rate);
        (filters.SlopeLag / rate).Should().BeInRange(0.010, 0.010 + (1 / rate));
        (filters.IntegralLength / rate).Should().BeApproximately(0.150, 1e-9);

        var centre = (int)rate;
        var top = 0;
        var highest = 0.0;
        for (var n = 0; n < 3 * (int)rate; n++)
        {
            filters.Process(Math.Exp(-0.5 * Math.Pow((n - centre) / (0.012 * rate), 2)));
            if (filters.Band > highest)
            {
                highest = filters.Band;
                top = n;
            }
        }

        (top - centre - filters.BandDelay).Should().BeInRange(-0.6, 0.6);
    }

    [Fact]
    public void Settled_on_any_offset_it_gives_nothing()
    {
        foreach (var rate in (double[])[125, 360, 1000])
        {
            var filters = new PanTompkinsFilters(rate);
            filters.Settle(-300);
            for (var i = 0; i < rate; i++)
            {
                filters.Process(-300);
                filters.Band.Should().BeApproximately(0, 1e-9);
                filters.Integral.Should().BeApproximately(0, 1e-9);
            }
        }
    }

    private static double Sinc(double x) => Math.Sin(Math.PI * x) / (Math.PI * x);

    private static (double Band, double Slope) Measure(double rate, double hertz)
    {
        // Amplitudes from the sine and cosine parts over whole periods, once all windows are filled.
        var filters = new PanTompkinsFilters(rate);
        filters.Settle(0);
        double bandSine = 0, bandCosine = 0, slopeSine = 0, slopeCosine = 0;
        var samples = (int)(rate * 4);
        for (var i = -(int)rate; i < samples; i++)
        {
            var phase = 2 * Math.PI * hertz * i / rate;
            filters.Process(Math.Sin(phase));
            if (i >= 0)
            {
                bandSine += filters.Band * Math.Sin(phase);
                bandCosine += filters.Band * Math.Cos(phase);
                slopeSine += filters.Slope * Math.Sin(phase);
                slopeCosine += filters.Slope * Math.Cos(phase);
            }
        }

        return (2 * Math.Sqrt((bandSine * bandSine) + (bandCosine * bandCosine)) / samples, 2 * Math.Sqrt((slopeSine * slopeSine) + (slopeCosine * slopeCosine)) / samples);
    }
}
