using System.Runtime.Versioning;
using EcgGate.Hardware.LineIn;
using EcgGate.Signals;
using EcgGate.Timing;
using NAudio.CoreAudioApi;
using NAudio.Wave;

namespace EcgGate.NAudio;

/// <summary>An ECG at a sound card's line input, through NAudio. The README beside this file says how to choose.</summary>
/// <remarks>
/// Blocks go from NAudio's thread to <see cref="LineInSource"/>, which does the rest as it does for ALSA: decimation, gaps,
/// delay, and the arithmetic that a block must meet. A source owns the capture that it was opened on.
/// </remarks>
public static class NAudioLineIn
{
    private const int BuffersHeld = 8;

    /// <summary>
    /// Opens a device through WASAPI: the shortest blocks that Windows has, 3 to 10 ms, on a thread of the class
    /// "Pro Audio".
    /// </summary>
    /// <param name="device">The input; null for the default one.</param>
    /// <param name="blockMilliseconds">How long a block may be; the device may give shorter ones. Default 3 ms.</param>
    /// <param name="options">Scale and channels.</param>
    /// <param name="gate">The gate whose deadline must be made; null for the default's.</param>
    /// <exception cref="EcgSourceException">The device's blocks are too long for the gate, or its format is none that is known.</exception>
    [SupportedOSPlatform("windows")]
    public static LineInSource OpenWasapi(MMDevice? device, int blockMilliseconds, LineInOptions options, GateOptions? gate = null)
    {
        var builder = new WasapiRecorderBuilder().WithEventSync().WithBufferLength(blockMilliseconds).WithMmcssThreadPriority("Pro Audio").WithRawMode();
        var recorder = (device is null ? builder : builder.WithDevice(device)).Build();
        try
        {
            var block = TimeSpan.FromMilliseconds(Math.Max(blockMilliseconds, recorder.LatencyMilliseconds));
            PushedPcmDevice? pcm = null;
            EventHandler<StoppedEventArgs> ended = (_, stopped) => pcm?.Fail(Ended(options.Name, stopped.Exception));
            pcm = new PushedPcmDevice(
                InfoOf(recorder.DeviceFriendlyName ?? options.Name, recorder.WaveFormat, block),
                recorder.StartRecording,
                () =>
                {
                    // The stop that is asked for is no failure.
                    recorder.RecordingStopped -= ended;
                    recorder.Dispose();
                });
            recorder.DataAvailable += (buffer, flags, _, _) => pcm.Push(buffer, MonotonicClock.Now, flags.HasFlag(AudioClientBufferFlags.DataDiscontinuity));
            recorder.RecordingStopped += ended;
            return LineInSource.Open(pcm, options, gate);
        }
        catch
        {
            recorder.Dispose();
            throw;
        }
    }

    /// <summary>Opens a device through the older interface of Windows (winmm).</summary>
    /// <param name="deviceNumber">From 0 up to <c>WaveIn.DeviceCount</c>.</param>
    /// <param name="rateHertz">Frames per second, 16 bits each; the device may be one with two channels.</param>
    /// <param name="channelCount">1 or 2.</param>
    /// <param name="blockMilliseconds">How long a block is.</param>
    /// <param name="options">Scale and channels.</param>
    /// <param name="gate">The gate whose deadline must be made; null for the default's.</param>
    /// <exception cref="EcgSourceException">The blocks are too long for the gate.</exception>
    [SupportedOSPlatform("windows")]
    public static LineInSource OpenWaveIn(int deviceNumber, int rateHertz, int channelCount, int blockMilliseconds, LineInOptions options, GateOptions? gate = null) =>
        Open(
            new WaveIn
            {
                DeviceNumber = deviceNumber,
                WaveFormat = new WaveFormat(rateHertz, 16, channelCount),
                BufferMilliseconds = blockMilliseconds,
                NumberOfBuffers = BuffersHeld,
            },
            TimeSpan.FromMilliseconds(blockMilliseconds),
            options,
            gate);

    /// <summary>Opens any capture of NAudio's, on whatever system it runs.</summary>
    /// <param name="capture">Set up and not started; disposed with the source, and where this throws.</param>
    /// <param name="block">How long its blocks are.</param>
    /// <param name="options">Scale and channels.</param>
    /// <param name="gate">The gate whose deadline must be made; null for the default's.</param>
    /// <exception cref="EcgSourceException">The blocks are too long for the gate, or the format is none that is known.</exception>
    public static LineInSource Open(IWaveIn capture, TimeSpan block, LineInOptions options, GateOptions? gate = null)
    {
        ArgumentNullException.ThrowIfNull(capture);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            PushedPcmDevice? pcm = null;
            EventHandler<StoppedEventArgs> ended = (_, stopped) => pcm?.Fail(Ended(options.Name, stopped.Exception));
            pcm = new PushedPcmDevice(
                InfoOf(options.Name, capture.WaveFormat, block),
                capture.StartRecording,
                () =>
                {
                    capture.RecordingStopped -= ended;
                    capture.Dispose();
                });
            capture.DataAvailable += (_, data) => pcm.Push(data.BufferSpan, MonotonicClock.Now);
            capture.RecordingStopped += ended;
            return LineInSource.Open(pcm, options, gate);
        }
        catch
        {
            capture.Dispose();
            throw;
        }
    }

    private static PcmDeviceInfo InfoOf(string name, WaveFormat format, TimeSpan block)
    {
        var standard = format.AsStandardWaveFormat();
        var frames = (int)Math.Ceiling(block.TotalSeconds * format.SampleRate);
        return new PcmDeviceInfo
        {
            Name = name,
            RateHertz = format.SampleRate,
            ChannelCount = format.Channels,
            SampleFormat = (standard.Encoding, standard.BitsPerSample) switch
            {
                (WaveFormatEncoding.Pcm, 16) => PcmSampleFormat.S16,
                (WaveFormatEncoding.Pcm, 32) => PcmSampleFormat.S32,
                (WaveFormatEncoding.IeeeFloat, 32) => PcmSampleFormat.F32,
                _ => throw new EcgSourceException($"{name}: it records as {format}; known are PCM of 16 and 32 bits and floating point of 32: choose one of them."),
            },
            PeriodFrames = Math.Max(1, frames),
            BufferFrames = Math.Max(1, frames) * BuffersHeld,
        };
    }

    private static EcgSourceException Ended(string name, Exception? error) => error is null
        ? new EcgSourceException($"{name}: the capture stopped: was the device unplugged or taken by another program?")
        : new EcgSourceException($"{name}: the capture failed: {error.Message} Check that the device is plugged in and that no other program holds it.", error);
}
