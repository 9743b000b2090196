using EcgGate.Isolated;
using EcgGate.Signals;

namespace EcgGate.Native;

/// <summary>A recording that the host gave as memory; copied, so that the host may free its own.</summary>
internal sealed class MemorySource : IEcgSource
{
    private readonly EcgSample[] _samples;
    private int _next;

    /// <exception cref="ArgumentException">No samples, a rate that is none, or indexes that do not rise.</exception>
    public unsafe MemorySource(string name, in AbiOptions options)
    {
        if (options.Samples is null || options.SampleCount == 0 || options.SampleCount > (ulong)Array.MaxLength)
        {
            throw new ArgumentException($"The source {Abi.SamplesUri} needs options.samples and options.sample_count.");
        }

        if (!(options.SamplingRateHz > 0) || !double.IsFinite(options.SamplingRateHz) || options.LeadCount is not (1 or 2))
        {
            throw new ArgumentException($"sampling_rate_hz is {options.SamplingRateHz} and lead_count {options.LeadCount}; a positive rate and 1 or 2 leads are needed.");
        }

        var stride = options.Samples->Size;
        if (stride < sizeof(AbiSample))
        {
            throw new ArgumentException("A sample's size is less than sizeof(ecggate_sample).");
        }

        _samples = GC.AllocateUninitializedArray<EcgSample>((int)options.SampleCount);
        var from = (byte*)options.Samples;
        for (var i = 0; i < _samples.Length; i++)
        {
            _samples[i] = AbiConversion.FromAbi(in *(AbiSample*)(from + ((long)i * stride)));
            if (i > 0 && _samples[i].Index <= _samples[i - 1].Index)
            {
                throw new ArgumentException($"Sample {i} has index {_samples[i].Index} after {_samples[i - 1].Index}; indexes must rise.");
            }
        }

        Info = new EcgSourceInfo
        {
            Name = name,
            SamplingRateHertz = options.SamplingRateHz,
            LeadNames = options.LeadCount == 2 ? ["CH1", "CH2"] : ["CH1"],
            LengthSamples = _samples[^1].Index - _samples[0].Index + 1,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        var count = Math.Min(destination.Length, _samples.Length - _next);
        _samples.AsSpan(_next, count).CopyTo(destination);
        _next += count;
        return new EcgBlock(count, default);
    }

    /// <inheritdoc/>
    public void Interrupt() => _next = _samples.Length;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
