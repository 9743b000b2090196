using System.Device.Gpio;
using System.Device.I2c;
using EcgGate.Hardware;
using EcgGate.Hardware.Converters;
using EcgGate.Signals;
using Iot.Device.Adc;
using Iot.Device.Ads1115;

namespace EcgGate.IotBindings;

/// <summary>Sources on the converters of Iot.Device.Bindings. The README beside this file has the wiring.</summary>
/// <remarks>
/// Pacing, gaps, scale and errors are <see cref="TimerPacedSource"/>'s and <see cref="ReadyPacedSource"/>'s. A source owns
/// the converter that it was opened on, and the converter its bus.
/// </remarks>
public static class IotConverters
{
    /// <summary>An ECG on one input of an MCP3208 or MCP3204, paced by the host's clock.</summary>
    /// <param name="converter">The converter, such as <c>new Mcp3208(spi)</c>; disposed with the source.</param>
    /// <param name="channel">The input, from 0.</param>
    /// <param name="spiClockHertz">The bus's clock in Hz, which says when within a read the part holds.</param>
    /// <param name="frontEnd">The front end before it; null for an AD8232 on its usual board.</param>
    /// <param name="options">How to read; null for 500 samples per second. The delays are added to its fixed delay.</param>
    /// <param name="leadOff">Who says that an electrode is off, such as an <see cref="Ad8232Pins"/>; null for nobody.</param>
    /// <param name="clock">The clock to pace and stamp with; null for the host's.</param>
    /// <exception cref="EcgSourceException">The options cannot be used; the message says why.</exception>
    public static TimerPacedSource Open(
        Mcp3xxx converter,
        int channel = 0,
        int spiClockHertz = Mcp3208Channel.MaximumSpiClockHertz,
        Ad8232Options? frontEnd = null,
        TimerPacedOptions? options = null,
        ILeadOff? leadOff = null,
        HostClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(converter);
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, converter is Mcp3204 ? 4 : 8);
        frontEnd ??= Ad8232Options.HeartRateBoard;
        options ??= new TimerPacedOptions { Name = "mcp3208" };
        options = options with { FixedDelay = options.FixedDelay + frontEnd.Delay + Mcp3208Channel.HoldDelay(spiClockHertz) };
        var lead = new ConverterLead
        {
            Name = "ECG",
            Channel = new McpInput(converter, channel),
            Scale = frontEnd.Scale(frontEnd.SupplyVolts / Mcp3208Channel.Codes),
            LeadOff = leadOff,
        };
        return new TimerPacedSource([lead], options, clock, converter);
    }

    /// <summary>
    /// An ECG on an ADS1115, paced by its ready line through the binding's own event. Takes about 2 s, in which the part's rate
    /// is measured.
    /// </summary>
    /// <param name="i2c">The part on its bus; disposed with the source.</param>
    /// <param name="gpio">Where its ALERT/RDY is; it stays the caller's.</param>
    /// <param name="readyLine">The line that ALERT/RDY is on.</param>
    /// <param name="input">What to measure. Default AIN0 against ground.</param>
    /// <param name="range">Full scale. Default ±4.096 V.</param>
    /// <param name="rate">Conversions per second. Default 860.</param>
    /// <param name="frontEnd">The front end before it; null for an AD8232 on its usual board.</param>
    /// <param name="options">How to read; null for the default. Its nominal rate is set, the delay added.</param>
    /// <param name="leadOff">Who says that an electrode is off; null for nobody.</param>
    /// <param name="clock">The clock to stamp with; null for the host's.</param>
    /// <exception cref="EcgSourceException">The part does not pulse, or at no rate that it can have.</exception>
    public static ReadyPacedSource Open(
        I2cDevice i2c,
        GpioController gpio,
        int readyLine,
        InputMultiplexer input = InputMultiplexer.AIN0,
        MeasuringRange range = MeasuringRange.FS4096,
        DataRate rate = DataRate.SPS860,
        Ad8232Options? frontEnd = null,
        ReadyPacedOptions? options = null,
        ILeadOff? leadOff = null,
        HostClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(i2c);
        ArgumentNullException.ThrowIfNull(gpio);
        frontEnd ??= Ad8232Options.HeartRateBoard;
        options ??= new ReadyPacedOptions { Name = "ads1115" };
        Ads1115? converter = null;
        var pulses = new SignalledPulses(clock);
        try
        {
            converter = new Ads1115(i2c, gpio, readyLine, shouldDispose: false, input, range, rate);
            converter.AlertReadyAsserted += pulses.Signal;
            converter.EnableConversionReady();
            var lead = new ConverterLead
            {
                Name = "ECG",
                Channel = new AdsInput(converter),
                Scale = frontEnd.Scale(converter.MaxVoltageFromMeasuringRange(range).Volts / 32768),
                LeadOff = leadOff,
            };
            options = options with
            {
                NominalRateHertz = converter.FrequencyFromDataRate(rate),
                FrontEndDelay = options.FrontEndDelay + frontEnd.Delay,
            };
            return ReadyPacedSource.Open(lead, pulses, options, clock, new Owned(converter, i2c, gpio, readyLine));
        }
        catch (Exception error)
        {
            new Owned(converter, i2c, gpio, readyLine).Dispose();
            pulses.Dispose();
            if (error is IOException)
            {
                throw new EcgSourceException($"{options.Name}: the ADS1115 does not answer ({error.Message}): check {options.Check}.", error);
            }

            throw;
        }
    }

    private sealed class McpInput(Mcp3xxx converter, int channel) : IConverterChannel
    {
        // The binding throws InvalidOperationException where the null bit is not low: a failed read.
        public bool TryRead(out int code)
        {
            code = converter.Read(channel);
            return true;
        }
    }

    private sealed class AdsInput(Ads1115 converter) : IConverterChannel
    {
        public bool TryRead(out int code)
        {
            code = converter.ReadRaw();
            return true;
        }
    }

    /// <summary>The binding writes to the part when it is disposed: one that is gone must not keep bus and line open.</summary>
    private sealed class Owned(Ads1115? converter, I2cDevice i2c, GpioController gpio, int readyLine) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                converter?.Dispose();
            }
            catch (IOException)
            {
                i2c.Dispose();
                if (gpio.IsPinOpen(readyLine))
                {
                    gpio.ClosePin(readyLine);
                }
            }
        }
    }
}
