namespace EcgGate.Validation;

/// <summary>One beat of an annotator: where it is and what kind.</summary>
/// <param name="Sample">Position in samples since the start of the record.</param>
/// <param name="Symbol">Annotation symbol of the MIT alphabet, such as <c>N</c>, <c>V</c> or <c>/</c>.</param>
public readonly record struct BeatLabel(long Sample, char Symbol);

/// <summary>One annotation as it stands in a file: a beat, or a mark that is none.</summary>
/// <param name="Sample">Position in samples since the start of the record.</param>
/// <param name="Symbol">
/// Annotation symbol of the MIT alphabet; <c>[</c> and <c>]</c> begin and end ventricular flutter or fibrillation,
/// <c>~</c> is a change of signal quality.
/// </param>
/// <param name="Subtype">
/// For <c>~</c>: bit 4 set if signal 0 is unreadable, bit 5 if signal 1 is. Not used for other symbols.
/// </param>
/// <param name="Aux">Text that goes with it; null where there is none.</param>
public readonly record struct AnnotationMark(long Sample, char Symbol, int Subtype = 0, string? Aux = null);

/// <summary>Why a stretch of a record is not compared beat by beat.</summary>
public enum IntervalKind
{
    /// <summary>Ventricular flutter or fibrillation, between <c>[</c> and <c>]</c>.</summary>
    VentricularFlutter,

    /// <summary>No signal is readable, after a <c>~</c> that says so.</summary>
    Shutdown,
}

/// <summary>A stretch of a record, both ends included.</summary>
/// <param name="Start">First sample.</param>
/// <param name="End">Last sample; <see cref="long.MaxValue"/> where the record ends before the stretch does.</param>
/// <param name="Kind">What is the matter with it.</param>
public readonly record struct MarkedInterval(long Start, long End, IntervalKind Kind)
{
    /// <summary>Whether a sample lies within.</summary>
    public bool Contains(long sample) => Start <= sample && sample <= End;
}
