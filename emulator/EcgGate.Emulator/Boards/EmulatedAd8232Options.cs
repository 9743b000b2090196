namespace EcgGate.Emulator.Boards;

/// <summary>How an emulated AD8232 is built.</summary>
public sealed record EmulatedAd8232Options
{
    /// <summary>The usual breakout board: gain 1,100, 0.5 Hz to 40 Hz. The default.</summary>
    public static EmulatedAd8232Options HeartRateBoard { get; } = new();

    /// <summary>The amplifier alone: gain 100, 0.05 Hz, no low-pass filter.</summary>
    public static EmulatedAd8232Options AmplifierOnly { get; } = new() { Gain = 100, HighPassHertz = 0.05, LowPassHertz = 0 };

    /// <summary>Supply, in V. Default 3.3.</summary>
    public double SupplyVolts { get; init; } = 3.3;

    /// <summary>Gain from the electrodes to the output; the first 100 of it before the low-pass filter. Default 1,100.</summary>
    public double Gain { get; init; } = 1100;

    /// <summary>Corner of the two-pole high-pass filter, in Hz; 0 for none. Default 0.5.</summary>
    public double HighPassHertz { get; init; } = 0.5;

    /// <summary>Corner of the two-pole low-pass filter, in Hz; 0 for none. Default 40.</summary>
    public double LowPassHertz { get; init; } = 40;
}
