using EcgGate.Emulator.Boards;
using EcgGate.Signals;

namespace EcgGate.Emulator.Simulation;

/// <summary>
/// Opens the driver of the emulated board on a bench in virtual time. The emulator knows no driver: whoever runs a
/// simulation brings one.
/// </summary>
/// <param name="bench">The bench.</param>
/// <param name="clock">The clock that the driver must stamp and wait with.</param>
/// <returns>The opened source; disposed with the simulated patient.</returns>
public delegate IEcgSource SimulationDriver(EmulatedBench bench, VirtualPace clock);
