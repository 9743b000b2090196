using System.Device.Gpio;

namespace EcgGate.Hardware;

/// <summary>A board's data-ready line, active low.</summary>
/// <remarks>
/// Kept apart from <see cref="GpioController"/> because waiting through it allocates on some of its drivers (see the
/// README of the ADS1292R), which another way to wait need not.
/// </remarks>
internal interface IDataReady
{
    /// <summary>Whether the line is low now: data that has not been read.</summary>
    bool IsReady();

    /// <summary>Waits for the next falling edge; false if cancelled first. An edge before the call may be missed.</summary>
    bool WaitForEdge(CancellationToken cancellationToken);
}

/// <summary>The data-ready line on a <see cref="GpioController"/>, whatever driver it has.</summary>
internal sealed class GpioDataReady : IDataReady
{
    private readonly GpioController _gpio;
    private readonly int _pin;

    public GpioDataReady(GpioController gpio, int pin)
    {
        _gpio = gpio;
        _pin = pin;
    }

    public bool IsReady() => _gpio.Read(_pin) == PinValue.Low;

    public bool WaitForEdge(CancellationToken cancellationToken) =>
        !_gpio.WaitForEvent(_pin, PinEventTypes.Falling, cancellationToken).TimedOut;
}
