using System.Device.Gpio;
using EcgGate.Timing;

namespace EcgGate.Hardware.Converters;

/// <summary>
/// Ready pulses from any <see cref="IDataReady"/>, stamped when the waiting thread has woken: late by that wake-up. A pulse
/// that comes while nobody waits is not seen.
/// </summary>
/// <remarks>Waiting allocates nothing here, except after a wait that ended without a pulse.</remarks>
public sealed class DataReadyPulses : IReadyPulses, IDisposable
{
    private readonly IDataReady _dataReady;
    private readonly HostClock _clock;
    private readonly Lock _lock = new();
    private CancellationTokenSource _cancel = new();
    private bool _interrupted;
    private bool _disposed;

    /// <summary>Takes the edges of a line.</summary>
    /// <param name="dataReady">The line; disposed with this if it can be.</param>
    /// <param name="clock">The clock to stamp with; null for the host's.</param>
    public DataReadyPulses(IDataReady dataReady, HostClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(dataReady);
        _dataReady = dataReady;
        _clock = clock ?? HostClock.Monotonic;
    }

    /// <summary>Takes the falling edges of a controller's line. The controller allocates with each wait.</summary>
    /// <param name="gpio">The controller; it stays the caller's.</param>
    /// <param name="line">The line, which is opened as an input with a pull-up where it is not open yet.</param>
    /// <param name="clock">The clock to stamp with; null for the host's.</param>
    public static DataReadyPulses Open(GpioController gpio, int line, HostClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(gpio);
        var mode = gpio.IsPinModeSupported(line, PinMode.InputPullUp) ? PinMode.InputPullUp : PinMode.Input;
        return new DataReadyPulses(new GpioDataReady(gpio, gpio.OpenPin(line, mode)), clock);
    }

    /// <inheritdoc/>
    public bool Wait(MonotonicTime until, out MonotonicTime pulse)
    {
        pulse = default;
        CancellationToken token;
        lock (_lock)
        {
            if (_interrupted)
            {
                return false;
            }

            if (!_cancel.TryReset())
            {
                _cancel.Dispose();
                _cancel = new CancellationTokenSource();
            }

            _cancel.CancelAfter(TimeSpan.FromMilliseconds(Math.Max(1, until.NanosecondsSince(_clock.Now()) / 1e6)));
            token = _cancel.Token;
        }

        var seen = _dataReady.WaitForEdge(token);
        pulse = _clock.Now();
        return seen;
    }

    /// <inheritdoc/>
    public bool TryTake(out MonotonicTime pulse)
    {
        pulse = default;
        return false;
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        lock (_lock)
        {
            _interrupted = true;
            if (!_disposed)
            {
                _cancel.Cancel();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Interrupt();
        lock (_lock)
        {
            _disposed = true;
            _cancel.Dispose();
        }

        (_dataReady as IDisposable)?.Dispose();
    }
}
