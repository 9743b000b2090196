namespace EcgGate.Hardware.Ads1298;

/// <summary>Gain of the input amplifiers. Full scale is ±2.4 V over the gain.</summary>
public enum Ads1298Gain
{
    /// <summary>1: ±2,400 mV.</summary>
    Times1 = 1,

    /// <summary>2: ±1,200 mV.</summary>
    Times2 = 2,

    /// <summary>3: ±800 mV.</summary>
    Times3 = 3,

    /// <summary>4: ±600 mV.</summary>
    Times4 = 4,

    /// <summary>6: ±400 mV; what the part does after reset. Holds the ±300 mV offset that electrodes may have.</summary>
    Times6 = 6,

    /// <summary>8: ±300 mV.</summary>
    Times8 = 8,

    /// <summary>12: ±200 mV.</summary>
    Times12 = 12,
}
