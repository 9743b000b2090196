namespace EcgGate.Emulator.Simulation;

/// <summary>One thing that goes wrong in one simulated patient.</summary>
/// <param name="Kind">What.</param>
/// <param name="Number">Counts the faults of this kind in this patient from 0.</param>
/// <param name="StartSeconds">When it begins, in patient time.</param>
/// <param name="Seconds">How long it lasts.</param>
/// <param name="Size">How bad it is, 0 to 1; what it means is up to the kind.</param>
/// <param name="Choice">Which of its forms it takes, 0 to 1.</param>
internal readonly record struct SimulatedFault(SimulatedFaultKind Kind, int Number, double StartSeconds, double Seconds, double Size, double Choice);
