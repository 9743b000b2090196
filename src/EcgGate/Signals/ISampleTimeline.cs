using EcgGate.Timing;

namespace EcgGate.Signals;

/// <summary>Maps a source's samples to the host's monotonic clock and back.</summary>
public interface ISampleTimeline
{
    /// <summary>When this sample's voltage stood at the electrodes, on the host's clock.</summary>
    MonotonicTime HostTimeOf(SampleTime sample);

    /// <summary>Which sample belongs to a moment of the host's clock.</summary>
    SampleTime SampleTimeOf(MonotonicTime time);

    /// <summary>True where the mapping is known well enough to place a pulse by it.</summary>
    bool IsLocked { get; }

    /// <summary>The standard deviation of the mapping's error near the latest sample, in nanoseconds; 0 where it is exact.</summary>
    long UncertaintyNanoseconds { get; }
}

/// <summary>The timeline of replay: sample 0 at time 0, and each sample exactly one period after the last.</summary>
/// <param name="samplingRateHertz">Samples per second.</param>
public sealed class NominalTimeline(double samplingRateHertz) : ISampleTimeline
{
    private readonly double _nanosecondsPerSample = 1e9 / samplingRateHertz;

    /// <inheritdoc/>
    public bool IsLocked => true;

    /// <inheritdoc/>
    public long UncertaintyNanoseconds => 0;

    /// <inheritdoc/>
    public MonotonicTime HostTimeOf(SampleTime sample) => new((long)Math.Round(sample.Samples * _nanosecondsPerSample));

    /// <inheritdoc/>
    public SampleTime SampleTimeOf(MonotonicTime time) => new(time.Nanoseconds / _nanosecondsPerSample);
}
