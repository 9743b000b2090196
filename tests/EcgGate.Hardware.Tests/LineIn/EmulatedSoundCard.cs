using System.Buffers.Binary;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Hardware.Alsa;
using EcgGate.Hardware.LineIn;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.LineIn;

/// <summary>
/// A sound card below libasound: converts an ECG frame by frame on a clock that the reader's waiting moves, holds a buffer that
/// runs over, couples by a capacitor, and can be pulled out.
/// </summary>
internal sealed class EmulatedSoundCard : IPcmCalls
{
    private readonly IAnalogEcg _ecg;
    private readonly VirtualPace _pace;
    private readonly PatientTime _patient;
    private readonly Random _random;
    private readonly double _period;
    private readonly double _decay;
    private readonly double[] _lastInput;
    private readonly double[] _lastOutput;
    private MonotonicTime _startedAt;
    private bool _running;
    private long _read;
    private double _heardUntil = double.NegativeInfinity;

    public EmulatedSoundCard(IAnalogEcg ecg, VirtualPace pace, PatientTime patient, PcmDeviceInfo info, double fullScaleMillivolts = 5, double driftPpm = 0, double highPassHertz = 0, int seed = 1)
    {
        _ecg = ecg;
        _pace = pace;
        _patient = patient;
        _random = new Random(seed);
        Info = info;
        FullScaleMillivolts = fullScaleMillivolts;
        _period = 1e9 / info.RateHertz * (1 + (driftPpm * 1e-6));
        _decay = highPassHertz == 0 ? 1 : Math.Exp(-2 * Math.PI * highPassHertz / info.RateHertz);
        _lastInput = new double[info.ChannelCount];
        _lastOutput = new double[info.ChannelCount];
    }

    public PcmDeviceInfo Info { get; }

    public double FullScaleMillivolts { get; }

    /// <summary>Whether the card says when it had how many frames.</summary>
    public bool HasStamps { get; set; } = true;

    /// <summary>Mean of an exponential lateness with which the reader wakes up.</summary>
    public double WakeUpMicroseconds { get; set; }

    /// <summary>The converter's own filter: how old a frame is when it is converted.</summary>
    public double ConverterDelaySeconds { get; set; }

    public bool IsUnplugged { get; set; }

    public bool IsStuck { get; set; }

    public int Overruns { get; private set; }

    public int Start()
    {
        if (IsUnplugged)
        {
            return AlsaErrors.NoDevice;
        }

        _startedAt = _pace.Now;
        _read = 0;
        _running = true;
        return 0;
    }

    public int Prepare() => IsUnplugged ? AlsaErrors.NoDevice : 0;

    public int Wait(int milliseconds)
    {
        var due = IsStuck ? new MonotonicTime(long.MaxValue) : TimeOf(_read + Info.PeriodFrames - 1);
        var end = _pace.Now.AddNanoseconds(milliseconds * 1_000_000L);
        if (IsUnplugged)
        {
            return AlsaErrors.NoDevice;
        }

        _pace.SleepUntil(due < end ? due : end, CancellationToken.None);
        if (due > end)
        {
            return 0;
        }

        _pace.Advance((long)(WakeUpMicroseconds * 1_000 * -Math.Log(1 - _random.NextDouble())));
        return HasOverrun() ? AlsaErrors.Overrun : 1;
    }

    public int Status(out long frames, out long nanoseconds)
    {
        // As a card that counts in periods; the stamp is that of the last whole one.
        var whole = Converted / Info.PeriodFrames * Info.PeriodFrames;
        frames = whole - _read;
        nanoseconds = HasStamps && whole > 0 ? TimeOf(whole - 1).Nanoseconds : 0;
        return IsUnplugged ? AlsaErrors.NoDevice : HasOverrun() ? AlsaErrors.Overrun : 0;
    }

    public long Read(Span<byte> destination, long frames)
    {
        if (IsUnplugged)
        {
            return AlsaErrors.NoDevice;
        }

        for (var i = 0L; i < frames; i++)
        {
            var frame = destination.Slice((int)i * Info.FrameBytes, Info.FrameBytes);
            var seconds = _patient.SecondsAt(TimeOf(_read)) - ConverterDelaySeconds;
            for (var channel = 0; channel < Info.ChannelCount; channel++)
            {
                Write(frame, channel, Couple(channel, seconds) / FullScaleMillivolts);
            }

            _heardUntil = seconds;
            _read++;
        }

        return frames;
    }

    public string Describe(int error) => $"emulated error {error}";

    public void Dispose() => _running = false;

    private long Converted => IsStuck || !_running ? _read : (long)((_pace.Now.NanosecondsSince(_startedAt) + 1) / _period);

    private MonotonicTime TimeOf(long frame) => _startedAt.AddNanoseconds((long)Math.Round((frame + 1) * _period));

    private bool HasOverrun()
    {
        if (!_running || Converted - _read <= Info.BufferFrames)
        {
            return false;
        }

        Overruns++;
        _running = false;
        return true;
    }

    /// <summary>First-order high-pass; what was not heard in between charges the capacitor all the same.</summary>
    private double Couple(int channel, double seconds)
    {
        if (_decay == 1)
        {
            return _ecg.Millivolts(channel, seconds);
        }

        var step = _period * 1e-9;
        var from = Math.Max(_heardUntil + step, seconds - 0.5);
        for (var t = double.IsNegativeInfinity(_heardUntil) ? seconds : from; t < seconds - (0.5 * step); t += step)
        {
            Filter(channel, t);
        }

        return Filter(channel, seconds);
    }

    private double Filter(int channel, double seconds)
    {
        var input = _ecg.Millivolts(channel, seconds);
        _lastOutput[channel] = _decay * (_lastOutput[channel] + input - _lastInput[channel]);
        _lastInput[channel] = input;
        return _lastOutput[channel];
    }

    private void Write(Span<byte> frame, int channel, double value)
    {
        switch (Info.SampleFormat)
        {
            case PcmSampleFormat.S16:
                BinaryPrimitives.WriteInt16LittleEndian(frame[(2 * channel)..], (short)Math.Clamp(Math.Round(value * 32768), short.MinValue, short.MaxValue));
                break;
            case PcmSampleFormat.S32:
                BinaryPrimitives.WriteInt32LittleEndian(frame[(4 * channel)..], (int)Math.Clamp(Math.Round(value * 2147483648), int.MinValue, int.MaxValue));
                break;
            default:
                BinaryPrimitives.WriteSingleLittleEndian(frame[(4 * channel)..], (float)value);
                break;
        }
    }
}
