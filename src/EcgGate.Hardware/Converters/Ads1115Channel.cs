using System.Buffers.Binary;
using System.Device.I2c;
using EcgGate.Signals;

namespace EcgGate.Hardware.Converters;

/// <summary>An ADS1115 on I2C, 16 bits, converting continuously and pulsing ALERT/RDY at each conversion.</summary>
/// <remarks>
/// Data sheet SBAS444. Registers: 0 conversion, 1 config, 2 and 3 thresholds. A high threshold with its top bit set and a
/// low one without, and a comparator queue other than "off", turn ALERT/RDY into the ready line. It is open-drain.
/// </remarks>
public sealed class Ads1115Channel : IConverterChannel
{
    /// <summary>Address with ADDR at ground.</summary>
    public const int DefaultAddress = 0x48;

    private const byte ConversionRegister = 0;
    private const byte ConfigRegister = 1;
    private const byte LowThresholdRegister = 2;
    private const byte HighThresholdRegister = 3;
    private const ushort BusyBit = 0x8000;

    private readonly I2cDevice _i2c;
    private readonly byte[] _bytes = new byte[2];

    private Ads1115Channel(I2cDevice i2c) => _i2c = i2c;

    /// <summary>Sets the part up, reads the settings back, and starts it.</summary>
    /// <param name="i2c">The part on its bus, 400 kHz; it stays the caller's.</param>
    /// <param name="input">What to measure. Default AIN0 against ground.</param>
    /// <param name="range">Full scale. Default ±4.096 V.</param>
    /// <param name="rate">Conversions per second. Default 860.</param>
    /// <exception cref="EcgSourceException">It does not answer, or not as it must.</exception>
    public static Ads1115Channel Open(
        I2cDevice i2c,
        Ads1115Input input = Ads1115Input.Ain0,
        Ads1115Range range = Ads1115Range.Millivolts4096,
        Ads1115Rate rate = Ads1115Rate.Sps860)
    {
        ArgumentNullException.ThrowIfNull(i2c);
        if (!Enum.IsDefined(input) || !Enum.IsDefined(range) || !Enum.IsDefined(rate))
        {
            throw new EcgSourceException($"ads1115: input {input}, range {range} or rate {rate} is none that it has.");
        }

        // Continuous, traditional comparator, active low, not latching, after one conversion.
        var config = (ushort)(((int)input << 12) | ((int)range << 9) | ((int)rate << 5));
        var channel = new Ads1115Channel(i2c);
        try
        {
            channel.Write(LowThresholdRegister, 0x0000);
            channel.Write(HighThresholdRegister, 0x8000);
            channel.Write(ConfigRegister, config);
            channel.Verify(LowThresholdRegister, 0x0000, 0xFFFF);
            channel.Verify(HighThresholdRegister, 0x8000, 0xFFFF);
            channel.Verify(ConfigRegister, config, unchecked((ushort)~BusyBit));
            i2c.WriteByte(ConversionRegister);
            return channel;
        }
        catch (IOException error)
        {
            throw new EcgSourceException($"ads1115: nothing answers at address 0x{i2c.ConnectionSettings.DeviceAddress:X2} of I2C bus {i2c.ConnectionSettings.BusId} ({error.Message}): check power, SDA, SCL, their pull-ups, and ADDR (0x48 at ground, 0x49 VDD, 0x4A SDA, 0x4B SCL).", error);
        }
    }

    /// <summary>Conversions per second by the data sheet.</summary>
    public static double NominalRateHertz(Ads1115Rate rate) => rate switch
    {
        Ads1115Rate.Sps250 => 250,
        Ads1115Rate.Sps475 => 475,
        Ads1115Rate.Sps860 => 860,
        _ => throw new ArgumentOutOfRangeException(nameof(rate), rate, "The ADS1115 has no such rate, or it is too slow to gate on."),
    };

    /// <summary>One step of the code, in V.</summary>
    public static double VoltsPerCode(Ads1115Range range) => range switch
    {
        Ads1115Range.Millivolts6144 => 6.144 / 32768,
        Ads1115Range.Millivolts4096 => 4.096 / 32768,
        Ads1115Range.Millivolts2048 => 2.048 / 32768,
        Ads1115Range.Millivolts1024 => 1.024 / 32768,
        Ads1115Range.Millivolts512 => 0.512 / 32768,
        Ads1115Range.Millivolts256 => 0.256 / 32768,
        _ => throw new ArgumentOutOfRangeException(nameof(range), range, "The ADS1115 has no such range."),
    };

    /// <inheritdoc/>
    public bool TryRead(out int code)
    {
        // The register pointer stays on the conversion; a part that was reset has it there too.
        _i2c.Read(_bytes);
        code = BinaryPrimitives.ReadInt16BigEndian(_bytes);
        return true;
    }

    private void Write(byte register, ushort value) => _i2c.Write([register, (byte)(value >> 8), (byte)value]);

    private void Verify(byte register, ushort wanted, ushort mask)
    {
        _i2c.WriteRead([register], _bytes);
        var found = BinaryPrimitives.ReadUInt16BigEndian(_bytes);
        if ((found & mask) != (wanted & mask))
        {
            throw new EcgSourceException($"ads1115: register {register} reads 0x{found:X4} after 0x{wanted:X4} was written: check the wiring, the pull-ups, and that the part is an ADS1115.");
        }
    }
}
