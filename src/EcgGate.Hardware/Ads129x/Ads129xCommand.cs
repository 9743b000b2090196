namespace EcgGate.Hardware.Ads129x;

/// <summary>
/// Commands that the ADS129x parts share on the SPI bus (data sheets SBAS502C, table 15, and SBAS459K, section 9.5.2).
/// </summary>
internal static class Ads129xCommand
{
    public const byte Reset = 0x06;
    public const byte Start = 0x08;
    public const byte Stop = 0x0A;
    public const byte ReadDataContinuously = 0x10;
    public const byte StopReadingContinuously = 0x11;

    /// <summary>001r rrrr, then the number of registers less one.</summary>
    public const byte ReadRegisters = 0x20;

    /// <summary>010r rrrr, then the number of registers less one, then their values.</summary>
    public const byte WriteRegisters = 0x40;
}
