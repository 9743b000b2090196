using System.Device.Gpio;

namespace EcgGate.Hardware;

/// <summary>A board's data-ready line, active low: how a driver waits for the next sample.</summary>
/// <remarks>
/// Kept apart from <see cref="GpioController"/>, whose way of waiting allocates, so that another one can take its place.
/// One thread uses it.
/// </remarks>
public interface IDataReady
{
    /// <summary>Whether the line is low now: there is data that has not been read.</summary>
    bool IsReady();

    /// <summary>Waits for the next falling edge. An edge before the call may be missed.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if cancelled before an edge came.</returns>
    bool WaitForEdge(CancellationToken cancellationToken);
}

/// <summary>The data-ready line on a <see cref="GpioController"/>, whatever driver that has.</summary>
/// <remarks>
/// Measured with System.Device.Gpio 4.2.0: each wait allocates 48 bytes in the controller, and more in its libgpiod
/// drivers; reading the line allocates nothing.
/// </remarks>
internal sealed class GpioDataReady : IDataReady
{
    private readonly GpioController _gpio;
    private readonly GpioPin _pin;

    public GpioDataReady(GpioController gpio, GpioPin pin)
    {
        _gpio = gpio;
        _pin = pin;
    }

    public bool IsReady() => _pin.Read() == PinValue.Low;

    public bool WaitForEdge(CancellationToken cancellationToken) =>
        !_gpio.WaitForEvent(_pin.PinNumber, PinEventTypes.Falling, cancellationToken).TimedOut;
}
