namespace EcgGate.Timing;

/// <summary>A reading of the host's monotonic clock (CLOCK_MONOTONIC on Linux), in nanoseconds.</summary>
/// <param name="Nanoseconds">Nanoseconds since an arbitrary start; only differences mean something.</param>
public readonly record struct MonotonicTime(long Nanoseconds) : IComparable<MonotonicTime>
{
    /// <summary>This moment moved by a number of nanoseconds.</summary>
    public MonotonicTime AddNanoseconds(long nanoseconds) => new(Nanoseconds + nanoseconds);

    /// <summary>Nanoseconds from <paramref name="earlier"/> to this moment; negative if this one is earlier.</summary>
    public long NanosecondsSince(MonotonicTime earlier) => Nanoseconds - earlier.Nanoseconds;

    /// <inheritdoc/>
    public int CompareTo(MonotonicTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>This moment moved by a time span (resolution 100 ns).</summary>
    public static MonotonicTime operator +(MonotonicTime time, TimeSpan span) => new(time.Nanoseconds + (span.Ticks * 100));

    /// <summary>This moment moved back by a time span (resolution 100 ns).</summary>
    public static MonotonicTime operator -(MonotonicTime time, TimeSpan span) => new(time.Nanoseconds - (span.Ticks * 100));

    /// <summary>Earlier than.</summary>
    public static bool operator <(MonotonicTime left, MonotonicTime right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Later than.</summary>
    public static bool operator >(MonotonicTime left, MonotonicTime right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Not later than.</summary>
    public static bool operator <=(MonotonicTime left, MonotonicTime right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(MonotonicTime left, MonotonicTime right) => left.Nanoseconds >= right.Nanoseconds;
}
