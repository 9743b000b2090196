namespace EcgGate.Emulator.Simulation;

/// <summary>An invariant that did not hold.</summary>
/// <param name="Invariant">Which.</param>
/// <param name="PatientSeconds">When, in patient time.</param>
/// <param name="Detail">What was seen, for people.</param>
public sealed record InvariantBreach(Invariant Invariant, double PatientSeconds, string Detail);
