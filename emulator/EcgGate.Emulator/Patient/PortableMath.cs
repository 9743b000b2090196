namespace EcgGate.Emulator.Patient;

/// <summary>
/// Exponential, sine and logarithm from additions, multiplications and divisions alone, which IEEE 754 fixes to the
/// last bit. The platform's own differ in the last place between machines; with these a patient is the same on all.
/// </summary>
/// <remarks>Error below 1e-13 relative (sine: absolute). .NET does not fuse a multiplication and an addition on its own.</remarks>
internal static class PortableMath
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double InverseLn2 = 1.44269504088896338700;

    public const double TwoPi = 6.283185307179586;

    public static double Exp(double x)
    {
        if (x < -700)
        {
            return 0;
        }

        var k = Math.Round(x * InverseLn2);
        var r = (x - (k * Ln2High)) - (k * Ln2Low);

        // Taylor to the 13th power: |r| <= 0.347 leaves 4e-18.
        var p = 1.0 / 6227020800.0;
        p = (p * r) + (1.0 / 479001600.0);
        p = (p * r) + (1.0 / 39916800.0);
        p = (p * r) + (1.0 / 3628800.0);
        p = (p * r) + (1.0 / 362880.0);
        p = (p * r) + (1.0 / 40320.0);
        p = (p * r) + (1.0 / 5040.0);
        p = (p * r) + (1.0 / 720.0);
        p = (p * r) + (1.0 / 120.0);
        p = (p * r) + (1.0 / 24.0);
        p = (p * r) + (1.0 / 6.0);
        p = (p * r) + 0.5;
        p = (p * r) + 1.0;
        p = (p * r) + 1.0;
        return p * BitConverter.Int64BitsToDouble((1023 + (long)k) << 52);
    }

    /// <summary>Sine of an angle given in full turns.</summary>
    public static double SinCycles(double turns)
    {
        var f = turns - Math.Round(turns);
        if (f > 0.25)
        {
            f = 0.5 - f;
        }
        else if (f < -0.25)
        {
            f = -0.5 - f;
        }

        var x = f * TwoPi;
        var s = x * x;
        var p = 1.0 / 355687428096000.0;
        p = (p * s) - (1.0 / 1307674368000.0);
        p = (p * s) + (1.0 / 6227020800.0);
        p = (p * s) - (1.0 / 39916800.0);
        p = (p * s) + (1.0 / 362880.0);
        p = (p * s) - (1.0 / 5040.0);
        p = (p * s) + (1.0 / 120.0);
        p = (p * s) - (1.0 / 6.0);
        return x + (x * s * p);
    }

    /// <summary>Natural logarithm of a positive, normal number.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var sum = 0.0;
        for (var n = 21; n >= 1; n -= 2)
        {
            sum = (sum * square) + (1.0 / n);
        }

        return (exponent * Ln2High) + ((2 * s * sum) + (exponent * Ln2Low));
    }

    public static double Cbrt(double x) => Exp(Log(x) / 3);
}
