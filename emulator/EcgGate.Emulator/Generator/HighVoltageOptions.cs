using EcgGate.Delivery;

namespace EcgGate.Emulator.Generator;

/// <summary>How an emulated high-voltage generator is built, and what its electrodes stand in. Immutable.</summary>
/// <remarks>Figures without a source at hand are marked as assumed.</remarks>
public sealed record HighVoltageOptions
{
    /// <summary>
    /// Its limits. Default: up to 3,000 V and 50 A, as the first clinical generator (Bertacchini et al., Technol Cancer Res
    /// Treat 2007;6:313), 1 to 100 us (assumed), and as many pairs as <see cref="Pairs"/> has.
    /// </summary>
    public GeneratorLimits Limits => new(3000, 50, 1, 100, Pairs.Count);

    /// <summary>The electrodes, pair 0 first. Default: one pair, 2 cm apart, 15 mm bare, in soft tissue.</summary>
    public IReadOnlyList<ElectrodePair> Pairs { get; init; } = [new ElectrodePair()];

    /// <summary>Seed of the spread between pulses and of arcs. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Capacitance of the bank, in uF. Default 100, assumed: 2 % droop in 90 us at 50 A and 2,300 V.</summary>
    public double CapacitanceMicrofarads { get; init; } = 100;

    /// <summary>Resistance between bank and electrodes, in ohm. Default 1, assumed.</summary>
    public double SeriesOhms { get; init; } = 1;

    /// <summary>Power of the charger, in W. Default 150, assumed: 3 s from empty to 3,000 V.</summary>
    public double ChargingWatts { get; init; } = 150;

    /// <summary>Shortest time between two pulses, in s. Default 0.05, assumed.</summary>
    public double DeadSeconds { get; init; } = 0.05;

    /// <summary>Time to switch to another pair, in s. Default 0.1, assumed.</summary>
    public double SwitchingSeconds { get; init; } = 0.1;

    /// <summary>How long a pulse goes on after its current exceeded the limit, in us. Default 1, assumed.</summary>
    public double CutOffMicroseconds { get; init; } = 1;

    /// <summary>Share of the voltage set that the mean voltage may lack before the pulse counts as low. Default 0.05, assumed.</summary>
    public double VoltageTolerance { get; init; } = 0.05;

    /// <summary>Below this current the circuit is taken for open, in A. Default 0.005, assumed.</summary>
    public double OpenBelowAmperes { get; init; } = 0.005;

    /// <summary>Field at which half of <see cref="ArcProbability"/> is reached, in V/cm. Default 2,500, assumed.</summary>
    public double ArcVoltsPerCm { get; init; } = 2500;

    /// <summary>Probability of an arc in one pulse far above <see cref="ArcVoltsPerCm"/>. Default 0.5, assumed.</summary>
    public double ArcProbability { get; init; } = 0.5;

    /// <summary>Standard deviation of the conductance from pulse to pulse, as a share. Default 0.01, assumed.</summary>
    public double Spread { get; init; } = 0.01;

    /// <summary>How many waveforms are kept; older ones are overwritten. Default 256.</summary>
    public int WaveformsKept { get; init; } = 256;
}
