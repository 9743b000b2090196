using EcgGate.Timing;

namespace EcgGate.Delivery;

/// <summary>What a generator can do at most.</summary>
/// <param name="MaximumVolts">Highest voltage that it can be set to, in V.</param>
/// <param name="MaximumAmperes">Highest current that it can deliver; it ends a pulse that exceeds it.</param>
/// <param name="MinimumWidthMicroseconds">Shortest pulse.</param>
/// <param name="MaximumWidthMicroseconds">Longest pulse.</param>
/// <param name="ElectrodePairs">How many pairs of electrodes it can switch between; pairs are numbered from 0.</param>
public readonly record struct GeneratorLimits(double MaximumVolts, double MaximumAmperes, double MinimumWidthMicroseconds, double MaximumWidthMicroseconds, int ElectrodePairs);

/// <summary>What the next pulse shall be.</summary>
/// <param name="Pair">The pair of electrodes, from 0.</param>
/// <param name="Volts">Voltage at the electrodes, in V.</param>
/// <param name="WidthMicroseconds">How long it lasts.</param>
/// <param name="CurrentLimitAmperes">Above this current the generator ends the pulse.</param>
public readonly record struct PulseSetting(int Pair, double Volts, double WidthMicroseconds, double CurrentLimitAmperes);

/// <summary>Where a generator stands.</summary>
public enum GeneratorState
{
    /// <summary>Isolated from the electrodes and not charging: triggers are ignored.</summary>
    Off,

    /// <summary>Charging, or switching electrodes: triggers are ignored, and counted as ignored.</summary>
    Charging,

    /// <summary>The next trigger makes a pulse.</summary>
    Ready,

    /// <summary>It failed, or its own interlock is open: <see cref="IPulseGenerator.Problem"/>. Triggers are ignored.</summary>
    Faulted,
}

/// <summary>What was wrong with a pulse, by the generator's own measurement.</summary>
public enum PulseFault
{
    /// <summary>Nothing: it was delivered as set.</summary>
    None,

    /// <summary>The current limit ended it early.</summary>
    OverCurrent,

    /// <summary>No current flowed: an electrode is not connected.</summary>
    OpenCircuit,

    /// <summary>The current rose suddenly within the pulse: a spark. It was ended early.</summary>
    Arc,

    /// <summary>The voltage was lower than set by more than the generator's tolerance.</summary>
    LowVoltage,
}

/// <summary>What a generator measured of one pulse.</summary>
/// <param name="Number">The generator's own count of triggers that made a pulse, from 1.</param>
/// <param name="Time">When the pulse began, by the host's clock as far as the generator can tell it; else the time of reading.</param>
/// <param name="Setting">What had been set.</param>
/// <param name="MeanVolts">Mean voltage while current flowed.</param>
/// <param name="PeakAmperes">Highest current.</param>
/// <param name="MeanAmperes">Mean current.</param>
/// <param name="WidthMicroseconds">How long it lasted.</param>
/// <param name="Fault">What was wrong with it.</param>
public readonly record struct PulseReading(
    long Number,
    MonotonicTime Time,
    PulseSetting Setting,
    double MeanVolts,
    double PeakAmperes,
    double MeanAmperes,
    double WidthMicroseconds,
    PulseFault Fault)
{
    /// <summary>Impedance between the electrodes during the pulse, in ohm; infinite where no current flowed.</summary>
    public double ImpedanceOhms => MeanAmperes > 0 ? MeanVolts / MeanAmperes : double.PositiveInfinity;
}

/// <summary>
/// A high-voltage generator as its host sees it: set over a slow interface, triggered by the pulse line alone. No call
/// here makes a pulse.
/// </summary>
/// <remarks>
/// <see cref="SafeOff"/> may be called from any thread and at any time; the rest from one thread at a time. None is on
/// the pulse path: calls may block for as long as a serial command takes.
/// </remarks>
public interface IPulseGenerator : IDisposable
{
    /// <summary>A name for people.</summary>
    string Name { get; }

    /// <summary>What it can do at most.</summary>
    GeneratorLimits Limits { get; }

    /// <summary>Where it stands now.</summary>
    GeneratorState State { get; }

    /// <summary>What is wrong and what to do, where <see cref="State"/> is <see cref="GeneratorState.Faulted"/>; else null.</summary>
    string? Problem { get; }

    /// <summary>
    /// How many pulses it has made so far, by its own count: <see cref="PulseReading.Number"/> of the last. A pulse is in it
    /// before <see cref="State"/> is <see cref="GeneratorState.Ready"/> again.
    /// </summary>
    long PulseCount { get; }

    /// <summary>
    /// Sets what the next pulses shall be, and begins charging; after each pulse it charges again by itself. Not ready until
    /// <see cref="State"/> says so.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Beyond <see cref="Limits"/>; nothing has changed.</exception>
    void Prepare(in PulseSetting setting);

    /// <summary>Isolates the electrodes: once this returned, no trigger makes a pulse until <see cref="Prepare"/>.</summary>
    void SafeOff();

    /// <summary>
    /// Takes the reading of the oldest pulse that was not read yet. A pulse's reading is there before
    /// <see cref="State"/> is <see cref="GeneratorState.Ready"/> again: who sees it ready, and then reads all, knows of
    /// every pulse made before.
    /// </summary>
    bool TryReadPulse(out PulseReading reading);
}
