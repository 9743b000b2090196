using EcgGate.Timing;

namespace EcgGate.Hardware.Converters;

/// <summary>
/// Ready pulses that somebody else tells of, such as a vendor's driver by an event. The stamp is the call's: late by
/// all that lies between the edge and the event.
/// </summary>
/// <remarks>
/// <see cref="Signal"/> may be called from any thread; the latest 16 pulses are kept. Allocates nothing.
/// </remarks>
public sealed class SignalledPulses : IReadyPulses, IDisposable
{
    private const int Kept = 16;

    private readonly AutoResetEvent _signal = new(initialState: false);
    private readonly Lock _lock = new();
    private readonly MonotonicTime[] _pulses = new MonotonicTime[Kept];
    private readonly Func<MonotonicTime> _now;
    private int _first;
    private int _count;
    private bool _disposed;
    private volatile bool _interrupted;

    /// <summary>Creates it without a pulse.</summary>
    /// <param name="clock">The clock to stamp with; null for the host's.</param>
    public SignalledPulses(HostClock? clock = null) => _now = (clock ?? HostClock.Monotonic).Now;

    /// <summary>A pulse has come.</summary>
    public void Signal()
    {
        lock (_lock)
        {
            _pulses[(_first + _count) % Kept] = _now();
            if (_count < Kept)
            {
                _count++;
            }
            else
            {
                _first = (_first + 1) % Kept;
            }

            Wake();
        }
    }

    /// <inheritdoc/>
    public bool Wait(MonotonicTime until, out MonotonicTime pulse)
    {
        while (!_interrupted)
        {
            if (TryTake(out pulse))
            {
                return true;
            }

            var left = until.NanosecondsSince(_now());
            if (left <= 0)
            {
                break;
            }

            _signal.WaitOne((int)Math.Clamp((left + 999_999) / 1_000_000, 1, 1000));
        }

        pulse = default;
        return false;
    }

    /// <inheritdoc/>
    public bool TryTake(out MonotonicTime pulse)
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                pulse = default;
                return false;
            }

            pulse = _pulses[_first];
            _first = (_first + 1) % Kept;
            _count--;
            return true;
        }
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        _interrupted = true;
        lock (_lock)
        {
            Wake();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Interrupt();
        lock (_lock)
        {
            _disposed = true;
            _signal.Dispose();
        }
    }

    private void Wake()
    {
        if (!_disposed)
        {
            _signal.Set();
        }
    }
}
