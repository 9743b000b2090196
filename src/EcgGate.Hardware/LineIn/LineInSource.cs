using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.LineIn;

/// <summary>An ECG from a sound device's line input: what all of them have in common, whatever drives them.</summary>
/// <remarks>
/// <para>
/// Reads a block, has <see cref="LineInPipeline"/> make samples of it, and watches the device: one that gives nothing, or
/// runs at another speed than it says, is an error. A setting that cannot make the gate's deadline is refused when opened.
/// </para>
/// <para>One thread reads; <see cref="Interrupt"/> may be called from any. Reading allocates nothing.</para>
/// </remarks>
public sealed class LineInSource : IEcgSource
{
    private const double SpeedCheckSeconds = 5;
    private const double SpeedTolerance = 0.05;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly IPcmDevice _device;
    private readonly LineInOptions _options;
    private readonly LineInPipeline _pipeline;
    private readonly Func<MonotonicTime> _now;
    private readonly byte[] _frames;
    private readonly double _periodNanoseconds;
    private volatile bool _interrupted;
    private bool _failed;
    private bool _disposed;
    private int _taken;
    private MonotonicTime _speedFrom;
    private long _speedFrames = -1;

    private LineInSource(IPcmDevice device, LineInOptions options, HostClock clock)
    {
        _device = device;
        _options = options;
        _now = clock.Now;
        var info = device.Info;
        _pipeline = new LineInPipeline(info, options, info.PeriodFrames);
        _frames = new byte[info.PeriodFrames * info.FrameBytes];
        _periodNanoseconds = 1e9 / _pipeline.RateHertz;
        Info = new EcgSourceInfo
        {
            Name = options.Name,
            SamplingRateHertz = _pipeline.RateHertz,
            LeadNames = options.Lead1Channel is { } lead1 ? [ChannelName(options.Channel), ChannelName(lead1)] : [ChannelName(options.Channel)],
            FixedDelay = _pipeline.Delay,
            BlockDelay = TimeSpan.FromSeconds((double)info.PeriodFrames / info.RateHertz),
            IsLive = true,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>What was seen of the device so far. Read it from the reading thread, or after it has ended.</summary>
    public LineInStatistics Statistics => _pipeline.Statistics;

    /// <summary>Opens a source on a device, which it owns from then on and disposes.</summary>
    /// <param name="device">An opened device. Stays the caller's where this throws.</param>
    /// <param name="options">Scaling and channels.</param>
    /// <param name="gate">The gate whose deadline must be made; null for the default's.</param>
    /// <param name="clock">The clock that waiting is measured with; null for the host's.</param>
    /// <exception cref="EcgSourceException">
    /// The options do not fit the device, or the device's block is too long for the gate; the message has the arithmetic.
    /// </exception>
    public static LineInSource Open(IPcmDevice device, LineInOptions options, GateOptions? gate = null, HostClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        var source = new LineInSource(device, options, clock ?? HostClock.Monotonic);
        LineInBudget.Of(device.Info, options, gate ?? new GateOptions()).Require(options.Name);
        return source;
    }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        if (destination.IsEmpty)
        {
            throw new ArgumentException("There must be room for at least one sample.", nameof(destination));
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
        {
            throw new EcgSourceException($"{_options.Name}: the source failed before and gives no more samples; open it again.");
        }

        try
        {
            while (!_interrupted)
            {
                if (_taken < _pipeline.Samples.Length)
                {
                    return Take(destination);
                }

                if (!Fetch())
                {
                    break;
                }
            }

            return default;
        }
        catch (Exception error) when (!_disposed)
        {
            _failed = true;
            if (error is EcgSourceException)
            {
                throw;
            }

            throw new EcgSourceException($"{_options.Name}: {_device.Info.Name} failed: {error.Message} Check that it is still plugged in.", error);
        }
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        _interrupted = true;
        _device.Interrupt();
    }

    /// <summary>Closes the device. Not while another thread reads: interrupt it first.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _device.Dispose();
        }
    }

    private static string ChannelName(int channel) => $"IN{channel + 1}";

    private EcgBlock Take(Span<EcgSample> destination)
    {
        var samples = _pipeline.Samples[_taken..];
        var count = Math.Min(samples.Length, destination.Length);
        samples[..count].CopyTo(destination);
        _taken += count;
        var later = samples[^1].Index - samples[count - 1].Index;
        return new EcgBlock(count, _pipeline.LastSampleTime.AddNanoseconds(-(long)Math.Round(later * _periodNanoseconds)));
    }

    /// <summary>Gets one block from the device into the pipeline. False if interrupted.</summary>
    private bool Fetch()
    {
        _taken = 0;
        var since = _now();
        while (true)
        {
            var block = _device.Read(_frames, Patience);
            _pipeline.Process(_frames.AsSpan(0, block.Frames * _device.Info.FrameBytes), block.LastFrameTime, block.IsAfterOverrun);
            if (block.Frames > 0)
            {
                CheckSpeed(in block);
                return true;
            }

            if (_interrupted)
            {
                return false;
            }

            var missing = _now().NanosecondsSince(since);
            if (missing >= _options.StallAfter.Ticks * 100)
            {
                throw new EcgSourceException($"{_options.Name}: {_device.Info.Name} has given no frames for {missing / 1e6:0} ms, expected every {_device.Info.PeriodMilliseconds:0.#} ms: check that it is plugged in, that its capture is switched on and that nothing else holds it.");
            }
        }
    }

    /// <summary>A device that is no sound card (a file, a network sink) does not keep time, and can not be gated on.</summary>
    private void CheckSpeed(in PcmBlock block)
    {
        if (block.IsAfterOverrun || _speedFrames < 0)
        {
            (_speedFrom, _speedFrames) = (block.LastFrameTime, 0);
            return;
        }

        _speedFrames += block.Frames;
        var device = (double)_speedFrames / _device.Info.RateHertz;
        var host = block.LastFrameTime.NanosecondsSince(_speedFrom) * 1e-9;
        if (Math.Max(device, host) < SpeedCheckSeconds)
        {
            return;
        }

        if (Math.Abs(device - host) > SpeedTolerance * SpeedCheckSeconds)
        {
            throw new EcgSourceException($"{_options.Name}: {_device.Info.Name} gave {device:0.00} s of signal in {host:0.00} s, at a declared rate of {_device.Info.RateHertz} Hz: it is no device that keeps time. Name the sound card itself (hw:...).");
        }

        (_speedFrom, _speedFrames) = (block.LastFrameTime, 0);
    }
}
