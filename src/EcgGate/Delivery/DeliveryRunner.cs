using EcgGate.Timing;

namespace EcgGate.Delivery;

/// <summary>Runs a procedure live: gate, generator and session on one thread of the host's.</summary>
/// <remarks>
/// <see cref="Run"/> is called once, on a thread that may be stopped by a garbage collection or a blocking driver at any
/// time: the pulse path is the gate's, and a permit holds for one pulse. <see cref="Session"/> takes the operator's words
/// from any thread. A view or a keyboard loop must call <see cref="DeliverySession.Heartbeat"/>: the runner does not, since
/// it would say that somebody watches where nobody does.
/// </remarks>
public sealed class DeliveryRunner
{
    private const long StepNanoseconds = 10_000_000;

    private readonly IDeliveryGate _gate;
    private readonly IPulseGenerator _generator;

    /// <summary>Puts a procedure together.</summary>
    /// <param name="protocol">The plan.</param>
    /// <param name="gate">An <see cref="EngineGate"/> whose engine runs, or a <see cref="FixedRateGate"/>.</param>
    /// <param name="generator">The generator; not disposed.</param>
    /// <param name="sink">Takes the procedure's events, on the thread of <see cref="Run"/>.</param>
    /// <param name="options">What else there is to say; null for the defaults.</param>
    /// <exception cref="PulseProtocolException">The plan is not valid, or beyond the generator.</exception>
    public DeliveryRunner(PulseProtocol protocol, IDeliveryGate gate, IPulseGenerator generator, IDeliverySink sink, DeliverySessionOptions? options = null)
    {
        Session = new DeliverySession(protocol, gate, generator, sink, options);
        _gate = gate;
        _generator = generator;
    }

    /// <summary>The procedure.</summary>
    public DeliverySession Session { get; }

    /// <summary>Runs until the procedure is over. Whatever happens, the gate is disarmed and the generator isolated then.</summary>
    /// <param name="cancellation">Aborts, at once, on the thread that cancels.</param>
    /// <returns><see cref="DeliveryState.Completed"/> or <see cref="DeliveryState.Aborted"/>.</returns>
    public DeliveryState Run(CancellationToken cancellation = default)
    {
        using var abort = cancellation.Register(static session => ((DeliverySession)session!).Abort(), Session);
        try
        {
            Session.Start(MonotonicClock.Now);
            while (true)
            {
                Step(Session, _gate, _generator, MonotonicClock.Now);

                // An edge that was just made when it ended still has its reading to come.
                if (Session.IsSettled)
                {
                    break;
                }

                MonotonicClock.SleepUntil(MonotonicClock.Now.AddNanoseconds(StepNanoseconds));
            }

            return Session.State;
        }
        finally
        {
            Session.Abort();
        }
    }

    /// <summary>One round, in the order that the session needs.</summary>
    internal static void Step(DeliverySession session, IDeliveryGate gate, IPulseGenerator generator, MonotonicTime now)
    {
        gate.Report(session);
        var count = generator.PulseCount;
        var state = generator.State;
        while (generator.TryReadPulse(out var reading))
        {
            session.OnReading(in reading);
        }

        session.Step(now, state, count);
    }
}
