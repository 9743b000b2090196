namespace EcgGate.Cli;

/// <summary>What was asked for cannot be done: one sentence for people, printed without a stack trace, exit code 2.</summary>
internal sealed class CliException : Exception
{
    public CliException()
    {
    }

    public CliException(string message)
        : base(message)
    {
    }

    public CliException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
