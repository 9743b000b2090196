namespace EcgGate.Emulator.Boards;

/// <summary>How an emulated MCP3208 or MCP3204 is wired.</summary>
public sealed record EmulatedMcp3208Options
{
    /// <summary>How many inputs: 8 (MCP3208) or 4 (MCP3204). Default 8.</summary>
    public int ChannelCount { get; init; } = 8;

    /// <summary>Reference, in V. Default 3.3.</summary>
    public double ReferenceVolts { get; init; } = 3.3;

    /// <summary>SPI clock in Hz, as the host set it. Default 1 MHz.</summary>
    public int SpiClockHertz { get; init; } = 1_000_000;

    /// <summary>What MISO reads while the part does not drive it: high with a pull-up. Default low.</summary>
    public bool MisoIdlesHigh { get; init; }
}
