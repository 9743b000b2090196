namespace EcgGate.Records.Wav;

/// <summary>How a WAV file is read. Immutable.</summary>
public sealed record WavReadOptions
{
    /// <summary>
    /// The leads to deliver, lead 0 first, by channel number from 0, or by name where <see cref="WavWriter"/> made the
    /// file; one or two. Null takes the first two channels.
    /// </summary>
    public IReadOnlyList<string>? Leads { get; init; }

    /// <summary>
    /// Millivolts at full scale (a sample of 1.0): what the amplifier and the sound card make of it. Null takes it from the
    /// file, where <see cref="WavWriter"/> made it, and refuses other files: audio has no unit.
    /// </summary>
    public double? FullScaleMillivolts { get; init; }

    /// <summary>
    /// True reads what is there where the file ends before its header says: the recording broke off. Default false refuses
    /// such a file.
    /// </summary>
    public bool AllowIncomplete { get; init; }

    internal static WavReadOptions Default { get; } = new();
}
