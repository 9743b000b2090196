namespace EcgGate.Records;

/// <summary>One signal of a record: a signal specification line of header(5). Immutable.</summary>
public sealed record WfdbSignal
{
    /// <summary>ADC units per physical unit that header(5) lets one assume where the gain is missing: 200.</summary>
    public const double DefaultGain = 200;

    /// <summary>File that holds the samples, relative to the header's folder; <c>~</c> for format 0.</summary>
    public required string FileName { get; init; }

    /// <summary>How the samples are stored.</summary>
    public required WfdbFormat Format { get; init; }

    /// <summary>Samples of this signal in each frame, 1 or more: it is sampled at so many times the record's rate.</summary>
    public int SamplesPerFrame { get; init; } = 1;

    /// <summary>Frames by which the stored signal precedes the others; they are skipped in reading.</summary>
    public int SkewFrames { get; init; }

    /// <summary>Bytes before the first sample in the file.</summary>
    public long ByteOffset { get; init; }

    /// <summary>
    /// ADC units per physical unit as the header has it; 0 says "not calibrated", null that the field is missing.
    /// See <see cref="EffectiveGain"/>.
    /// </summary>
    public double? Gain { get; init; }

    /// <summary>The sample value at 0 physical units; null where it is not given and <see cref="AdcZero"/> stands for it.</summary>
    public int? Baseline { get; init; }

    /// <summary>Physical unit such as <c>mV</c>; null where it is not given, which means mV.</summary>
    public string? Units { get; init; }

    /// <summary>Bits of the converter; null or 0 where unknown.</summary>
    public int? AdcResolution { get; init; }

    /// <summary>Sample value in the middle of the converter's range.</summary>
    public int AdcZero { get; init; }

    /// <summary>Value of the first sample; null where it is not given.</summary>
    public int? InitialValue { get; init; }

    /// <summary>Sum of all stored samples, modulo 65,536 and signed; null where it is not given.</summary>
    public short? Checksum { get; init; }

    /// <summary>Block size of the device; 0 for ordinary files.</summary>
    public int BlockSize { get; init; }

    /// <summary>What the signal is, usually the lead's name; null where it is not given.</summary>
    public string? Description { get; init; }

    /// <summary>The gain to reckon with: <see cref="DefaultGain"/> where the field is missing; 0 where the header says 0.</summary>
    public double EffectiveGain => Gain ?? DefaultGain;

    /// <summary>False where the gain is 0 or missing, so that amplitudes are only assumed.</summary>
    public bool IsCalibrated => Gain is not null and not 0;

    /// <summary>The sample value at 0 physical units: <see cref="Baseline"/>, or else <see cref="AdcZero"/>.</summary>
    public int EffectiveBaseline => Baseline ?? AdcZero;

    /// <summary>
    /// Millivolts in one physical unit: 1 for mV and where no unit is given, 0.001 for uV, 1,000 for V; null where the
    /// signal is no voltage.
    /// </summary>
    public double? MillivoltsPerUnit => Units switch
    {
        null or "mV" or "mv" or "MV" => 1,
        "uV" or "uv" or "µV" or "μV" or "microvolt" or "microvolts" => 1e-3,
        "V" or "v" or "volt" or "volts" => 1e3,
        "nV" => 1e-6,
        "millivolt" or "millivolts" => 1,
        _ => null,
    };

    /// <summary>A lead to be written, in mV, to the record's own signal file (<c>NAME.dat</c>).</summary>
    /// <param name="description">The lead's name, such as <c>MLII</c>.</param>
    /// <param name="gain">ADC units per mV.</param>
    /// <param name="format">How to store it.</param>
    /// <param name="baseline">The stored value at 0 mV.</param>
    public static WfdbSignal Lead(string description, double gain = DefaultGain, WfdbFormat format = WfdbFormat.Format16, int baseline = 0) =>
        new() { FileName = string.Empty, Format = format, Gain = gain, Baseline = baseline, Units = "mV", Description = description };

    /// <summary>The lead's name for people: the description, or <c>signal N</c>.</summary>
    internal string NameOr(int index) => string.IsNullOrWhiteSpace(Description) ? $"signal {index}" : Description;
}

/// <summary>One segment of a multi-segment record: a segment specification line of header(5).</summary>
/// <param name="RecordName">The single-segment record in the same folder; <c>~</c> for a gap without samples.</param>
/// <param name="LengthFrames">Its length in frames; 0 for the layout header of a variable-layout record.</param>
public readonly record struct WfdbSegment(string RecordName, long LengthFrames)
{
    /// <summary>True for a gap: all its samples are invalid.</summary>
    public bool IsGap => RecordName == "~";
}
