namespace EcgGate.Records.Sessions;

/// <summary>Something that is not as it was written, or not as it should be.</summary>
/// <param name="File">The file's name within the session's folder.</param>
/// <param name="Position">Where: a byte or a line.</param>
/// <param name="Text">What is wrong, in one sentence.</param>
/// <param name="IsTail">
/// It is the end of the file, as a crash leaves it: what stands before is whole. Else it is damage within.
/// </param>
public sealed record SessionFinding(string File, string Position, string Text, bool IsTail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}, {Position}: {Text}";
}
