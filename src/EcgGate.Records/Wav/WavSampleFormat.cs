namespace EcgGate.Records.Wav;

/// <summary>How a WAV file stores its samples.</summary>
public enum WavSampleFormat
{
    /// <summary>8 bits, unsigned, 128 in the middle.</summary>
    Pcm8,

    /// <summary>16 bits, signed.</summary>
    Pcm16,

    /// <summary>24 bits, signed.</summary>
    Pcm24,

    /// <summary>32 bits, signed.</summary>
    Pcm32,

    /// <summary>32-bit floating point, full scale at 1.</summary>
    Ieee32,

    /// <summary>64-bit floating point, full scale at 1.</summary>
    Ieee64,
}

/// <summary>Figures of the sample formats.</summary>
internal static class WavSampleFormats
{
    public static int SampleBytes(this WavSampleFormat format) => format switch
    {
        WavSampleFormat.Pcm8 => 1,
        WavSampleFormat.Pcm16 => 2,
        WavSampleFormat.Pcm24 => 3,
        WavSampleFormat.Ieee64 => 8,
        _ => 4,
    };

    public static bool IsFloat(this WavSampleFormat format) => format is WavSampleFormat.Ieee32 or WavSampleFormat.Ieee64;
}
