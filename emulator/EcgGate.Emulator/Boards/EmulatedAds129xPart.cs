namespace EcgGate.Emulator.Boards;

/// <summary>What tells one emulated part of the family from another, apart from what its registers mean.</summary>
internal sealed record EmulatedAds129xPart
{
    public required string Name { get; init; }

    /// <summary>The internal oscillator, in Hz.</summary>
    public required double ClockHertz { get; init; }

    public required int ClocksPerModulatorClock { get; init; }

    public required int FrameBytes { get; init; }

    /// <summary>How long the RESET command takes.</summary>
    public required int ResetClocks { get; init; }

    /// <summary>What the registers hold after reset, ID first.</summary>
    public required byte[] ResetValues { get; init; }

    /// <summary>Which bits can be written.</summary>
    public required byte[] Writable { get; init; }

    /// <summary>Which bits are always 1, and must be written so.</summary>
    public required byte[] MustBeOne { get; init; }

    /// <summary>Registers that nothing is wrong with writing to, though nothing comes of it.</summary>
    public required int[] ReadOnly { get; init; }

    /// <summary>The register that a change of which starts the conversions anew.</summary>
    public required int RateRegister { get; init; }

    /// <summary>Whether the part knows the command OFFSETCAL.</summary>
    public required bool HasOffsetCalibration { get; init; }
}
