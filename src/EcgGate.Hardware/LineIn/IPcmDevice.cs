using EcgGate.Timing;

namespace EcgGate.Hardware.LineIn;

/// <summary>How one sample of a frame is stored; all little-endian.</summary>
public enum PcmSampleFormat
{
    /// <summary>16 bits, two's complement.</summary>
    S16,

    /// <summary>32 bits, two's complement; a converter of 24 bits fills the upper ones.</summary>
    S32,

    /// <summary>32-bit floating point, full scale at ±1.</summary>
    F32,
}

/// <summary>What a sound device was opened with. Immutable.</summary>
public sealed record PcmDeviceInfo
{
    /// <summary>A short name for people, such as <c>hw:1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Frames per second; 8,000 to 192,000.</summary>
    public required int RateHertz { get; init; }

    /// <summary>Samples in a frame, at least 1.</summary>
    public required int ChannelCount { get; init; }

    /// <summary>How each sample of a frame is stored.</summary>
    public required PcmSampleFormat SampleFormat { get; init; }

    /// <summary>How many frames the device delivers at a time, at least 1: what it adds to each decision.</summary>
    public required int PeriodFrames { get; init; }

    /// <summary>How many frames the device holds for a reader that is late; then they are lost.</summary>
    public required int BufferFrames { get; init; }

    /// <summary>Bytes of a frame: all channels.</summary>
    public int FrameBytes => ChannelCount * (SampleFormat == PcmSampleFormat.S16 ? 2 : 4);

    /// <summary>How long a period lasts, in ms.</summary>
    public double PeriodMilliseconds => 1000.0 * PeriodFrames / RateHertz;
}

/// <summary>What one read of a sound device brought.</summary>
/// <param name="Frames">How many frames were written.</param>
/// <param name="LastFrameTime">
/// When the last of them had been converted, as well as the device tells; at the worst when it was handed over, which is
/// late and never early.
/// </param>
/// <param name="IsAfterOverrun">
/// Frames were lost before these. How many is told by the time that passed. A read may report it without frames; the
/// next frames are then those after the loss.
/// </param>
public readonly record struct PcmBlock(int Frames, MonotonicTime LastFrameTime, bool IsAfterOverrun);

/// <summary>A sound device that captures: all that <see cref="LineInSource"/> needs of one.</summary>
/// <remarks>One thread reads; <see cref="Interrupt"/> may be called from any thread.</remarks>
public interface IPcmDevice : IDisposable
{
    /// <summary>What it was opened with.</summary>
    PcmDeviceInfo Info { get; }

    /// <summary>
    /// Waits for frames, no longer than the patience, and writes them. Allocates nothing. Begins the capture at the first
    /// call.
    /// </summary>
    /// <param name="destination">Room for at least one frame; whole frames are written.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <returns>No frames where none came in time, or after <see cref="Interrupt"/>.</returns>
    /// <exception cref="Signals.EcgSourceException">The device is gone or broken: which one, what happened, what to do.</exception>
    PcmBlock Read(Span<byte> destination, TimeSpan patience);

    /// <summary>Makes a waiting or later <see cref="Read"/> return soon. Safe from any thread, more than once.</summary>
    void Interrupt();
}
