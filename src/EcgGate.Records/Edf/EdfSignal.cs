namespace EcgGate.Records.Edf;

/// <summary>One signal of an EDF or BDF file, as its header describes it. Immutable.</summary>
public sealed record EdfSignal
{
    /// <summary>What the signal is; EDF+ writes the kind first, such as <c>ECG II</c>. At most 16 characters.</summary>
    public required string Label { get; init; }

    /// <summary>The electrodes or the sensor; at most 80 characters.</summary>
    public string Transducer { get; init; } = string.Empty;

    /// <summary>Unit of the physical values, such as <c>mV</c> or <c>uV</c>; at most 8 characters.</summary>
    public string PhysicalDimension { get; init; } = string.Empty;

    /// <summary>The physical value at <see cref="DigitalMinimum"/>. Above <see cref="PhysicalMaximum"/> for an inverted lead.</summary>
    public double PhysicalMinimum { get; init; }

    /// <summary>The physical value at <see cref="DigitalMaximum"/>.</summary>
    public double PhysicalMaximum { get; init; }

    /// <summary>The smallest stored value.</summary>
    public int DigitalMinimum { get; init; }

    /// <summary>The largest stored value.</summary>
    public int DigitalMaximum { get; init; }

    /// <summary>Filters of the recorder, such as <c>HP:0.05Hz LP:100Hz</c>; at most 80 characters.</summary>
    public string Prefiltering { get; init; } = string.Empty;

    /// <summary>Samples of this signal in each data record.</summary>
    public int SamplesPerRecord { get; init; }

    /// <summary>True for the signal that holds annotations instead of samples.</summary>
    public bool IsAnnotations => Label is "EDF Annotations" or "BDF Annotations";

    /// <summary>Millivolts in one physical unit; null where the signal is no voltage or names no unit.</summary>
    public double? MillivoltsPerUnit => EcgLabels.MillivoltsPer(PhysicalDimension);

    /// <summary>A lead to be written, in mV.</summary>
    /// <param name="label">Its name, such as <c>ECG II</c>.</param>
    /// <param name="rangeMillivolts">The largest voltage, of either sign, that can be stored; above 0.</param>
    /// <param name="sampleBits">16 for EDF, 24 for BDF.</param>
    public static EdfSignal Lead(string label, double rangeMillivolts = 10, int sampleBits = 16) => new()
    {
        Label = label,
        PhysicalDimension = "mV",
        PhysicalMinimum = -rangeMillivolts,
        PhysicalMaximum = rangeMillivolts,
        DigitalMinimum = sampleBits == 24 ? -8_388_607 : -32_767,
        DigitalMaximum = sampleBits == 24 ? 8_388_607 : 32_767,
    };
}
