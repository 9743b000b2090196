namespace EcgGate.Detection;

/// <summary>
/// A second-order recursive filter, Butterworth, made from the analogue prototype by the bilinear transform with
/// prewarping, so that the corner (−3 dB) is exact at any sampling rate. Minimum phase: no filter with this magnitude
/// has less delay.
/// </summary>
/// <remarks>A mutable struct that lives inside the detector; never copy it once running.</remarks>
internal struct BiquadFilter
{
    private double _s1;
    private double _s2;

    private BiquadFilter(double b0, double b1, double b2, double a1, double a2)
    {
        (B0, B1, B2, A1, A2) = (b0, b1, b2, a1, a2);
    }

    public double B0 { get; }

    public double B1 { get; }

    public double B2 { get; }

    public double A1 { get; }

    public double A2 { get; }

    /// <summary>Low-pass with its corner at the given frequency, which is kept below 0.45 of the rate.</summary>
    public static BiquadFilter LowPass(double cornerHertz, double samplingRateHertz)
    {
        var k = Math.Tan(Math.PI * Math.Min(cornerHertz, 0.45 * samplingRateHertz) / samplingRateHertz);
        var norm = 1 / (1 + (Math.Sqrt(2) * k) + (k * k));
        return new(k * k * norm, 2 * k * k * norm, k * k * norm, 2 * ((k * k) - 1) * norm, (1 - (Math.Sqrt(2) * k) + (k * k)) * norm);
    }

    /// <summary>High-pass with its corner at the given frequency.</summary>
    public static BiquadFilter HighPass(double cornerHertz, double samplingRateHertz)
    {
        var k = Math.Tan(Math.PI * Math.Min(cornerHertz, 0.45 * samplingRateHertz) / samplingRateHertz);
        var norm = 1 / (1 + (Math.Sqrt(2) * k) + (k * k));
        return new(norm, -2 * norm, norm, 2 * ((k * k) - 1) * norm, (1 - (Math.Sqrt(2) * k) + (k * k)) * norm);
    }

    /// <summary>Filters one sample (transposed direct form II, the best conditioned of the short ones).</summary>
    public double Process(double input)
    {
        var output = (B0 * input) + _s1;
        _s1 = (B1 * input) - (A1 * output) + _s2;
        _s2 = (B2 * input) - (A2 * output);
        return output;
    }

    /// <summary>Puts the filter into the state it would have after this input for ever.</summary>
    public void Settle(double input)
    {
        var output = input * (B0 + B1 + B2) / (1 + A1 + A2);
        _s2 = (B2 * input) - (A2 * output);
        _s1 = (B1 * input) - (A1 * output) + _s2;
    }
}
