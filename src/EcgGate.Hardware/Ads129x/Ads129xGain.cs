namespace EcgGate.Hardware.Ads129x;

/// <summary>The gains that the family's input amplifiers have, and their bits in CHnSET (SBAS502C table 20, SBAS459K 9.6).</summary>
internal static class Ads129xGain
{
    /// <summary>GAIN[2:0] of a gain.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parts do not have it.</exception>
    public static int BitsOf(int gain) => gain switch
    {
        6 => 0,
        1 => 1,
        2 => 2,
        3 => 3,
        4 => 4,
        8 => 5,
        12 => 6,
        _ => throw new ArgumentOutOfRangeException(nameof(gain), gain, "Not a gain of the ADS129x."),
    };
}
