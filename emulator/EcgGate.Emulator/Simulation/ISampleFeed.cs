using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Emulator.Simulation;

/// <summary>Where a simulated engine's samples come from: the patient directly, or a board and its driver.</summary>
internal interface ISampleFeed : IDisposable
{
    double SamplingRateHertz { get; }

    TimeSpan FixedDelay { get; }

    /// <summary>When the next sample is taken from the patient, where that is known beforehand; else now.</summary>
    MonotonicTime NextSampledAt { get; }

    /// <summary>The next sample and when it became ready.</summary>
    /// <exception cref="EcgSourceException">The source failed and gives no more.</exception>
    bool TryNext(out EcgSample sample, out MonotonicTime ready);

    /// <summary>A fault that is the feed's own; true if it took it.</summary>
    bool Take(in SimulatedFault fault);
}
