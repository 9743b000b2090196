namespace EcgGate.Signals;

/// <summary>
/// A moment on a source's own time axis, counted in samples since the source began, fractions allowed.
/// Sample 0 is at 0.0. The core knows no other time: equal samples give equal decisions.
/// </summary>
/// <param name="Samples">Samples since the start of the source; fractions lie between two samples.</param>
/// <remarks>A <see cref="double"/> holds 10,000 hours at 1 kHz to better than a microsecond.</remarks>
public readonly record struct SampleTime(double Samples) : IComparable<SampleTime>
{
    /// <summary>The sample at or before this moment.</summary>
    public long Floor => (long)Math.Floor(Samples);

    /// <summary>The sample nearest to this moment.</summary>
    public long Nearest => (long)Math.Round(Samples, MidpointRounding.AwayFromZero);

    /// <summary>Seconds since the source began, at the given rate.</summary>
    public double ToSeconds(double samplingRateHertz) => Samples / samplingRateHertz;

    /// <summary>The moment that lies <paramref name="seconds"/> after the source began.</summary>
    public static SampleTime FromSeconds(double seconds, double samplingRateHertz) => new(seconds * samplingRateHertz);

    /// <inheritdoc/>
    public int CompareTo(SampleTime other) => Samples.CompareTo(other.Samples);

    /// <summary>Earlier than.</summary>
    public static bool operator <(SampleTime left, SampleTime right) => left.Samples < right.Samples;

    /// <summary>Later than.</summary>
    public static bool operator >(SampleTime left, SampleTime right) => left.Samples > right.Samples;

    /// <summary>Not later than.</summary>
    public static bool operator <=(SampleTime left, SampleTime right) => left.Samples <= right.Samples;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(SampleTime left, SampleTime right) => left.Samples >= right.Samples;
}
