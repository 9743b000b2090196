using EcgGate.Signals;

namespace EcgGate.Hardware.Ads129x;

/// <summary>Where a part of the ADS129x family is and how it is set up, as one line of text. Immutable and thread-safe.</summary>
public abstract class Ads129xUri
{
    private protected Ads129xUri(string text, string device, int bus, int chipSelect, int spiClockHertz)
    {
        Text = text;
        Device = device;
        Bus = bus;
        ChipSelect = chipSelect;
        SpiClockHertz = spiClockHertz;
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The SPI device, such as /dev/spidev0.0.</summary>
    public string Device { get; }

    /// <summary>Number of the SPI bus.</summary>
    public int Bus { get; }

    /// <summary>Number of the chip select on it.</summary>
    public int ChipSelect { get; }

    /// <summary>SPI clock in Hz.</summary>
    public int SpiClockHertz { get; }

    /// <summary>Samples per second.</summary>
    public abstract int RateHertz { get; }

    /// <summary>Opens the board, reading something else than its text says, for a self-test; null for what it says.</summary>
    /// <param name="input">What the channels read.</param>
    /// <exception cref="EcgSourceException">The board cannot be opened; one sentence says why and what to do.</exception>
    public abstract Ads129xSource OpenBoard(Ads129xInput? input = null);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
