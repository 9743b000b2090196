using EcgGate.Emulator.Boards;
using EcgGate.Timing;

namespace EcgGate.Emulator.Generator;

/// <summary>How an emulated generator fails, for tests.</summary>
[Flags]
public enum GeneratorFailures
{
    /// <summary>It works.</summary>
    None = 0,

    /// <summary>It refuses to go active, and says so.</summary>
    RefusesRaise = 1,

    /// <summary>It refuses to go inactive, and says so.</summary>
    RefusesLower = 2,

    /// <summary>It says that it went inactive, and stays active.</summary>
    SticksHigh = 4,

    /// <summary>It says that it went active, and stays inactive.</summary>
    SticksLow = 8,
}

/// <summary>One pulse as the generator saw it on its input.</summary>
/// <param name="Edge">Host time of the rising edge.</param>
/// <param name="PatientSeconds">The same in patient time.</param>
/// <param name="WidthSeconds">How long the line was active; NaN while it still is.</param>
public readonly record struct DeliveredPulse(MonotonicTime Edge, double PatientSeconds, double WidthSeconds);

/// <summary>
/// A pulse generator at the end of the trigger line. It time-stamps each edge by itself, so that what the engine says
/// of its pulses can be checked against somebody who was there; and each pulse disturbs the patient's ECG, as strongly as its
/// high-voltage part says, where it has one.
/// </summary>
/// <remarks>
/// One thread drives the line; any thread may read. On an edge nothing is allocated and no lock is taken; it costs two
/// readings of the clock at most, what the ECG needs to note a pulse, and the high-voltage part's computing.
/// </remarks>
public sealed class EmulatedGenerator : IPulseLine
{
    private const long StillHigh = long.MinValue;

    private readonly IAnalogEcg _patient;
    private readonly PatientTime _time;
    private readonly IEmulatorClock _clock;
    private readonly IPulseLoad? _load;
    private readonly long[] _edges;
    private readonly long[] _widths;

    private long _count;
    private volatile bool _isHigh;
    private volatile int _failures;

    /// <summary>Connects a generator; its line is low.</summary>
    /// <param name="patient">Who gets the pulses.</param>
    /// <param name="time">Where the patient's zero lies on the clock.</param>
    /// <param name="clock">The clock to stamp with; null for the host's.</param>
    /// <param name="capacity">How many pulses are kept; further ones are counted only. 131,072 by default.</param>
    /// <param name="highVoltage">What the edges trigger; null where each edge is a pulse of full strength.</param>
    public EmulatedGenerator(IAnalogEcg patient, PatientTime time, IEmulatorClock? clock = null, int capacity = 1 << 17, EmulatedHighVoltage? highVoltage = null)
    {
        ArgumentNullException.ThrowIfNull(patient);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _patient = patient;
        _time = time;
        _clock = clock ?? new RealPace();
        _load = highVoltage;
        _edges = new long[capacity];
        _widths = new long[capacity];
    }

    /// <summary>Whether the line is active now.</summary>
    public bool IsHigh => _isHigh;

    /// <summary>How many pulses began, kept or not.</summary>
    public long PulseCount => Volatile.Read(ref _count);

    /// <summary>How many pulses were counted but not kept because there were too many.</summary>
    public long PulsesNotKept => Math.Max(0, PulseCount - _edges.Length);

    /// <summary>What is broken about it. May be set at any time.</summary>
    public GeneratorFailures Failures
    {
        get => (GeneratorFailures)_failures;
        set => _failures = (int)value;
    }

    /// <inheritdoc/>
    public bool TryRaise()
    {
        var edge = _clock.Now;
        var failures = Failures;
        if ((failures & GeneratorFailures.RefusesRaise) != GeneratorFailures.None)
        {
            return false;
        }

        if (_isHigh || (failures & GeneratorFailures.SticksLow) != GeneratorFailures.None)
        {
            return true;
        }

        var count = _count;
        if (count < _edges.Length)
        {
            _edges[count] = edge.Nanoseconds;
            _widths[count] = StillHigh;
        }

        _isHigh = true;
        Volatile.Write(ref _count, count + 1);
        var strength = _load is null ? 1 : _load.Trigger(edge);
        if (strength > 0)
        {
            _patient.DeliverPulse(_time.SecondsAt(edge), strength);
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryLower()
    {
        var edge = _clock.Now;
        var failures = Failures;
        if ((failures & GeneratorFailures.RefusesLower) != GeneratorFailures.None)
        {
            return false;
        }

        if (!_isHigh || (failures & GeneratorFailures.SticksHigh) != GeneratorFailures.None)
        {
            return true;
        }

        var last = _count - 1;
        if (last < _edges.Length)
        {
            Volatile.Write(ref _widths[last], edge.Nanoseconds - _edges[last]);
        }

        _isHigh = false;
        return true;
    }

    /// <summary>The pulses so far, oldest first.</summary>
    public IReadOnlyList<DeliveredPulse> GetPulses()
    {
        var kept = (int)Math.Min(PulseCount, _edges.Length);
        var pulses = new DeliveredPulse[kept];
        for (var i = 0; i < kept; i++)
        {
            var edge = new MonotonicTime(_edges[i]);
            var width = Volatile.Read(ref _widths[i]);
            pulses[i] = new DeliveredPulse(edge, _time.SecondsAt(edge), width == StillHigh ? double.NaN : width * 1e-9);
        }

        return pulses;
    }

    /// <summary>Makes the line inactive, unless it is stuck.</summary>
    public void Dispose() => TryLower();
}
