using EcgGate.Gating;
using EcgGate.Timing;

namespace EcgGate.Delivery;

/// <summary>What a <see cref="DeliveryEvent"/> tells.</summary>
public enum DeliveryEventKind
{
    /// <summary>The procedure changed state: <see cref="DeliveryEvent.State"/>, <see cref="DeliveryEvent.Reason"/>.</summary>
    StateChanged,

    /// <summary>It waits for something else than before: <see cref="DeliveryEvent.Wait"/>.</summary>
    WaitChanged,

    /// <summary>The generator was set for <see cref="DeliveryEvent.Pair"/>: the setting stands in <see cref="DeliveryEvent.Pulse"/>.</summary>
    GeneratorSet,

    /// <summary>One pulse was permitted.</summary>
    Permitted,

    /// <summary>A test pulse was measured: <see cref="DeliveryEvent.Pulse"/>.</summary>
    TestPulse,

    /// <summary>A pair's test is over: <see cref="DeliveryEvent.Ohms"/>, and in <see cref="DeliveryEvent.Reason"/> why it is refused.</summary>
    ImpedanceVerdict,

    /// <summary>A treatment pulse was delivered, and counts.</summary>
    TreatmentPulse,

    /// <summary>A pulse failed; <see cref="DeliveryEvent.Counted"/> says whether it counts towards the plan.</summary>
    FailedPulse,

    /// <summary>A pulse came that was not permitted. It does not count towards the plan.</summary>
    UnexpectedPulse,

    /// <summary>A pair got all its pulses.</summary>
    PairCompleted,

    /// <summary>The operator confirmed the treatment.</summary>
    Confirmed,

    /// <summary>The operator resumed.</summary>
    Resumed,
}

/// <summary>One event of a procedure. A plain value, for the recorder and for views.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="Time">The session's time at which it was noticed.</param>
/// <param name="State">The state after it.</param>
/// <param name="Reason">Why it paused, was aborted, or a test was refused; else <see cref="DeliveryReason.None"/>.</param>
/// <param name="Wait">What the procedure waits for.</param>
/// <param name="GateReason">Why the gate did not fire on the last beat, or inhibits; <see cref="Gating.Reason.None"/> where it does not matter.</param>
/// <param name="Pair">The pair in the plan's order, from 0; -1 where none is concerned.</param>
/// <param name="Delivered">Treatment pulses of this pair that count, after the event.</param>
/// <param name="Planned">Treatment pulses that the plan wants on this pair.</param>
/// <param name="Failed">Pulses on this pair that failed, test pulses included, after the event.</param>
/// <param name="Counted">For a pulse: whether it counts towards the plan, or towards the test.</param>
/// <param name="Ohms">The impedance measured, for a pulse or a verdict; NaN where there is none.</param>
/// <param name="Pulse">The generator's reading, for a pulse; its setting alone for <see cref="DeliveryEventKind.GeneratorSet"/>.</param>
public readonly record struct DeliveryEvent(
    DeliveryEventKind Kind,
    MonotonicTime Time,
    DeliveryState State,
    DeliveryReason Reason,
    DeliveryWait Wait,
    Reason GateReason,
    int Pair,
    int Delivered,
    int Planned,
    int Failed,
    bool Counted,
    double Ohms,
    PulseReading Pulse);

/// <summary>Takes the events of a procedure.</summary>
/// <remarks>
/// Called on the thread that runs the session, in order, while the session's lock is held: take the value, do not call
/// back, do not throw, do not block for long.
/// </remarks>
public interface IDeliverySink
{
    /// <summary>Takes one event.</summary>
    void OnDelivery(in DeliveryEvent deliveryEvent);
}
