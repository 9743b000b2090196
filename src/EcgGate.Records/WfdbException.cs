namespace EcgGate.Records;

/// <summary>
/// A WFDB record cannot be read or written: the message names the file and the line or byte, what was expected there, and
/// what to do about it.
/// </summary>
public sealed class WfdbException : RecordException
{
    /// <summary>Creates the exception without a message.</summary>
    public WfdbException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence for people.</param>
    public WfdbException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence for people.</param>
    /// <param name="innerException">The cause.</param>
    public WfdbException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    private WfdbException(string fileName, string? position, string problem, Exception? cause)
        : base(fileName, position, problem, cause)
    {
    }

    internal static WfdbException AtLine(string fileName, int line, string problem) => new(fileName, $"line {line}", problem, cause: null);

    internal static new WfdbException AtByte(string fileName, long position, string problem, Exception? cause = null) =>
        new(fileName, $"byte {position}", problem, cause);

    internal static new WfdbException InFile(string fileName, string problem, Exception? cause = null) => new(fileName, position: null, problem, cause);
}
