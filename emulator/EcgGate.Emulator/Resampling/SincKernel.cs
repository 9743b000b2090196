namespace EcgGate.Emulator.Resampling;

/// <summary>
/// A Kaiser-windowed sinc: the weight of a sample at a distance from the moment asked for. Immutable and thread-safe.
/// </summary>
internal sealed class SincKernel
{
    // Kaiser's formulas (Kaiser 1974; Oppenheim & Schafer, Discrete-Time Signal Processing, 7.6): beta 8 holds ripple
    // and stop band at about 80 dB; its transition, over a whole window of 64 periods, is 0.08 of the rate wide.
    private const double Beta = 8;
    private const double HalfTransition = 0.039;
    private const int StepsPerPeriod = 512;

    private readonly double[] _table;
    private readonly double _periodsPerSample;

    /// <param name="halfPeriods">Half width, in periods of the lower of the two rates.</param>
    /// <param name="rateRatio">Target rate over source rate. Below 1, what the target cannot hold is filtered out.</param>
    public SincKernel(int halfPeriods, double rateRatio)
    {
        var decimates = rateRatio < 1;
        _periodsPerSample = decimates ? rateRatio : 1;
        HalfSamples = (int)Math.Ceiling(halfPeriods / _periodsPerSample);

        // Interpolation keeps all that the source holds. Decimation ends its stop band at half the target rate, so that
        // nothing folds back.
        var cutoff = decimates ? 0.5 - HalfTransition : 0.5;
        var count = (halfPeriods * StepsPerPeriod) + 2;
        _table = new double[count];
        var norm = BesselI0(Beta);
        for (var i = 0; i < count; i++)
        {
            var periods = (double)i / StepsPerPeriod;
            var edge = periods / halfPeriods;
            if (edge >= 1)
            {
                continue;
            }

            var angle = 2 * Math.PI * cutoff * periods;
            var sinc = i == 0 ? 1 : Math.Sin(angle) / angle;
            _table[i] = sinc * BesselI0(Beta * Math.Sqrt(1 - (edge * edge))) / norm;
        }
    }

    /// <summary>Samples to each side that carry weight.</summary>
    public int HalfSamples { get; }

    /// <summary>The weight, not normalised, at a distance in samples of the source.</summary>
    public double WeightAt(double samples)
    {
        var x = Math.Abs(samples) * _periodsPerSample * StepsPerPeriod;
        var i = (int)x;
        if (i >= _table.Length - 1)
        {
            return 0;
        }

        return _table[i] + ((x - i) * (_table[i + 1] - _table[i]));
    }

    private static double BesselI0(double x)
    {
        var sum = 1.0;
        var term = 1.0;
        for (var k = 1; term > 1e-17 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
