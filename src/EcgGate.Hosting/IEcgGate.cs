using EcgGate.Gating;

namespace EcgGate.Hosting;

/// <summary>The hosted gate, as the rest of an application sees it. Every member may be used from any thread.</summary>
public interface IEcgGate
{
    /// <summary>Where the gate stands, as the last event told; at most one collection old.</summary>
    GateState State { get; }

    /// <summary>Why the state was entered last: what inhibits, what faulted; <see cref="Reason.None"/> on the way forward.</summary>
    Reason StateReason { get; }

    /// <summary>True from the host's start until the source has ended, failed, or the host stops.</summary>
    bool IsRunning { get; }

    /// <summary>Why the engine ended by itself; null where it did not.</summary>
    Exception? Failure { get; }

    /// <summary>The ledger's counts so far, of one moment.</summary>
    GateCounts Counts { get; }

    /// <summary>The beat that was judged last; null before the first.</summary>
    BeatOutcome? LastBeat { get; }

    /// <summary>
    /// Arms, as <see cref="GateEngine.Arm"/> does: learning begins with the first beat, and the arming runs out in the end.
    /// </summary>
    /// <returns>False once the engine has ended, or before the host has started it.</returns>
    bool Arm();

    /// <summary>Disarms: no edge begins after this has returned.</summary>
    void Disarm();

    /// <summary>
    /// Follows the events from now on. A subscriber that falls behind by <see cref="EcgGateHostOptions.SubscriberCapacity"/>
    /// loses the oldest, which its subscription counts; nobody else is held up. Dispose it to end it.
    /// </summary>
    GateEventSubscription Subscribe();

    /// <summary>The events from now on, until the engine has ended or the caller cancels.</summary>
    /// <param name="cancellation">Ends the sequence with an <see cref="OperationCanceledException"/>.</param>
    IAsyncEnumerable<GateEvent> ReadEventsAsync(CancellationToken cancellation = default);
}
