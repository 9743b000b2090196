using EcgGate.Signals;

namespace EcgGate.Validation.Noise;

/// <summary>Noise for two leads at one sampling rate, mV. It is run over again where it is shorter than a record.</summary>
/// <param name="Lead0">For lead 0; not empty.</param>
/// <param name="Lead1">For lead 1; not empty.</param>
public sealed record NoiseSignal(float[] Lead0, float[] Lead1)
{
    /// <summary>Reads a source to its end, and brings it to another sampling rate, on straight lines between its samples.</summary>
    /// <param name="source">The noise; not disposed. One lead serves for both.</param>
    /// <param name="samplingRateHertz">Samples per second to have.</param>
    /// <exception cref="FormatException">It has fewer than two samples.</exception>
    public static NoiseSignal Read(IEcgSource source, double samplingRateHertz)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samplingRateHertz);
        var (lead0, lead1) = ReadLeads(source, long.MaxValue);
        if (lead0.Length < 2)
        {
            throw new FormatException($"{source.Info.Name} has {lead0.Length} samples: too few to be noise.");
        }

        var step = source.Info.SamplingRateHertz / samplingRateHertz;
        return new NoiseSignal(Resample(lead0, step), source.Info.LeadNames.Count > 1 ? Resample(lead1, step) : Resample(lead0, step));
    }

    /// <summary>The first samples of both leads, or all where there are fewer.</summary>
    internal static (float[] Lead0, float[] Lead1) ReadLeads(IEcgSource source, long count)
    {
        var (lead0, lead1) = (new List<float>(), new List<float>());
        var buffer = new EcgSample[4096];
        for (int read; lead0.Count < count && (read = source.Read(buffer).Count) > 0;)
        {
            foreach (ref readonly var sample in buffer.AsSpan(0, (int)Math.Min(read, count - lead0.Count)))
            {
                lead0.Add(sample.Lead0Millivolts);
                lead1.Add(sample.Lead1Millivolts);
            }
        }

        return ([.. lead0], [.. lead1]);
    }

    private static float[] Resample(float[] values, double step)
    {
        if (step == 1)
        {
            return values;
        }

        var resampled = new float[(int)Math.Floor((values.Length - 1) / step) + 1];
        for (var i = 0; i < resampled.Length; i++)
        {
            var at = Math.Min(i * step, values.Length - 1);
            var before = Math.Min((int)at, values.Length - 2);
            resampled[i] = (float)(values[before] + ((at - before) * (values[before + 1] - values[before])));
        }

        return resampled;
    }
}
