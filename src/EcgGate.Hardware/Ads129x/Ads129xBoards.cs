using System.Device.Gpio;
using System.Device.Spi;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Hardware.Ads1298;
using EcgGate.Signals;

namespace EcgGate.Hardware.Ads129x;

/// <summary>The parts of the family by name or address, for those who do not mind which it is. Thread-safe.</summary>
public static class Ads129xBoards
{
    /// <summary>How the addresses of boards begin.</summary>
    public static IReadOnlyList<string> Schemes { get; } = [Ads1292RUri.Scheme, Ads1298Uri.Scheme];

    /// <summary>Whether a text is meant as the address of such a board.</summary>
    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads the address of a board.</summary>
    /// <exception cref="FormatException">It is none; the message is one sentence that says why.</exception>
    public static Ads129xUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Ads1298Uri.Scheme, StringComparison.OrdinalIgnoreCase) ? Ads1298Uri.Parse(text) : Ads1292RUri.Parse(text);
    }

    /// <summary>Opens the driver of a part on devices that are there already, such as emulated ones.</summary>
    /// <param name="part">Which.</param>
    /// <param name="spi">The bus; stays the caller's.</param>
    /// <param name="gpio">The lines; stay the caller's.</param>
    /// <param name="choice">How to set it up.</param>
    /// <param name="clock">The clock to stamp with; null for the host's.</param>
    /// <param name="dataReady">Another way to wait for DRDY; null waits through <paramref name="gpio"/>.</param>
    /// <exception cref="EcgSourceException">The board does not answer as it must, or does not have what is chosen.</exception>
    public static Ads129xSource Open(BoardPart part, SpiDevice spi, GpioController gpio, Ads129xChoice choice, HostClock? clock = null, IDataReady? dataReady = null)
    {
        ArgumentNullException.ThrowIfNull(choice);
        switch (part)
        {
            case BoardPart.Ads1292R:
                var small = new Ads1292ROptions
                {
                    Name = choice.Name,
                    DataReadyPin = choice.DataReadyPin,
                    Rate = (Ads1292RRate)choice.RateHertz,
                    LeadCount = choice.Leads.Count,
                    Lead0Channel = choice.Leads is ["CH2", ..] ? 2 : 1,
                    LeadNames = choice.LeadNames,
                    Input = choice.Input,
                };
                return Ads1292RSource.Open(spi, gpio, small, clock, dataReady: dataReady);
            case BoardPart.Ads1298:
                var large = new Ads1298Options
                {
                    Name = choice.Name,
                    DataReadyPin = choice.DataReadyPin,
                    Rate = (Ads1298Rate)choice.RateHertz,
                    Leads = choice.Leads,
                    LeadNames = choice.LeadNames,
                    Input = choice.Input,
                };
                return Ads1298Source.Open(spi, gpio, large, clock, dataReady: dataReady);
            default:
                throw new ArgumentOutOfRangeException(nameof(part), part, "There is no driver for this part.");
        }
    }
}
