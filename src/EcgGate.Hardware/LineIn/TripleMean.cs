namespace EcgGate.Hardware.LineIn;

/// <summary>
/// The filter between a sound card's rate and the ECG's: three moving means in a row, each as long as an output period.
/// </summary>
/// <remarks>
/// Linear phase, so that R stays where it is and the delay is one number, (3R - 3) / 2 frames at R frames per output: 1.5
/// output periods, the same as a sinc³ converter's. Its zeros lie where the lower rate folds back on 0 Hz (sinc³), so that
/// what folds onto 0 to 50 Hz is 76 dB down, onto 0 to 100 Hz 57 dB. At 40 Hz it costs 0.07 dB at 1 kHz, at 100 Hz 0.4 dB.
/// A filter with a steep edge would be later: 80 dB from half the rate on, as records are decimated
/// with, means a delay of 17 output periods.
/// </remarks>
internal static class TripleMean
{
    /// <summary>How many frames an output is made of.</summary>
    public static int Length(int factor) => (3 * factor) - 2;

    /// <summary>How many frames before its last one an output's middle lies.</summary>
    public static double DelayFrames(int factor) => (Length(factor) - 1) / 2.0;

    /// <summary>The weights, which add up to 1.</summary>
    public static float[] Weights(int factor)
    {
        var weights = new double[Length(factor)];
        for (var i = 0; i < factor; i++)
        {
            for (var j = 0; j < factor; j++)
            {
                for (var k = 0; k < factor; k++)
                {
                    weights[i + j + k]++;
                }
            }
        }

        var sum = Math.Pow(factor, 3);
        return [.. weights.Select(weight => (float)(weight / sum))];
    }
}
