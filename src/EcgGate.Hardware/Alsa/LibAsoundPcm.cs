using System.Runtime.InteropServices;
using EcgGate.Hardware.LineIn;
using EcgGate.Signals;
using static EcgGate.Hardware.Alsa.LibAsound;

namespace EcgGate.Hardware.Alsa;

/// <summary>The calls on a device of libasound, opened and set up.</summary>
internal sealed unsafe class LibAsoundPcm : IPcmCalls
{
    private readonly PcmHandle _pcm;

    private LibAsoundPcm(PcmHandle pcm) => _pcm = pcm;

    /// <summary>Opens a device and sets it up, as near to what is asked for as it can.</summary>
    /// <param name="name">The device as ALSA names it.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="info">What it does.</param>
    /// <exception cref="EcgSourceException">No such device, no permission, in use, or it cannot do what is asked.</exception>
    public static LibAsoundPcm Open(string name, AlsaOptions options, out PcmDeviceInfo info)
    {
        var error = LibAsound.Open(out var pcm, name, Capture, NonBlocking);
        try
        {
            Require(options, error, error switch
            {
                AlsaErrors.NoEntry or AlsaErrors.NoDevice or AlsaErrors.InvalidArgument => $"there is no capture device {name}: 'arecord -l' lists what there is",
                AlsaErrors.AccessDenied or AlsaErrors.NotPermitted => $"no permission for {name}: add the user to group audio (sudo usermod -aG audio $USER) and log in again",
                AlsaErrors.Busy => $"{name} is in use by another program, a sound server perhaps: stop it, or take the card away from it",
                _ => $"{name} cannot be opened",
            });
            info = SetUp(pcm, name, options);
            return new LibAsoundPcm(pcm);
        }
        catch
        {
            pcm.Dispose();
            throw;
        }
    }

    public int Start() => LibAsound.Start(_pcm);

    public int Prepare() => LibAsound.Prepare(_pcm);

    public int Wait(int milliseconds) => LibAsound.Wait(_pcm, milliseconds);

    public int Status(out long frames, out long nanoseconds)
    {
        var error = TimeStamp(_pcm, out var available, out var time);
        frames = (long)available.Value;
        nanoseconds = (time.Seconds.Value * 1_000_000_000L) + time.Nanoseconds.Value;
        return error;
    }

    public long Read(Span<byte> destination, long frames)
    {
        fixed (byte* buffer = destination)
        {
            return LibAsound.Read(_pcm, buffer, new CULong((nuint)frames)).Value;
        }
    }

    public string Describe(int error) => LibAsound.Describe(error);

    public void Dispose() => _pcm.Dispose();

    private static PcmDeviceInfo SetUp(PcmHandle pcm, string name, AlsaOptions options)
    {
        Require(options, NewHardware(out var hardware), "out of memory");
        using var ofHardware = hardware;
        Require(options, Any(pcm, hardware), $"{name} has no setting at all that works");

        // A resampler would add a delay that nobody declares.
        Require(options, SetResample(pcm, hardware, 0), $"{name} cannot do without a resampler");
        Require(options, SetAccess(pcm, hardware, Interleaved), $"{name} does not deliver interleaved frames; try plug{name}");
        var format = SetFormat(pcm, hardware, name, options);

        var wantedChannels = (uint)Math.Max(options.LineIn.Channel, options.LineIn.Lead1Channel ?? 0) + 1;
        var channels = wantedChannels;
        Require(options, SetChannels(pcm, hardware, ref channels), $"{name} has no {wantedChannels} channels");
        var rate = (uint)options.RateHertz;
        var direction = 0;
        Require(options, SetRate(pcm, hardware, ref rate, ref direction), $"{name} has no rate near {options.RateHertz} Hz");
        if (rate != options.RateHertz)
        {
            throw new EcgSourceException($"{options.LineIn.Name}: {name} cannot run at {options.RateHertz} Hz; the nearest that it can is {rate} Hz: add rate={rate}.");
        }

        var period = new CULong((nuint)Math.Max(1, Math.Round(options.Period.TotalSeconds * rate)));
        direction = 0;
        Require(options, SetPeriod(pcm, hardware, ref period, ref direction), $"{name} has no period near {options.Period.TotalMilliseconds:0.###} ms");
        var buffer = new CULong((nuint)Math.Max(options.Buffer.TotalSeconds * rate, 2 * (double)period.Value));
        Require(options, SetBuffer(pcm, hardware, ref buffer), $"{name} has no buffer near {options.Buffer.TotalMilliseconds:0.###} ms");
        Require(options, Apply(pcm, hardware), $"{name} does not accept {channels} channels at {rate} Hz with periods of {period.Value} frames");

        Require(options, NewSoftware(out var software), "out of memory");
        using var ofSoftware = software;
        Require(options, Current(pcm, software), $"{name} does not tell its settings");
        Require(options, SetWakeUp(pcm, software, period), $"{name} cannot wake up once a period");

        // Where either is refused, the time of reading takes the stamp's place.
        _ = SetStampMode(pcm, software, TimeStamps);
        _ = SetStampClock(pcm, software, Monotonic);
        Require(options, Apply(pcm, software), $"{name} does not accept how to wake up");
        return new PcmDeviceInfo
        {
            Name = name,
            RateHertz = (int)rate,
            ChannelCount = (int)channels,
            SampleFormat = format,
            PeriodFrames = (int)period.Value,
            BufferFrames = (int)buffer.Value,
        };
    }

    private static PcmSampleFormat SetFormat(PcmHandle pcm, HardwareParameters hardware, string name, AlsaOptions options)
    {
        // The widest first: an ECG of a tenth of full scale in 16 bits has 12 or so left.
        ReadOnlySpan<PcmSampleFormat> all = [PcmSampleFormat.S32, PcmSampleFormat.S16, PcmSampleFormat.F32];
        foreach (var format in all)
        {
            if (options.SampleFormat is null || options.SampleFormat == format)
            {
                if (LibAsound.SetFormat(pcm, hardware, NumberOf(format)) >= 0)
                {
                    return format;
                }
            }
        }

        throw new EcgSourceException($"{options.LineIn.Name}: {name} delivers no {(options.SampleFormat is { } only ? only.ToString() : "S32, S16 or F32")} samples; try plug{name}.");
    }

    // SND_PCM_FORMAT_S16_LE, _S32_LE and _FLOAT_LE.
    private static int NumberOf(PcmSampleFormat format) => format switch
    {
        PcmSampleFormat.S16 => 2,
        PcmSampleFormat.S32 => 10,
        _ => 14,
    };

    private static void Require(AlsaOptions options, int error, string problem)
    {
        if (error < 0)
        {
            throw new EcgSourceException($"{options.LineIn.Name}: {problem} ({LibAsound.Describe(error)}).");
        }
    }
}
