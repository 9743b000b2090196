using EcgGate.Gating;
using EcgGate.Timing;

namespace EcgGate.Delivery;

/// <summary>
/// A procedure as a state machine: test pulses, impedance, the operator's word, treatment. It permits one pulse at a time,
/// counts each by the generator's own reading, and stops by rule.
/// </summary>
/// <remarks>
/// <para>
/// No clock, no thread, no waiting inside: time comes with <see cref="Step"/>, and equal inputs give equal outputs. One
/// thread, the host's, feeds it: what the gate reports, then the generator's state and count, then all its readings, then
/// <see cref="Step"/> with that state and count, some fifty times a second. This order matters: a generator that was ready
/// before its readings were taken has made no pulse that is not among them.
/// </para>
/// <para>
/// <see cref="Abort"/>, <see cref="Confirm"/>, <see cref="Pause"/>, <see cref="Resume"/>, <see cref="Heartbeat"/> and
/// <see cref="GetProgress"/> may be called from any thread. <see cref="Abort"/> takes no lock and waits for nobody: it
/// disarms the gate and isolates the generator itself, on the caller's thread. What the host's thread was about to arm or
/// set at that moment it takes back as soon as the call returns; until then no pulse can come of it, since the arming is
/// new and has no permit.
/// </para>
/// <para>
/// Pulses are counted thrice: edges by the gate, pulses by the generator, readings here. A permit is a total (see
/// <see cref="IDeliveryGate.Permit"/>): the pulses known plus one. So whatever is late, lost or repeated between the three,
/// there is never more than one pulse that this session has not asked for by name.
/// </para>
/// </remarks>
public sealed class DeliverySession
{
    /// <summary>How many readings <see cref="DeliveryProgress.Trend"/> holds.</summary>
    public const int TrendLength = 100;

    private const int FirstPulses = 3;
    private const int PaceNeeds = 5;
    private const int CommandConfirm = 1;
    private const int CommandPause = 2;
    private const int CommandResume = 4;
    internal static readonly TimeSpan ReadingPatience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The gate keeps the interval exactly; the session grants earlier by this, so that the beat at its very end is not lost
    /// to the time that a step takes.
    /// </summary>
    private static readonly TimeSpan EarlyGrant = TimeSpan.FromMilliseconds(400);

    private readonly PulseProtocol _protocol;
    private readonly IDeliveryGate _gate;
    private readonly IPulseGenerator _generator;
    private readonly IDeliverySink _sink;
    private readonly DeliverySessionOptions _options;
    private readonly Pair[] _pairs;
    private readonly Queue<PulseReading> _trend = new();
    private readonly Lock _lock = new();

    private int _abort;
    private int _commands;
    private long _heartbeat = long.MinValue;
    private volatile int _state;

    private MonotonicTime _now;
    private MonotonicTime _startedAt;
    private MonotonicTime _overAt;
    private DeliveryReason _reason;
    private DeliveryWait _wait;
    private string? _problem;
    private int _trendPair = -1;
    private int _pair = -1;
    private bool _isConfirmed;

    private GateState _gateState;
    private Reason _gateReason;
    private long _edges;
    private MonotonicTime _edgeAt;
    private bool _isEdgeNew;
    private MonotonicTime? _untoldSince;
    private MonotonicTime? _unreadSince;
    private long _lastCount;
    private string? _generatorProblem;
    private bool _gateEnded;

    private PulseSetting? _setting;
    private GeneratorState _generatorState;
    private long _countBefore;
    private long _pulses;
    private long _ignoredEdges;
    private MonotonicTime? _notReadySince;

    private long _permitted;
    private bool _permitHolds;
    private MonotonicTime _permitEndedAt;
    private bool _permitIsTest;
    private int _permitPair;
    private MonotonicTime _renewAt;
    private MonotonicTime? _beatWaitSince;
    private MonotonicTime _notBefore;
    private TimeSpan _rest;
    private bool _isTrainPause;

    // What happened since the policy looked last.
    private bool _gateLost;
    private bool _refused;
    private bool _wrongSetting;
    private bool _pulseMissing;
    private bool _readingLost;
    private PulseFault _fault;
    private double _ohms = double.NaN;
    private DeliveryReason _testRefused;

    private int _unexpected;
    private bool _unexpectedNow;
    private int _lowVoltages;
    private MonotonicTime? _lastPulseAt;
    private TimeSpan _paceSum;
    private int _paceCount;

    /// <summary>Takes a plan; nothing is armed.</summary>
    /// <param name="protocol">The plan, which is checked against the generator's limits.</param>
    /// <param name="gate">A gate that has made no pulse yet; disarmed and serving this session alone.</param>
    /// <param name="generator">The generator; not disposed by the session.</param>
    /// <param name="sink">Takes the events.</param>
    /// <param name="options">What else there is to say; null for the defaults.</param>
    /// <exception cref="PulseProtocolException">The plan is not valid, or beyond the generator.</exception>
    public DeliverySession(PulseProtocol protocol, IDeliveryGate gate, IPulseGenerator generator, IDeliverySink sink, DeliverySessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(sink);
        _options = options ?? new DeliverySessionOptions();
        var problems = new List<ProtocolProblem>(protocol.Validate(generator.Limits));
        if (protocol.Gating == PulseGating.FixedRate && !_options.AllowFixedRate)
        {
            problems.Add(new ProtocolProblem("$.gating", "is fixedRate: pulses that no ECG times. The caller must allow it too, for a phantom."));
        }

        if (problems.Count > 0)
        {
            throw new PulseProtocolException(protocol.Name, problems);
        }

        // Absurd expectations are refused here, not in the middle of a procedure.
        _ = protocol.EstimateInterval(_options.ExpectedRatePerMinute, _options.ExpectedYield);
        _protocol = protocol;
        _gate = gate;
        _generator = generator;
        _sink = sink;
        _pairs = [.. protocol.Pairs.Select(_ => new Pair())];
    }

    /// <summary>The plan.</summary>
    public PulseProtocol Protocol => _protocol;

    /// <summary>Where it stands. Any thread.</summary>
    public DeliveryState State => (DeliveryState)_state;

    /// <summary>It is over, one way or the other. Any thread.</summary>
    public bool IsOver => State is DeliveryState.Completed or DeliveryState.Aborted;

    /// <summary>
    /// It is over, and by the last step all that was under way had its time to come in: nothing more is to be stepped.
    /// Host's thread.
    /// </summary>
    internal bool IsSettled => IsOver && _unreadSince is null && Since(_overAt) > ReadingPatience;

    private bool AbortRequested
    {
        get
        {
            // Against Abort's own order, flag then outputs: one of the two sees the other.
            Interlocked.MemoryBarrier();
            return Volatile.Read(ref _abort) != 0;
        }
    }

    private long EdgesAccounted => _pulses + _ignoredEdges;

    /// <summary>Arms the gate and sets the generator for the first test pulse. Host's thread.</summary>
    /// <exception cref="InvalidOperationException">Started before.</exception>
    public void Start(MonotonicTime now)
    {
        lock (_lock)
        {
            if (State != DeliveryState.Planned)
            {
                throw new InvalidOperationException("A procedure starts once; make a new session.");
            }

            _now = _startedAt = now;
            Heartbeat(now);
            _countBefore = _lastCount = _generator.PulseCount;
            while (_generator.TryReadPulse(out _))
            {
                // Pulses of before belong to somebody else.
            }

            ArmGate();
            Enter(DeliveryState.Armed, DeliveryReason.None);
        }
    }

    /// <summary>Takes what the gate says. Host's thread.</summary>
    public void OnGateEvent(in GateEvent gateEvent)
    {
        lock (_lock)
        {
            _gateState = gateEvent.State;
            switch (gateEvent.Kind)
            {
                case GateEventKind.BeatOutcome when gateEvent.Beat.Outcome == Outcome.Fired:
                    OnEdge();
                    _gateReason = Reason.None;
                    break;
                case GateEventKind.BeatOutcome when gateEvent.Beat.Reason is not (Reason.Recharging or Reason.MinimumInterval):
                    _gateReason = gateEvent.Beat.Reason;
                    break;
                case GateEventKind.StateChanged when gateEvent.Reason != Reason.None:
                    _gateReason = gateEvent.Reason;
                    break;
            }
        }
    }

    /// <summary>Tells of an edge, where no gate event does. Host's thread.</summary>
    public void OnEdge()
    {
        lock (_lock)
        {
            // When it came is as new as the step that follows: the one before may lie as far back as the host hung.
            _edges++;
            _isEdgeNew = true;
        }
    }

    /// <summary>Tells that the gate has ended: its source is at its end, or it failed. Host's thread.</summary>
    /// <param name="problem">What happened, for people; null where the source simply ended.</param>
    public void OnGateEnded(string? problem)
    {
        lock (_lock)
        {
            _gateEnded = true;
            _problem ??= problem;
        }
    }

    /// <summary>Takes a reading. Host's thread.</summary>
    public void OnReading(in PulseReading reading)
    {
        lock (_lock)
        {
            var number = reading.Number - _countBefore;
            if (number <= _pulses)
            {
                // Counted already, when its reading was given up.
                return;
            }

            CountUnread(number - 1);
            CountPulse(in reading, isMeasured: true);
        }
    }

    /// <summary>Lets time pass: judges, and goes on. Host's thread.</summary>
    /// <param name="now">The time; never goes back.</param>
    /// <param name="generatorState">The generator's state, taken after its count and before its readings: ready, it has the readings of all that it counted.</param>
    /// <param name="pulseCount">The generator's count, taken before its state and its readings.</param>
    public void Step(MonotonicTime now, GeneratorState generatorState, long pulseCount)
    {
        lock (_lock)
        {
            _now = now > _now ? now : _now;
            _generatorState = generatorState;
            _generatorProblem = generatorState == GeneratorState.Faulted ? _generator.Problem : null;
            if (State == DeliveryState.Planned)
            {
                return;
            }

            _edgeAt = _isEdgeNew ? _now : _edgeAt;
            _isEdgeNew = false;
            WatchCount(pulseCount);
            SeekLostReadings(pulseCount - _countBefore);
            if (_rest > TimeSpan.Zero)
            {
                _notBefore = _now + _rest > _notBefore ? _now + _rest : _notBefore;
                _rest = TimeSpan.Zero;
            }

            if (IsOver)
            {
                return;
            }

            SeekLostEdges();
            SeekUntoldEdges();
            ForgetPermit();
            var wasAwaiting = State == DeliveryState.AwaitingConfirmation;
            var commands = Interlocked.Exchange(ref _commands, 0);
            if (Judge(commands) is { } rule)
            {
                Halt(rule);
            }
            else if (State == DeliveryState.Paused && (commands & CommandResume) != 0 && (commands & CommandPause) == 0)
            {
                // Of two words that came at once, the one to pause counts.
                GoOn();
            }

            // A word to confirm that came before there was something to confirm is none.
            Advance(wasAwaiting && (commands & CommandConfirm) != 0);
            SetWait(Wait());
        }
    }

    /// <summary>The operator accepts the impedance and wants the treatment. Without effect in any other state. Any thread.</summary>
    public void Confirm() => Interlocked.Or(ref _commands, CommandConfirm);

    /// <summary>Pauses with the next step; one pulse that is permitted may still come before. Any thread.</summary>
    public void Pause() => Interlocked.Or(ref _commands, CommandPause);

    /// <summary>
    /// Goes on after a pause, with the pulses that are missing; without effect where <see cref="Pause"/> is called before the
    /// step that would take it. Any thread.
    /// </summary>
    public void Resume() => Interlocked.Or(ref _commands, CommandResume);

    /// <summary>The operator is there. Any thread.</summary>
    public void Heartbeat(MonotonicTime now) => Interlocked.Exchange(ref _heartbeat, now.Nanoseconds);

    /// <summary>
    /// Ends the procedure for good: once this returned, no edge begins and no trigger makes a pulse. Any thread, at any
    /// time, without waiting for the host's.
    /// </summary>
    public void Abort()
    {
        Interlocked.Exchange(ref _abort, 1);
        MakeSafe();
    }

    /// <summary>How far it is, for a view. Allocates; any thread.</summary>
    public DeliveryProgress GetProgress()
    {
        lock (_lock)
        {
            return new DeliveryProgress
            {
                State = State,
                Reason = _reason,
                Wait = _wait,
                GateReason = _gateReason,
                GateState = _gateState,
                Problem = _problem ?? _generatorProblem,
                Pair = _pair,
                Pairs = [.. _pairs.Select((pair, i) => new PairProgress(_protocol.Pairs[i].Name, _protocol.Treatment.PulsesPerPair, pair.Delivered, pair.Failed, pair.TestCount, pair.IsAccepted, pair.TestOhms, pair.FirstOhms, pair.LastOhms, pair.LastAmperes))],
                Trend = [.. _trend],
                Elapsed = State == DeliveryState.Planned ? TimeSpan.Zero : Since(_startedAt),
                EstimatedLeft = EstimateLeft(),
                UnexpectedPulses = _unexpected,
            };
        }
    }

    private TimeSpan Since(MonotonicTime time) => TimeSpan.FromTicks(_now.NanosecondsSince(time) / 100);

    private TimeSpan Since(MonotonicTime? time) => time is { } from ? Since(from) : TimeSpan.Zero;

    /// <summary>Counts pulses up to a number whose readings did not come, and will not.</summary>
    private void CountUnread(long number)
    {
        while (_pulses < number)
        {
            _readingLost = true;
            CountPulse(new PulseReading(_pulses + 1 + _countBefore, _now, _setting ?? default, double.NaN, double.NaN, double.NaN, double.NaN, PulseFault.None), isMeasured: false);
        }
    }

    private void CountPulse(in PulseReading reading, bool isMeasured)
    {
        _pulses++;
        if (_permitted < EdgesAccounted)
        {
            _unexpected++;
            _unexpectedNow = true;
            Tell(DeliveryEventKind.UnexpectedPulse, _pair, false, isMeasured ? reading.ImpedanceOhms : double.NaN, in reading);
            return;
        }

        EndPermit();
        if (_edges < EdgesAccounted)
        {
            // No edge was told that made it. Where there was none, the gate still has the permit, and takes it back here.
            Permit(0);
        }

        var pair = _pairs[_permitPair];
        var wanted = _permitIsTest ? _protocol.TestSetting(_permitPair) : _protocol.TreatmentSetting(_permitPair);
        _wrongSetting |= isMeasured && reading.Setting != wanted;
        var ohms = isMeasured ? reading.ImpedanceOhms : double.NaN;
        var isGood = isMeasured && reading.Fault == PulseFault.None;
        var counts = _permitIsTest ? isGood
            : isGood || !isMeasured || (_protocol.Treatment.FailedPulses == FailedPulsePolicy.Count && reading.Fault != PulseFault.OpenCircuit);
        pair.Failed += isGood ? 0 : 1;
        _lowVoltages = isMeasured && reading.Fault == PulseFault.LowVoltage ? _lowVoltages + 1 : 0;
        _fault = reading.Fault == PulseFault.None ? _fault : reading.Fault;
        if (isMeasured)
        {
            pair.LastOhms = ohms;
            pair.LastAmperes = reading.PeakAmperes;
        }

        KeepPace();
        var interval = _protocol.MinimumInterval - EarlyGrant;
        _isTrainPause = false;
        if (_permitIsTest)
        {
            if (counts)
            {
                pair.Test.Add(ohms);
                pair.TestCount++;
            }
        }
        else
        {
            pair.Delivered += counts ? 1 : 0;
            if (isGood)
            {
                _ohms = ohms;
                pair.AddTreatment(ohms);
            }

            KeepTrend(in reading, isMeasured);
            var train = _protocol.Treatment.PulsesPerTrain;
            if (counts && train > 0 && pair.Delivered % train == 0 && pair.Delivered < _protocol.Treatment.PulsesPerPair)
            {
                _isTrainPause = true;
                var pause = TimeSpan.FromSeconds(_protocol.Treatment.TrainPauseSeconds);
                interval = pause > interval ? pause : interval;
            }
        }

        // Counted from the step that follows: the time of the one before may lie as far back as the host hung. Of several
        // pulses that are told at once, the longest rest counts.
        _rest = interval > _rest ? interval : _rest;
        Tell(!isGood ? DeliveryEventKind.FailedPulse : _permitIsTest ? DeliveryEventKind.TestPulse : DeliveryEventKind.TreatmentPulse, _permitPair, counts, ohms, in reading);
        if (!_permitIsTest && counts && pair.Delivered == _protocol.Treatment.PulsesPerPair)
        {
            Tell(DeliveryEventKind.PairCompleted, _permitPair);
        }
    }

    private void KeepPace()
    {
        if (_lastPulseAt is { } last && !_isTrainPause)
        {
            _paceSum += Since(last);
            _paceCount++;
        }

        _lastPulseAt = _now;
    }

    private void KeepTrend(in PulseReading reading, bool isMeasured)
    {
        if (_trendPair != _permitPair)
        {
            _trend.Clear();
            _trendPair = _permitPair;
        }

        if (isMeasured)
        {
            _trend.Enqueue(reading);
            if (_trend.Count > TrendLength)
            {
                _trend.Dequeue();
            }
        }
    }

    /// <summary>
    /// A pulse in the generator's count whose reading is not there is lost where the generator is ready again, or after a
    /// while: isolated, it is never ready.
    /// </summary>
    private void SeekLostReadings(long pulseCount)
    {
        _unreadSince = pulseCount > _pulses ? _unreadSince ?? _now : null;
        if (_generatorState == GeneratorState.Ready || Since(_unreadSince) > ReadingPatience)
        {
            CountUnread(pulseCount);
            _unreadSince = null;
        }
    }

    /// <summary>An edge of which the generator knows nothing for a while was ignored by it.</summary>
    private void SeekLostEdges()
    {
        if (_edges > EdgesAccounted && _unreadSince is null && Since(_edgeAt) > ReadingPatience)
        {
            _ignoredEdges = _edges - _pulses;
            _pulseMissing = true;
            EndPermit();
        }
    }

    /// <summary>
    /// A pulse that no edge explains a while later was not the gate's: nobody timed it. One whose edge is told late, within that
    /// while, is.
    /// </summary>
    private void SeekUntoldEdges()
    {
        _untoldSince = _edges < EdgesAccounted ? _untoldSince ?? _now : null;
        if (Since(_untoldSince) > ReadingPatience)
        {
            // Not counted once more: it was told when it was counted, as what it was permitted for or as unexpected.
            _unexpectedNow = true;
            _problem ??= "The generator counted a pulse that the gate does not know.";
        }
    }

    /// <summary>A count that goes back is a generator that was restarted: what it will count is not known.</summary>
    private void WatchCount(long pulseCount)
    {
        if (pulseCount < _lastCount)
        {
            _refused = true;
            _problem ??= $"The generator's count of pulses went back from {_lastCount} to {pulseCount}: it was restarted.";
        }

        _lastCount = pulseCount;
    }

    private void EndPermit()
    {
        _permitHolds = false;
        _permitEndedAt = _now;
        _beatWaitSince = null;
    }

    /// <summary>A permit that was taken back explains no pulse once its last reading would have come.</summary>
    private void ForgetPermit()
    {
        if (!_permitHolds && _unreadSince is null && _edges <= EdgesAccounted && Since(_permitEndedAt) > ReadingPatience)
        {
            _permitted = Math.Min(_permitted, EdgesAccounted);
        }
    }

    private DeliveryRule? Judge(int commands)
    {
        var pair = _permitPair < _pairs.Length ? _pairs[_permitPair] : _pairs[0];
        var context = new DeliveryContext
        {
            IsPaused = State == DeliveryState.Paused,
            AbortRequested = AbortRequested,
            PauseRequested = (commands & CommandPause) != 0,
            SinceHeartbeat = Since(new MonotonicTime(Interlocked.Read(ref _heartbeat))),
            Elapsed = Since(_startedAt),
            BeatWait = Since(_beatWaitSince),
            GeneratorWait = Since(_notReadySince),
            GateFaulted = _gateState == GateState.Faulted,
            GateStopped = _gateState == GateState.Stopped || _gateEnded,
            GateDisarmed = _gateLost,
            GeneratorFaulted = _generatorState == GeneratorState.Faulted,
            GeneratorRefused = _refused,
            PulseWasUnexpected = _unexpectedNow,
            SettingWasWrong = _wrongSetting,
            PulseIsMissing = _pulseMissing,
            ReadingIsLost = _readingLost,
            Fault = _fault,
            LowVoltages = _lowVoltages,
            Failures = _pairs.Sum(each => each.Failed),
            Ohms = _ohms,
            FirstOhms = pair.FirstOhms,
            TestRefused = _testRefused,
            Protocol = _protocol,
        };
        var rule = DeliveryPolicy.Judge(in context);
        if (DeliveryPolicy.AsksForNewTest(in context))
        {
            pair.AskForTest();
            _isConfirmed = false;
        }

        _ohms = double.NaN;
        return rule;
    }

    private void Halt(DeliveryRule rule)
    {
        EndPermit();
        _setting = null;
        _notReadySince = null;
        MakeSafe();
        Enter(rule.Verdict, rule.Reason);
    }

    /// <summary>Both outputs to their safe state, whatever becomes of either. Any thread.</summary>
    private void MakeSafe()
    {
        try
        {
            _gate.Disarm();
        }
        finally
        {
            _generator.SafeOff();
        }
    }

    private void GoOn()
    {
        _gateLost = _pulseMissing = _readingLost = false;
        _fault = PulseFault.None;
        _lowVoltages = 0;
        _testRefused = DeliveryReason.None;
        _lastPulseAt = null;
        ArmGate();
        Tell(DeliveryEventKind.Resumed, -1);
        Enter(NextToTest() >= 0 ? DeliveryState.Testing : _isConfirmed ? DeliveryState.Treating : DeliveryState.AwaitingConfirmation, DeliveryReason.None);
    }

    private void Advance(bool isConfirmed)
    {
        _pair = -1;
        switch (State)
        {
            case DeliveryState.Armed:
                _pair = NextToTest();
                Prepare(_protocol.TestSetting(_pair), _pair);
                WatchGenerator();
                _beatWaitSince ??= _generatorState == GeneratorState.Ready ? _now : null;
                if (_generatorState == GeneratorState.Ready && (_gateState == GateState.Ready || _protocol.Gating == PulseGating.FixedRate))
                {
                    _beatWaitSince = null;
                    Enter(DeliveryState.Testing, DeliveryReason.None);
                }

                break;
            case DeliveryState.Testing:
                Test();
                break;
            case DeliveryState.AwaitingConfirmation when isConfirmed:
                _isConfirmed = true;
                ArmGate();
                Tell(DeliveryEventKind.Confirmed, -1);
                Enter(DeliveryState.Treating, DeliveryReason.None);
                break;
            case DeliveryState.Treating:
                Treat();
                break;
        }
    }

    private void Test()
    {
        _pair = NextToTest();
        if (_pair >= 0 && _pairs[_pair].TestCount >= _protocol.Test.Pulses)
        {
            GiveVerdict(_pair);
            _pair = NextToTest();
        }

        if (_testRefused != DeliveryReason.None)
        {
            // The policy pauses with the next step, and permits nothing until then.
            return;
        }

        if (_pair < 0)
        {
            _generator.SafeOff();
            _setting = null;
            _notReadySince = null;
            Enter(DeliveryState.AwaitingConfirmation, DeliveryReason.None);
            return;
        }

        PermitOne(_pair, isTest: true, _protocol.TestSetting(_pair));
    }

    private void GiveVerdict(int index)
    {
        var pair = _pairs[index];
        pair.TestOhms = Median(pair.Test);
        _testRefused = pair.TestOhms < _protocol.Test.MinimumOhms ? DeliveryReason.ImpedanceTooLow
            : !(pair.TestOhms <= _protocol.Test.MaximumOhms) ? DeliveryReason.ImpedanceTooHigh
            : _protocol.VoltsOf(index) / pair.TestOhms > _protocol.Treatment.CurrentLimitAmperes ? DeliveryReason.CurrentTooHigh
            : DeliveryReason.None;
        pair.IsAccepted = _testRefused == DeliveryReason.None;
        _sink.OnDelivery(Make(DeliveryEventKind.ImpedanceVerdict, index, pair.IsAccepted, pair.TestOhms, default) with { Reason = _testRefused });
    }

    private void Treat()
    {
        _pair = Array.FindIndex(_pairs, pair => pair.Delivered < _protocol.Treatment.PulsesPerPair);
        if (_pair < 0)
        {
            MakeSafe();
            _setting = null;
            Enter(DeliveryState.Completed, DeliveryReason.None);
            return;
        }

        PermitOne(_pair, isTest: false, _protocol.TreatmentSetting(_pair));
    }

    private int NextToTest() => Array.FindIndex(_pairs, pair => !pair.IsAccepted && pair.Delivered < _protocol.Treatment.PulsesPerPair);

    private void PermitOne(int pair, bool isTest, in PulseSetting setting)
    {
        if (_edges != EdgesAccounted)
        {
            // An edge whose reading is under way, or a pulse whose edge is: what it was decides what comes next.
            return;
        }

        Prepare(in setting, pair);
        WatchGenerator();
        if (_generatorState != GeneratorState.Ready || _refused)
        {
            if (_permitHolds)
            {
                EndPermit();
                Permit(0);
            }

            return;
        }

        if (_now < _notBefore || (_permitHolds && _now < _renewAt))
        {
            return;
        }

        var isNew = !_permitHolds;
        (_permitPair, _permitIsTest) = (pair, isTest);
        _permitted = EdgesAccounted + 1;
        _permitHolds = Permit(_permitted);
        _gateLost = !_permitHolds;
        _renewAt = _now + (_options.PermitFor / 4);
        if (isNew && _permitHolds)
        {
            _beatWaitSince = _now;
            Tell(DeliveryEventKind.Permitted, pair);
        }
    }

    private bool Permit(long total)
    {
        var isTaken = _gate.Permit(total, _options.PermitFor);
        if (AbortRequested)
        {
            _gate.Disarm();
        }

        return isTaken;
    }

    private void ArmGate()
    {
        if (AbortRequested)
        {
            return;
        }

        if (!_gate.Arm())
        {
            _gateEnded = true;
        }

        if (AbortRequested)
        {
            _gate.Disarm();
        }
    }

    private void Prepare(in PulseSetting setting, int pair)
    {
        if (_setting == setting || _refused || AbortRequested)
        {
            return;
        }

        try
        {
            _generator.Prepare(in setting);
            _setting = setting;
        }
#pragma warning disable CA1031 // Whatever a driver throws: with what it is set to nobody knows then, and nothing may be delivered.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            _refused = true;
            _problem = problem.Message;
        }

        // What it said before it was set does not hold any more.
        _generatorState = _generatorState == GeneratorState.Faulted ? GeneratorState.Faulted : GeneratorState.Charging;
        if (AbortRequested)
        {
            _generator.SafeOff();
        }

        Tell(DeliveryEventKind.GeneratorSet, pair, false, double.NaN, default(PulseReading) with { Setting = setting });
    }

    private void WatchGenerator() => _notReadySince = _generatorState == GeneratorState.Ready ? null : _notReadySince ?? _now;

    private DeliveryWait Wait() => State switch
    {
        DeliveryState.Planned or DeliveryState.Completed or DeliveryState.Aborted => DeliveryWait.None,
        DeliveryState.Paused => DeliveryWait.Resume,
        DeliveryState.AwaitingConfirmation => DeliveryWait.Confirmation,
        _ when _edges != EdgesAccounted => DeliveryWait.Reading,
        _ when _generatorState != GeneratorState.Ready => DeliveryWait.Generator,
        _ when _gateState is GateState.Armed or GateState.Learning or GateState.Disarmed && _protocol.Gating == PulseGating.Ecg => DeliveryWait.Learning,
        _ when _now < _notBefore => _isTrainPause ? DeliveryWait.TrainPause : DeliveryWait.Interval,
        _ => DeliveryWait.Beat,
    };

    private void SetWait(DeliveryWait wait)
    {
        if (_wait != wait)
        {
            _wait = wait;
            Tell(DeliveryEventKind.WaitChanged, _pair);
        }
    }

    private void Enter(DeliveryState state, DeliveryReason reason)
    {
        _state = (int)state;
        _reason = reason;
        _overAt = _now;
        Tell(DeliveryEventKind.StateChanged, _pair);
    }

    private void Tell(DeliveryEventKind kind, int pair) => Tell(kind, pair, false, double.NaN, default);

    private void Tell(DeliveryEventKind kind, int pair, bool counted, double ohms, in PulseReading reading) =>
        _sink.OnDelivery(Make(kind, pair, counted, ohms, in reading));

    private DeliveryEvent Make(DeliveryEventKind kind, int index, bool counted, double ohms, in PulseReading reading)
    {
        var pair = index >= 0 ? _pairs[index] : null;
        return new DeliveryEvent(
            kind, _now, State, _reason, _wait, _gateReason, index, pair?.Delivered ?? 0, pair is null ? 0 : _protocol.Treatment.PulsesPerPair, pair?.Failed ?? 0, counted, ohms, reading);
    }

    private TimeSpan EstimateLeft()
    {
        if (IsOver)
        {
            return TimeSpan.Zero;
        }

        var planned = _protocol.Treatment.PulsesPerPair;
        var missing = _pairs.Sum(pair => planned - pair.Delivered);
        var tests = _pairs.Sum(pair => pair.IsAccepted || pair.Delivered >= planned ? 0 : Math.Max(0, _protocol.Test.Pulses - pair.TestCount));
        var pace = _paceCount >= PaceNeeds ? _paceSum / _paceCount : _protocol.EstimateInterval(_options.ExpectedRatePerMinute, _options.ExpectedYield);
        var train = _protocol.Treatment.PulsesPerTrain;
        var pauses = train <= 0 ? 0 : _pairs.Sum(pair => pair.Delivered >= planned ? 0 : ((planned - 1) / train) - (pair.Delivered / train));
        return ((missing + tests) * pace) + TimeSpan.FromSeconds(pauses * _protocol.Treatment.TrainPauseSeconds);
    }

    private static double Median(List<double> values)
    {
        if (values.Count == 0)
        {
            return double.NaN;
        }

        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>What is known of one pair.</summary>
    private sealed class Pair
    {
        private readonly List<double> _first = [];

        public List<double> Test { get; } = [];

        public int TestCount { get; set; }

        public double TestOhms { get; set; } = double.NaN;

        public bool IsAccepted { get; set; }

        public int Delivered { get; set; }

        public int Failed { get; set; }

        public double FirstOhms { get; private set; } = double.NaN;

        public double LastOhms { get; set; } = double.NaN;

        public double LastAmperes { get; set; } = double.NaN;

        public void AddTreatment(double ohms)
        {
            if (_first.Count < FirstPulses)
            {
                _first.Add(ohms);
                FirstOhms = _first.Count == FirstPulses ? Median(_first) : double.NaN;
            }
        }

        public void AskForTest()
        {
            IsAccepted = false;
            TestCount = 0;
            Test.Clear();
            _first.Clear();
            FirstOhms = double.NaN;
        }
    }
}
