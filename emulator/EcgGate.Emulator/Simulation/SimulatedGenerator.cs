using EcgGate.Delivery;
using EcgGate.Emulator.Generator;
using EcgGate.Timing;

namespace EcgGate.Emulator.Simulation;

/// <summary>The emulated high-voltage generator behind a cable on which settings, readings and counts can go wrong.</summary>
/// <param name="inner">The generator; not disposed.</param>
/// <param name="countBefore">Pulses that it had made for others.</param>
internal sealed class SimulatedGenerator(EmulatedHighVoltage inner, long countBefore) : IPulseGenerator
{
    /// <summary>What a garbled setting is of the one sent: less, so that it stays within the limits.</summary>
    private const double GarbledShare = 0.83;

    private readonly Queue<PulseReading> _readings = new();
    private long _added = countBefore;
    private bool _isGarbled;

    /// <summary>Setting it throws.</summary>
    public bool RefusesSettings { get; set; }

    /// <summary>Settings arrive garbled.</summary>
    public bool GarblesSettings { get; set; }

    /// <summary>Readings are lost.</summary>
    public bool LosesReadings { get; set; }

    /// <summary>Readings are held back.</summary>
    public bool HoldsReadings { get; set; }

    /// <summary>While one is held back it says that it is ready, against the rule.</summary>
    public bool SaysReadyAnyway { get; set; }

    /// <summary>Is told each pulse as it truly was, and whether an edge made it.</summary>
    public Action<TruePulse>? Made { get; set; }

    /// <summary>Is told the number of each reading that is taken.</summary>
    public Action<long>? Handed { get; set; }

    /// <summary>Called on the way into <see cref="Prepare"/> and out of it.</summary>
    public Action? Called { get; set; }

    public string Name => inner.Name;

    public GeneratorLimits Limits => inner.Limits;

    public GeneratorState State => HoldsReadings && !SaysReadyAnyway && _readings.Count > 0 && inner.State == GeneratorState.Ready ? GeneratorState.Charging : inner.State;

    public string? Problem => inner.Problem;

    public long PulseCount => inner.PulseCount + _added;

    public void Prepare(in PulseSetting setting)
    {
        Called?.Invoke();
        if (RefusesSettings)
        {
            throw new TimeoutException("The generator did not answer (simulated).");
        }

        _isGarbled = GarblesSettings;
        inner.Prepare(_isGarbled ? setting with { Volts = setting.Volts * GarbledShare } : setting);
        Called?.Invoke();
    }

    public void SafeOff() => inner.SafeOff();

    public bool TryReadPulse(out PulseReading reading)
    {
        if (HoldsReadings || !_readings.TryDequeue(out reading))
        {
            reading = default;
            return false;
        }

        Handed?.Invoke(reading.Number);
        return true;
    }

    /// <summary>The count jumps.</summary>
    public void CountFalsely(long pulses) => _added += pulses;

    /// <summary>A trigger, from the line or, stray, from nowhere.</summary>
    /// <returns>How strongly the patient feels it; 0 for no pulse.</returns>
    public double Trigger(MonotonicTime at, bool isStray)
    {
        if (isStray && inner.State != GeneratorState.Ready)
        {
            return 0;
        }

        var strength = ((IPulseLoad)inner).Trigger(at);
        if (!inner.TryReadPulse(out var own))
        {
            return strength;
        }

        var reading = own with { Number = own.Number + _added };
        Made?.Invoke(new TruePulse(
            reading.Number,
            reading.Setting.Pair,
            reading.Setting.Volts,
            reading.ImpedanceOhms,
            reading.Fault == PulseFault.None,
            reading.Fault is PulseFault.OverCurrent or PulseFault.Arc or PulseFault.OpenCircuit,
            isStray,
            _isGarbled));
        if (!LosesReadings)
        {
            _readings.Enqueue(reading);
        }

        return strength;
    }

    public void Dispose()
    {
    }
}
