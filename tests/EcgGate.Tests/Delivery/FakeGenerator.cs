using EcgGate.Delivery;
using EcgGate.Timing;

namespace EcgGate.Tests.Delivery;

/// <summary>A generator whose every pulse a test says.</summary>
internal sealed class FakeGenerator(Func<MonotonicTime> clock) : IPulseGenerator
{
    private static readonly TimeSpan Charging = TimeSpan.FromMilliseconds(60);
    private readonly Queue<PulseReading> _readings = new();
    private readonly Lock _lock = new();
    private MonotonicTime _readyAt;

    public string Name => "fake";

    public GeneratorLimits Limits { get; init; } = new(3000, 50, 1, 100, 3);

    public GeneratorState State
    {
        get
        {
            lock (_lock)
            {
                return Problem is not null ? GeneratorState.Faulted
                    : Setting is null ? GeneratorState.Off
                    : clock() >= _readyAt && !NeverReady ? GeneratorState.Ready
                    : GeneratorState.Charging;
            }
        }
    }

    public string? Problem { get; set; }

    public long PulseCount { get; private set; }

    public PulseSetting? Setting { get; private set; }

    /// <summary>Each setting that was sent.</summary>
    public List<PulseSetting> Settings { get; } = [];

    public bool NeverReady { get; set; }

    /// <summary>It throws this when it is set.</summary>
    public Exception? Refuses { get; set; }

    /// <summary>It ignores the next edge, and says nothing.</summary>
    public bool IgnoresNext { get; set; }

    /// <summary>It makes the next pulse, and gives no reading of it.</summary>
    public bool LosesNext { get; set; }

    /// <summary>It has no reading ready yet.</summary>
    public bool HoldsReadings { get; set; }

    /// <summary>It has another setting than it was given.</summary>
    public double VoltsOff { get; set; }

    public double Ohms { get; set; } = 600;

    public PulseFault NextFault { get; set; }

    /// <summary>Pulses really made, by setting.</summary>
    public List<(MonotonicTime At, PulseSetting Setting, PulseFault Fault)> Made { get; } = [];

    /// <summary>Called on the way into <see cref="Prepare"/>.</summary>
    public Action? OnPrepare { get; set; }

    public void Prepare(in PulseSetting setting)
    {
        OnPrepare?.Invoke();
        if (Refuses is not null)
        {
            throw Refuses;
        }

        lock (_lock)
        {
            Setting = setting;
            Settings.Add(setting);
            _readyAt = clock() + Charging;
        }
    }

    public void SafeOff()
    {
        lock (_lock)
        {
            Setting = null;
        }
    }

    public bool TryReadPulse(out PulseReading reading)
    {
        lock (_lock)
        {
            reading = default;
            return !HoldsReadings && _readings.TryDequeue(out reading);
        }
    }

    /// <summary>An edge on the line.</summary>
    public void Trigger()
    {
        lock (_lock)
        {
            if (State != GeneratorState.Ready || IgnoresNext)
            {
                IgnoresNext = false;
                return;
            }

            PulseCount++;
            var fault = NextFault;
            NextFault = PulseFault.None;
            var setting = Setting!.Value with { Volts = Setting.Value.Volts + VoltsOff };
            Made.Add((clock(), setting, fault));
            _readyAt = clock() + Charging;
            var amperes = fault == PulseFault.OpenCircuit ? 0 : setting.Volts / Ohms;
            if (!LosesNext)
            {
                _readings.Enqueue(new PulseReading(PulseCount, clock(), setting, setting.Volts, amperes, amperes, setting.WidthMicroseconds, fault));
            }

            LosesNext = false;
        }
    }

    public void Dispose() => SafeOff();
}
