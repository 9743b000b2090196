namespace EcgGate.Emulator.Patient;

/// <summary>
/// xoshiro256** 1.0 (Blackman and Vigna 2018), seeded through SplitMix64: the same numbers from the same seed on every
/// machine and in every version of .NET, which <see cref="Random"/> does not promise.
/// </summary>
/// <remarks>Not thread-safe. For simulation only.</remarks>
internal sealed class SeededRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <param name="seed">The user's seed.</param>
    /// <param name="stream">Which of many independent sequences of this seed, so that one use does not shift another.</param>
    public SeededRandom(ulong seed, ulong stream)
    {
        var state = unchecked(seed + (stream * 0xD1342543DE82EF95UL));
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    public ulong NextUInt64()
    {
        var result = System.Numerics.BitOperations.RotateLeft(unchecked(_s1 * 5), 7);
        result = unchecked(result * 9);
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = System.Numerics.BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Evenly distributed in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public double Uniform(double from, double to) => from + ((to - from) * NextDouble());

    /// <summary>A whole number from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public int Between(int from, int to) => from + (int)(NextDouble() * (to - from + 1));

    /// <summary>Normally distributed, cut off at 2.5 standard deviations: a heart has no outliers of six sigma.</summary>
    public double Gaussian()
    {
        // Box-Muller; 1 - u is never 0.
        var radius = Math.Sqrt(-2 * PortableMath.Log(1 - NextDouble()));
        var value = radius * PortableMath.SinCycles(NextDouble());
        return Math.Clamp(value, -2.5, 2.5);
    }

    /// <summary>A number in [0, 1) that depends on its arguments alone: noise that any moment can be asked for.</summary>
    public static double Hash(ulong seed, long index)
    {
        var state = unchecked(seed + ((ulong)index * 0x9E3779B97F4A7C15UL));
        return (SplitMix(ref state) >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong SplitMix(ref ulong state)
    {
        state = unchecked(state + 0x9E3779B97F4A7C15UL);
        var z = state;
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return z ^ (z >> 31);
    }
}
