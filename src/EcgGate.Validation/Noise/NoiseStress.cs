using EcgGate.Signals;

namespace EcgGate.Validation.Noise;

/// <summary>
/// The protocol of the noise stress test: how much noise makes a given signal-to-noise ratio, and when it is added.
/// </summary>
/// <remarks>
/// Sources: Moody, Muldrow and Mark, "A noise stress test for arrhythmia detectors", Computers in Cardiology 1984;11:381;
/// the WFDB Applications Guide, nst(1) and sigamp(1). Pure functions; safe from any thread.
/// </remarks>
public static class NoiseStress
{
    /// <summary>Without noise at first, so that a detector can learn: 5 minutes.</summary>
    public const double CleanSecondsAtStart = 300;

    /// <summary>After that, noise and no noise take turns for so long each: 2 minutes.</summary>
    public const double TurnSeconds = 120;

    private const int MostMeasurements = 300;
    private const double WindowSeconds = 0.05;
    private const double Trimmed = 0.05;

    /// <summary>Whether there is noise at a moment of the record.</summary>
    public static bool IsNoisy(double seconds) =>
        seconds >= CleanSecondsAtStart && (int)((seconds - CleanSecondsAtStart) / TurnSeconds) % 2 == 0;

    /// <summary>
    /// The power of a clean ECG: QRS peak to peak squared over 8, as of a sine wave. The amplitude is the mean over the
    /// first 300 normal beats (of all kinds where there are none) of the range within 50 ms to both sides, the largest
    /// and the smallest 5 % left out.
    /// </summary>
    /// <param name="signal">The ECG, mV.</param>
    /// <param name="reference">Its beats.</param>
    /// <param name="samplingRateHertz">Samples per second.</param>
    /// <returns>In mV²; 0 where there is no beat.</returns>
    public static double SignalPower(ReadOnlySpan<float> signal, BeatAnnotations reference, double samplingRateHertz)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var half = (long)Math.Round(WindowSeconds * samplingRateHertz);
        var anyNormal = reference.Beats.Any(beat => AamiClasses.Of(beat.Symbol) == AamiClass.N);
        var ranges = new List<double>(MostMeasurements);
        foreach (var beat in reference.Beats)
        {
            if ((anyNormal && AamiClasses.Of(beat.Symbol) != AamiClass.N) || beat.Sample - half < 0 || beat.Sample + half >= signal.Length)
            {
                continue;
            }

            var around = signal.Slice((int)(beat.Sample - half), (int)((2 * half) + 1));
            float low = around[0], high = around[0];
            foreach (var value in around)
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }

            ranges.Add(high - low);
            if (ranges.Count == MostMeasurements)
            {
                break;
            }
        }

        var amplitude = TrimmedMean(ranges);
        return amplitude * amplitude / 8;
    }

    /// <summary>
    /// The power of a noise record: of the standard deviations of its first 300 whole seconds, the mean without the
    /// largest and the smallest 5 %, squared.
    /// </summary>
    /// <param name="noise">The noise, mV.</param>
    /// <param name="samplingRateHertz">Samples per second.</param>
    /// <returns>In mV²; 0 where there is less than a second.</returns>
    public static double NoisePower(ReadOnlySpan<float> noise, double samplingRateHertz)
    {
        var second = (int)Math.Round(samplingRateHertz);
        var deviations = new List<double>(MostMeasurements);
        for (var start = 0; start + second <= noise.Length && deviations.Count < MostMeasurements; start += second)
        {
            double sum = 0, squares = 0;
            foreach (var value in noise.Slice(start, second))
            {
                sum += value;
                squares += (double)value * value;
            }

            var mean = sum / second;
            deviations.Add(Math.Sqrt(Math.Max(0, (squares / second) - (mean * mean))));
        }

        var deviation = TrimmedMean(deviations);
        return deviation * deviation;
    }

    /// <summary>What the noise must be multiplied with.</summary>
    /// <param name="signalPower">Of the ECG, mV².</param>
    /// <param name="noisePower">Of the noise as it is, mV²; above 0.</param>
    /// <param name="signalToNoiseDecibels">The ratio wanted, dB.</param>
    public static double Gain(double signalPower, double noisePower, double signalToNoiseDecibels) =>
        Math.Sqrt(signalPower / (noisePower * Math.Pow(10, signalToNoiseDecibels / 10)));

    /// <summary>The noise for a record at a ratio: for each lead by its own power.</summary>
    /// <param name="clean">The record, at its start; read as far as it is needed, not disposed.</param>
    /// <param name="reference">Its beats.</param>
    /// <param name="noise">The noise, at the record's sampling rate.</param>
    /// <param name="signalToNoiseDecibels">The ratio wanted, dB.</param>
    /// <returns>What <see cref="NoisySource"/> is to add. A lead without beats or noise gets none.</returns>
    public static NoiseSignal Scale(IEcgSource clean, BeatAnnotations reference, NoiseSignal noise, double signalToNoiseDecibels)
    {
        ArgumentNullException.ThrowIfNull(clean);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(noise);
        var rate = clean.Info.SamplingRateHertz;
        var (lead0, lead1) = NoiseSignal.ReadLeads(clean, SamplesNeeded(reference, rate));
        float[] Scaled(float[] signal, float[] part)
        {
            var noisePower = NoisePower(part, rate);
            var gain = noisePower > 0 ? Gain(SignalPower(signal, reference, rate), noisePower, signalToNoiseDecibels) : 0;
            return Array.ConvertAll(part, value => (float)(gain * value));
        }

        return new NoiseSignal(Scaled(lead0, noise.Lead0), Scaled(lead1, noise.Lead1));
    }

    /// <summary>Up to here the signal must be known for its power.</summary>
    private static long SamplesNeeded(BeatAnnotations reference, double rate)
    {
        var normal = reference.Beats.Where(beat => AamiClasses.Of(beat.Symbol) == AamiClass.N).Take(MostMeasurements + 1).ToArray();
        return normal.Length <= MostMeasurements ? long.MaxValue : normal[^1].Sample + (long)(2 * rate);
    }

    private static double TrimmedMean(List<double> values)
    {
        if (values.Count == 0)
        {
            return 0;
        }

        values.Sort();
        var left = (int)(Trimmed * values.Count);
        return values.Skip(left).Take(values.Count - (2 * left)).Average();
    }
}
