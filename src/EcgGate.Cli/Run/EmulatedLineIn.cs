using EcgGate.Emulator.Boards;
using EcgGate.Hardware;
using EcgGate.Hardware.Alsa;
using EcgGate.Hardware.LineIn;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Cli.Run;

/// <summary>An emulated sound card below libasound, so that the driver of a real one runs on it: lead 0 at its first channel.</summary>
internal sealed class EmulatedLineIn(EmulatedSoundCard card) : IPcmCalls
{
    /// <summary>What the card has to say of itself.</summary>
    /// <param name="card">The card.</param>
    /// <param name="name">What it is called.</param>
    public static PcmDeviceInfo InfoOf(EmulatedSoundCard card, string name) => new()
    {
        Name = name,
        RateHertz = card.Options.RateHertz,
        ChannelCount = card.Options.ChannelCount,
        SampleFormat = card.Options.SampleBits == 16 ? PcmSampleFormat.S16 : PcmSampleFormat.S32,
        PeriodFrames = card.Options.PeriodFrames,
        BufferFrames = card.Options.BufferFrames,
    };

    /// <summary>Opens the driver on a card.</summary>
    /// <param name="card">The card.</param>
    /// <param name="name">What the source is called.</param>
    /// <param name="gate">The gate whose deadline must be made; null for the default's.</param>
    /// <param name="clock">The clock that waiting is measured with; null for the host's.</param>
    /// <param name="converterDelay">The converter's delay, as declared.</param>
    /// <exception cref="EcgSourceException">It is not plugged in, or its block is too long for the gate.</exception>
    public static LineInSource Open(EmulatedSoundCard card, string name, GateOptions? gate = null, HostClock? clock = null, TimeSpan converterDelay = default)
    {
        if (!card.IsPresent)
        {
            throw new EcgSourceException($"{name}: there is no sound card: plug it in, and open it again.");
        }

        var device = new AlsaPcmDevice(new EmulatedLineIn(card), InfoOf(card, name), clock ?? HostClock.Monotonic);
        return LineInSource.Open(device, new LineInOptions { Name = name, FullScaleMillivolts = card.Options.FullScaleMillivolts, ConverterDelay = converterDelay }, gate, clock);
    }

    public int Start() => card.Start() ? 0 : AlsaErrors.NoDevice;

    public int Prepare() => card.IsPresent ? 0 : AlsaErrors.NoDevice;

    public int Wait(int milliseconds) => card.Wait(TimeSpan.FromMilliseconds(milliseconds), CancellationToken.None) switch
    {
        SoundCardState.Waiting => 0,
        SoundCardState.Ready => 1,
        var bad => ErrorOf(bad),
    };

    public int Status(out long frames, out long nanoseconds)
    {
        var state = card.Status(out frames, out var lastFrameTime);
        nanoseconds = lastFrameTime.Nanoseconds;
        return state == SoundCardState.Ready ? 0 : ErrorOf(state);
    }

    public long Read(Span<byte> destination, long frames) => card.Read(destination, frames) is var read and >= 0 ? read : AlsaErrors.NoDevice;

    public string Describe(int error) => $"error {-error} of the emulated sound card";

    public void Dispose() => card.Stop();

    private static int ErrorOf(SoundCardState state) => state == SoundCardState.Overrun ? AlsaErrors.Overrun : AlsaErrors.NoDevice;
}
