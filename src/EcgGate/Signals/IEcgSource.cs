using EcgGate.Timing;

namespace EcgGate.Signals;

/// <summary>What a source is and how it samples. Fixed for the life of the source.</summary>
public sealed record EcgSourceInfo
{
    /// <summary>A short name for people: a record's name, a device's URI.</summary>
    public required string Name { get; init; }

    /// <summary>Samples per second, 125 to 2,000 for gating; a record may have any positive rate.</summary>
    public required double SamplingRateHertz { get; init; }

    /// <summary>Names of the leads that <see cref="EcgSample"/> carries, lead 0 first; one or two.</summary>
    public required IReadOnlyList<string> LeadNames { get; init; }

    /// <summary>How many samples there will be, where that is known (a record); otherwise null.</summary>
    public long? LengthSamples { get; init; }

    /// <summary>
    /// How long before its time stamp a sample's voltage stood at the electrodes: filter delay of the converter and
    /// the like. The engine subtracts it. Zero for records.
    /// </summary>
    public TimeSpan FixedDelay { get; init; }

    /// <summary>
    /// How long the first sample of a block waits for the last, where samples come in blocks (a sound card's period). The
    /// gate judges each beat so much earlier, so that the order is in time whichever sample of a block it comes with. Zero
    /// where each sample comes by itself.
    /// </summary>
    public TimeSpan BlockDelay { get; init; }

    /// <summary>How old a sample may be when the gate gets it: what a decision has less time for.</summary>
    public TimeSpan LargestDelay => FixedDelay + BlockDelay;

    /// <summary>True where <see cref="IEcgSource.Read"/> paces itself and stamps its blocks with host time.</summary>
    public bool IsLive { get; init; }
}

/// <summary>What one <see cref="IEcgSource.Read"/> brought.</summary>
/// <param name="Count">How many samples were written; 0 means that the source has ended.</param>
/// <param name="LastSampleTime">
/// Host time at which the last of them became ready (data-ready edge, block arrival). Only live sources set it.
/// </param>
public readonly record struct EcgBlock(int Count, MonotonicTime LastSampleTime);

/// <summary>Where samples come from: a board, a record, a virtual patient.</summary>
/// <remarks>One thread reads; <see cref="Interrupt"/> may be called from any thread.</remarks>
public interface IEcgSource : IDisposable
{
    /// <summary>What this source is.</summary>
    EcgSourceInfo Info { get; }

    /// <summary>
    /// Writes the next samples and says how many. Blocks until at least one is there; 0 at the end of the source or
    /// after <see cref="Interrupt"/>. Allocates nothing once running.
    /// </summary>
    /// <param name="destination">Room for at least one sample.</param>
    /// <exception cref="EcgSourceException">The source failed; it gives no more samples.</exception>
    EcgBlock Read(Span<EcgSample> destination);

    /// <summary>Makes a blocked or later <see cref="Read"/> return 0. Safe from any thread, more than once.</summary>
    void Interrupt();
}

/// <summary>A source failed: names the source, what happened, and what to do about it.</summary>
public sealed class EcgSourceException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public EcgSourceException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence for people: which source, what happened, what to do.</param>
    public EcgSourceException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence for people: which source, what happened, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public EcgSourceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
