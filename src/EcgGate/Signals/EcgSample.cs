namespace EcgGate.Signals;

/// <summary>What the front end said about one sample beside its value.</summary>
[Flags]
public enum SampleStatus
{
    /// <summary>Nothing to say: the sample is good as far as the hardware can tell.</summary>
    None = 0,

    /// <summary>An electrode of lead 0 is off.</summary>
    Lead0Off = 1,

    /// <summary>An electrode of lead 1 is off.</summary>
    Lead1Off = 2,

    /// <summary>Lead 0 is at the converter's limit.</summary>
    Lead0Saturated = 4,

    /// <summary>Lead 1 is at the converter's limit.</summary>
    Lead1Saturated = 8,

    /// <summary>
    /// One or more samples were lost just before this one. <see cref="EcgSample.Index"/> counts on over the lost
    /// ones, so that time stays true.
    /// </summary>
    GapBefore = 16,

    /// <summary>Lead 0 has no value here (a record's "invalid sample" mark); it reads as the last valid value.</summary>
    Lead0Invalid = 32,

    /// <summary>Lead 1 has no value here; it reads as the last valid value.</summary>
    Lead1Invalid = 64,
}

/// <summary>One moment of the ECG: up to two leads, in millivolts, with what the hardware said about it.</summary>
/// <param name="Index">Which sample of the source this is, from 0. Rises by one, or by more after a gap.</param>
/// <param name="Lead0Millivolts">Lead 0, the lead that is gated on, in mV referred to the electrodes.</param>
/// <param name="Lead1Millivolts">Lead 1, in mV; 0 where the source has one lead only.</param>
/// <param name="Status">Lead-off, saturation and gap marks.</param>
public readonly record struct EcgSample(long Index, float Lead0Millivolts, float Lead1Millivolts, SampleStatus Status)
{
    /// <summary>A sample with nothing wrong and one lead.</summary>
    public EcgSample(long index, float lead0Millivolts)
        : this(index, lead0Millivolts, 0f, SampleStatus.None)
    {
    }
}
