using EcgGate.Signals;

namespace EcgGate.Validation.Noise;

/// <summary>A clean recorded source with noise mixed in by the protocol of <see cref="NoiseStress"/>.</summary>
/// <remarks>
/// The noise runs beside the record from its start, over again where it is shorter, and is added while
/// <see cref="NoiseStress.IsNoisy"/>, less its first value there, so that no step marks the beginning.
/// One thread reads; allocates nothing once running. It owns the clean source and disposes it.
/// </remarks>
public sealed class NoisySource : IEcgSource
{
    private readonly IEcgSource _clean;
    private readonly float[] _noise0;
    private readonly float[] _noise1;
    private readonly double _rate;
    private double _offset0;
    private double _offset1;
    private bool _wasNoisy;

    /// <summary>Mixes noise into a source.</summary>
    /// <param name="clean">The clean source.</param>
    /// <param name="noise0">What to add to lead 0, scaled, mV, at the source's rate; not empty.</param>
    /// <param name="noise1">What to add to lead 1.</param>
    public NoisySource(IEcgSource clean, float[] noise0, float[] noise1)
    {
        ArgumentNullException.ThrowIfNull(clean);
        ArgumentNullException.ThrowIfNull(noise0);
        ArgumentNullException.ThrowIfNull(noise1);
        ArgumentOutOfRangeException.ThrowIfZero(noise0.Length, nameof(noise0));
        ArgumentOutOfRangeException.ThrowIfZero(noise1.Length, nameof(noise1));
        (_clean, _noise0, _noise1, _rate) = (clean, noise0, noise1, clean.Info.SamplingRateHertz);
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info => _clean.Info;

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        var block = _clean.Read(destination);
        for (var i = 0; i < block.Count; i++)
        {
            ref var sample = ref destination[i];
            if (!NoiseStress.IsNoisy(sample.Index / _rate))
            {
                _wasNoisy = false;
                continue;
            }

            if (!_wasNoisy)
            {
                _wasNoisy = true;
                _offset0 = At(_noise0, sample.Index);
                _offset1 = At(_noise1, sample.Index);
            }

            sample = sample with
            {
                Lead0Millivolts = (float)(sample.Lead0Millivolts + At(_noise0, sample.Index) - _offset0),
                Lead1Millivolts = (float)(sample.Lead1Millivolts + At(_noise1, sample.Index) - _offset1),
            };
        }

        return block;
    }

    /// <inheritdoc/>
    public void Interrupt() => _clean.Interrupt();

    /// <inheritdoc/>
    public void Dispose() => _clean.Dispose();

    private static float At(float[] noise, long index) => noise[index % noise.Length];
}
