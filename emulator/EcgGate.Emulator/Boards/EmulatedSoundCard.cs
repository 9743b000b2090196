using System.Buffers.Binary;
using EcgGate.Emulator.Patient;
using EcgGate.Timing;

namespace EcgGate.Emulator.Boards;

/// <summary>
/// A sound card that captures, as its driver shows it: frames on a clock of its own, handed over in periods, a buffer that
/// runs over, a capacitor before the input.
/// </summary>
/// <remarks>
/// An amplifier that has its limits, then the capacitor, a high-pass of first order, then the converter. An electrode that is off
/// drives the amplifier to its limit, of which the capacitor leaves a step; a sound card knows no more. Frames are computed when they are read. One thread reads; the faults may be set from any. Allocates nothing once made.
/// </remarks>
public sealed class EmulatedSoundCard
{
    // What was not listened to for longer than this is forgotten by the capacitor.
    private const double LongestCatchUpSeconds = 0.5;

    private readonly IAnalogEcg _ecg;
    private readonly PatientTime _patientTime;
    private readonly IEmulatorClock _clock;
    private readonly SeededRandom _random = new(1, 460);
    private readonly double _decay;
    private readonly double[] _lastInput;
    private readonly double[] _lastOutput;
    private readonly int _sampleBytes;
    private double _period;
    private double _oscillatorError;
    private MonotonicTime _startedAt;
    private MonotonicTime _lossEnd;
    private bool _isLosing;
    private bool _running;
    private bool _ended;
    private long _read;
    private double _heardUntil = double.NegativeInfinity;
    private volatile bool _unplugged;
    private volatile bool _silent;

    /// <summary>Puts a card at the electrodes' amplifier.</summary>
    /// <param name="ecg">What stands at the electrodes.</param>
    /// <param name="patientTime">Where the ECG's zero lies on the clock.</param>
    /// <param name="options">How it is built; null for the default.</param>
    /// <param name="clock">The clock; null for the host's.</param>
    public EmulatedSoundCard(IAnalogEcg ecg, PatientTime patientTime, EmulatedSoundCardOptions? options = null, IEmulatorClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(ecg);
        Options = options ?? new EmulatedSoundCardOptions();
        if (Options.SampleBits is not (16 or 32))
        {
            throw new ArgumentException($"A sample has {Options.SampleBits} bits; it must have 16 or 32.", nameof(options));
        }

        _ecg = ecg;
        _patientTime = patientTime;
        _clock = clock ?? new RealPace();
        _sampleBytes = Options.SampleBits / 8;
        _period = Period;
        _decay = Options.HighPassHertz == 0 ? 1 : Math.Exp(-2 * Math.PI * Options.HighPassHertz / Options.RateHertz);
        _lastInput = new double[Options.ChannelCount];
        _lastOutput = new double[Options.ChannelCount];
    }

    /// <summary>Raised once, on the thread that waits for frames, when the ECG has ended.</summary>
    public event EventHandler? Ended;

    /// <summary>How it is built.</summary>
    public EmulatedSoundCardOptions Options { get; }

    /// <summary>What the card suffers by script; null for nothing.</summary>
    public BoardFaults? Faults { get; set; }

    /// <summary>Whether it says when it had how many frames. Default true.</summary>
    public bool HasStamps { get; set; } = true;

    /// <summary>A fault: it is pulled out.</summary>
    public bool IsUnplugged
    {
        get => _unplugged;
        set => _unplugged = value;
    }

    /// <summary>A fault: it is there and converts nothing.</summary>
    public bool IsSilent
    {
        get => _silent;
        set => _silent = value;
    }

    /// <summary>How often its buffer ran over, or was thrown away.</summary>
    public int Overruns { get; private set; }

    /// <summary>Whether it is plugged in.</summary>
    public bool IsPresent => IsPresentAt(_clock.Now);

    private double Period => 1e9 / Options.RateHertz * (1 + (Options.PeriodErrorPartsPerMillion * 1e-6)) / (1 + (_oscillatorError * 1e-6));

    private long Converted => IsSilent || !_running ? _read : (long)((_clock.Now.NanosecondsSince(_startedAt) + 1) / _period);

    /// <summary>Starts the capture, anew after an overrun. False where the card is gone.</summary>
    public bool Start()
    {
        var now = _clock.Now;
        if (!IsPresentAt(now))
        {
            return false;
        }

        // A card that was away in between is another one for the driver, which has now opened it.
        _ = Faults?.TakeReset(now);
        _startedAt = now;
        _read = 0;
        _running = true;
        return true;
    }

    /// <summary>Waits for a period of frames.</summary>
    /// <param name="patience">How long at most.</param>
    /// <param name="cancellationToken">Ends the wait early, with <see cref="SoundCardState.Waiting"/>.</param>
    public SoundCardState Wait(TimeSpan patience, CancellationToken cancellationToken)
    {
        var end = _clock.Now + patience;
        if (!Suffer(_clock.Now))
        {
            return SoundCardState.Gone;
        }

        if (!_ended && _ecg.DurationSeconds is { } length && _patientTime.SecondsAt(_clock.Now) > length)
        {
            _ended = true;
            Ended?.Invoke(this, EventArgs.Empty);
        }

        var due = _isLosing ? _lossEnd : IsSilent ? new MonotonicTime(long.MaxValue) : TimeOf(_read + Options.PeriodFrames - 1);
        if (!_clock.SleepUntil(due < end ? due : end, cancellationToken) || due > end)
        {
            return SoundCardState.Waiting;
        }

        if (Options.WakeUpMicroseconds > 0)
        {
            _clock.Spend((long)(Options.WakeUpMicroseconds * 1_000 * -PortableMath.Log(1 - _random.NextDouble())));
        }

        return HasOverrun() ? SoundCardState.Overrun : SoundCardState.Ready;
    }

    /// <summary>How many frames there are to read.</summary>
    /// <param name="frames">Whole periods of them.</param>
    /// <param name="lastFrameTime">When the last of them had been converted; the default where the card does not say.</param>
    public SoundCardState Status(out long frames, out MonotonicTime lastFrameTime)
    {
        // As a card that counts in periods; the stamp is that of the last whole one.
        var whole = Converted / Options.PeriodFrames * Options.PeriodFrames;
        frames = whole - _read;
        lastFrameTime = HasStamps && whole > 0 ? TimeOf(whole - 1) : default;
        return !IsPresentAt(_clock.Now) ? SoundCardState.Gone : HasOverrun() ? SoundCardState.Overrun : SoundCardState.Ready;
    }

    /// <summary>Reads frames. Negative where the card is gone.</summary>
    /// <param name="destination">Room for them.</param>
    /// <param name="frames">How many; no more than there are.</param>
    public long Read(Span<byte> destination, long frames)
    {
        if (!IsPresentAt(_clock.Now))
        {
            return -1;
        }

        var frameBytes = Options.ChannelCount * _sampleBytes;
        for (var i = 0; i < frames; i++)
        {
            var frame = destination.Slice(i * frameBytes, frameBytes);
            var converted = TimeOf(_read);
            var seconds = _patientTime.SecondsAt(converted) - Options.ConverterDelaySeconds;
            for (var channel = 0; channel < Options.ChannelCount; channel++)
            {
                Write(frame, channel, Couple(channel, seconds) / Options.FullScaleMillivolts);
            }

            Faults?.OnConversion(converted, frame);
            _heardUntil = seconds;
            _read++;
        }

        return frames;
    }

    /// <summary>Ends the capture.</summary>
    public void Stop() => _running = false;

    private bool IsPresentAt(MonotonicTime now) => !IsUnplugged && (Faults?.IsPowered(now) ?? true);

    private MonotonicTime TimeOf(long frame) => _startedAt.AddNanoseconds((long)Math.Round((frame + 1) * _period));

    /// <summary>Lets the script act. False while the card is not there.</summary>
    private bool Suffer(MonotonicTime now)
    {
        if (Faults is { } faults)
        {
            if (faults.OscillatorErrorAt(now) is var error && error != _oscillatorError)
            {
                // Frames that are converted keep their number, and the last of them its time.
                var converted = Converted;
                var last = TimeOf(converted - 1);
                _oscillatorError = error;
                _period = Period;
                _startedAt = last.AddNanoseconds(-(long)Math.Round(converted * _period));
            }

            if (_running && IsPresentAt(now) && faults.TakeReset(now))
            {
                _running = false;
                return false;
            }

            if (faults.TakeOverrun(now) is >= 0 and var loss)
            {
                _isLosing = true;
                _lossEnd = double.IsInfinity(loss) ? new MonotonicTime(long.MaxValue) : now.AddNanoseconds((long)(loss * 1e9));
            }
        }

        return IsPresentAt(now);
    }

    private bool HasOverrun()
    {
        if (!_running || (!_isLosing && Converted - _read <= Options.BufferFrames))
        {
            return false;
        }

        Overruns++;
        _running = false;
        _isLosing = false;
        return true;
    }

    /// <summary>What was not read in between charges the capacitor all the same.</summary>
    private double Couple(int channel, double seconds)
    {
        if (_decay == 1)
        {
            return Amplify(channel, seconds);
        }

        var step = _period * 1e-9;
        var from = Math.Max(_heardUntil + step, seconds - LongestCatchUpSeconds);
        for (var t = double.IsNegativeInfinity(_heardUntil) ? seconds : from; t < seconds - (0.5 * step); t += step)
        {
            Filter(channel, t);
        }

        return Filter(channel, seconds);
    }

    private double Filter(int channel, double seconds)
    {
        var input = Amplify(channel, seconds);
        _lastOutput[channel] = _decay * (_lastOutput[channel] + input - _lastInput[channel]);
        _lastInput[channel] = input;
        return _lastOutput[channel];
    }

    private double Amplify(int channel, double seconds) =>
        Math.Clamp(_ecg.Millivolts(channel, seconds), -Options.AmplifierLimitMillivolts, Options.AmplifierLimitMillivolts);

    private void Write(Span<byte> frame, int channel, double value)
    {
        if (_sampleBytes == sizeof(short))
        {
            BinaryPrimitives.WriteInt16LittleEndian(frame[(sizeof(short) * channel)..], (short)Math.Clamp(Math.Round(value * 32768), short.MinValue, short.MaxValue));
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(frame[(sizeof(int) * channel)..], (int)Math.Clamp(Math.Round(value * 2147483648), int.MinValue, int.MaxValue));
        }
    }
}
