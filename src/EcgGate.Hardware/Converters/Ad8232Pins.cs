using System.Device.Gpio;

namespace EcgGate.Hardware.Converters;

/// <summary>An AD8232's digital lines: LO+ and LO−, high while an electrode is off, and SDN, low while it is shut down.</summary>
/// <remarks>
/// With three electrodes (direct current) either line may rise; with two (alternating current) LO+ alone tells. Reading
/// allocates nothing (a test holds it). One thread uses it.
/// </remarks>
public sealed class Ad8232Pins : ILeadOff, IDisposable
{
    private readonly GpioController _gpio;
    private readonly GpioPin? _positive;
    private readonly GpioPin? _negative;
    private readonly GpioPin? _shutdown;
    private readonly bool _ownsController;
    private bool _disposed;

    /// <summary>Opens the lines; the front end is on.</summary>
    /// <param name="gpio">Where they are.</param>
    /// <param name="positive">Line of LO+; null where it is not wired.</param>
    /// <param name="negative">Line of LO−; null where it is not wired.</param>
    /// <param name="shutdown">Line of SDN; null where it is tied high.</param>
    /// <param name="ownsController">Whether the controller is disposed with this.</param>
    /// <exception cref="ArgumentException">Two of the lines are the same.</exception>
    public Ad8232Pins(GpioController gpio, int? positive, int? negative, int? shutdown = null, bool ownsController = false)
    {
        ArgumentNullException.ThrowIfNull(gpio);
        var lines = new[] { positive, negative, shutdown }.Where(line => line is not null).ToList();
        if (lines.Distinct().Count() < lines.Count)
        {
            throw new ArgumentException($"LO+ ({positive}), LO- ({negative}) and SDN ({shutdown}) must be on different lines.");
        }

        _gpio = gpio;
        _ownsController = ownsController;
        try
        {
            _positive = positive is { } p ? gpio.OpenPin(p, PinMode.Input) : null;
            _negative = negative is { } n ? gpio.OpenPin(n, PinMode.Input) : null;
            _shutdown = shutdown is { } s ? gpio.OpenPin(s, PinMode.Output, PinValue.High) : null;
        }
        catch (Exception)
        {
            _ownsController = false;
            Dispose();
            throw;
        }
    }

    /// <summary>Whether LO+ is high now.</summary>
    public bool IsPositiveOff => _positive is not null && _positive.Read() == PinValue.High;

    /// <summary>Whether LO− is high now.</summary>
    public bool IsNegativeOff => _negative is not null && _negative.Read() == PinValue.High;

    /// <inheritdoc/>
    public bool IsOff() => IsPositiveOff || IsNegativeOff;

    /// <summary>Shuts the front end down, or wakes it. It needs some seconds to settle after that. Allocates.</summary>
    /// <exception cref="InvalidOperationException">SDN is not wired.</exception>
    public void SetShutdown(bool off)
    {
        if (_shutdown is null)
        {
            throw new InvalidOperationException("The AD8232's SDN line is not wired: give its number when opening.");
        }

        _shutdown.Write(off ? PinValue.Low : PinValue.High);
    }

    /// <summary>Lets go of the lines. The front end stays as it is: SDN becomes an input, so pull it to where it should rest.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Close(_positive);
        Close(_negative);
        Close(_shutdown);
        if (_ownsController)
        {
            _gpio.Dispose();
        }
    }

    private void Close(GpioPin? pin)
    {
        if (pin is not null && _gpio.IsPinOpen(pin.PinNumber))
        {
            _gpio.ClosePin(pin.PinNumber);
        }
    }
}
