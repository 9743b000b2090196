using System.Device.I2c;
using System.Device.Spi;
using EcgGate.Signals;

namespace EcgGate.Hardware.Converters;

/// <summary>The two hobby boards in one call each: an AD8232 with an MCP3208 or an ADS1115 behind it.</summary>
public static class Ad8232Boards
{
    /// <summary>Opens a source on CH0 of an MCP3208.</summary>
    /// <param name="spi">Its bus, mode 0, at most 1 MHz; it stays the caller's.</param>
    /// <param name="frontEnd">The AD8232, whose supply is the converter's reference too.</param>
    /// <param name="options">How to read; the delays of both parts are added to its fixed delay.</param>
    /// <param name="leadName">The lead's name.</param>
    /// <param name="leadOff">The AD8232's lead-off lines; null where they are not wired.</param>
    /// <param name="clock">The clock to pace and stamp with; null for the host's.</param>
    /// <param name="owned">What is disposed with the source; null for nothing.</param>
    /// <exception cref="EcgSourceException">The options cannot be used.</exception>
    public static TimerPacedSource OpenMcp3208(SpiDevice spi, Ad8232Options frontEnd, TimerPacedOptions options, string leadName = "ECG", ILeadOff? leadOff = null, HostClock? clock = null, IDisposable? owned = null)
    {
        ArgumentNullException.ThrowIfNull(spi);
        ArgumentNullException.ThrowIfNull(frontEnd);
        ArgumentNullException.ThrowIfNull(options);
        var lead = new ConverterLead
        {
            Name = leadName,
            Channel = new Mcp3208Channel(spi, 0),
            Scale = frontEnd.Scale(frontEnd.SupplyVolts / Mcp3208Channel.Codes),
            LeadOff = leadOff,
        };
        var delay = options.FixedDelay + frontEnd.Delay + Mcp3208Channel.HoldDelay(spi.ConnectionSettings.ClockFrequency);
        return new TimerPacedSource([lead], options with { FixedDelay = delay }, clock, owned);
    }

    /// <summary>Opens a source on AIN0 of an ADS1115 at 860 samples per second. Takes some 2 s, in which its rate is measured.</summary>
    /// <param name="i2c">The part on its bus; it stays the caller's.</param>
    /// <param name="pulses">Its ready line; disposed with the source if it can be.</param>
    /// <param name="frontEnd">The AD8232.</param>
    /// <param name="options">How to read; the front end's delay is added to its own.</param>
    /// <param name="leadName">The lead's name.</param>
    /// <param name="leadOff">The AD8232's lead-off lines; null where they are not wired.</param>
    /// <param name="clock">The clock that the pulses are stamped with; null for the host's.</param>
    /// <param name="owned">What else is disposed with the source; null for nothing.</param>
    /// <exception cref="EcgSourceException">The part does not answer or does not pulse as it must, or the options cannot be used.</exception>
    public static ReadyPacedSource OpenAds1115(I2cDevice i2c, IReadyPulses pulses, Ad8232Options frontEnd, ReadyPacedOptions options, string leadName = "ECG", ILeadOff? leadOff = null, HostClock? clock = null, IDisposable? owned = null)
    {
        ArgumentNullException.ThrowIfNull(frontEnd);
        ArgumentNullException.ThrowIfNull(options);
        var lead = new ConverterLead
        {
            Name = leadName,
            Channel = Ads1115Channel.Open(i2c),
            Scale = frontEnd.Scale(Ads1115Channel.VoltsPerCode(Ads1115Range.Millivolts4096)),
            LeadOff = leadOff,
        };
        options = options with
        {
            NominalRateHertz = Ads1115Channel.NominalRateHertz(Ads1115Rate.Sps860),
            FrontEndDelay = options.FrontEndDelay + frontEnd.Delay,
        };
        return ReadyPacedSource.Open(lead, pulses, options, clock, owned);
    }
}
