namespace EcgGate.Hardware.Ads129x;

/// <summary>What is common in setting up any part of the family; all else stays at its default. Immutable.</summary>
public sealed record Ads129xChoice
{
    /// <summary>A short name for people.</summary>
    public required string Name { get; init; }

    /// <summary>GPIO line of DRDY. Default 25.</summary>
    public int DataReadyPin { get; init; } = 25;

    /// <summary>Samples per second; one of the part's rates.</summary>
    public required int RateHertz { get; init; }

    /// <summary>The one or two leads to read as the board has them: CH1 and CH2, or II, V2 and so on of an ADS1298.</summary>
    public required IReadOnlyList<string> Leads { get; init; }

    /// <summary>What they are called.</summary>
    public required IReadOnlyList<string> LeadNames { get; init; }

    /// <summary>What the channels read. Default the electrodes.</summary>
    public Ads129xInput Input { get; init; }
}
