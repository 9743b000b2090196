using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Generator;

/// <summary>How a pair of electrodes is connected.</summary>
public enum ElectrodeContact
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>A cable is off: no current.</summary>
    Open,

    /// <summary>The electrodes touch each other.</summary>
    Shorted,
}

/// <summary>Two parallel needles in tissue. Immutable.</summary>
public sealed record ElectrodePair
{
    /// <summary>Distance between the needles' middles, in cm. Default 2.</summary>
    public double SpacingCm { get; init; } = 2;

    /// <summary>How much of each needle is bare, in mm. Default 15.</summary>
    public double ExposureMm { get; init; } = 15;

    /// <summary>Diameter of the needles, in mm. Default 1.07: 19 gauge.</summary>
    public double NeedleMm { get; init; } = 1.07;

    /// <summary>What they stand in.</summary>
    public Tissue Tissue { get; init; } = Tissue.Soft;

    /// <summary>
    /// Conductance between them at a low field, in S: that of two parallel cylinders in an endless medium,
    /// pi x conductivity x length / arcosh(spacing / diameter). The field around their ends is left out.
    /// </summary>
    public double Siemens
    {
        get
        {
            var ratio = SpacingCm * 10 / NeedleMm;
            return Math.PI * Tissue.SiemensPerMetre * ExposureMm * 1e-3 / PortableMath.Log(ratio + Math.Sqrt((ratio * ratio) - 1));
        }
    }
}
