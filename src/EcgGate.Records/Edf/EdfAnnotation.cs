namespace EcgGate.Records.Edf;

/// <summary>One annotation of an EDF+ or BDF+ file.</summary>
/// <param name="OnsetSeconds">
/// When it begins, in seconds after the file's start time; <see cref="EdfRecord.SampleOf"/> turns it into a sample.
/// </param>
/// <param name="DurationSeconds">How long it lasts, in seconds; null where the file does not say.</param>
/// <param name="Text">What it says.</param>
public readonly record struct EdfAnnotation(double OnsetSeconds, double? DurationSeconds, string Text);
