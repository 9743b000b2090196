using EcgGate.Delivery;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Timing;

namespace EcgGate.Emulator.Simulation;

/// <summary>What a procedure sees of the simulation around it.</summary>
internal interface IProcedureWorld
{
    /// <summary>Patient time.</summary>
    double Seconds { get; }

    /// <summary>The same on the host's clock.</summary>
    MonotonicTime HostNow { get; }

    /// <summary>The fault of a kind that goes on now, if there is one.</summary>
    SimulatedFault? Active(SimulatedFaultKind kind);

    /// <summary>The gate was armed.</summary>
    void Armed();

    /// <summary>The gate took a permit.</summary>
    void Permitted();

    /// <summary>The gate was disarmed.</summary>
    void Disarmed();

    /// <summary>The patient feels a pulse that no edge made.</summary>
    void Feel(double strength);
}

/// <summary>One procedure on one simulated engine: plan, generator, session, operator, and the referee of all that.</summary>
internal sealed class SimulatedProcedure : IDisposable
{
    private const double CloseEnough = 0.35;

    private static readonly DeliverySessionOptions SessionOptions = new();

    private readonly SeededRandom _random;
    private readonly IProcedureWorld _world;
    private readonly ProcedureReferee _referee;
    private readonly ProcedureFigures _figures;
    private readonly EmulatedHighVoltage _highVoltage;
    private readonly SimulatedGenerator _generator;
    private readonly IPulseGenerator _sessionsGenerator;
    private readonly Gate _gate;
    private readonly IDeliveryGate _sessionsGate;
    private readonly DeliverySession _session;
    private readonly double _hostPeriod;
    private readonly double _heartbeatPeriod;
    private double _hostAt;
    private double _heartbeatAt;
    private double _compareAt;
    private double _actAt;
    private DeliveryState _seen;
    private bool _isTold;
    private bool _isInterlockOpen;
    private MonotonicTime? _edge;
    private int _callsToAbort;

    public SimulatedProcedure(SeededRandom random, IProcedureWorld world, ProcedureFigures figures, Action<Invariant, double, string> breach, ProcedureHooks hooks)
    {
        _random = random;
        _world = world;
        _figures = figures;
        Plan = SimulatedPlan.Draw(random);
        _referee = new ProcedureReferee(SimulatedPlan.TermsOf(Plan, SessionOptions.PermitFor), breach);
        _highVoltage = new EmulatedHighVoltage(VirtualProcedure.For(Plan) with { Seed = random.NextUInt64(), WaveformsKept = 1 }, new FunctionPace(() => _edge ?? world.HostNow));
        _generator = new SimulatedGenerator(_highVoltage, random.NextDouble() < 0.5 ? 0 : random.Between(1, 1000))
        {
            Called = CountCall,
            Handed = _referee.Hand,
            Made = pulse =>
            {
                _figures.Made++;
                _figures.Stray += pulse.IsStray ? 1 : 0;
                _referee.Pulse(in pulse, _edge is null ? world.Seconds : EdgeSeconds);
            },
        };
        _sessionsGenerator = hooks.Generator(_generator);
        _gate = new Gate(this);
        _sessionsGate = hooks.Gate(_gate);
        _session = new DeliverySession(Plan, _sessionsGate, _sessionsGenerator, hooks.Sink(new Record(this)), SessionOptions);
        _hostPeriod = random.Uniform(0.01, 0.05);
        _heartbeatPeriod = Plan.Limits.HeartbeatSeconds * random.Uniform(0.1, 0.45);
        figures.Procedures++;
        figures.Planned += (long)Plan.Treatment.PulsesPerPair * Plan.Pairs.Count;
    }

    public PulseProtocol Plan { get; }

    /// <summary>It is over, and everything had its time to come in.</summary>
    public bool IsFinished { get; private set; }

    private double EdgeSeconds { get; set; }

    /// <summary>An engine has been started for it.</summary>
    public void Start(GateLoop loop, GateEventRing ring)
    {
        _gate.Loop = loop;
        _gate.Ring = ring;
        _referee.Started(_world.Seconds);
        _session.Start(_world.HostNow);
    }

    /// <summary>Its engine has ended.</summary>
    public void EndGate(bool isFault)
    {
        _gate.HasEnded = true;
        _gate.Failure = isFault ? "The source failed (simulated)." : null;
    }

    /// <summary>The line was told to rise.</summary>
    /// <returns>How strongly the patient feels it.</returns>
    public double Rise(double toldSeconds, MonotonicTime rose, bool rises)
    {
        _referee.Edge(toldSeconds);
        if (!rises)
        {
            return 0;
        }

        _edge = rose;
        EdgeSeconds = toldSeconds;
        var strength = _generator.Trigger(rose, isStray: false);
        _edge = null;
        return strength;
    }

    /// <summary>What begins now and is done with in a moment.</summary>
    public void Take(in SimulatedFault fault)
    {
        switch (fault.Kind)
        {
            case SimulatedFaultKind.Arc:
                _highVoltage.ArcNext(fault.Choice < 0.7 ? 1 : 3);
                break;
            case SimulatedFaultKind.CountJump:
                var pulses = 1 + (long)(fault.Size * 3);
                _figures.CountedFalsely += pulses;
                _referee.CountFalsely(pulses);
                _generator.CountFalsely(pulses);
                break;
            case SimulatedFaultKind.StrayPulse:
                var strength = _generator.Trigger(_world.HostNow, isStray: true);
                if (strength > 0)
                {
                    _world.Feel(strength);
                }

                break;
            case SimulatedFaultKind.OperatorPauses:
                _referee.AskPause();
                _session.Pause();
                break;
            case SimulatedFaultKind.OperatorResumes:
                _session.Resume();
                break;
            case SimulatedFaultKind.OperatorConfirms:
                Confirm();
                break;
            case SimulatedFaultKind.OperatorAborts when fault.Choice < 0.5:
                Abort();
                break;
            case SimulatedFaultKind.OperatorAborts:
                _callsToAbort = 1 + (int)(fault.Size * 6);
                break;
        }
    }

    /// <summary>Lets the operator, the generator's faults and the host do what they do now.</summary>
    public void Step()
    {
        BreakGenerator();
        Operate();
        if (_world.Active(SimulatedFaultKind.HostHangs) is null && _world.Seconds >= _hostAt)
        {
            StepHost();
        }
    }

    /// <summary>One round of the host.</summary>
    public void StepHost()
    {
        _hostAt = _world.Seconds + _hostPeriod;
        DeliveryRunner.Step(_session, _sessionsGate, _sessionsGenerator, _world.HostNow);
        _referee.Step(_world.Seconds);
        if (_isTold || _world.Seconds >= _compareAt)
        {
            _isTold = false;
            _compareAt = _world.Seconds + 0.5;
            Compare();
        }

        if (!IsFinished && _session.IsSettled)
        {
            IsFinished = true;
            _referee.End(_session.State == DeliveryState.Completed, _world.Seconds);
        }
    }

    public void Dispose() => _highVoltage.Dispose();

    private bool Is(SimulatedFaultKind kind) => _world.Active(kind) is not null;

    private void Compare()
    {
        var progress = _session.GetProgress();
        for (var i = 0; i < progress.Pairs.Count; i++)
        {
            _referee.Compare(i, progress.Pairs[i].Delivered, progress.Pairs[i].Failed, _world.Seconds);
        }

        _referee.CompareUnexpected(progress.UnexpectedPulses, _world.Seconds);
    }

    private void BreakGenerator()
    {
        _highVoltage.DoesNotCharge = Is(SimulatedFaultKind.GeneratorSlow);
        _highVoltage.VoltageShare = Is(SimulatedFaultKind.LowVoltage) ? 0.8 : 1;
        _highVoltage.ConductanceFactor = Is(SimulatedFaultKind.OverCurrent) ? 14
            : _world.Active(SimulatedFaultKind.RisingImpedance) is { } rising ? 1 - (0.8 * Math.Min(1, (_world.Seconds - rising.StartSeconds) / rising.Seconds))
            : 1;
        _generator.RefusesSettings = Is(SimulatedFaultKind.GeneratorRefuses);
        _generator.GarblesSettings = Is(SimulatedFaultKind.Garbled);
        _generator.LosesReadings = Is(SimulatedFaultKind.ReadingLost);
        _generator.HoldsReadings = _world.Active(SimulatedFaultKind.ReadingLate) is not null;
        _generator.SaysReadyAnyway = _world.Active(SimulatedFaultKind.ReadingLate)?.Choice < 0.5;
        if (Is(SimulatedFaultKind.Interlock) != _isInterlockOpen)
        {
            _isInterlockOpen = !_isInterlockOpen;
            if (_isInterlockOpen)
            {
                _highVoltage.Fail("The interlock is open (simulated).");
            }
            else
            {
                _highVoltage.Repair();
            }
        }

        for (var i = 0; i < Plan.Pairs.Count; i++)
        {
            bool On(SimulatedFaultKind kind) => _world.Active(kind) is { } fault && (int)(fault.Choice * Plan.Pairs.Count) == i;
            _highVoltage.SetContact(i, On(SimulatedFaultKind.OpenCircuit) ? ElectrodeContact.Open : On(SimulatedFaultKind.ShortCircuit) ? ElectrodeContact.Shorted : ElectrodeContact.Good);
        }
    }

    private void Operate()
    {
        var now = _world.Seconds;
        if (Is(SimulatedFaultKind.OperatorGone))
        {
            return;
        }

        if (now >= _heartbeatAt)
        {
            _heartbeatAt = now + _heartbeatPeriod;
            _session.Heartbeat(_world.HostNow);
            _referee.Heartbeat(now);
        }

        // Keys held down.
        if (_world.Active(SimulatedFaultKind.OperatorConfirms)?.Choice < CloseEnough)
        {
            Confirm();
        }

        if (_world.Active(SimulatedFaultKind.OperatorResumes)?.Choice < CloseEnough)
        {
            _session.Resume();
        }

        if (Is(SimulatedFaultKind.OperatorWaits))
        {
            return;
        }

        if (_session.State != _seen)
        {
            _seen = _session.State;
            _actAt = now + _random.Uniform(0.1, 4);
        }

        if (now < _actAt)
        {
            return;
        }

        _actAt = now + _random.Uniform(0.5, 5);
        switch (_seen)
        {
            case DeliveryState.AwaitingConfirmation:
                Confirm();
                break;
            case DeliveryState.Paused when _random.NextDouble() < 0.06:
                Abort();
                break;
            case DeliveryState.Paused:
                _session.Resume();
                break;
        }
    }

    private void Confirm()
    {
        _referee.Confirm();
        _session.Confirm();
    }

    private void Abort()
    {
        _session.Abort();
        _referee.Abort();
    }

    /// <summary>On the way into a call and out of it: a moment at which another thread may abort.</summary>
    private void CountCall()
    {
        if (_callsToAbort > 0 && --_callsToAbort == 0)
        {
            Abort();
        }
    }

    private void Note(in DeliveryEvent told)
    {
        _isTold = true;
        var at = _world.Seconds;
        switch (told.Kind)
        {
            case DeliveryEventKind.StateChanged:
                _referee.Enter(told.State switch
                {
                    DeliveryState.AwaitingConfirmation => ToldState.Awaiting,
                    DeliveryState.Treating => ToldState.Treating,
                    DeliveryState.Paused => ToldState.Paused,
                    DeliveryState.Completed or DeliveryState.Aborted => ToldState.Over,
                    _ => ToldState.Testing,
                });
                Count(in told);
                break;
            case DeliveryEventKind.Permitted:
                _figures.Permits++;
                break;
            case DeliveryEventKind.Resumed:
                _figures.Resumed++;
                break;
            case DeliveryEventKind.ImpedanceVerdict:
                _referee.Verdict(told.Pair, told.Counted, told.Ohms, at);
                break;
            case DeliveryEventKind.PairCompleted:
                _referee.CompletePair(told.Pair, at);
                break;
            case DeliveryEventKind.TestPulse:
                _figures.Tests++;
                Tell(ToldPulse.Test, in told);
                break;
            case DeliveryEventKind.TreatmentPulse:
                _figures.Treatments++;
                Tell(ToldPulse.Treatment, in told);
                break;
            case DeliveryEventKind.FailedPulse:
                _figures.Failed++;
                Tell(ToldPulse.Failed, in told);
                break;
            case DeliveryEventKind.UnexpectedPulse:
                _figures.Unexpected++;
                Tell(ToldPulse.Unexpected, in told);
                break;
        }
    }

    private void Tell(ToldPulse kind, in DeliveryEvent told) =>
        _referee.Tell(kind, told.Pulse.Number, told.Pair, told.Counted, told.Delivered, told.Failed, _world.Seconds);

    private void Count(in DeliveryEvent told)
    {
        switch (told.State)
        {
            case DeliveryState.Paused:
                _figures.Pause(told.Reason);
                break;
            case DeliveryState.Aborted:
                _figures.Abort(told.Reason);
                break;
            case DeliveryState.Completed:
                _figures.Completed++;
                break;
        }
    }

    /// <summary>The simulated engine as the procedure's gate.</summary>
    private sealed class Gate(SimulatedProcedure owner) : IDeliveryGate
    {
        public GateLoop Loop { get; set; } = null!; // Set before the session starts.

        public GateEventRing Ring { get; set; } = null!;

        public bool HasEnded { get; set; }

        public string? Failure { get; set; }

        public bool Arm()
        {
            owner.CountCall();
            var isArmed = Loop.Arm();
            if (isArmed)
            {
                owner._world.Armed();
            }

            owner.CountCall();
            return isArmed;
        }

        public void Disarm()
        {
            Loop.Disarm();
            owner._world.Disarmed();
        }

        public bool Permit(long upToPulses, TimeSpan validFor)
        {
            owner.CountCall();
            var isTaken = Loop.Permit(upToPulses, validFor);
            if (isTaken)
            {
                owner._world.Permitted();
                owner._referee.Permit(upToPulses, owner._world.Seconds);
            }

            owner.CountCall();
            return isTaken;
        }

        public void Report(DeliverySession session)
        {
            // Whoever lets the ring run full loses events; the readings are taken all the same.
            while (!owner.Is(SimulatedFaultKind.RingFull) && Ring.TryRead(out var gateEvent))
            {
                session.OnGateEvent(in gateEvent);
            }

            if (HasEnded)
            {
                session.OnGateEnded(Failure);
            }
        }
    }

    private sealed class Record(SimulatedProcedure owner) : IDeliverySink
    {
        public void OnDelivery(in DeliveryEvent deliveryEvent) => owner.Note(in deliveryEvent);
    }
}
