using EcgGate.Hardware.Ads129x;

namespace EcgGate.Hardware.Ads1292R;

/// <summary>Addresses of the registers (data sheet SBAS502C, table 16).</summary>
public enum Ads1292RRegister
{
    /// <summary>Identification, 0x73; read only.</summary>
    Id = 0x00,

    /// <summary>Data rate.</summary>
    Config1 = 0x01,

    /// <summary>Reference, lead-off comparators, test signal.</summary>
    Config2 = 0x02,

    /// <summary>Lead-off threshold, current and frequency.</summary>
    LeadOff = 0x03,

    /// <summary>Gain and input of channel 1.</summary>
    Channel1 = 0x04,

    /// <summary>Gain and input of channel 2.</summary>
    Channel2 = 0x05,

    /// <summary>Right leg drive: power and inputs.</summary>
    RightLegDrive = 0x06,

    /// <summary>Which electrodes are watched for lead-off.</summary>
    LeadOffSense = 0x07,

    /// <summary>Which electrodes are off, and the clock divider.</summary>
    LeadOffStatus = 0x08,

    /// <summary>Respiration, first part.</summary>
    Respiration1 = 0x09,

    /// <summary>Respiration, second part; reference of the right leg drive; calibration.</summary>
    Respiration2 = 0x0A,

    /// <summary>The two GPIO pins of the part.</summary>
    Gpio = 0x0B,
}

/// <summary>Samples per second.</summary>
public enum Ads1292RRate
{
    /// <summary>125 per second.</summary>
    Sps125 = 125,

    /// <summary>250 per second.</summary>
    Sps250 = 250,

    /// <summary>500 per second; what the part does after reset.</summary>
    Sps500 = 500,

    /// <summary>1,000 per second.</summary>
    Sps1000 = 1000,

    /// <summary>2,000 per second.</summary>
    Sps2000 = 2000,

    /// <summary>4,000 per second.</summary>
    Sps4000 = 4000,

    /// <summary>8,000 per second.</summary>
    Sps8000 = 8000,
}

/// <summary>Gain of the input amplifiers. Full scale is ±2.42 V over the gain.</summary>
public enum Ads1292RGain
{
    /// <summary>1: ±2,420 mV.</summary>
    Times1 = 1,

    /// <summary>2: ±1,210 mV.</summary>
    Times2 = 2,

    /// <summary>3: ±807 mV.</summary>
    Times3 = 3,

    /// <summary>4: ±605 mV.</summary>
    Times4 = 4,

    /// <summary>6: ±403 mV; what the part does after reset. Holds the ±300 mV offset that electrodes may have.</summary>
    Times6 = 6,

    /// <summary>8: ±302 mV.</summary>
    Times8 = 8,

    /// <summary>12: ±202 mV.</summary>
    Times12 = 12,
}

/// <summary>How loose electrodes are found.</summary>
public enum Ads1292RLeadOff
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>By a direct current: an open input drifts to the supply. Disturbs the ECG least.</summary>
    DirectCurrent,

    /// <summary>By an alternating current at a quarter of the data rate; it shows in the samples.</summary>
    AlternatingCurrent,
}

/// <summary>The current that searches for loose electrodes.</summary>
public enum Ads1292RLeadOffCurrent
{
    /// <summary>6 nA.</summary>
    NanoAmpere6 = 0,

    /// <summary>22 nA.</summary>
    NanoAmpere22 = 1,

    /// <summary>6 µA.</summary>
    MicroAmpere6 = 2,

    /// <summary>22 µA.</summary>
    MicroAmpere22 = 3,
}

/// <summary>The register image for a set of options. The bits are in the README beside this file.</summary>
internal static class Ads1292RImage
{
    public const byte IdValue = 0x73;
    public const int RegisterCount = 12;

    /// <summary>CONFIG1 to LOFF_SENS, in order of their addresses.</summary>
    public static byte[] FirstBlock(Ads1292ROptions options) =>
    [
        Config1(options.Rate),
        Config2(options),
        LeadOff(options),
        Channel(options, 1),
        Channel(options, 2),
        RightLegDrive(options),
        LeadOffSense(options),
    ];

    /// <summary>
    /// RESP1 and RESP2: respiration off, the bits that must be 1, right leg reference from within the part.
    /// </summary>
    public static byte[] SecondBlock() => [0x02, 0x03];

    private static byte Config1(Ads1292RRate rate) => rate switch
    {
        Ads1292RRate.Sps125 => 0,
        Ads1292RRate.Sps250 => 1,
        Ads1292RRate.Sps500 => 2,
        Ads1292RRate.Sps1000 => 3,
        Ads1292RRate.Sps2000 => 4,
        Ads1292RRate.Sps4000 => 5,
        Ads1292RRate.Sps8000 => 6,
        _ => throw new ArgumentOutOfRangeException(nameof(rate), rate, "Not a rate of the ADS1292R."),
    };

    private static byte Config2(Ads1292ROptions options)
    {
        const int mustBeOne = 0x80;
        const int leadOffComparators = 0x40;
        const int referenceBuffer = 0x20;
        const int testSignalSquare1Hertz = 0x03;
        return (byte)(mustBeOne
            | referenceBuffer
            | (options.LeadOff == Ads1292RLeadOff.Off ? 0 : leadOffComparators)
            | (options.Input == Ads129xInput.TestSignal ? testSignalSquare1Hertz : 0));
    }

    private static byte LeadOff(Ads1292ROptions options)
    {
        // Comparator threshold 95 % / 5 % of the supply: 000.
        const int mustBeOne = 0x10;
        const int alternating = 0x01;
        return (byte)(mustBeOne
            | ((int)options.LeadOffCurrent << 2)
            | (options.LeadOff == Ads1292RLeadOff.AlternatingCurrent ? alternating : 0));
    }

    private static byte Channel(Ads1292ROptions options, int channel)
    {
        const int poweredDownAndShorted = 0x81;
        if (options.LeadCount == 1 && channel != options.Lead0Channel)
        {
            return poweredDownAndShorted;
        }

        var gain = Ads129xGain.BitsOf((int)options.Gain);
        var input = options.Input switch
        {
            Ads129xInput.TestSignal => 0x05,
            Ads129xInput.Shorted => 0x01,
            _ => 0x00,
        };
        return (byte)((gain << 4) | input);
    }

    private static byte RightLegDrive(Ads1292ROptions options)
    {
        const int powered = 0x20;
        return (byte)(options.RightLegDrive ? powered | BothInputsOf(options.Lead0Channel) : 0);
    }

    private static byte LeadOffSense(Ads1292ROptions options)
    {
        if (options.LeadOff == Ads1292RLeadOff.Off)
        {
            return 0;
        }

        return (byte)(options.LeadCount == 2 ? 0x0F : BothInputsOf(options.Lead0Channel));
    }

    private static int BothInputsOf(int channel) => channel == 1 ? 0x03 : 0x0C;
}
