namespace EcgGate.Records;

/// <summary>One annotation: a mark at a sample.</summary>
/// <param name="Sample">Where it stands: samples (frames) from the record's start.</param>
/// <param name="Code">What it says.</param>
/// <param name="SubType">Refines the code, such as which signals are noisy.</param>
/// <param name="Channel">The signal it belongs to; carried over to later annotations in the file.</param>
/// <param name="Number">A number of the annotator's own; carried over to later annotations in the file.</param>
/// <param name="Aux">Text that goes with it, such as <c>(AFIB</c>; null where there is none. At most 255 bytes of UTF-8 when written.</param>
public readonly record struct Annotation(
    long Sample, AnnotationCode Code, sbyte SubType = 0, byte Channel = 0, sbyte Number = 0, string? Aux = null)
{
    /// <summary>True for beats; see <see cref="AnnotationCodes.IsBeat"/>.</summary>
    public bool IsBeat => Code.IsBeat();
}
