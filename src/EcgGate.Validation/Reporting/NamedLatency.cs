namespace EcgGate.Validation;

/// <summary>The decision latency of one detector, for a picture of several.</summary>
/// <param name="Name">The detector, for the legend.</param>
/// <param name="Latency">How long after R it decided.</param>
public sealed record NamedLatency(string Name, DecisionLatency Latency);
