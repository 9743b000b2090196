using System.Device.I2c;
using EcgGate.Timing;

namespace EcgGate.Emulator.Boards;

/// <summary>An ADS1115 at register level, with its ALERT/RDY line as a pulse at the end of each conversion.</summary>
/// <remarks>
/// After the data sheet SBAS444: the pointer and the four registers with their reset values; continuous conversion and
/// single-shot with the OS bit; eight rates, six ranges, the multiplexer; ALERT/RDY as the ready line where the thresholds'
/// top bits say so and the comparator is not off. A conversion is the mean of its input over the whole conversion time. Its
/// use as a comparator is not modelled: the line then stays high. Conversions are computed when they are read. Thread-safe; one
/// lock, held for the length of one transfer.
/// </remarks>
public sealed class EmulatedAds1115 : IDisposable
{
    private const int ConversionRegister = 0;
    private const int ConfigRegister = 1;
    private const int LowThresholdRegister = 2;
    private const int HighThresholdRegister = 3;
    private const ushort ConfigAtReset = 0x8583;
    private const int OperationalBit = 0x8000;
    private const int SingleShotBit = 0x0100;
    private const int ComparatorOff = 3;
    private const long PulseNanoseconds = 8_000;

    // The mean over a conversion is taken at so many points.
    private const int Points = 8;

    private static readonly double[] Rates = [8, 16, 32, 64, 128, 250, 475, 860];
    private static readonly double[] Ranges = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];
    private static readonly (int Positive, int Negative)[] Inputs = [(0, 1), (0, 3), (1, 3), (2, 3), (0, -1), (1, -1), (2, -1), (3, -1)];

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<IAnalogVoltage?> _inputs;
    private readonly PatientTime _patientTime;
    private readonly EmulatedAds1115Options _options;
    private readonly IEmulatorClock _clock;
    private readonly ushort[] _registers = new ushort[4];
    private int _pointer;
    private bool _converting;
    private MonotonicTime _start;
    private double _period;
    private short _held;
    private int _nacks;
    private long _suppressedFrom = long.MaxValue;
    private long _suppressedUntil;
    private long _extraAfter = -1;
    private MonotonicTime _silentFrom;
    private MonotonicTime _silentUntil;
    private double _oscillatorError;
    private bool _unplugged;
    private bool _ended;

    /// <summary>Powers a part up: single-shot and idle.</summary>
    /// <param name="inputs">What stands at AIN0 to AIN3; null or missing at ground.</param>
    /// <param name="patientTime">Where the inputs' zero lies on the clock.</param>
    /// <param name="options">Its wiring; null for the default.</param>
    /// <param name="clock">The clock; null for the host's.</param>
    public EmulatedAds1115(IReadOnlyList<IAnalogVoltage?> inputs, PatientTime patientTime, EmulatedAds1115Options? options = null, IEmulatorClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        _inputs = inputs;
        _patientTime = patientTime;
        _options = options ?? new EmulatedAds1115Options();
        _clock = clock ?? new RealPace();
        I2c = new Bus(this, _options.Address);
        Reset();
    }

    /// <summary>Raised once, on the thread that waits for ALERT/RDY, when the input's signal has ended.</summary>
    public event EventHandler? Ended;

    /// <summary>The part on its bus.</summary>
    public I2cDevice I2c { get; }

    /// <summary>What the part suffers by script; null for nothing.</summary>
    public BoardFaults? Faults { get; set; }

    /// <summary>A fault: the part is not there. Nothing answers, and ALERT/RDY stays high.</summary>
    public bool IsUnplugged
    {
        get => Volatile.Read(ref _unplugged);
        set => Volatile.Write(ref _unplugged, value);
    }

    /// <summary>A fault: what every conversion reads; null while it works.</summary>
    public short? StuckCode { get; set; }

    /// <summary>How many conversions have ended since it was started last; 0 while it is idle.</summary>
    public long Conversions
    {
        get
        {
            lock (_lock)
            {
                return _converting ? LastEnded(_clock.Now) + 1 : 0;
            }
        }
    }

    /// <summary>Whether ALERT/RDY is high: it is, but for the pulse.</summary>
    public bool IsReadyHigh
    {
        get
        {
            lock (_lock)
            {
                var now = _clock.Now;
                var isPresent = Suffer(now) && !IsUnplugged;
                var last = _converting && IsReadyLine ? LastEnded(now) : -1;
                return !isPresent || last < 0 || IsSuppressed(last) || now.NanosecondsSince(EndOf(last)) >= PulseNanoseconds;
            }
        }
    }

    private bool IsReadyLine =>
        (_registers[HighThresholdRegister] & 0x8000) != 0
        && (_registers[LowThresholdRegister] & 0x8000) == 0
        && (_registers[ConfigRegister] & ComparatorOff) != ComparatorOff;

    /// <summary>When a conversion since the last start, counted from 0, ended: the falling edge of its pulse.</summary>
    public MonotonicTime EndOf(long conversion) => _start.AddNanoseconds((long)Math.Round((conversion + 1) * _period));

    /// <summary>A fault: the part does not acknowledge the next transfers.</summary>
    public void Nack(int transfers)
    {
        lock (_lock)
        {
            _nacks = transfers;
        }
    }

    /// <summary>A fault: conversions go on, but their pulses are lost.</summary>
    /// <param name="first">The first, counted from 0 since the last start.</param>
    /// <param name="count">How many; <see cref="long.MaxValue"/> for all from then on.</param>
    public void SuppressPulses(long first, long count)
    {
        lock (_lock)
        {
            _suppressedFrom = first;
            _suppressedUntil = count > long.MaxValue - first ? long.MaxValue : first + count;
        }
    }

    /// <summary>A fault: a pulse too many, a quarter of a conversion after this one's, as a disturbance on the line.</summary>
    public void DoublePulseOf(long conversion)
    {
        lock (_lock)
        {
            _extraAfter = conversion;
        }
    }

    /// <summary>A fault: a brown-out. It starts anew as after power-up, idle, whatever it was set to.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _held = 0;
            _pointer = 0;
            _converting = false;
            _registers[ConversionRegister] = 0;
            _registers[ConfigRegister] = ConfigAtReset;
            _registers[LowThresholdRegister] = 0x8000;
            _registers[HighThresholdRegister] = 0x7FFF;
        }
    }

    /// <summary>Waits for the next pulse of ALERT/RDY. Allocates nothing. False if cancelled before.</summary>
    public bool WaitForPulse(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            MonotonicTime edge = default;
            var due = false;
            var ended = false;
            lock (_lock)
            {
                var now = _clock.Now;
                if (Suffer(now) && _converting && IsReadyLine && !IsUnplugged && (_registers[ConfigRegister] & SingleShotBit) == 0)
                {
                    // One that is far off comes after pulses that are lost: whoever waits may lose patience before.
                    due = TryFindPulse(now, out edge) && edge.NanosecondsSince(now) < 2 * _period;
                    if (due && _inputs.Count > 0 && _inputs[0]?.DurationSeconds is { } end && _patientTime.SecondsAt(edge) > end)
                    {
                        due = false;
                        ended = !_ended;
                        _ended = true;
                    }
                }
            }

            if (ended)
            {
                Ended?.Invoke(this, EventArgs.Empty);
            }

            if (due)
            {
                return _clock.SleepUntil(edge, cancellationToken);
            }

            _clock.Idle(cancellationToken);
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => I2c.Dispose();

    private bool TryFindPulse(MonotonicTime now, out MonotonicTime edge)
    {
        var last = LastEnded(now);
        if (_extraAfter >= 0 && last >= _extraAfter)
        {
            var extra = EndOf(_extraAfter).AddNanoseconds((long)(_period / 4));
            if (extra > now)
            {
                edge = extra;
                return true;
            }

            _extraAfter = -1;
        }

        var next = last + 1;
        if (IsLost(next))
        {
            if (_suppressedUntil == long.MaxValue)
            {
                edge = default;
                return false;
            }

            next = _suppressedUntil;
        }

        edge = EndOf(next);
        if (IsSilent(edge))
        {
            if (_silentUntil.NanosecondsSince(now) > 2 * _period)
            {
                return false;
            }

            while (IsSilent(edge))
            {
                edge = EndOf(++next);
            }
        }

        if (Faults?.StrayEdgeBetween(now, edge) is { } stray && stray > now && stray < edge)
        {
            edge = stray;
        }

        return true;
    }

    /// <summary>Lets the script act. False while the part has no power.</summary>
    private bool Suffer(MonotonicTime now)
    {
        if (Faults is not { } faults)
        {
            return true;
        }

        if (faults.OscillatorErrorAt(now) is var error && error != _oscillatorError)
        {
            ChangePeriod(now, error);
        }

        if (faults.TakeSilence(now) is > 0 and var silence)
        {
            _silentFrom = now;
            _silentUntil = double.IsInfinity(silence) ? new MonotonicTime(long.MaxValue) : now.AddNanoseconds((long)(silence * 1e9));
        }

        var powered = faults.IsPowered(now);
        if (!powered || faults.TakeReset(now))
        {
            Reset();
        }

        return powered;
    }

    /// <summary>The conversions that have ended keep their number, and the last of them its time.</summary>
    private void ChangePeriod(MonotonicTime now, double error)
    {
        _oscillatorError = error;
        if (_converting)
        {
            var last = LastEnded(now);
            var end = EndOf(last);
            _period = Period;
            _start = end.AddNanoseconds(-(long)Math.Round((last + 1) * _period));
        }
    }

    private double Period => 1e9 / (Rates[(_registers[ConfigRegister] >> 5) & 7] * (1 + _options.RateError) * (1 + (_oscillatorError * 1e-6)));

    private bool IsSilent(MonotonicTime edge) => edge > _silentFrom && edge < _silentUntil;

    private bool IsSuppressed(long conversion) => IsSilent(EndOf(conversion)) || IsLost(conversion);

    private bool IsLost(long conversion) => conversion >= _suppressedFrom && conversion < _suppressedUntil;

    /// <summary>The last conversion that has ended; −1 before the first.</summary>
    private long LastEnded(MonotonicTime now)
    {
        var conversion = (long)(now.NanosecondsSince(_start) / _period) - 1;
        while (EndOf(conversion + 1) <= now)
        {
            conversion++;
        }

        while (conversion >= 0 && EndOf(conversion) > now)
        {
            conversion--;
        }

        return conversion;
    }

    private void Transfer(ReadOnlySpan<byte> written, Span<byte> read)
    {
        lock (_lock)
        {
            var now = _clock.Now;
            if (!Suffer(now) || IsUnplugged || _nacks > 0 || (Faults?.TakeRefusal(now) ?? false))
            {
                _nacks = Math.Max(0, _nacks - 1);
                throw new IOException("Error 121 performing I2C data transfer.");
            }

            if (written.Length > 0)
            {
                _pointer = written[0] & 3;
                if (written.Length >= 3 && _pointer != ConversionRegister)
                {
                    WriteRegister((ushort)((written[1] << 8) | written[2]), now);
                }
            }

            if (read.Length > 0)
            {
                var value = ReadRegister(now);
                for (var i = 0; i < read.Length; i++)
                {
                    read[i] = i switch
                    {
                        0 => (byte)(value >> 8),
                        1 => (byte)value,
                        _ => 0xFF,
                    };
                }

                if (_pointer == ConversionRegister)
                {
                    Faults?.OnConversion(now, read);
                }

                Faults?.OnRead(now, read);
            }

            // Nine clocks a byte, the address before each direction.
            var bytes = (written.Length > 0 ? written.Length + 1 : 0) + (read.Length > 0 ? read.Length + 1 : 0);
            _clock.Spend((long)(bytes * 9 * 1e9 / _options.I2cClockHertz));
        }
    }

    private void WriteRegister(ushort value, MonotonicTime now)
    {
        if (_pointer != ConfigRegister)
        {
            _registers[_pointer] = value;
            return;
        }

        if (_converting)
        {
            _held = CodeAt(now);
        }

        _registers[ConfigRegister] = (ushort)(value & ~OperationalBit);
        _converting = (value & SingleShotBit) == 0 || (value & OperationalBit) != 0;
        _start = now;
        _period = Period;
    }

    private ushort ReadRegister(MonotonicTime now)
    {
        switch (_pointer)
        {
            case ConversionRegister:
                return (ushort)(StuckCode ?? (_converting ? CodeAt(now) : _held));
            case ConfigRegister:
                // The bit reads 1 while no conversion runs.
                var config = _registers[ConfigRegister];
                var busy = _converting && ((config & SingleShotBit) == 0 || LastEnded(now) < 0);
                return (ushort)(config | (busy ? 0 : OperationalBit));
            default:
                return _registers[_pointer];
        }
    }

    private short CodeAt(MonotonicTime now)
    {
        var last = LastEnded(now);
        if (last < 0)
        {
            return _held;
        }

        if ((_registers[ConfigRegister] & SingleShotBit) != 0)
        {
            last = 0;
        }

        var end = _patientTime.SecondsAt(EndOf(last));
        var sum = 0.0;
        for (var i = 0; i < Points; i++)
        {
            sum += InputVolts(end - (_period * 1e-9 * (Points - i - 0.5) / Points));
        }

        var full = Ranges[(_registers[ConfigRegister] >> 9) & 7];
        return (short)Math.Clamp(Math.Round(sum / Points / full * 32768), short.MinValue, short.MaxValue);
    }

    private double InputVolts(double seconds)
    {
        var (positive, negative) = Inputs[(_registers[ConfigRegister] >> 12) & 7];
        return Pin(positive, seconds) - (negative < 0 ? 0 : Pin(negative, seconds));
    }

    private double Pin(int pin, double seconds) =>
        Math.Clamp(pin < _inputs.Count ? _inputs[pin]?.Volts(seconds) ?? 0 : 0, 0, _options.SupplyVolts);

    /// <summary>The host's end of the bus.</summary>
    private sealed class Bus(EmulatedAds1115 part, int address) : I2cDevice
    {
        public override I2cConnectionSettings ConnectionSettings { get; } = new(1, address);

        public override void Read(Span<byte> buffer) => part.Transfer([], buffer);

        public override void Write(ReadOnlySpan<byte> buffer) => part.Transfer(buffer, []);

        public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer) => part.Transfer(writeBuffer, readBuffer);
    }
}
