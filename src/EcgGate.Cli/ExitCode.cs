namespace EcgGate.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>Done, also when stopped early by Ctrl+C.</summary>
    public const int Good = 0;

    /// <summary>Done, and the verdict is bad: the referee found an unsafe pulse, or a limit is not met.</summary>
    public const int Unsafe = 1;

    /// <summary>Not done, or not all of it: bad input, a record that cannot be read, a device that failed.</summary>
    public const int Failed = 2;
}
