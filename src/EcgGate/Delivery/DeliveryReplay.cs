using EcgGate.Detection;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Delivery;

/// <summary>Makes a generator and the line that triggers it, on a clock that somebody else moves.</summary>
/// <param name="clock">The virtual time; while the line is being driven, the moment of that edge.</param>
public delegate (IPulseGenerator Generator, IPulseLine Line) VirtualGenerator(Func<MonotonicTime> clock);

/// <summary>A procedure in virtual time: the live core and session, as fast as the machine computes.</summary>
public static class DeliveryReplay
{
    private const double StepSeconds = 0.02;
    private static readonly double LastWordsSeconds = DeliverySession.ReadingPatience.TotalSeconds + 0.2;

    /// <summary>An operator who is always there, confirms at once, and leaves a pause to the plan's time limit.</summary>
    public static Action<DeliverySession, MonotonicTime> Confirming { get; } = static (session, now) =>
    {
        session.Heartbeat(now);
        if (session.State == DeliveryState.AwaitingConfirmation)
        {
            session.Confirm();
        }
    };

    /// <summary>Runs a procedure to its end, or to the end of the source.</summary>
    /// <param name="source">
    /// Read sample by sample, so that a patient who feels the pulses shows it in the next one; not disposed.
    /// </param>
    /// <param name="options">How to gate; the plan's needs are added.</param>
    /// <param name="protocol">The plan. Gated on the ECG.</param>
    /// <param name="connect">Makes the generator, which is disposed at the end.</param>
    /// <param name="operate">What the operator does, before each step.</param>
    /// <param name="sink">Takes the procedure's events.</param>
    /// <param name="events">Takes the gate's events; null for nobody.</param>
    /// <param name="sessionOptions">What else there is to say; null for the defaults.</param>
    /// <param name="inputs">Takes all that enters the core, for a record that can be replayed; null for nobody.</param>
    /// <param name="cancellation">Aborts the procedure.</param>
    /// <returns>The session, which is over.</returns>
    /// <exception cref="PulseProtocolException">The plan is not valid, beyond the generator, or not gated on the ECG.</exception>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public static DeliverySession Run(
        IEcgSource source,
        GateOptions options,
        PulseProtocol protocol,
        VirtualGenerator connect,
        Action<DeliverySession, MonotonicTime> operate,
        IDeliverySink sink,
        IGateEventSink? events = null,
        DeliverySessionOptions? sessionOptions = null,
        IGateInputSink? inputs = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(connect);
        ArgumentNullException.ThrowIfNull(operate);
        if (protocol.Gating != PulseGating.Ecg)
        {
            throw new PulseProtocolException(protocol.Name, [new ProtocolProblem("$.gating", "is fixedRate; an ECG is replayed only where it is gated on.")]);
        }

        options = protocol.ApplyTo(options);
        VirtualPulseTimer? timer = null;
        var (generator, line) = connect(() => timer?.Now ?? default);
        using (generator)
        using (timer = new VirtualPulseTimer(line))
        {
            var rate = source.Info.SamplingRateHertz;
            var sinks = new Relay(events);
            var core = new GateCore(options, rate, new RWaveDetector(rate), sinks, source.Info.LargestDelay) { Inputs = inputs };
            var timeline = new NominalTimeline(rate);
            var pump = new GatePump(core, timer, timeline, options.PulseWidth.Ticks * 100);
            var gate = new Gate(core, pump, timer);
            var session = new DeliverySession(protocol, gate, generator, sink, sessionOptions);
            sinks.Session = session;
            Run(source, rate, timeline, pump, gate, session, generator, timer, operate, cancellation);
            return session;
        }
    }

    private static void Run(
        IEcgSource source,
        double rate,
        NominalTimeline timeline,
        GatePump pump,
        Gate gate,
        DeliverySession session,
        IPulseGenerator generator,
        VirtualPulseTimer timer,
        Action<DeliverySession, MonotonicTime> operate,
        CancellationToken cancellation)
    {
        var one = new EcgSample[1];
        var perStep = Math.Max(1, (int)(rate * StepSeconds));
        var lastWords = (long)(rate * LastWordsSeconds);
        var untilStep = 0;
        session.Start(timer.Now);
        while (lastWords > 0 && source.Read(one).Count > 0)
        {
            timer.AdvanceTo(timeline.HostTimeOf(new SampleTime(one[0].Index)));
            gate.Obey();
            pump.Feed(in one[0]);
            lastWords -= session.IsOver ? 1 : 0;
            if (--untilStep > 0)
            {
                continue;
            }

            untilStep = perStep;
            if (cancellation.IsCancellationRequested)
            {
                session.Abort();
            }

            operate(session, timer.Now);
            DeliveryRunner.Step(session, gate, generator, timer.Now);
        }

        pump.Stop();
        if (!session.IsOver)
        {
            session.OnGateEnded(null);
            DeliveryRunner.Step(session, gate, generator, timer.Now);
        }
    }

    /// <summary>The core's events, to the session and to whoever else wants them.</summary>
    private sealed class Relay(IGateEventSink? events) : IGateEventSink
    {
        public DeliverySession? Session { get; set; }

        public void OnEvent(in GateEvent gateEvent)
        {
            events?.OnEvent(in gateEvent);
            Session?.OnGateEvent(in gateEvent);
        }
    }

    /// <summary>The core on this thread. A disarming from another one goes to the timer at once, and to the core with the next sample.</summary>
    private sealed class Gate(GateCore core, GatePump pump, VirtualPulseTimer timer) : IDeliveryGate
    {
        private volatile bool _isToDisarm;

        public bool Arm()
        {
            Obey();
            if (core.IsArmed)
            {
                pump.Renew();
                return true;
            }

            return pump.Arm();
        }

        public void Disarm()
        {
            timer.Disarm();
            _isToDisarm = true;
        }

        public bool Permit(long upToPulses, TimeSpan validFor)
        {
            Obey();
            if (!core.IsArmed)
            {
                return false;
            }

            pump.Permit(upToPulses, validFor);
            return true;
        }

        public void Obey()
        {
            if (_isToDisarm)
            {
                _isToDisarm = false;
                pump.Disarm();
            }
        }

        public void Report(DeliverySession session)
        {
            // The core tells it as it happens.
        }
    }
}
