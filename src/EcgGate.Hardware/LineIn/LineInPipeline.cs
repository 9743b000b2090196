using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.LineIn;

/// <summary>What a pipeline has seen since it began.</summary>
/// <param name="Frames">Frames taken.</param>
/// <param name="LostFrames">Frames lost in overruns, as the time tells.</param>
/// <param name="Overruns">How often frames were lost.</param>
public readonly record struct LineInStatistics(long Frames, long LostFrames, long Overruns);

/// <summary>
/// From frames of a sound device to ECG samples: brought down to 500 to 1,000 Hz, scaled, marked where the input was at full
/// scale, counted on over what was lost.
/// </summary>
/// <remarks>
/// <para>
/// One output period is a whole number of frames, the fewest that bring the rate to at most 1,000 Hz. The filter
/// (<see cref="TripleMean"/>) delays by 1.5 output periods, which <see cref="Delay"/> contains.
/// </para>
/// <para>
/// After an overrun the filter begins anew, so that no sample is made of frames from both sides; the samples whose frames are not all
/// there are left out, and the next is marked <see cref="SampleStatus.GapBefore"/>. How many frames were lost is
/// told by the time of the block after, on the device's clock as followed until then: as exact as block times are.
/// </para>
/// <para>Knows no clock: equal frames and times give equal samples. One thread; allocates nothing once made.</para>
/// </remarks>
public sealed class LineInPipeline
{
    /// <summary>The highest output rate, in samples per second; the lowest is above half of it.</summary>
    public const int HighestOutputRateHertz = 1000;

    /// <summary>The lowest and the highest rate of a device, in frames per second.</summary>
    public const int LowestRateHertz = 8_000, HighestRateHertz = 192_000;

    // Codecs limit a hair before their last code.
    private const float FullScale = 0.9995f;

    private readonly PcmDeviceInfo _device;
    private readonly int _factor;
    private readonly int _length;
    private readonly float[] _weights;
    private readonly float _scale;
    private readonly int _channel0;
    private readonly int _channel1;
    private readonly int _most;

    // The last frames, oldest first: _held of them, and room for a block.
    private readonly float[] _lead0;
    private readonly float[] _lead1;
    private readonly EcgSample[] _samples;
    private readonly SampleClock _clock;
    private int _held;
    private int _count;
    private bool _gap;
    private bool _overrun;

    // Frame positions count on over lost frames.
    private long _position = -1;
    private long _frames;
    private long _lostFrames;
    private long _overruns;

    /// <summary>Creates a pipeline.</summary>
    /// <param name="device">What the device was opened with.</param>
    /// <param name="options">Scaling and channels.</param>
    /// <param name="largestBlockFrames">The most frames that will come at once; null for the device's buffer.</param>
    /// <exception cref="EcgSourceException">The options do not fit the device; the message says why.</exception>
    public LineInPipeline(PcmDeviceInfo device, LineInOptions options, int? largestBlockFrames = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is [var problem, ..])
        {
            throw new EcgSourceException($"{options.Name}: {problem}");
        }

        if (device.RateHertz is < LowestRateHertz or > HighestRateHertz)
        {
            throw new EcgSourceException($"{options.Name}: the device runs at {device.RateHertz} Hz; it must lie between {LowestRateHertz} and {HighestRateHertz} Hz.");
        }

        var highest = Math.Max(options.Channel, options.Lead1Channel ?? 0);
        if (highest >= device.ChannelCount)
        {
            throw new EcgSourceException($"{options.Name}: channel {highest} is asked for, but the device has {device.ChannelCount} ({(device.ChannelCount == 1 ? "0" : $"0 to {device.ChannelCount - 1}")}).");
        }

        _device = device;
        _factor = FactorOf(device.RateHertz);
        _length = TripleMean.Length(_factor);
        _weights = TripleMean.Weights(_factor);
        _scale = (float)options.FullScaleMillivolts;
        _channel0 = options.Channel;
        _channel1 = options.Lead1Channel ?? -1;
        _most = Math.Max(1, largestBlockFrames ?? device.BufferFrames);
        _lead0 = new float[_length - 1 + _most];
        _lead1 = new float[_channel1 < 0 ? 0 : _lead0.Length];
        _samples = new EcgSample[(_most / _factor) + 1];
        _clock = new SampleClock(device.RateHertz, TimeSpan.Zero);
        RateHertz = (double)device.RateHertz / _factor;
        Delay = TimeSpan.FromSeconds(TripleMean.DelayFrames(_factor) / device.RateHertz) + options.ConverterDelay;
    }

    /// <summary>Samples per second of the output.</summary>
    public double RateHertz { get; }

    /// <summary>How long before its time stamp a sample's voltage stood at the input: filter and converter.</summary>
    public TimeSpan Delay { get; }

    /// <summary>The samples that the last <see cref="Process"/> made; valid until the next. May be none.</summary>
    public ReadOnlySpan<EcgSample> Samples => _samples.AsSpan(0, _count);

    /// <summary>When the last of <see cref="Samples"/> became ready: the time of the last frame that it is made of.</summary>
    public MonotonicTime LastSampleTime { get; private set; }

    /// <summary>What was seen so far. Read it from the processing thread, or after it has ended.</summary>
    public LineInStatistics Statistics => new(_frames, _lostFrames, _overruns);

    /// <summary>How many frames make an output period, at a rate.</summary>
    public static int FactorOf(int rateHertz) => (rateHertz + HighestOutputRateHertz - 1) / HighestOutputRateHertz;

    /// <summary>Takes a block and makes <see cref="Samples"/> of it.</summary>
    /// <param name="frames">Whole frames, at most as many as the constructor was told; none are allowed.</param>
    /// <param name="lastFrameTime">When the last of them had been converted.</param>
    /// <param name="isAfterOverrun">Frames were lost before these.</param>
    /// <exception cref="ArgumentException">The frames are not whole, or too many.</exception>
    public void Process(ReadOnlySpan<byte> frames, MonotonicTime lastFrameTime, bool isAfterOverrun)
    {
        var frameBytes = _device.FrameBytes;
        var count = frames.Length / frameBytes;
        if (count * frameBytes != frames.Length || count > _most)
        {
            throw new ArgumentException($"{frames.Length} bytes are no whole number of frames of {frameBytes} bytes, up to {_most} of them.", nameof(frames));
        }

        _count = 0;
        _overrun |= isAfterOverrun;
        if (count == 0)
        {
            return;
        }

        if (_overrun)
        {
            _overrun = false;
            CountLost(count, lastFrameTime);
        }

        var first = _position + 1;
        Convert(frames, count);
        _position += count;
        _frames += count;
        _clock.Observe(_position, lastFrameTime);

        // An output ends at each frame whose position + 1 is a multiple of the factor.
        var end = ((first + _factor) / _factor * _factor) - 1;
        for (; end <= _position; end += _factor)
        {
            var last = _held + (int)(end - first);
            if (last >= _length - 1)
            {
                _samples[_count++] = Filter(last, end);
            }
        }

        LastSampleTime = lastFrameTime.AddNanoseconds(-(long)Math.Round((_position - (end - _factor)) * 1e9 / _device.RateHertz));
        Keep(count);
    }

    private EcgSample Filter(int last, long end)
    {
        var from = last - (_length - 1);
        var status = _gap ? SampleStatus.GapBefore : SampleStatus.None;
        _gap = false;
        var window = _lead0.AsSpan(from, _length);
        var lead0 = Dot(_weights, window);
        var lead1 = 0f;
        status |= IsSaturated(window) ? SampleStatus.Lead0Saturated : SampleStatus.None;
        if (_channel1 >= 0)
        {
            window = _lead1.AsSpan(from, _length);
            lead1 = Dot(_weights, window);
            status |= IsSaturated(window) ? SampleStatus.Lead1Saturated : SampleStatus.None;
        }

        // The first whole window ends with the third output period.
        return new EcgSample(((end + 1) / _factor) - 3, lead0 * _scale, lead1 * _scale, status);
    }

    private void CountLost(int count, MonotonicTime lastFrameTime)
    {
        _overruns++;
        _held = 0;
        if (_frames == 0)
        {
            // Nothing came before: nothing is missing.
            return;
        }

        _gap = true;
        var expected = _position + count;

        // The clock goes by the early stamps; this one is as late as they are on average, which is no frame lost.
        var early = lastFrameTime.AddNanoseconds(-_clock.LatenessNanoseconds);
        var lost = Math.Max(0, _clock.SampleTimeOf(early).Nearest - expected);
        _lostFrames += lost;
        _position += lost;
    }

    private void Convert(ReadOnlySpan<byte> frames, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var frame = frames.Slice(i * _device.FrameBytes, _device.FrameBytes);
            _lead0[_held + i] = Sample(frame, _channel0);
            if (_channel1 >= 0)
            {
                _lead1[_held + i] = Sample(frame, _channel1);
            }
        }
    }

    /// <summary>One sample as a fraction of full scale. What is no number counts as full scale.</summary>
    private float Sample(ReadOnlySpan<byte> frame, int channel)
    {
        switch (_device.SampleFormat)
        {
            case PcmSampleFormat.S16:
                return BinaryPrimitives.ReadInt16LittleEndian(frame[(2 * channel)..]) * (1 / 32768f);
            case PcmSampleFormat.S32:
                return BinaryPrimitives.ReadInt32LittleEndian(frame[(4 * channel)..]) * (1 / 2147483648f);
            default:
                var value = BinaryPrimitives.ReadSingleLittleEndian(frame[(4 * channel)..]);
                return float.IsFinite(value) ? Math.Clamp(value, -1, 1) : 1;
        }
    }

    /// <summary>Keeps what the coming samples need of the frames held.</summary>
    private void Keep(int count)
    {
        var held = _held + count;
        var kept = Math.Min(held, _length - 1);
        _lead0.AsSpan(held - kept, kept).CopyTo(_lead0);
        if (_channel1 >= 0)
        {
            _lead1.AsSpan(held - kept, kept).CopyTo(_lead1);
        }

        _held = kept;
    }

    private static bool IsSaturated(ReadOnlySpan<float> window)
    {
        foreach (var value in window)
        {
            if (Math.Abs(value) >= FullScale)
            {
                return true;
            }
        }

        return false;
    }

    // A fixed order of additions: the same bits on every machine.
    private static float Dot(ReadOnlySpan<float> weights, ReadOnlySpan<float> samples)
    {
        float sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
        var i = 0;
        for (; i + 3 < weights.Length; i += 4)
        {
            sum0 += weights[i] * samples[i];
            sum1 += weights[i + 1] * samples[i + 1];
            sum2 += weights[i + 2] * samples[i + 2];
            sum3 += weights[i + 3] * samples[i + 3];
        }

        for (; i < weights.Length; i++)
        {
            sum0 += weights[i] * samples[i];
        }

        return (sum0 + sum1) + (sum2 + sum3);
    }
}
