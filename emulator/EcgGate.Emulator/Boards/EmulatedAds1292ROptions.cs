namespace EcgGate.Emulator.Boards;

/// <summary>How an emulated ADS1292R is wired, and what is out of true about it.</summary>
public sealed record EmulatedAds1292ROptions
{
    /// <summary>Line of the board's DRDY output. Default 25.</summary>
    public int DataReadyPin { get; init; } = 25;

    /// <summary>Line of the START input; null where it is tied low and conversions start by command. Default null.</summary>
    public int? StartPin { get; init; }

    /// <summary>Line of the PWDN/RESET input; null where it is tied high. Default null.</summary>
    public int? ResetPin { get; init; }

    /// <summary>SPI clock in Hz, as the host set it. Default 800 kHz.</summary>
    public int SpiClockHertz { get; init; } = 800_000;

    /// <summary>What the ID register reads; the ADS1292R's is 0x73.</summary>
    public byte IdRegister { get; init; } = 0x73;

    /// <summary>
    /// How much the board's oscillator runs fast, in parts per million; negative for slow. The data sheet allows some
    /// percent over temperature. Default 0.
    /// </summary>
    public double OscillatorErrorPartsPerMillion { get; init; }

    /// <summary>Whether <see cref="EmulatedAds1292R.ControlTraffic"/> is kept. Default false.</summary>
    public bool RecordTraffic { get; init; }
}
