using System.Device.Gpio;
using System.Device.Spi;
using EcgGate.Timing;

namespace EcgGate.Emulator.Boards;

/// <summary>
/// A part of the ADS129x family at register level: what the host sees on SPI and on DRDY, fed by a continuous-time ECG.
/// A driver cannot tell it from the part, except by what no driver should rely on.
/// </summary>
/// <remarks>
/// <para>After the data sheets SBAS502C and SBAS459K. Modelled here: the commands and when each is ignored; read-only and
/// fixed bits; the decode time of four clocks between the bytes of a multi-byte command; DRDY, low when a conversion is
/// ready, high at the first SCLK, with a short high pulse when unread data is replaced; the frame; full scale of VREF
/// over gain with clipping; the settling time at START; the delay of the sinc3 filter. The filter's droop towards half
/// the sampling rate is not modelled: a conversion reads the ECG exactly 1.5 conversions before its DRDY edge.</para>
/// <para>What registers there are and what they mean is for the part. Conversions are paced on the given clock and
/// computed when read, so an unread one costs nothing. Thread-safe; one lock, held for the length of one transfer.</para>
/// </remarks>
public abstract class EmulatedAds129x : IDisposable
{
    /// <summary>Samples of its filter that a conversion's centre lies before the DRDY edge: half of sinc3's length.</summary>
    public const double DelayConversions = 1.5;

    private const int DecodeClocks = 4;

    // Clocks from the end of the reset pulse until the part listens.
    private const int ResetPinClocks = 18;
    private const int LongestTransfer = 256;

    private const byte Wakeup = 0x02;
    private const byte Standby = 0x04;
    private const byte Reset = 0x06;
    private const byte Start = 0x08;
    private const byte Stop = 0x0A;
    private const byte ReadContinuously = 0x10;
    private const byte StopReadingContinuously = 0x11;
    private const byte ReadData = 0x12;
    private const byte OffsetCalibration = 0x1A;
    private const byte ReadRegisters = 0x20;
    private const byte WriteRegisters = 0x40;

    private const int Id = 0x00;

    private readonly Lock _lock = new();
    private readonly IAnalogEcg _ecg;
    private readonly IEmulatorClock _clock;
    private readonly EmulatedAds129xOptions _options;
    private readonly EmulatedAds129xPart _part;
    private readonly byte[] _registers;
    private readonly byte[] _frame;
    private readonly List<byte[]> _traffic = [];
    private readonly double _trueNanosecondsPerClock;

    private double _nanosecondsPerClock;
    private double _oscillatorError;
    private bool _continuous;
    private bool _standby;
    private bool _started;
    private bool _startPinHigh;
    private bool _resetPinLow;
    private bool _converting;
    private MonotonicTime _firstReady;
    private double _periodNanoseconds;
    private MonotonicTime _busyUntil;
    private long _lastRead = -1;
    private long _suppressedFrom = long.MaxValue;
    private long _suppressedUntil;
    private long _corruptStatusOf = -1;
    private bool _ended;

    private protected EmulatedAds129x(EmulatedAds129xPart part, IAnalogEcg ecg, PatientTime patientTime, EmulatedAds129xOptions options, IEmulatorClock? clock)
    {
        ArgumentNullException.ThrowIfNull(ecg);
        _part = part;
        _ecg = ecg;
        _clock = clock ?? new RealPace();
        _options = options;
        _registers = new byte[part.ResetValues.Length];
        _frame = new byte[part.FrameBytes];
        PatientTime = patientTime;
        _trueNanosecondsPerClock = _nanosecondsPerClock = 1e9 / (part.ClockHertz * (1 + (options.OscillatorErrorPartsPerMillion * 1e-6)));
        ResetCore();
        _busyUntil = _clock.Now;
        Spi = new EmulatedSpi(this, options.SpiClockHertz);
        GpioDriver = new EmulatedGpio(this);
    }

    /// <summary>Raised once, on the thread that waits for DRDY, when the ECG has ended and no conversion will come.</summary>
    public event EventHandler? Ended;

    /// <summary>Where the ECG's zero lies on the clock.</summary>
    public PatientTime PatientTime { get; }

    /// <summary>The SPI bus that the board is on.</summary>
    public SpiDevice Spi { get; }

    /// <summary>The lines that the board is on; make a <see cref="GpioController"/> of it.</summary>
    public GpioDriver GpioDriver { get; }

    /// <summary>What the board suffers; null, the default, for nothing. Set it before the board is used.</summary>
    public BoardFaults? Faults { get; set; }

    /// <summary>For each lead of the ECG, lead 0 first, what it is on this board; null where no channel was left for it.</summary>
    public abstract IReadOnlyList<string?> WiredLeads { get; }

    /// <summary>Such as "ADS1292R".</summary>
    public string PartName => _part.Name;

    /// <summary>What every byte on MISO reads while the line is stuck; null while it works.</summary>
    public byte? StuckMiso { get; set; }

    /// <summary>How often the host broke a rule of the data sheet: a fixed bit written wrongly, a command while busy,
    /// bytes sent too fast, a cut-off command, an unknown one.</summary>
    public int RuleViolations { get; private set; }

    /// <summary>How many commands were ignored, as the part ignores them: in continuous reading or standby.</summary>
    public int IgnoredCommands { get; private set; }

    /// <summary>Bytes of every transfer that carried a command, in order, where recording is on.</summary>
    public IReadOnlyList<byte[]> ControlTraffic => _traffic;

    /// <summary>How many conversions have become ready since the last start; 0 while stopped.</summary>
    public long Conversions
    {
        get
        {
            lock (_lock)
            {
                return _converting ? Latest(_clock.Now) + 1 : 0;
            }
        }
    }

    /// <summary>Whether DRDY is low: a conversion is ready and unread.</summary>
    public bool IsDataReady
    {
        get
        {
            lock (_lock)
            {
                return IsDataReadyLow(_clock.Now);
            }
        }
    }

    /// <summary>The DRDY edge of a conversion since the last start, counted from 0.</summary>
    public MonotonicTime ReadyTimeOf(long conversion)
    {
        lock (_lock)
        {
            return EdgeOf(conversion);
        }
    }

    /// <summary>Patient time, in seconds, at which a conversion since the last start sampled the ECG.</summary>
    public double SampledSecondsOf(long conversion)
    {
        lock (_lock)
        {
            return SampledAt(conversion);
        }
    }

    /// <summary>Makes conversions fail to appear: no DRDY edge, no new data.</summary>
    /// <param name="first">The first, counted from 0 since the last start.</param>
    /// <param name="count">How many; <see cref="long.MaxValue"/> for all from then on.</param>
    public void SuppressConversions(long first, long count)
    {
        lock (_lock)
        {
            _suppressedFrom = first;
            _suppressedUntil = count > long.MaxValue - first ? long.MaxValue : first + count;
        }
    }

    /// <summary>Damages the status word of one conversion, as a disturbance on the bus would.</summary>
    public void CorruptStatusOf(long conversion)
    {
        lock (_lock)
        {
            _corruptStatusOf = conversion;
        }
    }

    /// <summary>Reads a register as it stands, without SPI.</summary>
    public byte RegisterAt(int address)
    {
        lock (_lock)
        {
            return ReadRegister(address, _clock.Now);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Spi.Dispose();
        GpioDriver.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A register as it stands; only while the lock is held, as the hooks below are called.</summary>
    private protected byte this[int address] => _registers[address];

    /// <summary>What stands at the inputs.</summary>
    private protected IAnalogEcg Ecg => _ecg;

    /// <summary>Clocks of the part that a conversion takes, from the registers as they stand.</summary>
    private protected abstract int ClocksPerConversion { get; }

    /// <summary>Clocks of the part from START to the first settled conversion.</summary>
    private protected abstract double SettlingClocks { get; }

    /// <summary>The 24 bits of status that a frame begins with, 1100 included.</summary>
    /// <param name="seconds">Patient time that it tells of.</param>
    private protected abstract int StatusAt(double seconds);

    /// <summary>The code of a channel, from 0, for the voltage at its input at a moment of patient time.</summary>
    private protected abstract int CodeOf(int channel, double seconds);

    /// <summary>A register as the host reads it, where it is more than what was written.</summary>
    private protected abstract byte RegisterValue(int address, double seconds);

    /// <summary>The code for a voltage: full scale is the reference over the gain.</summary>
    private protected static int CodeOfVolts(double volts, double gain, double reference)
    {
        var code = Math.Round(volts * gain / reference * 0x7FFFFF);
        return double.IsNaN(code) ? 0 : (int)Math.Clamp(code, -0x800000, 0x7FFFFF);
    }

    /// <summary>
    /// What a channel with shorted inputs reads: noise of the given size, about normal, the same for the same conversion.
    /// </summary>
    /// <param name="channel">The channel, from 0.</param>
    /// <param name="seconds">When.</param>
    /// <param name="volts">Its standard deviation, referred to the input.</param>
    private protected static double NoiseVolts(int channel, double seconds, double volts)
    {
        // Four hashed uniform numbers: their sum has a variance of 1/3.
        var state = (ulong)BitConverter.DoubleToInt64Bits(seconds) ^ ((ulong)(channel + 1) * 0x9E3779B97F4A7C15);
        var sum = 0.0;
        for (var i = 0; i < 4; i++)
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            mixed ^= mixed >> 31;
            sum += ((mixed >> 11) * (1.0 / (1UL << 53))) - 0.5;
        }

        return volts * sum * Math.Sqrt(3);
    }

    private void ResetCore()
    {
        _part.ResetValues.CopyTo(_registers, 0);
        _registers[Id] = _options.IdRegister ?? _part.ResetValues[Id];
        _continuous = true;
        _standby = false;
        _started = false;
        _converting = false;
        _lastRead = -1;
    }

    /// <summary>Lets come what has come by now: a reset of the part's own, a loss of power.</summary>
    /// <returns>True while the board has power.</returns>
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

        if (faults.TakeSilence(now) is > 0 and var silence && _converting)
        {
            _suppressedFrom = LastDue(now) + 1;
            var lost = Math.Ceiling(silence * 1e9 / _periodNanoseconds);
            _suppressedUntil = lost < 1e15 ? _suppressedFrom + (long)lost : long.MaxValue;
        }

        var powered = faults.IsPowered(now);
        if ((powered && faults.TakeReset(now)) || !powered)
        {
            ResetCore();
            UpdateConverting(now, restart: true);
        }

        return powered;
    }

    /// <summary>The oscillator changes: what was converted stays where it was, the next conversion comes by the new period.</summary>
    private void ChangePeriod(MonotonicTime now, double errorPartsPerMillion)
    {
        _oscillatorError = errorPartsPerMillion;
        _nanosecondsPerClock = _trueNanosecondsPerClock / (1 + (errorPartsPerMillion * 1e-6));
        if (_converting)
        {
            var last = Math.Max(0, LastDue(now));
            var edge = EdgeOf(last);
            _periodNanoseconds = ClocksPerConversion * _nanosecondsPerClock;
            _firstReady = edge.AddNanoseconds(-(long)Math.Round(last * _periodNanoseconds));
        }
    }

    private void UpdateConverting(MonotonicTime now, bool restart)
    {
        var converting = !_standby && !_resetPinLow && (_started || _startPinHigh) && (Faults?.IsPowered(now) ?? true);
        if (converting && (!_converting || restart))
        {
            _periodNanoseconds = ClocksPerConversion * _nanosecondsPerClock;
            _firstReady = now.AddNanoseconds((long)Math.Round(SettlingClocks * _nanosecondsPerClock));
            _lastRead = -1;
            if (Faults is not null && _suppressedUntil != long.MaxValue)
            {
                // Counted since the last start; what a script silences begins with its next fault.
                (_suppressedFrom, _suppressedUntil) = (long.MaxValue, 0);
            }
        }

        _converting = converting;
    }

    private MonotonicTime EdgeOf(long conversion) => _firstReady.AddNanoseconds((long)Math.Round(conversion * _periodNanoseconds));

    private double SampledAt(long conversion) =>
        PatientTime.SecondsAt(EdgeOf(conversion)) - (DelayConversions * _periodNanoseconds * 1e-9);

    private bool IsSuppressed(long conversion) => conversion >= _suppressedFrom && conversion < _suppressedUntil;

    private bool IsBeyondEnd(long conversion) => _ecg.DurationSeconds is { } duration && SampledAt(conversion) > duration;

    /// <summary>The conversion whose edge is the last one up to now, seen or not; −1 before the first.</summary>
    private long LastDue(MonotonicTime now)
    {
        if (!_converting || now < _firstReady)
        {
            return -1;
        }

        var conversion = (long)(now.NanosecondsSince(_firstReady) / _periodNanoseconds);
        while (EdgeOf(conversion + 1) <= now)
        {
            conversion++;
        }

        while (conversion >= 0 && EdgeOf(conversion) > now)
        {
            conversion--;
        }

        return conversion;
    }

    /// <summary>The conversion that stands in the output register; −1 where there is none.</summary>
    private long Latest(MonotonicTime now)
    {
        var conversion = LastDue(now);
        if (conversion >= 0 && IsBeyondEnd(conversion))
        {
            var last = (long)Math.Floor(((_ecg.DurationSeconds!.Value - SampledAt(0)) * 1e9 / _periodNanoseconds) + 1);
            conversion = Math.Min(conversion, last);
            while (conversion >= 0 && IsBeyondEnd(conversion))
            {
                conversion--;
            }
        }

        return IsSuppressed(conversion) ? _suppressedFrom - 1 : conversion;
    }

    private bool IsDataReadyLow(MonotonicTime now)
    {
        if (!Suffer(now))
        {
            return false;
        }

        var latest = Latest(now);
        if (latest < 0 || latest == _lastRead)
        {
            return false;
        }

        // Unread data is about to be replaced: the line goes high for a moment so that there is an edge again.
        var next = LastDue(now) + 1;
        var replaced = !IsSuppressed(next) && !IsBeyondEnd(next);
        return !replaced || EdgeOf(next).NanosecondsSince(now) >= _nanosecondsPerClock * _part.ClocksPerModulatorClock;
    }

    private enum NextEdge
    {
        None,
        Due,
        Ended,
    }

    private NextEdge FindNextEdge(MonotonicTime now, out MonotonicTime edge)
    {
        edge = default;
        if (!Suffer(now) || !_converting)
        {
            return NextEdge.None;
        }

        var next = LastDue(now) + 1;
        if (IsSuppressed(next))
        {
            if (_suppressedUntil == long.MaxValue)
            {
                return NextEdge.None;
            }

            next = _suppressedUntil;
        }

        if (IsBeyondEnd(next))
        {
            return NextEdge.Ended;
        }

        edge = EdgeOf(next);
        if (Faults?.StrayEdgeBetween(now, edge) is { } stray && stray > now && stray < edge)
        {
            edge = stray;
        }

        return NextEdge.Due;
    }

    /// <summary>Waits for the next falling edge of DRDY, as the line's driver does, but without allocation.</summary>
    /// <returns>False if cancelled before.</returns>
    public bool WaitForDataReady(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            MonotonicTime edge;
            NextEdge next;
            var raise = false;
            lock (_lock)
            {
                next = FindNextEdge(_clock.Now, out edge);
                if (next == NextEdge.Ended && !_ended)
                {
                    _ended = true;
                    raise = true;
                }
            }

            if (raise)
            {
                Ended?.Invoke(this, EventArgs.Empty);
            }

            if (next == NextEdge.Due)
            {
                return _clock.SleepUntil(edge, cancellationToken);
            }

            _clock.Idle(cancellationToken);
        }

        return false;
    }

    private void WriteLine(int pin, bool high)
    {
        lock (_lock)
        {
            var now = _clock.Now;
            if (pin == _options.StartPin)
            {
                _startPinHigh = high;
                UpdateConverting(now, restart: false);
            }
            else if (pin == _options.ResetPin)
            {
                if (!high)
                {
                    _resetPinLow = true;
                    ResetCore();
                }
                else if (_resetPinLow)
                {
                    _resetPinLow = false;
                    _busyUntil = now.AddNanoseconds((long)(ResetPinClocks * _nanosecondsPerClock));
                    UpdateConverting(now, restart: true);
                }
            }
            else
            {
                throw new InvalidOperationException($"Line {pin} is not an input of the emulated {_part.Name}.");
            }
        }
    }

    private void Transfer(ReadOnlySpan<byte> written, Span<byte> read, int clockHertz, SpiMode mode)
    {
        lock (_lock)
        {
            var now = _clock.Now;
            var length = Math.Max(written.Length, read.Length);
            if (_options.RecordTraffic && written.ContainsAnyExcept((byte)0))
            {
                _traffic.Add(written.ToArray());
            }

            Span<byte> answer = stackalloc byte[Math.Min(length, LongestTransfer)];
            answer.Clear();
            if (length > LongestTransfer)
            {
                throw new ArgumentException($"A transfer of {length} bytes is longer than anything the {_part.Name} answers.");
            }

            if (Suffer(now) && !_resetPinLow)
            {
                if (Faults is { } disturbing && !written.IsEmpty)
                {
                    Span<byte> arrived = stackalloc byte[LongestTransfer];
                    written.CopyTo(arrived);
                    arrived = arrived[..written.Length];
                    disturbing.OnWritten(now, arrived);
                    Decode(arrived, answer, clockHertz, now);
                }
                else
                {
                    Decode(written, answer, clockHertz, now);
                }
            }

            if (mode != SpiMode.Mode1)
            {
                // Sampled on the wrong edge, every bit comes one clock late.
                ShiftByOneBit(answer);
            }

            if (StuckMiso is { } stuck)
            {
                answer.Fill(stuck);
            }

            Faults?.OnConversion(now, answer);
            Faults?.OnRead(now, answer);
            answer[..read.Length].CopyTo(read);
            _clock.Spend((long)(length * 8e9 / clockHertz));
        }
    }

    private static void ShiftByOneBit(Span<byte> bytes)
    {
        var carry = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var next = bytes[i] & 1;
            bytes[i] = (byte)((bytes[i] >> 1) | (carry << 7));
            carry = next;
        }
    }

    private void Decode(ReadOnlySpan<byte> written, Span<byte> answer, int clockHertz, MonotonicTime now)
    {
        // Bytes of one command follow each other too fast if a byte takes less than four clocks.
        var tooFast = 8.0 / clockHertz < DecodeClocks / _part.ClockHertz;
        var frameFrom = -1;
        if (_continuous)
        {
            LatchFrame(now);
            frameFrom = 0;
        }

        // DRDY goes high with the first SCLK, whatever is being sent.
        _lastRead = Latest(now);

        for (var i = 0; i < answer.Length; i++)
        {
            var command = i < written.Length ? written[i] : (byte)0;
            if (frameFrom >= 0)
            {
                answer[i] = _frame[(i - frameFrom) % _frame.Length];
            }

            if (command == 0)
            {
                continue;
            }

            if (now < _busyUntil)
            {
                RuleViolations++;
                return;
            }

            if ((_continuous && command != StopReadingContinuously) || (_standby && command != Wakeup))
            {
                IgnoredCommands++;
                continue;
            }

            switch (command)
            {
                case Wakeup:
                    _standby = false;
                    UpdateConverting(now, restart: false);
                    break;
                case Standby:
                    _standby = true;
                    UpdateConverting(now, restart: false);
                    break;
                case Reset:
                    ResetCore();
                    _busyUntil = now.AddNanoseconds((long)(_part.ResetClocks * _nanosecondsPerClock) + (long)((i + 1) * 8e9 / clockHertz));
                    UpdateConverting(now, restart: true);
                    return;
                case Start:
                    _started = true;
                    UpdateConverting(now, restart: false);
                    break;
                case Stop:
                    _started = false;
                    UpdateConverting(now, restart: false);
                    break;
                case ReadContinuously:
                    _continuous = true;
                    LatchFrame(now);
                    frameFrom = i + 1;
                    break;
                case StopReadingContinuously:
                    _continuous = false;
                    frameFrom = -1;
                    break;
                case ReadData:
                    LatchFrame(now);
                    frameFrom = i + 1;
                    break;
                case OffsetCalibration when _part.HasOffsetCalibration:
                    // The model has no offset to calibrate away.
                    break;
                case >= ReadRegisters and < ReadRegisters + 0x20:
                case >= WriteRegisters and < WriteRegisters + 0x20:
                    i = AccessRegisters(command, i, written, answer, tooFast, now);
                    break;
                default:
                    RuleViolations++;
                    break;
            }
        }
    }

    /// <summary>Carries out RREG or WREG; returns the index of its last byte.</summary>
    private int AccessRegisters(byte command, int at, ReadOnlySpan<byte> written, Span<byte> answer, bool tooFast, MonotonicTime now)
    {
        if (tooFast || at + 1 >= written.Length)
        {
            // The byte with the count was missed, or never came: the rest means nothing to the part.
            RuleViolations++;
            return answer.Length - 1;
        }

        var address = command & 0x1F;
        var count = (written[at + 1] & 0x1F) + 1;
        var writes = command >= WriteRegisters;
        var restart = false;
        for (var n = 0; n < count; n++)
        {
            var i = at + 2 + n;
            if (i >= answer.Length || (writes && i >= written.Length))
            {
                RuleViolations++;
                break;
            }

            if (!writes)
            {
                answer[i] = ReadRegister(address + n, now);
            }
            else if (address + n < _registers.Length)
            {
                restart |= WriteRegister(address + n, written[i]);
            }
        }

        if (restart)
        {
            UpdateConverting(now, restart: true);
        }

        return Math.Min(at + 1 + count, answer.Length - 1);
    }

    private byte ReadRegister(int address, MonotonicTime now) =>
        address == Id && Faults?.IdAt(now) is { } given ? given :
        address >= 0 && address < _registers.Length ? RegisterValue(address, PatientTime.SecondsAt(now)) : (byte)0;

    /// <summary>Writes a register; true if the conversions start anew with it.</summary>
    private bool WriteRegister(int address, byte value)
    {
        var writable = _part.Writable[address];
        var ones = _part.MustBeOne[address];
        if (!_part.ReadOnly.Contains(address) && (value & ~writable) != ones)
        {
            RuleViolations++;
        }

        if (address == Id)
        {
            return false;
        }

        var before = _registers[address];
        _registers[address] = (byte)((value & writable) | ones);
        return address == _part.RateRegister && before != _registers[address];
    }

    private void LatchFrame(MonotonicTime now)
    {
        var conversion = Latest(now);
        var seconds = conversion < 0 ? double.NegativeInfinity : SampledAt(conversion);
        var status = StatusAt(seconds);
        if (conversion >= 0 && conversion == _corruptStatusOf)
        {
            status ^= 0x500000;
        }

        Put(0, status);
        for (var at = 3; at < _frame.Length; at += 3)
        {
            Put(at, conversion < 0 ? 0 : CodeOf((at / 3) - 1, seconds));
        }
    }

    private void Put(int at, int code)
    {
        _frame[at] = (byte)(code >> 16);
        _frame[at + 1] = (byte)(code >> 8);
        _frame[at + 2] = (byte)code;
    }

    /// <summary>The host's end of the SPI bus.</summary>
    private sealed class EmulatedSpi(EmulatedAds129x board, int clockHertz) : SpiDevice
    {
        public override SpiConnectionSettings ConnectionSettings { get; } = new(0, 0)
        {
            ClockFrequency = clockHertz,
            Mode = SpiMode.Mode1,
        };

        public override void Read(Span<byte> buffer) => board.Transfer([], buffer, ConnectionSettings.ClockFrequency, ConnectionSettings.Mode);

        public override void Write(ReadOnlySpan<byte> buffer) => board.Transfer(buffer, [], ConnectionSettings.ClockFrequency, ConnectionSettings.Mode);

        public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            if (writeBuffer.Length != readBuffer.Length)
            {
                throw new ArgumentException($"A full-duplex transfer needs equal lengths, not {writeBuffer.Length} and {readBuffer.Length} bytes.");
            }

            board.Transfer(writeBuffer, readBuffer, ConnectionSettings.ClockFrequency, ConnectionSettings.Mode);
        }
    }

    /// <summary>The host's end of the lines.</summary>
    private sealed class EmulatedGpio(EmulatedAds129x board) : GpioDriver
    {
        private readonly Dictionary<int, PinMode> _modes = [];

        protected override int PinCount => 64;

        protected override void OpenPin(int pinNumber)
        {
            if (!IsWired(pinNumber))
            {
                throw new InvalidOperationException($"Nothing is wired to line {pinNumber} of the emulated {board._part.Name}; DRDY is on line {board._options.DataReadyPin}.");
            }
        }

        protected override void ClosePin(int pinNumber)
        {
        }

        protected override void SetPinMode(int pinNumber, PinMode mode) => _modes[pinNumber] = mode;

        protected override PinMode GetPinMode(int pinNumber) => _modes.GetValueOrDefault(pinNumber, PinMode.Input);

        protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => mode is PinMode.Input or PinMode.Output;

        protected override PinValue Read(int pinNumber)
        {
            if (pinNumber == board._options.DataReadyPin)
            {
                return board.IsDataReady ? PinValue.Low : PinValue.High;
            }

            lock (board._lock)
            {
                return (pinNumber == board._options.StartPin ? board._startPinHigh : !board._resetPinLow) ? PinValue.High : PinValue.Low;
            }
        }

        protected override void Write(int pinNumber, PinValue value) => board.WriteLine(pinNumber, value == PinValue.High);

        protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken)
        {
            if (pinNumber != board._options.DataReadyPin || !eventTypes.HasFlag(PinEventTypes.Falling))
            {
                throw new NotSupportedException($"Only falling edges of DRDY (line {board._options.DataReadyPin}) can be waited for on the emulated {board._part.Name}.");
            }

            var seen = board.WaitForDataReady(cancellationToken);
            return new WaitForEventResult { EventTypes = seen ? PinEventTypes.Falling : PinEventTypes.None, TimedOut = !seen };
        }

        protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback) =>
            throw new NotSupportedException("The emulated board gives no callbacks; wait for DRDY instead.");

        protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) =>
            throw new NotSupportedException("The emulated board gives no callbacks; wait for DRDY instead.");

        private bool IsWired(int pin) => pin == board._options.DataReadyPin || pin == board._options.StartPin || pin == board._options.ResetPin;
    }
}
