namespace EcgGate.Hardware.Converters;

/// <summary>What a source has seen of its converter and of its host since it was opened.</summary>
/// <param name="Samples">Samples given.</param>
/// <param name="LostSamples">Samples that were not, for whatever reason; each is in a gap that was reported.</param>
/// <param name="FailedReads">Reads that the converter did not answer, or answered with what is no conversion.</param>
/// <param name="LateReads">Samples lost because the host came too late for them.</param>
/// <param name="DoubtfulReads">Samples left out because it is not known to which moment they belong.</param>
/// <param name="SpuriousPulses">Pulses of a ready line that came where none can be.</param>
/// <param name="WorstLatenessNanoseconds">The latest that the host came for a sample that was given, in ns.</param>
public readonly record struct ConverterStatistics(
    long Samples,
    long LostSamples,
    long FailedReads,
    long LateReads,
    long DoubtfulReads,
    long SpuriousPulses,
    long WorstLatenessNanoseconds);
