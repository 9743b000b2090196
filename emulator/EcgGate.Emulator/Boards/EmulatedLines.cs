using System.Device.Gpio;

namespace EcgGate.Emulator.Boards;

/// <summary>The lines between a host and emulated parts: make a <see cref="GpioController"/> of it.</summary>
/// <remarks>
/// What a part drives is looked at when it is read, and what the host drives is told to the part. A pulsing line can be
/// waited for. It can also call back, on a thread of its own, as a controller does: only where the clock is the host's,
/// since waiting moves any other.
/// </remarks>
public sealed class EmulatedLines : GpioDriver
{
    private readonly Dictionary<int, Func<bool>> _reads = [];
    private readonly Dictionary<int, Action<bool>> _writes = [];
    private readonly Dictionary<int, Func<CancellationToken, bool>> _pulses = [];
    private readonly Dictionary<int, PinMode> _modes = [];
    private readonly Dictionary<(int Line, PinChangeEventHandler Callback), CancellationTokenSource> _callbacks = [];

    /// <inheritdoc/>
    protected override int PinCount => 64;

    /// <summary>Adds a line that a part drives.</summary>
    /// <param name="line">Its number.</param>
    /// <param name="isHigh">Looks at it.</param>
    /// <param name="waitForFall">Waits for its next falling edge, false if cancelled; null where it has none to wait for.</param>
    public void AddFromPart(int line, Func<bool> isHigh, Func<CancellationToken, bool>? waitForFall = null)
    {
        _reads.Add(line, isHigh);
        if (waitForFall is not null)
        {
            _pulses.Add(line, waitForFall);
        }
    }

    /// <summary>Adds a line that the host drives.</summary>
    /// <param name="line">Its number.</param>
    /// <param name="isHigh">Reads it back.</param>
    /// <param name="write">Tells the part.</param>
    public void AddFromHost(int line, Func<bool> isHigh, Action<bool> write)
    {
        _reads.Add(line, isHigh);
        _writes.Add(line, write);
    }

    /// <inheritdoc/>
    protected override void OpenPin(int pinNumber)
    {
        if (!_reads.ContainsKey(pinNumber))
        {
            throw new InvalidOperationException($"Nothing is wired to line {pinNumber}; wired are {string.Join(", ", _reads.Keys.Order())}.");
        }
    }

    /// <inheritdoc/>
    protected override void ClosePin(int pinNumber)
    {
    }

    /// <inheritdoc/>
    protected override void SetPinMode(int pinNumber, PinMode mode) => _modes[pinNumber] = mode;

    /// <inheritdoc/>
    protected override PinMode GetPinMode(int pinNumber) => _modes.GetValueOrDefault(pinNumber, PinMode.Input);

    /// <inheritdoc/>
    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    /// <inheritdoc/>
    protected override PinValue Read(int pinNumber) => _reads[pinNumber]() ? PinValue.High : PinValue.Low;

    /// <inheritdoc/>
    protected override void Write(int pinNumber, PinValue value)
    {
        if (!_writes.TryGetValue(pinNumber, out var write))
        {
            throw new InvalidOperationException($"Line {pinNumber} is driven by the part; the host cannot write it.");
        }

        write(value == PinValue.High);
    }

    /// <inheritdoc/>
    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken)
    {
        var seen = Pulses(pinNumber, eventTypes)(cancellationToken);
        return new WaitForEventResult { EventTypes = seen ? PinEventTypes.Falling : PinEventTypes.None, TimedOut = !seen };
    }

    /// <inheritdoc/>
    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
    {
        var pulses = Pulses(pinNumber, eventTypes);
        var cancel = new CancellationTokenSource();
        lock (_callbacks)
        {
            _callbacks.Add((pinNumber, callback), cancel);
        }

        var token = cancel.Token;
        new Thread(() =>
        {
            while (pulses(token))
            {
                callback(this, new PinValueChangedEventArgs(PinEventTypes.Falling, pinNumber));
            }
        })
        {
            IsBackground = true,
            Name = $"emulated line {pinNumber}",
        }.Start();
    }

    /// <inheritdoc/>
    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback)
    {
        lock (_callbacks)
        {
            if (_callbacks.Remove((pinNumber, callback), out var cancel))
            {
                // Not disposed: its thread may still look at it.
                cancel.Cancel();
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_callbacks)
        {
            foreach (var cancel in _callbacks.Values)
            {
                cancel.Cancel();
            }

            _callbacks.Clear();
        }

        base.Dispose(disposing);
    }

    private Func<CancellationToken, bool> Pulses(int line, PinEventTypes eventTypes) =>
        eventTypes.HasFlag(PinEventTypes.Falling) && _pulses.TryGetValue(line, out var pulses)
            ? pulses
            : throw new NotSupportedException($"Line {line} has no {eventTypes} edges to wait for.");
}
