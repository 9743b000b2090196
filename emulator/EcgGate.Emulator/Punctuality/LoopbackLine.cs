using EcgGate.Timing;

namespace EcgGate.Emulator.Punctuality;

/// <summary>An emulated pulse line and the input that sees it: each rising edge is stamped where it happens.</summary>
/// <remarks>One thread drives, one reads. Nothing is allocated, no lock is taken.</remarks>
public sealed class LoopbackLine : IPulseLine, IEdgeInput
{
    private readonly SpscRing<MonotonicTime> _edges = new(1024);
    private bool _isHigh;

    /// <inheritdoc/>
    public long Lost => _edges.Dropped;

    /// <inheritdoc/>
    public bool TryRaise()
    {
        if (!_isHigh)
        {
            _isHigh = true;
            _ = _edges.TryWrite(MonotonicClock.Now);
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryLower()
    {
        _isHigh = false;
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeEdge(out MonotonicTime edge) => _edges.TryRead(out edge);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
