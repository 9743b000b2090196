namespace EcgGate.Hardware.Converters;

/// <summary>What a converter's code means at the electrodes. Immutable and thread-safe.</summary>
public sealed record ConverterScale
{
    /// <summary>Creates the scale of a front end between two rails.</summary>
    /// <param name="voltsPerCode">What one step of the code is at the converter's input, in V; above 0.</param>
    /// <param name="zeroVolts">What stands at the converter's input where the electrodes show 0 mV, in V.</param>
    /// <param name="lowestVolts">The front end's output below which it is at its lower limit, in V.</param>
    /// <param name="highestVolts">The front end's output above which it is at its upper limit, in V.</param>
    /// <param name="gain">V at the converter's input for each V at the electrodes; not 0, negative where it inverts.</param>
    /// <exception cref="ArgumentOutOfRangeException">A figure makes no sense; the message says which.</exception>
    public ConverterScale(double voltsPerCode, double zeroVolts, double lowestVolts, double highestVolts, double gain)
    {
        if (!(voltsPerCode > 0) || !double.IsFinite(voltsPerCode))
        {
            throw new ArgumentOutOfRangeException(nameof(voltsPerCode), voltsPerCode, "A step of the code must be a positive voltage.");
        }

        if (gain == 0 || !double.IsFinite(gain))
        {
            throw new ArgumentOutOfRangeException(nameof(gain), gain, "The gain must be a number other than 0.");
        }

        if (!(lowestVolts < zeroVolts && zeroVolts < highestVolts))
        {
            throw new ArgumentOutOfRangeException(nameof(zeroVolts), zeroVolts, $"Zero must lie between the limits, {lowestVolts} V and {highestVolts} V.");
        }

        MillivoltsPerCode = voltsPerCode / gain * 1000;
        ZeroCode = zeroVolts / voltsPerCode;
        LowestCode = (int)Math.Ceiling(lowestVolts / voltsPerCode);
        HighestCode = (int)Math.Floor(highestVolts / voltsPerCode);
    }

    /// <summary>mV at the electrodes for one step of the code.</summary>
    public double MillivoltsPerCode { get; }

    /// <summary>The code, with a fraction, at 0 mV.</summary>
    public double ZeroCode { get; }

    /// <summary>Codes below this one are the front end's lower limit.</summary>
    public int LowestCode { get; }

    /// <summary>Codes above this one are the front end's upper limit.</summary>
    public int HighestCode { get; }

    /// <summary>The voltage at the electrodes, in mV.</summary>
    public float ToMillivolts(int code) => (float)((code - ZeroCode) * MillivoltsPerCode);

    /// <summary>Whether front end or converter is at a limit, so that the voltage is not known.</summary>
    public bool IsSaturated(int code) => code < LowestCode || code > HighestCode;
}
