namespace EcgGate.Records;

/// <summary>
/// A record cannot be read or written, whatever its format: the message names the file and the line or byte, what was
/// expected there, and what to do about it.
/// </summary>
public class RecordException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public RecordException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence for people.</param>
    public RecordException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence for people.</param>
    /// <param name="innerException">The cause.</param>
    public RecordException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    private protected RecordException(string fileName, string? position, string problem, Exception? cause)
        : base(position is null ? $"{fileName}: {problem}" : $"{fileName}, {position}: {problem}", cause)
    {
        FileName = fileName;
        Position = position;
    }

    /// <summary>The file at fault, as it was named by the caller or found from the header.</summary>
    public string? FileName { get; }

    /// <summary>Where in the file, such as <c>line 3</c> (from 1) or <c>byte 1024</c> (from 0); null for the file as a whole.</summary>
    public string? Position { get; }

    internal static RecordException At(string fileName, string position, string problem) => new(fileName, position, problem, cause: null);

    internal static RecordException AtByte(string fileName, long position, string problem, Exception? cause = null) =>
        new(fileName, $"byte {position}", problem, cause);

    internal static RecordException InFile(string fileName, string problem, Exception? cause = null) => new(fileName, position: null, problem, cause);
}
