namespace EcgGate.Emulator.Boards;

/// <summary>How an emulated sound card is built, and what is out of true about it.</summary>
public sealed record EmulatedSoundCardOptions
{
    /// <summary>Frames per second. Default 48,000.</summary>
    public int RateHertz { get; init; } = 48_000;

    /// <summary>Channels of a frame; channel n hears lead n. Default 1.</summary>
    public int ChannelCount { get; init; } = 1;

    /// <summary>Bits of a sample, 16 or 32, little-endian, two's complement. Default 16.</summary>
    public int SampleBits { get; init; } = 16;

    /// <summary>How many frames it hands over at a time. Default 96, 2 ms.</summary>
    public int PeriodFrames { get; init; } = 96;

    /// <summary>How many frames it holds for a reader that is late. Default 9,600, 0.2 s.</summary>
    public int BufferFrames { get; init; } = 9_600;

    /// <summary>How many mV at the electrodes drive it to full scale. Default 5.</summary>
    public double FullScaleMillivolts { get; init; } = 5;

    /// <summary>
    /// Where the amplifier before the capacitor is at its limit, in mV at the electrodes. Default 5: an amplifier whose rails
    /// are just the card's full scale.
    /// </summary>
    public double AmplifierLimitMillivolts { get; init; } = 5;

    /// <summary>Corner of the capacitor before it, in Hz; 0 for none. Default 1.5, between the 1 and 2 Hz of usual cards.</summary>
    public double HighPassHertz { get; init; } = 1.5;

    /// <summary>How much longer than it says its periods are, in ppm. Default 0.</summary>
    public double PeriodErrorPartsPerMillion { get; init; }

    /// <summary>How old a frame is when it is converted, in s: the converter's own filter. Default 0.</summary>
    public double ConverterDelaySeconds { get; init; }

    /// <summary>Mean of an exponential lateness with which a reader wakes up, in us; on a clock of a test only. Default 0.</summary>
    public double WakeUpMicroseconds { get; init; }
}
