using EcgGate.Delivery;
using EcgGate.Gating;
using EcgGate.Timing;

namespace EcgGate.Tests.Delivery;

/// <summary>A procedure on a fake gate and generator, and a clock that the test moves.</summary>
internal sealed class Procedure : IDeliverySink
{
    private MonotonicTime _now = new(5_000_000_000);

    public Procedure(PulseProtocol? protocol = null, DeliverySessionOptions? options = null)
    {
        Generator = new FakeGenerator(() => _now);
        Gate = new FakeGate(Generator, () => _now);
        Session = new DeliverySession(protocol ?? Plans.Small, Gate, Generator, this, options);
    }

    public FakeGenerator Generator { get; }

    public FakeGate Gate { get; }

    public DeliverySession Session { get; }

    public List<DeliveryEvent> Events { get; } = [];

    public MonotonicTime Now => _now;

    /// <summary>The operator looks at the screen.</summary>
    public bool IsWatched { get; set; } = true;

    public DeliveryProgress Progress => Session.GetProgress();

    public IEnumerable<DeliveryState> States => Events.Where(each => each.Kind == DeliveryEventKind.StateChanged).Select(each => each.State);

    public void OnDelivery(in DeliveryEvent deliveryEvent) => Events.Add(deliveryEvent);

    /// <summary>One round of the host's thread, some time later.</summary>
    public Procedure Step(int milliseconds = 20)
    {
        _now = _now.AddNanoseconds(milliseconds * 1_000_000L);
        if (IsWatched)
        {
            Session.Heartbeat(_now);
        }

        DeliveryRunner.Step(Session, Gate, Generator, _now);
        return this;
    }

    public Procedure Start()
    {
        Session.Start(_now);
        Gate.Enter(GateState.Ready);
        return Step();
    }

    /// <summary>Steps until something is so.</summary>
    public Procedure Until(Func<bool> isSo, int steps = 2000)
    {
        for (var i = 0; i < steps && !isSo(); i++)
        {
            Step();
        }

        isSo().Should().BeTrue("it is {0}, waits for {1}, {2}", Session.State, Progress.Wait, Progress.Reason);
        return this;
    }

    public Procedure UntilState(DeliveryState state) => Until(() => Session.State == state);

    /// <summary>Beats once in a second until so many pulses came.</summary>
    public Procedure Beat(int pulses)
    {
        for (var i = 0; i < pulses; i++)
        {
            var made = false;
            for (var beats = 0; beats < 30 && !made; beats++)
            {
                made = Gate.Beat();
                for (var ms = 0; ms < 1000; ms += 20)
                {
                    Step();
                }
            }

            made.Should().BeTrue("it is {0}, waits for {1}, {2}", Session.State, Progress.Wait, Progress.Reason);
        }

        return this;
    }

    /// <summary>To the first treatment pulse's permit.</summary>
    public Procedure ToTreatment()
    {
        Start().UntilState(DeliveryState.Testing);
        Beat(Session.Protocol.Pairs.Count * Session.Protocol.Test.Pulses).UntilState(DeliveryState.AwaitingConfirmation);
        Session.Confirm();
        return UntilState(DeliveryState.Treating);
    }
}
