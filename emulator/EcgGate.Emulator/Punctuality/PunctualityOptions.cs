using EcgGate.Timing;

namespace EcgGate.Emulator.Punctuality;

/// <summary>How a <see cref="PunctualityRun"/> measures. Immutable.</summary>
public sealed record PunctualityOptions
{
    /// <summary>How many pulses are ordered. Default 5,000; 1 to 1,000,000.</summary>
    public int Pulses { get; init; } = 5_000;

    /// <summary>How far apart they are. Default 21 ms, so that 5,000 take less than two minutes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(21);

    /// <summary>How late an edge may begin; later, it is dropped. Default 1 ms.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long the line stays active. Default 1 ms.</summary>
    public TimeSpan Width { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// How long the cost of a sample is measured before, at 1,000 samples per second and a heart that beats at its own pace.
    /// Default 10 s.
    /// </summary>
    public TimeSpan PipelineTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How the pulse thread and both references ask to run: the same priority on the same processor.</summary>
    public RealtimeOptions PulseThread { get; init; } = new();

    /// <summary>How the thread asks to run that reads samples and decides.</summary>
    public RealtimeOptions CoreThread { get; init; } = new() { Priority = 75 };

    /// <summary>The line to pulse; null for an emulated one, which leads nowhere. Not disposed.</summary>
    public IPulseLine? Line { get; init; }

    /// <summary>An input that sees the line; null for none. Not disposed.</summary>
    public IEdgeInput? Loopback { get; init; }
}
