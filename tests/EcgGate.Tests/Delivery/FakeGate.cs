using EcgGate.Delivery;
using EcgGate.Gating;
using EcgGate.Timing;

namespace EcgGate.Tests.Delivery;

/// <summary>A gate as the core keeps permits, whose beats a test makes.</summary>
internal sealed class FakeGate(FakeGenerator generator, Func<MonotonicTime> clock) : IDeliveryGate
{
    private readonly List<GateEvent> _events = [];
    private readonly Lock _lock = new();
    private long _permitted;
    private MonotonicTime _until;

    public bool IsArmed { get; private set; }

    /// <summary>It is closed: it cannot be armed.</summary>
    public bool IsClosed { get; set; }

    public long Pulses { get; private set; }

    public int Armings { get; private set; }

    /// <summary>Events are lost, as where the ring is full.</summary>
    public bool LosesEvents { get; set; }

    /// <summary>Events are held back.</summary>
    public bool HoldsEvents { get; set; }

    /// <summary>Called on the way into <see cref="Arm"/> and <see cref="Permit"/>.</summary>
    public Action? OnCall { get; set; }

    public string? Failure { get; set; }

    public bool Arm()
    {
        OnCall?.Invoke();
        lock (_lock)
        {
            IsArmed = !IsClosed;
            Armings++;
            return IsArmed;
        }
    }

    public void Disarm()
    {
        lock (_lock)
        {
            IsArmed = false;
            _permitted = 0;
        }
    }

    public bool Permit(long upToPulses, TimeSpan validFor)
    {
        OnCall?.Invoke();
        lock (_lock)
        {
            if (IsArmed)
            {
                _permitted = upToPulses;
                _until = clock() + validFor;
            }

            return IsArmed;
        }
    }

    public void Report(DeliverySession session)
    {
        if (!HoldsEvents)
        {
            foreach (var gateEvent in _events.ToArray())
            {
                session.OnGateEvent(in gateEvent);
            }

            _events.Clear();
        }

        if (Failure is not null)
        {
            session.OnGateEnded(Failure);
        }
    }

    public void Enter(GateState state, Reason reason = Reason.None) => _events.Add(new GateEvent(GateEventKind.StateChanged, 0, state, reason, default));

    /// <summary>A beat that is not fired on.</summary>
    public void Withhold(Reason reason) => Tell(Outcome.Withheld, reason);

    /// <summary>A good beat: an edge, where it is permitted.</summary>
    public bool Beat()
    {
        lock (_lock)
        {
            if (!IsArmed || Pulses >= _permitted || clock() > _until)
            {
                Tell(Outcome.Withheld, Reason.Recharging);
                return false;
            }

            Pulses++;
            generator.Trigger();
            Tell(Outcome.Fired, Reason.None);
            return true;
        }
    }

    private void Tell(Outcome outcome, Reason reason)
    {
        if (!LosesEvents)
        {
            _events.Add(new GateEvent(GateEventKind.BeatOutcome, 0, GateState.Ready, reason, default(BeatOutcome) with { Outcome = outcome, Reason = reason }));
        }
    }
}
