using EcgGate.Delivery;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Patient;
using EcgGate.Timing;

namespace EcgGate.Emulator.Generator;

/// <summary>
/// The high-voltage part of an emulated generator: a capacitor bank, its charger, a switch with a current limit, and the
/// tissue between the electrodes. Set by its host, triggered by the edges of an <see cref="EmulatedGenerator"/> alone.
/// </summary>
/// <remarks>
/// <para>
/// Deterministic: equal settings, edges and seeds give equal pulses on every machine. On an edge the pulse is computed
/// microsecond by microsecond into memory that is there already: some 10 us, no allocation, no lock. Edges come from one
/// thread; <see cref="SafeOff"/> and what breaks it from any thread; the rest of its host's calls from one at a time.
/// </para>
/// <para>
/// Its artefact in the ECG is half of the voltage over 3,000 V plus half of the peak current over 20 A, so that a
/// treatment pulse at both has the full artefact (assumed).
/// </para>
/// </remarks>
public sealed class EmulatedHighVoltage : IPulseGenerator, IPulseLoad
{
    private const int WaveformLength = 128;
    private const int ReadingCapacity = 1024;
    private const double ShortOhms = 0.5;
    private const double ArcOhms = 3;
    private const double FullArtefactVolts = 3000;
    private const double FullArtefactAmperes = 20;
    private const double Nano = 1e-9;

    // The host and the edge never hold the setting at once: an edge claims it, and everybody else waits those microseconds.
    private const int Isolated = 0;
    private const int Connected = 1;
    private const int Pulsing = 2;

    private readonly HighVoltageOptions _options;
    private readonly IEmulatorClock _clock;
    private readonly Bank _bank;
    private readonly PairState[] _pairs;
    private readonly ElectrodeContact[] _contacts;
    private readonly SpscRing<PulseReading> _readings = new(ReadingCapacity);
    private readonly float[] _volts;
    private readonly float[] _amperes;
    private readonly int[] _lengths;
    private readonly long[] _numbers;
    private PulseSetting _setting;
    private int _pair = -1;
    private long _readyAt;
    private long _deadUntil;
    private int _switch;
    private long _count;
    private long _ignored;
    private int _arcsToCome;
    private volatile string? _problem;
    private volatile bool _doesNotCharge;
    private double _voltageShare = 1;
    private double _conductanceFactor = 1;

    /// <summary>Builds it, isolated and empty.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="clock">The clock that its edges are stamped by; null for the host's.</param>
    /// <exception cref="ArgumentException">There is no pair, or one that touches.</exception>
    public EmulatedHighVoltage(HighVoltageOptions? options = null, IEmulatorClock? clock = null)
    {
        _options = options ?? new HighVoltageOptions();
        if (_options.Pairs.Count == 0 || _options.Pairs.Any(pair => !(pair.SpacingCm * 10 > pair.NeedleMm && pair.NeedleMm > 0 && pair.ExposureMm > 0)))
        {
            throw new ArgumentException("An emulated generator needs one pair of electrodes or more, wider apart than a needle is thick, and bare somewhere.", nameof(options));
        }

        _clock = clock ?? new RealPace();
        _bank = new Bank(_options.CapacitanceMicrofarads * 1e-6, _options.ChargingWatts);
        _pairs = [.. _options.Pairs.Select(pair => new PairState(pair))];
        _contacts = new ElectrodeContact[_pairs.Length];
        var kept = Math.Max(1, _options.WaveformsKept);
        _volts = new float[kept * WaveformLength];
        _amperes = new float[kept * WaveformLength];
        _lengths = new int[kept];
        _numbers = new long[kept];
        WarmUp();
    }

    /// <inheritdoc/>
    public string Name => "emulated generator";

    /// <inheritdoc/>
    public GeneratorLimits Limits => _options.Limits;

    /// <inheritdoc/>
    public GeneratorState State
    {
        get
        {
            if (_problem is not null)
            {
                return GeneratorState.Faulted;
            }

            return Volatile.Read(ref _switch) switch
            {
                Isolated => GeneratorState.Off,
                Pulsing => GeneratorState.Charging,
                _ => IsCharged(_clock.Now) ? GeneratorState.Ready : GeneratorState.Charging,
            };
        }
    }

    /// <inheritdoc/>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public long PulseCount => Volatile.Read(ref _count);

    /// <summary>Triggers that came while it was off, charging or failed.</summary>
    public long TriggersIgnored => Volatile.Read(ref _ignored);

    /// <summary>Readings that nobody took in time: more than 1,024 waited.</summary>
    public long ReadingsLost { get; private set; }

    /// <summary>Breaks it: it never gets ready. May be set at any time.</summary>
    public bool DoesNotCharge
    {
        get => _doesNotCharge;
        set => _doesNotCharge = value;
    }

    /// <summary>Breaks it: each pulse has this share of its voltage only. Default 1. May be set at any time.</summary>
    public double VoltageShare
    {
        get => Volatile.Read(ref _voltageShare);
        set => Volatile.Write(ref _voltageShare, value);
    }

    /// <summary>
    /// Changes the tissue: it conducts so many times as well as it would. Default 1; above, electrodes that come closer or
    /// bleed; below, gas, charring, or a needle that slips out. Above 0. May be set at any time.
    /// </summary>
    public double ConductanceFactor
    {
        get => Volatile.Read(ref _conductanceFactor);
        set => Volatile.Write(ref _conductanceFactor, value);
    }

    /// <summary>Connects a pair otherwise. May be called at any time; counts from the next pulse.</summary>
    public void SetContact(int pair, ElectrodeContact contact) => _contacts[pair] = contact;

    /// <summary>Lets the next pulses arc, whatever the field. May be called at any time.</summary>
    public void ArcNext(int pulses) => Volatile.Write(ref _arcsToCome, pulses);

    /// <summary>Lets it fail as if its interlock had opened. May be called at any time.</summary>
    public void Fail(string problem)
    {
        _problem = problem;
        SafeOff();
    }

    /// <summary>Makes it whole again, isolated as after <see cref="SafeOff"/>.</summary>
    public void Repair() => _problem = null;

    /// <inheritdoc/>
    public void Prepare(in PulseSetting setting)
    {
        var limits = Limits;
        Check(setting.Pair >= 0 && setting.Pair < limits.ElectrodePairs, nameof(setting), setting.Pair, $"pair 0 to {limits.ElectrodePairs - 1}");
        Check(setting.Volts > 0 && setting.Volts <= limits.MaximumVolts, nameof(setting), setting.Volts, $"above 0 and at most {limits.MaximumVolts} V");
        Check(setting.WidthMicroseconds >= limits.MinimumWidthMicroseconds && setting.WidthMicroseconds <= limits.MaximumWidthMicroseconds, nameof(setting), setting.WidthMicroseconds, $"{limits.MinimumWidthMicroseconds} to {limits.MaximumWidthMicroseconds} us");
        Check(setting.CurrentLimitAmperes > 0 && setting.CurrentLimitAmperes <= limits.MaximumAmperes, nameof(setting), setting.CurrentLimitAmperes, $"above 0 and at most {limits.MaximumAmperes} A");

        Isolate();
        if (_problem is not null)
        {
            return;
        }

        var now = _clock.Now;
        var charged = _bank.Aim(setting.Volts, now.Nanoseconds * Nano);
        var switched = setting.Pair == _pair ? 0 : _options.SwitchingSeconds;
        _pair = setting.Pair;
        _setting = setting;
        Volatile.Write(ref _readyAt, Math.Max(_deadUntil, now.AddNanoseconds((long)(Math.Max(charged, switched) * 1e9)).Nanoseconds));
        Volatile.Write(ref _switch, Connected);
    }

    /// <inheritdoc/>
    /// <remarks>Waits for a pulse in progress, which is computed within some microseconds.</remarks>
    public void SafeOff()
    {
        Isolate();
        _bank.IsToBeEmptied = true;
    }

    /// <inheritdoc/>
    public bool TryReadPulse(out PulseReading reading) => _readings.TryRead(out reading);

    /// <summary>The waveform of a pulse, if it is still kept. Allocates; any thread.</summary>
    /// <param name="number">The pulse's number, from 1.</param>
    /// <returns>Null where it was overwritten, or not made yet.</returns>
    public PulseWaveform? TryGetWaveform(long number)
    {
        var slot = (int)(Math.Max(0, number - 1) % _numbers.Length);
        if (Volatile.Read(ref _numbers[slot]) != number)
        {
            return null;
        }

        var start = slot * WaveformLength;
        var volts = _volts.AsSpan(start, _lengths[slot]).ToArray();
        var amperes = _amperes.AsSpan(start, _lengths[slot]).ToArray();
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _numbers[slot]) == number ? new PulseWaveform(number, volts, amperes) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => SafeOff();

    /// <inheritdoc/>
    double IPulseLoad.Trigger(MonotonicTime edge)
    {
        if (_problem is not null || Interlocked.CompareExchange(ref _switch, Pulsing, Connected) != Connected)
        {
            Interlocked.Increment(ref _ignored);
            return 0;
        }

        if (!IsCharged(edge))
        {
            Volatile.Write(ref _switch, Connected);
            Interlocked.Increment(ref _ignored);
            return 0;
        }

        var reading = Pulse(edge);
        if (!_readings.TryWrite(in reading))
        {
            ReadingsLost++;
        }

        Volatile.Write(ref _count, reading.Number);
        Volatile.Write(ref _switch, Connected);
        return (0.5 * reading.MeanVolts / FullArtefactVolts) + (0.5 * reading.PeakAmperes / FullArtefactAmperes);
    }

    /// <summary>
    /// One pulse of no effect, so that the first real one is not kept up by being compiled: an edge that takes a millisecond is
    /// late, and a fault.
    /// </summary>
    private void WarmUp()
    {
        SetContact(0, ElectrodeContact.Open);
        _setting = new PulseSetting(0, double.Epsilon, 1, double.MaxValue);
        _switch = Connected;
        _ = ((IPulseLoad)this).Trigger(default);
        _ = _readings.TryRead(out _);
        SetContact(0, ElectrodeContact.Good);
        _pairs[0] = new PairState(_options.Pairs[0]);
        _count = _readyAt = _deadUntil = _numbers[0] = 0;
        SafeOff();
    }

    private static void Check(bool good, string name, double value, string allowed)
    {
        if (!good)
        {
            throw new ArgumentOutOfRangeException(name, value, $"The emulated generator takes {allowed}.");
        }
    }

    private bool IsCharged(MonotonicTime now) => !_doesNotCharge && now.Nanoseconds >= Volatile.Read(ref _readyAt);

    /// <summary>Takes the setting away from the edges: none makes a pulse after this returned.</summary>
    private void Isolate()
    {
        var spinner = default(SpinWait);
        while (Interlocked.CompareExchange(ref _switch, Isolated, Connected) == Pulsing)
        {
            spinner.SpinOnce();
        }
    }

    private PulseReading Pulse(MonotonicTime edge)
    {
        var number = _count + 1;
        var seconds = edge.Nanoseconds * Nano;
        var pair = _pairs[_setting.Pair];
        var contact = _contacts[_setting.Pair];
        var bankVolts = _setting.Volts * VoltageShare;
        var startVolts = bankVolts;
        var field = bankVolts / pair.Electrodes.SpacingCm;
        var spread = ConductanceFactor * (1 + (_options.Spread * 3.46 * (SeededRandom.Hash(_options.Seed, 4 * number) - 0.5)));
        var (first, last) = pair.Begin(field, seconds);
        var arcsAt = ArcsAt(number, field);
        var slot = (int)((number - 1) % _numbers.Length);
        var start = slot * WaveformLength;
        Volatile.Write(ref _numbers[slot], 0);

        var width = Math.Min(_setting.WidthMicroseconds, WaveformLength - 1);
        double sumVolts = 0, sumAmperes = 0, peak = 0, end = width, sampled = 0;
        var fault = PulseFault.None;
        var steps = 0;
        for (var at = 0; at < end; at++)
        {
            var step = Math.Min(1, end - at);
            var ohms = contact switch
            {
                ElectrodeContact.Open => double.PositiveInfinity,
                ElectrodeContact.Shorted => ShortOhms,
                _ when at >= arcsAt => ArcOhms,
                _ => 1 / (spread * (last + ((first - last) * PortableMath.Exp(-at / pair.Electrodes.Tissue.RiseMicroseconds)))),
            };
            var amperes = double.IsFinite(ohms) ? bankVolts / (ohms + _options.SeriesOhms) : 0;
            var volts = bankVolts - (amperes * _options.SeriesOhms);
            bankVolts -= amperes * step * 1e-6 / (_options.CapacitanceMicrofarads * 1e-6);
            _volts[start + at] = (float)volts;
            _amperes[start + at] = (float)amperes;
            steps = at + 1;
            sumVolts += volts * step;
            sumAmperes += amperes * step;
            sampled += step;
            peak = Math.Max(peak, amperes);
            if (fault == PulseFault.None && amperes > _setting.CurrentLimitAmperes)
            {
                fault = at >= arcsAt && contact == ElectrodeContact.Good ? PulseFault.Arc : PulseFault.OverCurrent;
                end = Math.Min(end, at + 1 + _options.CutOffMicroseconds);
            }
        }

        pair.End(field, sampled / width);
        var meanVolts = sumVolts / sampled;
        var meanAmperes = sumAmperes / sampled;
        if (fault == PulseFault.None)
        {
            fault = meanAmperes < _options.OpenBelowAmperes ? PulseFault.OpenCircuit
                : arcsAt < sampled && contact == ElectrodeContact.Good ? PulseFault.Arc
                : meanVolts < _setting.Volts * (1 - _options.VoltageTolerance) ? PulseFault.LowVoltage
                : PulseFault.None;
        }

        _lengths[slot] = steps;
        Volatile.Write(ref _numbers[slot], number);
        _deadUntil = edge.AddNanoseconds((long)(_options.DeadSeconds * 1e9)).Nanoseconds;
        var ready = Math.Max(_options.DeadSeconds, _bank.Drain(_setting.Volts - (startVolts - bankVolts), seconds));
        Volatile.Write(ref _readyAt, edge.AddNanoseconds((long)(ready * 1e9)).Nanoseconds);
        return new PulseReading(number, edge, _setting, meanVolts, peak, meanAmperes, sampled, fault);
    }

    /// <summary>At which microsecond of the pulse it arcs; infinite where it does not.</summary>
    private double ArcsAt(long number, double field)
    {
        var chance = SeededRandom.Hash(_options.Seed, (4 * number) + 1);
        var arcs = _options.ArcProbability / (1 + PortableMath.Exp(Math.Min(-(field - _options.ArcVoltsPerCm) / (_options.ArcVoltsPerCm * 0.04), 700)));
        var isForced = Volatile.Read(ref _arcsToCome) > 0 && Interlocked.Decrement(ref _arcsToCome) >= 0;
        return isForced || chance < arcs
            ? Math.Floor(SeededRandom.Hash(_options.Seed, (4 * number) + 2) * _setting.WidthMicroseconds * 0.9)
            : double.PositiveInfinity;
    }

    /// <summary>What one pair's tissue remembers.</summary>
    private sealed class PairState(ElectrodePair electrodes)
    {
        private double _risen;
        private double _at;

        public ElectrodePair Electrodes { get; } = electrodes;

        /// <summary>Conductance at a pulse's beginning, and where the pulse leads it.</summary>
        public (double First, double Last) Begin(double field, double seconds)
        {
            _risen *= PortableMath.Exp(-Math.Max(0, seconds - _at) / Electrodes.Tissue.RecoverySeconds);
            _at = seconds;
            var first = Electrodes.Siemens * (1 + (Electrodes.Tissue.PulseShare * _risen));
            return (first, first * (1 + ((Electrodes.Tissue.RiseFactor - 1) * Electrodes.Tissue.OpenedBy(field))));
        }

        public void End(double field, double shareOfWidth) =>
            _risen += (1 - _risen) * shareOfWidth * Electrodes.Tissue.OpenedBy(field) / Electrodes.Tissue.PulsesToRise;
    }

    /// <summary>The capacitors and their charger, which works at constant power.</summary>
    private sealed class Bank(double farads, double watts)
    {
        private const double DischargeSeconds = 0.3;

        private double _volts;
        private double _aim;
        private double _at;

        /// <summary>Isolating empties it before it is charged again.</summary>
        public volatile bool IsToBeEmptied;

        /// <summary>Charges, or discharges, to another voltage.</summary>
        /// <returns>How long that takes, in s.</returns>
        public double Aim(double volts, double seconds)
        {
            if (IsToBeEmptied)
            {
                IsToBeEmptied = false;
                _volts = _aim = 0;
            }

            _volts = At(seconds);
            _at = seconds;
            _aim = volts;
            return _volts > volts ? DischargeSeconds : SecondsTo(volts);
        }

        /// <summary>A pulse has left this voltage.</summary>
        /// <returns>How long charging takes, in s.</returns>
        public double Drain(double volts, double seconds)
        {
            _volts = Math.Max(0, volts);
            _at = seconds;
            return SecondsTo(_aim);
        }

        private double At(double seconds) =>
            _volts >= _aim ? _aim : Math.Min(_aim, Math.Sqrt((_volts * _volts) + (2 * watts * Math.Max(0, seconds - _at) / farads)));

        private double SecondsTo(double volts) => Math.Max(0, farads * ((volts * volts) - (_volts * _volts)) / (2 * watts));
    }
}
