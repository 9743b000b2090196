namespace EcgGate.Hardware.Converters;

/// <summary>
/// An AD8232 heart rate front end before a converter: what its output means, and what it delays. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Data sheet "AD8232" Rev. D: the instrumentation amplifier's gain is fixed at 100, the output amplifier's is set by its
/// resistors; the output sits at half the supply and swings to within 0.1 V of either rail. The usual breakout board is
/// the circuit "heart rate measured at the hands": 0.5 Hz to 40 Hz with two poles each, the output amplifier at 11, 1,100
/// together.
/// </remarks>
public sealed record Ad8232Options
{
    /// <summary>Gain of the instrumentation amplifier alone, which no resistor changes.</summary>
    public const double AmplifierGain = 100;

    /// <summary>The usual breakout board: gain 1,100, 0.5 Hz to 40 Hz. The default.</summary>
    public static Ad8232Options HeartRateBoard { get; } = new();

    /// <summary>The amplifier alone: gain 100, and a low-pass filter far above the ECG, which delays nothing.</summary>
    public static Ad8232Options AmplifierOnly { get; } = new() { Gain = AmplifierGain, Delay = TimeSpan.Zero };

    /// <summary>Supply, and the converter's reference where that is the same, in V; 2.0 to 3.5. Default 3.3.</summary>
    public double SupplyVolts { get; init; } = 3.3;

    /// <summary>Gain from the electrodes to the output. Default 1,100.</summary>
    public double Gain { get; init; } = 1100;

    /// <summary>
    /// How much later the peak of an R wave stands at the output than at the electrodes. Default 5.4 ms.
    /// </summary>
    /// <remarks>
    /// Two Butterworth poles at 40 Hz delay slow signals by √2 / (2π · 40 Hz) = 5.6 ms, faster ones by more; the two poles at
    /// 0.5 Hz bring a peak forward by some 2 · 2π · 0.5 Hz · σ², 0.6 ms for a width σ of 10 ms. Together, computed for
    /// bell-shaped R waves: 5.8 ms at a σ of 6 ms, 5.6 ms at 10 ms, 5.0 ms at 15 ms; 5.4 ms with the Q and S of the emulated
    /// sinus rhythm, which a test holds. Boards with other parts need their own figure.
    /// </remarks>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMicroseconds(5400);

    /// <summary>Closer than this to either rail the output counts as at its limit, in V. Default 0.15.</summary>
    public double RailMarginVolts { get; init; } = 0.15;

    /// <summary>The scale of a converter behind it, single-ended to ground.</summary>
    /// <param name="voltsPerCode">One step of the converter, in V.</param>
    /// <exception cref="ArgumentOutOfRangeException">A figure makes no sense.</exception>
    public ConverterScale Scale(double voltsPerCode) =>
        new(voltsPerCode, SupplyVolts / 2, RailMarginVolts, SupplyVolts - RailMarginVolts, Gain);
}
