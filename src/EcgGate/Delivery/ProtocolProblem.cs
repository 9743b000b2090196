namespace EcgGate.Delivery;

/// <summary>One thing that is wrong with a plan.</summary>
/// <param name="Path">Where: a JSON path such as <c>$.pairs[1].spacingCm</c>.</param>
/// <param name="Message">What, and what is allowed; goes on from the path.</param>
/// <param name="Line">The line in the file, from 1; 0 where the plan has none.</param>
public readonly record struct ProtocolProblem(string Path, string Message, int Line = 0)
{
    /// <summary>As it is printed.</summary>
    public override string ToString() => Line > 0 ? $"{Path} (line {Line}): {Message}" : $"{Path}: {Message}";
}

/// <summary>A plan is none that may be used.</summary>
public sealed class PulseProtocolException : Exception
{
    /// <summary>Creates it.</summary>
    public PulseProtocolException(string name, IReadOnlyList<ProtocolProblem> problems)
        : base($"{name}: {problems.Count} problem{(problems.Count == 1 ? "" : "s")}\n  {string.Join("\n  ", problems)}")
    {
        Name = name;
        Problems = problems;
    }

    /// <summary>Creates it without a list.</summary>
    public PulseProtocolException(string message)
        : this(message, [])
    {
    }

    /// <summary>The file, or what the plan is called.</summary>
    public string Name { get; }

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<ProtocolProblem> Problems { get; }
}
