namespace EcgGate.Hardware.Ads1298;

/// <summary>Samples per second in high-resolution mode. The gate takes up to 2,000; the faster ones are for recording.</summary>
public enum Ads1298Rate
{
    /// <summary>500 per second.</summary>
    Sps500 = 500,

    /// <summary>1,000 per second.</summary>
    Sps1000 = 1000,

    /// <summary>2,000 per second.</summary>
    Sps2000 = 2000,

    /// <summary>4,000 per second.</summary>
    Sps4000 = 4000,

    /// <summary>8,000 per second.</summary>
    Sps8000 = 8000,

    /// <summary>16,000 per second; frames need a faster way to the bus than commands.</summary>
    Sps16000 = 16000,

    /// <summary>32,000 per second; frames need a faster way to the bus than commands.</summary>
    Sps32000 = 32000,
}
