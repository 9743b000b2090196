namespace EcgGate.Hardware.Ads1298;

/// <summary>Addresses of the registers (data sheet SBAS459K, section 9.6; the Linux driver ti-ads1298 has the same).</summary>
public enum Ads1298Register
{
    /// <summary>Identification, 0x92, or 0xD2 for the variant with respiration; read only.</summary>
    Id = 0x00,

    /// <summary>Mode, daisy chain, clock output, data rate.</summary>
    Config1 = 0x01,

    /// <summary>Wilson terminal chopping, test signal.</summary>
    Config2 = 0x02,

    /// <summary>Reference and right leg drive.</summary>
    Config3 = 0x03,

    /// <summary>Lead-off threshold, current and frequency.</summary>
    LeadOff = 0x04,

    /// <summary>Gain and input of channel 1; those of channels 2 to 8 follow.</summary>
    Channel1 = 0x05,

    /// <summary>Gain and input of channel 2.</summary>
    Channel2 = 0x06,

    /// <summary>Gain and input of channel 3.</summary>
    Channel3 = 0x07,

    /// <summary>Gain and input of channel 4.</summary>
    Channel4 = 0x08,

    /// <summary>Gain and input of channel 5.</summary>
    Channel5 = 0x09,

    /// <summary>Gain and input of channel 6.</summary>
    Channel6 = 0x0A,

    /// <summary>Gain and input of channel 7.</summary>
    Channel7 = 0x0B,

    /// <summary>Gain and input of channel 8.</summary>
    Channel8 = 0x0C,

    /// <summary>Positive inputs that the right leg is driven from, a bit for each channel.</summary>
    RightLegSensePositive = 0x0D,

    /// <summary>Negative inputs that the right leg is driven from.</summary>
    RightLegSenseNegative = 0x0E,

    /// <summary>Positive inputs that are watched for lead-off.</summary>
    LeadOffSensePositive = 0x0F,

    /// <summary>Negative inputs that are watched for lead-off.</summary>
    LeadOffSenseNegative = 0x10,

    /// <summary>Channels whose lead-off current flows the other way.</summary>
    LeadOffFlip = 0x11,

    /// <summary>Which positive inputs are off; read only.</summary>
    LeadOffStatusPositive = 0x12,

    /// <summary>Which negative inputs are off; read only.</summary>
    LeadOffStatusNegative = 0x13,

    /// <summary>The four GPIO pins of the part.</summary>
    Gpio = 0x14,

    /// <summary>Outputs for an external pace detector.</summary>
    Pace = 0x15,

    /// <summary>Respiration (of the variant that has it).</summary>
    Respiration = 0x16,

    /// <summary>Respiration frequency, single shot, Wilson terminal to right leg, lead-off comparators.</summary>
    Config4 = 0x17,

    /// <summary>Wilson terminal, first amplifier, and augmented leads.</summary>
    Wilson1 = 0x18,

    /// <summary>Wilson terminal, second and third amplifier.</summary>
    Wilson2 = 0x19,
}
