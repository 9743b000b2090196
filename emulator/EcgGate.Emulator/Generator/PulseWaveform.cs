namespace EcgGate.Emulator.Generator;

/// <summary>Voltage and current of one pulse, one value each microsecond from its beginning.</summary>
/// <param name="Number">The generator's number of the pulse, from 1.</param>
/// <param name="Volts">Voltage between the electrodes.</param>
/// <param name="Amperes">Current through them.</param>
public sealed record PulseWaveform(long Number, IReadOnlyList<float> Volts, IReadOnlyList<float> Amperes);
