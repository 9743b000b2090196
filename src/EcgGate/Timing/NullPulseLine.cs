namespace EcgGate.Timing;

/// <summary>A line that leads nowhere: every call succeeds and nothing happens. For dry runs. Thread-safe.</summary>
public sealed class NullPulseLine : IPulseLine
{
    /// <inheritdoc/>
    public bool TryRaise() => true;

    /// <inheritdoc/>
    public bool TryLower() => true;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
