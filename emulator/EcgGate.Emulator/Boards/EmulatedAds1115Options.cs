namespace EcgGate.Emulator.Boards;

/// <summary>How an emulated ADS1115 is wired, and what is out of true about it.</summary>
public sealed record EmulatedAds1115Options
{
    /// <summary>Its address on the bus. Default 0x48, ADDR at ground.</summary>
    public int Address { get; init; } = 0x48;

    /// <summary>I2C clock in Hz. Default 400 kHz.</summary>
    public int I2cClockHertz { get; init; } = 400_000;

    /// <summary>How much its oscillator runs fast, as a fraction; the data sheet allows ±0.1. Default 0.</summary>
    public double RateError { get; init; }

    /// <summary>Supply, in V: no input is seen above it. Default 3.3.</summary>
    public double SupplyVolts { get; init; } = 3.3;
}
