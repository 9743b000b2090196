namespace EcgGate.Records;

/// <summary>A format that <see cref="EcgFile"/> reads.</summary>
public enum EcgFileFormat
{
    /// <summary>A WFDB record: a header file (<c>.hea</c>) with its signal files.</summary>
    Wfdb,

    /// <summary>EDF, EDF+, BDF or BDF+.</summary>
    Edf,

    /// <summary>A text table with a header line.</summary>
    Csv,

    /// <summary>RIFF/WAVE audio.</summary>
    Wav,
}

/// <summary>How <see cref="EcgFile.Open"/> reads a record. Each option regards the formats that it names. Immutable.</summary>
public sealed record EcgFileOptions
{
    /// <summary>
    /// All formats: the leads to deliver, lead 0 first, by name or by number from 0; one or two. Null takes the format's
    /// default, mostly the first two voltages.
    /// </summary>
    public IReadOnlyList<string>? Leads { get; init; }

    /// <summary>CSV: samples per second, where the file does not say.</summary>
    public double? SamplingRateHertz { get; init; }

    /// <summary>EDF and CSV: the unit of signals that name none, such as <c>mV</c>.</summary>
    public string? Unit { get; init; }

    /// <summary>WAV: millivolts at full scale.</summary>
    public double? FullScaleMillivolts { get; init; }

    /// <summary>WFDB: ADC units per mV of leads whose header says "not calibrated".</summary>
    public double? UncalibratedGain { get; init; }

    /// <summary>EDF and WAV: true reads what is there of a recording that broke off. Default false.</summary>
    public bool AllowIncomplete { get; init; }

    /// <summary>
    /// All formats: records at a higher rate are brought to one between 500 and 1,000 Hz by a
    /// <see cref="DecimatedSource"/>. Default 2,000 Hz, the highest that the detector takes; null leaves every rate as it is.
    /// </summary>
    public double? HighestRateHertz { get; init; } = DecimatedSource.HighestRateHertz;

    internal static EcgFileOptions Default { get; } = new();
}

/// <summary>A record that was found in a folder.</summary>
/// <param name="Name">Its name: the path below the folder without the ending, with <c>/</c>.</param>
/// <param name="Path">The file to give to <see cref="EcgFile.Open"/>; of a WFDB record the header.</param>
/// <param name="Format">Its format.</param>
public sealed record EcgRecordFile(string Name, string Path, EcgFileFormat Format)
{
    /// <summary>Where a WFDB annotation file of this record would lie: beside it, <c>NAME.atr</c> for reference beats.</summary>
    /// <remarks>Any format may have one. It counts in samples of the file, before any <see cref="DecimatedSource"/>.</remarks>
    public string AnnotationPath(string annotator) => System.IO.Path.ChangeExtension(Path, annotator);
}
