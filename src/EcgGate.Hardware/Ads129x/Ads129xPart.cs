namespace EcgGate.Hardware.Ads129x;

/// <summary>What tells one part of the family from another, as far as the driver goes. Immutable.</summary>
internal sealed record Ads129xPart
{
    /// <summary>Such as "ADS1292R".</summary>
    public required string Name { get; init; }

    /// <summary>The values that the ID register may have; the first is the usual one.</summary>
    public required byte[] Ids { get; init; }

    /// <summary>What to make of another value than these, other than 0x00 and 0xFF; null for nothing special.</summary>
    public required Func<byte, string?> HintOf { get; init; }

    /// <summary>Length of a frame: 3 bytes of status, and 3 for each channel.</summary>
    public required int FrameBytes { get; init; }

    /// <summary>How many registers there are.</summary>
    public required int RegisterCount { get; init; }

    /// <summary>Name of a register in messages.</summary>
    public required Func<int, string> RegisterName { get; init; }

    /// <summary>Fastest SPI clock at which a multi-byte command is sure to be decoded, in Hz.</summary>
    public required int MaximumCommandClockHertz { get; init; }

    /// <summary>The test signal, with the reference that the driver uses.</summary>
    public required Ads129xTestSignal TestSignal { get; init; }

    /// <summary>How long the part takes from power-up until it may be reset.</summary>
    public required TimeSpan PowerUpTime { get; init; }
}

/// <summary>Registers that are written together.</summary>
/// <param name="First">Address of the first.</param>
/// <param name="Values">What is written.</param>
/// <param name="Compared">
/// Which bits must read back as they were written; null for all. The others are status bits, or reserved ones on whose
/// value sources differ.
/// </param>
internal readonly record struct Ads129xRegisterBlock(int First, byte[] Values, byte[]? Compared = null);
