namespace EcgGate.Hosting;

/// <summary>Names of the meter and its instruments, for <c>AddMeter</c> and for dashboards.</summary>
public static class EcgGateMeter
{
    /// <summary>The meter.</summary>
    public const string Name = "EcgGate";

    /// <summary>Counter of beats, by <c>outcome</c> and <c>reason</c>.</summary>
    public const string Beats = "ecggate.beats";

    /// <summary>Counter of beats that the verifier took back.</summary>
    public const string RefutedBeats = "ecggate.beats.refuted";

    /// <summary>Histogram of edge minus deadline, microseconds.</summary>
    public const string Lateness = "ecggate.pulse.lateness";

    /// <summary>Histogram of decision sample minus R, milliseconds.</summary>
    public const string DecisionLatency = "ecggate.decision.latency";

    /// <summary>Counter of samples.</summary>
    public const string Samples = "ecggate.samples";

    /// <summary>Counter of samples that the source lost.</summary>
    public const string MissingSamples = "ecggate.samples.missing";

    /// <summary>Counter of events that found the engine's ring full.</summary>
    public const string DroppedEvents = "ecggate.events.dropped";

    /// <summary>1 while the next good beat is fired on, else 0.</summary>
    public const string Ready = "ecggate.ready";
}
