namespace EcgGate.Emulator.Generator;

/// <summary>
/// Tissue whose conductivity rises where the field opens its cells: a sigmoid of the field, as Sel et al. fitted it to
/// rabbit liver (IEEE Trans Biomed Eng 2005;52:816), and with the number of pulses, as Suárez et al. measured it in a
/// vegetable model (PLoS One 2014;9:e113413). It closes again slowly.
/// </summary>
/// <remarks>Immutable. Figures without a source at hand are marked as assumed.</remarks>
public sealed record Tissue
{
    /// <summary>Soft tissue: the defaults.</summary>
    public static Tissue Soft { get; } = new();

    /// <summary>Bone with a metastasis in it: half the conductivity of soft tissue, assumed.</summary>
    public static Tissue Bone { get; } = new() { SiemensPerMetre = 0.06 };

    /// <summary>
    /// Conductivity before the first pulse, in S/m. Default 0.12: liver of pigs; pancreas 0.11, brain 0.14 (Beitel-White et
    /// al., IEEE Trans Biomed Eng 2021;68:771).
    /// </summary>
    public double SiemensPerMetre { get; init; } = 0.12;

    /// <summary>How many times more it conducts at the end of a pulse far above the threshold. Default 3, assumed.</summary>
    public double RiseFactor { get; init; } = 3;

    /// <summary>Field at which cells begin to open, in V/cm. Default 460: often quoted for liver; assumed.</summary>
    public double ReversibleVoltsPerCm { get; init; } = 460;

    /// <summary>Field at which they stay open, in V/cm. Default 700: often quoted for liver; assumed.</summary>
    public double IrreversibleVoltsPerCm { get; init; } = 700;

    /// <summary>How fast conductance follows the field within a pulse: time constant in us. Default 10, assumed.</summary>
    public double RiseMicroseconds { get; init; } = 10;

    /// <summary>Share by which many pulses raise the conductance for the pulses to come. Default 0.4, assumed.</summary>
    public double PulseShare { get; init; } = 0.4;

    /// <summary>After so many pulses above the threshold, 63 % of that rise is reached. Default 20, assumed.</summary>
    public double PulsesToRise { get; init; } = 20;

    /// <summary>Time constant with which that rise is lost again, in s. Default 120, assumed.</summary>
    public double RecoverySeconds { get; init; } = 120;

    /// <summary>Share of the cells that a field opens: 0 to 1.</summary>
    internal double OpenedBy(double voltsPerCm)
    {
        // Sel's form: half way at the middle between the thresholds, an eighth of their distance as its width.
        var middle = (ReversibleVoltsPerCm + IrreversibleVoltsPerCm) / 2;
        var width = (IrreversibleVoltsPerCm - ReversibleVoltsPerCm) / 8;
        return 1 / (1 + Patient.PortableMath.Exp(Math.Min(-(voltsPerCm - middle) / width, 700)));
    }
}
