namespace EcgGate;

/// <summary>Which part an emulated board is: the driver of that part runs on it.</summary>
public enum BoardPart
{
    /// <summary>TI ADS1292R, two channels, 125 to 2,000 samples per second for gating.</summary>
    Ads1292R = 0,

    /// <summary>TI ADS1298, eight channels, 500 to 2,000 samples per second for gating.</summary>
    Ads1298 = 1,

    /// <summary>Microchip MCP3208 behind an AD8232, one lead, 12 bits, 125 to 2,000 samples per second, paced by the host.</summary>
    Mcp3208 = 2,

    /// <summary>TI ADS1115 behind an AD8232, one lead, 16 bits, at its own 860 samples per second.</summary>
    Ads1115 = 3,

    /// <summary>A sound card's line input, one lead, 48 kHz brought down to 1,000 samples per second; in the host's own runtime only.</summary>
    LineIn = 4,
}
