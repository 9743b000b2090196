using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;

namespace EcgGate;

/// <summary>What kind of thing a <see cref="GateEvent"/> tells.</summary>
public enum GateEventKind
{
    /// <summary>A beat got its outcome: <see cref="GateEvent.Beat"/>.</summary>
    BeatOutcome,

    /// <summary>
    /// The gate changed state, or what inhibits it became graver: <see cref="GateEvent.State"/> and
    /// <see cref="GateEvent.Reason"/>.
    /// </summary>
    StateChanged,

    /// <summary>The verifier took back an earlier decision; <see cref="GateEvent.Beat"/> holds its R time.</summary>
    BeatRefuted,

    /// <summary>
    /// The host said how many pulses there may be: <see cref="GateEvent.PermittedPulses"/>, until
    /// <see cref="GateEvent.PermittedUntil"/>.
    /// </summary>
    Permitted,
}

/// <summary>One event of the gate. A plain value, for a ring.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="SampleIndex">The sample with which it happened.</param>
/// <param name="State">The state after it.</param>
/// <param name="Reason">
/// Why the state changed: what inhibits or faults, for learning anew what had inhibited before, for disarming whether it
/// was asked for (<see cref="Reason.NotArmed"/>) or ran out (<see cref="Reason.Expired"/>). <see cref="Reason.None"/>
/// on the way forward (armed as asked, first beat, rhythm known), and for other kinds of event.
/// </param>
/// <param name="Beat">The ledger line, for <see cref="GateEventKind.BeatOutcome"/>.</param>
public readonly record struct GateEvent(GateEventKind Kind, long SampleIndex, GateState State, Reason Reason, BeatOutcome Beat)
{
    /// <summary>
    /// For <see cref="GateEventKind.Permitted"/>: how many pulses there may have been in all. Shares its place with the
    /// beat's number.
    /// </summary>
    public long PermittedPulses => Kind == GateEventKind.Permitted ? Beat.BeatNumber : 0;

    /// <summary>
    /// For <see cref="GateEventKind.Permitted"/>: the last moment at which a pulse may be due. Shares its place with the
    /// pulse's time.
    /// </summary>
    public SampleTime PermittedUntil => Kind == GateEventKind.Permitted ? Beat.PulseTime : new SampleTime(double.NaN);
}

/// <summary>Takes the gate's events, on the thread that runs the core. Must not block, allocate or throw.</summary>
public interface IGateEventSink
{
    /// <summary>Takes one event.</summary>
    void OnEvent(in GateEvent gateEvent);
}

/// <summary>A pulse that the core wants, on the source's time axis.</summary>
/// <param name="BeatNumber">The beat, from 1.</param>
/// <param name="Deadline">When the edge is due: R plus the target delay.</param>
/// <param name="LatestEdge">The last moment at which the edge may begin.</param>
public readonly record struct GateOrder(long BeatNumber, SampleTime Deadline, SampleTime LatestEdge);
