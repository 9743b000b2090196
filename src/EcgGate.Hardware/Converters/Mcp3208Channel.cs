using System.Device.Spi;

namespace EcgGate.Hardware.Converters;

/// <summary>One input of an MCP3208 or MCP3204, 12 bits, single-ended: a conversion each time it is read.</summary>
/// <remarks>
/// Three bytes a read, data sheet DS21298: five leading zeros, start bit, single-ended, D2 D1 D0; the part samples until the
/// falling edge of the fifth clock after the start bit, the 11th of the 24; a null bit, 12 bits, most significant first.
/// </remarks>
public sealed class Mcp3208Channel : IConverterChannel
{
    /// <summary>How many codes the reference is divided into.</summary>
    public const int Codes = 4096;

    /// <summary>Fastest SPI clock at a supply of 2.7 V, in Hz; at 5 V it is twice that.</summary>
    public const int MaximumSpiClockHertz = 1_000_000;

    private const int Bits = 24;
    private const int HoldBit = 11;

    private readonly SpiDevice _spi;
    private readonly byte[] _request = new byte[Bits / 8];
    private readonly byte[] _answer = new byte[Bits / 8];

    /// <summary>Takes one input.</summary>
    /// <param name="spi">The bus, mode 0 or 3; it stays the caller's.</param>
    /// <param name="channel">The input, from 0.</param>
    /// <param name="channelCount">How many inputs the part has: 8 (MCP3208) or 4 (MCP3204).</param>
    /// <exception cref="ArgumentException">The part has no such input, or the bus is set up wrongly.</exception>
    public Mcp3208Channel(SpiDevice spi, int channel, int channelCount = 8)
    {
        ArgumentNullException.ThrowIfNull(spi);
        if (channelCount is not (4 or 8) || channel < 0 || channel >= channelCount)
        {
            throw new ArgumentOutOfRangeException(nameof(channel), channel, $"Input {channel} of {channelCount} is none: the MCP3208 has 0 to 7, the MCP3204 0 to 3.");
        }

        var settings = spi.ConnectionSettings;
        if (settings.Mode is not (SpiMode.Mode0 or SpiMode.Mode3) || settings.ClockFrequency > 2 * MaximumSpiClockHertz)
        {
            throw new ArgumentException($"The SPI bus is in {settings.Mode} at {settings.ClockFrequency} Hz; the MCP3208 needs Mode0 or Mode3, and at most {MaximumSpiClockHertz} Hz at 3.3 V.", nameof(spi));
        }

        _spi = spi;
        _request[0] = (byte)(0b110 | (channel >> 2));
        _request[1] = (byte)(channel << 6);
    }

    /// <summary>How long before the middle of a read the part holds: the middle of 24 clocks less 11 clocks, 1 us at 1 MHz.</summary>
    public static TimeSpan HoldDelay(int spiClockHertz) => TimeSpan.FromSeconds(((Bits / 2) - HoldBit) / (double)spiClockHertz);

    /// <inheritdoc/>
    public bool TryRead(out int code)
    {
        _spi.TransferFullDuplex(_request, _answer);

        // The null bit must be low: a line that nobody drives mostly reads high.
        var bits = ((_answer[1] & 0x1F) << 8) | _answer[2];
        var good = bits < Codes;
        code = good ? bits : 0;
        return good;
    }
}
