namespace EcgGate.Validation.Noise;

/// <summary>Which noise is mixed into each record, and how much of it.</summary>
/// <param name="Name">What it is called in the figures, such as <c>em</c>.</param>
/// <param name="SignalToNoiseDecibels">The ratio by <see cref="NoiseStress"/>, dB; lower is worse.</param>
/// <param name="Make">Makes the noise at a sampling rate, in Hz, as strong as it likes. Called once for each rate, from several threads.</param>
public sealed record StressNoise(string Name, double SignalToNoiseDecibels, Func<double, NoiseSignal> Make);
