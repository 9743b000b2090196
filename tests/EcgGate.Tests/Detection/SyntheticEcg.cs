namespace EcgGate.Tests.Detection;

/// <summary>A small ECG of Gaussian waves with R at exact, real-valued times; symmetric around R, so R is its maximum.</summary>
internal sealed class SyntheticEcg(double rate)
{
    private readonly List<(double Time, double Gain, bool IsWide)> _beats = [];

    public double Rate { get; } = rate;

    public double Gain { get; init; } = 1;

    public double TWave { get; init; } = 0.25;

    public double TWidth { get; init; } = 0.045;

    public double QrsWidth { get; init; } = 0.010;

    public double NoiseMillivolts { get; init; }

    public IReadOnlyList<double> RTimes => _beats.ConvertAll(b => b.Time);

    public SyntheticEcg Beat(double seconds, double gain = 1, bool wide = false)
    {
        _beats.Add((seconds, gain, wide));
        return this;
    }

    /// <summary>Beats from one time to another, a little irregular so that R falls between samples everywhere.</summary>
    public SyntheticEcg Rhythm(double from, double to, double interval = 0.8)
    {
        var n = 0;
        for (var t = from; t < to; t += interval + (0.0137 * ((n++ % 7) - 3)))
        {
            Beat(t);
        }

        return this;
    }

    public float[] Render(double seconds, int seed = 1)
    {
        var values = new double[(int)(seconds * Rate)];
        foreach (var (time, gain, wide) in _beats)
        {
            var scale = gain * Gain;
            if (wide)
            {
                Add(values, time, 1.6 * scale, 0.030);
                Add(values, time + 0.09, -0.8 * scale, 0.035);
                Add(values, time + 0.32, -0.4 * scale, 0.06);
                continue;
            }

            Add(values, time - 0.16, 0.12 * scale, 0.022);
            Add(values, time - 0.026, -0.12 * scale, 0.007);
            Add(values, time, scale, QrsWidth);
            Add(values, time + 0.026, -0.12 * scale, 0.007);
            Add(values, time + 0.28, TWave * scale, TWidth);
        }

        var random = new Random(seed);
        return Array.ConvertAll(values, v => (float)(v + (NoiseMillivolts * Gaussian(random))));
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private void Add(double[] values, double centre, double height, double sigma)
    {
        var from = Math.Max(0, (int)((centre - (5 * sigma)) * Rate));
        var to = Math.Min(values.Length - 1, (int)((centre + (5 * sigma)) * Rate));
        for (var i = from; i <= to; i++)
        {
            var d = ((i / Rate) - centre) / sigma;
            values[i] += height * Math.Exp(-0.5 * d * d);
        }
    }
}
