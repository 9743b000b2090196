using EcgGate.Timing;

namespace EcgGate.Emulator.Boards;

/// <summary>A clock that somebody else moves, as a virtual timer does: it can be read, not waited on.</summary>
/// <param name="now">Reads it; thread-safe.</param>
public sealed class FunctionPace(Func<MonotonicTime> now) : IEmulatorClock
{
    /// <inheritdoc/>
    public MonotonicTime Now => now();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The moment has not come: who moves the clock would never get to it.</exception>
    public bool SleepUntil(MonotonicTime time, CancellationToken cancellationToken) =>
        Now >= time ? !cancellationToken.IsCancellationRequested : throw new InvalidOperationException("This clock is moved by whoever would be kept waiting.");

    /// <inheritdoc/>
    public void Idle(CancellationToken cancellationToken)
    {
    }

    /// <inheritdoc/>
    public void Spend(long nanoseconds)
    {
    }
}
