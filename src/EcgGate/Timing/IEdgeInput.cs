namespace EcgGate.Timing;

/// <summary>An input that sees the pulse line from outside and stamps its rising edges: for loop-back measurement.</summary>
/// <remarks>One thread reads. Never on the pulse path.</remarks>
public interface IEdgeInput : IDisposable
{
    /// <summary>Takes the oldest rising edge that has not been taken yet; false, at once, if there is none.</summary>
    /// <param name="edge">When the line rose, on the clock of <see cref="MonotonicClock"/>.</param>
    bool TryTakeEdge(out MonotonicTime edge);

    /// <summary>Edges that were seen and lost because nobody took them in time.</summary>
    long Lost { get; }
}
