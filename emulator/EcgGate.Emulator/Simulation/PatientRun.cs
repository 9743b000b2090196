using EcgGate.Detection;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Emulator.Simulation;

/// <summary>
/// One patient, one engine after another, and all that goes wrong between them, in virtual time on one thread. The same
/// seed and selection of faults give the same run, and a shorter one is its beginning.
/// </summary>
internal sealed class PatientRun : IProcedureWorld, IDisposable
{
    private const double SlowestRateForPacing = 500;
    private const int LongestBlock = 64;
    private const int LastReportMilliseconds = 500;
    private const float ConverterRangeMillivolts = 400;
    private const int OldSamples = 8;

    private static readonly int ReasonCount = Enum.GetValues<Reason>().Length;
    private static readonly double[] Rates = [250, 250, 250, 250, 250, 250, 250, 250, 250, 500, 500, 360, 200, 125, 1000];

    private readonly ulong _seed;
    private readonly long _beats;
    private readonly SimulationDriver? _driver;
    private readonly ProcedureHooks? _hooks;
    private readonly SeededRandom _procedures;
    private readonly ProcedureFigures _figures = new();
    private readonly FaultPlan _plan;
    private readonly bool _hasSmallSpikes;
    private readonly SeededRandom _random;
    private readonly ulong _noiseSeed;
    private readonly VirtualPatient _patient;
    private readonly EcgTruthView _truth;
    private readonly SimulationReferee _referee;
    private readonly SimulatedLine _line = new();
    private readonly double[] _until = new double[Enum.GetValues<SimulatedFaultKind>().Length];
    private readonly SimulatedFault[] _active = new SimulatedFault[Enum.GetValues<SimulatedFaultKind>().Length];
    private readonly List<SimulatedFault> _begun = [];
    private readonly EcgSample[] _block = new EcgSample[LongestBlock];
    private readonly EcgSample[] _old = new EcgSample[OldSamples];
    private readonly List<EcgSample> _held = [];
    private readonly long[] _withheld = new long[ReasonCount];
    private readonly long[] _missed = new long[ReasonCount];
    private readonly int _blockLength;
    private readonly long _ordinaryLateness;
    private readonly double _renewEverySeconds;

    private ISampleFeed _feed = null!; // Made before the first sample.
    private PatientTime _time;
    private VirtualPace? _pace;
    private EmulatedBench? _bench;
    private Engine? _engine;
    private SimulatedProcedure? _procedure;
    private double _feltAt;
    private GateOptions _options = null!; // Drawn before the first engine.
    private double _startAt;
    private double _armAt;
    private double _renewAt;
    private bool _wasArmed;
    private int _blockCount;
    private long _oldCount;
    private EcgSample _swap;
    private bool _hasSwap;
    private float _stuckAt;
    private long _samples;
    private long _detected;
    private long _fired;
    private long _droppedEvents;
    private int _engines;
    private double _now;

    private PatientRun(ulong seed, long beats, FaultSelection faults, SimulationDriver? driver, ProcedureHooks? hooks)
    {
        _seed = seed;
        _beats = beats;
        _driver = driver;
        _hooks = hooks;
        _procedures = new SeededRandom(seed, 203);
        _plan = new FaultPlan(seed, faults, hooks is not null);
        _hasSmallSpikes = faults.Meets(SimulatedFaultKind.SmallSpikes, byChance: false);
        _random = new SeededRandom(seed, 201);
        _noiseSeed = _random.NextUInt64();
        _patient = SimulatedPatient.Create(seed, _hasSmallSpikes);
        _truth = new EcgTruthView(_patient.Truth);
        _referee = new SimulationReferee(_truth);
        _blockLength = _random.NextDouble() < 0.85 ? 1 : _random.Between(2, 3);
        _ordinaryLateness = _random.Between(0, 60_000);
        _renewEverySeconds = _random.NextDouble() < 0.1 ? 7 : double.PositiveInfinity;
        _line.Lowered = () => _referee.Fall();
        _line.Refused = toRise => _referee.Refused(toRise);
        _line.Raised = (told, rose, rises) =>
        {
            _referee.Rise(_time.SecondsAt(told), _time.SecondsAt(rose), rises);
            var strength = _procedure?.Rise(_time.SecondsAt(told), rose, rises) ?? (rises ? 1 : 0);
            if (strength > 0)
            {
                _feltAt = _time.SecondsAt(rose);
                _patient.DeliverPulse(_feltAt, strength);
            }
        };
    }

    /// <inheritdoc/>
    double IProcedureWorld.Seconds => _now;

    /// <inheritdoc/>
    MonotonicTime IProcedureWorld.HostNow => _time.At(_now);

    /// <summary>Runs a patient for a number of true beats.</summary>
    /// <param name="seed">The patient.</param>
    /// <param name="beats">How many.</param>
    /// <param name="faults">What goes wrong.</param>
    /// <param name="driver">For the patients on the emulated board; null for none.</param>
    /// <param name="procedures">Carries out one procedure after another; null for an operator who only arms.</param>
    public static PatientResult Run(ulong seed, long beats, FaultSelection faults, SimulationDriver? driver, ProcedureHooks? procedures = null)
    {
        using var run = new PatientRun(seed, beats, faults, driver, procedures);
        return run.Run();
    }

    /// <summary>Whether a patient is measured through the emulated board where there is a driver: one in fifty.</summary>
    public static bool IsOnBoard(ulong seed) => seed % 50 == 7;

    public void Dispose()
    {
        _feed?.Dispose();
        _bench?.Dispose();
        _procedure?.Dispose();
    }

    /// <inheritdoc/>
    SimulatedFault? IProcedureWorld.Active(SimulatedFaultKind kind) => Is(kind) ? _active[(int)kind] : null;

    /// <inheritdoc/>
    void IProcedureWorld.Armed() => _referee.Armed(_now);

    /// <inheritdoc/>
    void IProcedureWorld.Permitted() => _referee.Permitted(_now);

    /// <inheritdoc/>
    void IProcedureWorld.Disarmed() => _referee.Disarmed();

    /// <inheritdoc/>
    void IProcedureWorld.Feel(double strength)
    {
        // A slow line's pulse may lie a moment ahead; the patient feels them in order.
        _feltAt = Math.Max(_feltAt, _now);
        _patient.DeliverPulse(_feltAt, strength);
    }

    private PatientResult Run()
    {
        long trueBeats = 0;
        var breachAt = 0L;
        try
        {
            OpenFeed();
            _options = DrawOptions();
            Start();
            var nextCount = 0.0;
            while (trueBeats < _beats)
            {
                Step();
                if (_now >= nextCount)
                {
                    nextCount = _now + 0.5;
                    trueBeats = _patient.Truth.TryFindAtOrBefore(_now, out var last) ? Math.Min(_beats, last.Number) : 0;
                    breachAt = breachAt == 0 && _referee.BreachCount > 0 ? trueBeats + 1 : breachAt;
                }
            }

            End(isFault: false);
            EndProcedure();
        }
#pragma warning disable CA1031 // Nothing may throw, whatever goes wrong outside: that is one of the invariants.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            _referee.Threw(_now, problem);
        }

        return new PatientResult
        {
            Seed = _seed,
            TrueBeats = trueBeats,
            Seconds = _now,
            Samples = _samples,
            Detected = _detected,
            Fired = _fired,
            Withheld = _withheld,
            Missed = _missed,
            Edges = _referee.Edges,
            EdgesOnEctopicBeats = _referee.EdgesOnEctopicBeats,
            EdgesOnFusionBeats = _referee.EdgesOnFusionBeats,
            EdgesOnPrematureBeats = _referee.EdgesOnPrematureBeats,
            EdgesLateByTheLine = _referee.EdgesLateByTheLine,
            DroppedEvents = _droppedEvents,
            Engines = _engines,
            Procedures = _hooks is null ? null : _figures,
            OnBoard = _bench is not null,
            Faults = _begun,
            Breaches = _referee.Breaches,
            BreachCount = _referee.BreachCount,
            BeatsToBreach = _referee.BreachCount == 0 ? 0 : breachAt == 0 ? trueBeats + 1 : breachAt,
        };
    }

    private void OpenFeed()
    {
        var rate = Rates[_random.Between(0, Rates.Length - 1)];
        if (rate < SlowestRateForPacing && _patient.Scenario.Name == SimulatedPatient.Paced && !_hasSmallSpikes)
        {
            rate = SlowestRateForPacing;
        }

        var delay = _random.NextDouble() < 0.5 ? TimeSpan.Zero : TimeSpan.FromSeconds(1.5 / rate);
        if (_driver is not null && IsOnBoard(_seed))
        {
            _pace = new VirtualPace();
            _bench = EmulatedBench.Start(_patient, new EmulatedAds1292ROptions { OscillatorErrorPartsPerMillion = 300 * _random.Gaussian() }, _pace);
            _time = _bench.PatientTime;
            _feed = new BoardFeed(_bench, _driver(_bench, _pace));
            return;
        }

        _time = new PatientTime(new MonotonicTime(1_000_000_000));
        _feed = new PatientFeed(_patient, _time, new SeededRandom(_seed, 202), rate, delay);
    }

    /// <summary>One sample, from the patient to the engine, and what happens before it.</summary>
    private void Step()
    {
        var sampledAt = _feed.NextSampledAt;
        Advance(sampledAt);
        while (_plan.TryTake(_now, out var fault))
        {
            Begin(in fault);
        }

        Operate();
        EcgSample sample;
        MonotonicTime ready;
        try
        {
            if (!_feed.TryNext(out sample, out ready))
            {
                throw new InvalidOperationException("The source ended, although the patient lives on.");
            }
        }
        catch (EcgSourceException)
        {
            // The board gave up: the engine ends with a fault, and the operator opens it anew.
            End(isFault: true);
            _startAt = _now + 1;
            _feed.Dispose();
            _feed = new BoardFeed(_bench!, _driver!(_bench!, _pace!));
            return;
        }

        _samples++;
        Spoil(ref sample);
        Transport(in sample, ready);
        if (_engine is { } engine)
        {
            var ledger = engine.Core.Ledger;
            _referee.Step(_now, _line.IsHigh, !_line.RefusesLower && !_line.StaysHigh, engine.Core.DetectedBeats, ledger.Fired, ledger.Withheld, ledger.Missed, ledger.Beats);
            while (_procedure is null && !Is(SimulatedFaultKind.RingFull) && engine.Ring.TryRead(out _))
            {
                // The host keeps up with the events.
            }
        }
    }

    private bool Is(SimulatedFaultKind kind) => _now < _until[(int)kind];

    private void Advance(MonotonicTime to)
    {
        _now = Math.Max(_now, _time.SecondsAt(to));
        if (_engine is { } engine)
        {
            engine.Timer.WakeLatenessNanoseconds = Is(SimulatedFaultKind.TimerLate) ? Late(_active[(int)SimulatedFaultKind.TimerLate].Size) : _ordinaryLateness;
            engine.Timer.AdvanceTo(to);
        }

        if (_line is { RefusesLower: false, RefusesRaise: false, StaysHigh: false, StaysLow: false, RaiseNanoseconds: 0, LowerNanoseconds: 0 })
        {
            return;
        }

        if (!Is(SimulatedFaultKind.LineRefuses) && !Is(SimulatedFaultKind.LineSticks) && !Is(SimulatedFaultKind.LineSlow))
        {
            _line.Repair();
        }
    }

    /// <summary>0.1 to 500 ms, each order of magnitude as likely.</summary>
    private static long Late(double size) => (long)(100_000 * PortableMath.Exp(8.517 * size));

    /// <summary>What the operator does by himself: starts an engine where there is none, arms it where it is not.</summary>
    private void Operate()
    {
        if (_procedure is { } procedure)
        {
            procedure.Step();
            if (procedure.IsFinished)
            {
                End(isFault: false);
                procedure.Dispose();
                _procedure = null;
                _startAt = Math.Max(_startAt, _now + _procedures.Uniform(0.1, 5));
            }

            return;
        }

        if (_engine is null)
        {
            if (_now >= _startAt)
            {
                Start();
            }

            return;
        }

        var isArmed = _engine.Core.IsArmed;
        if (_wasArmed && !isArmed)
        {
            _armAt = Math.Max(_armAt, _now + _random.Uniform(0.3, 6));
        }

        _wasArmed = isArmed;
        if ((!isArmed && _now >= _armAt) || _now >= _renewAt)
        {
            _renewAt = _now + _renewEverySeconds;
            _ = _engine.Loop.Arm();
            _referee.Armed(_now);
        }
    }

    private void Begin(in SimulatedFault fault)
    {
        _begun.Add(fault);
        if (_feed.Take(in fault))
        {
            return;
        }

        _active[(int)fault.Kind] = fault;
        _until[(int)fault.Kind] = Math.Max(_now, fault.StartSeconds + fault.Seconds);
        if (fault.Kind is SimulatedFaultKind.LineRefuses or SimulatedFaultKind.LineSticks or SimulatedFaultKind.LineSlow)
        {
            _line.Repair();
        }

        switch (fault.Kind)
        {
            case SimulatedFaultKind.LineRefuses:
                _line.RefusesRaise = fault.Choice < 0.5;
                _line.RefusesLower = !_line.RefusesRaise;
                break;
            case SimulatedFaultKind.LineSticks:
                _line.StaysHigh = fault.Choice < 0.5;
                _line.StaysLow = !_line.StaysHigh;
                break;
            case SimulatedFaultKind.LineSlow:
                _line.RaiseNanoseconds = fault.Choice < 0.7 ? Late(fault.Size) / 10 : 0;
                _line.LowerNanoseconds = fault.Choice > 0.4 ? Late(fault.Size) / 20 : 0;
                break;
            case >= SimulatedFaultKind.GeneratorSlow:
                _procedure?.Take(in fault);
                break;
            case SimulatedFaultKind.Disarm:
                _engine?.Loop.Disarm();
                _referee.Disarmed();
                _armAt = fault.Choice < 0.3 ? _now : _now + fault.Seconds;
                break;
            case SimulatedFaultKind.Options:
                _options = DrawOptions();
                End(isFault: false);
                _startAt = _now;
                break;
            case SimulatedFaultKind.Stop:
            case SimulatedFaultKind.SourceFails:
                End(fault.Kind == SimulatedFaultKind.SourceFails);
                _startAt = _now + fault.Seconds;
                break;
        }
    }

    private void Start()
    {
        var ring = new GateEventRing(16);
        var rate = _feed.SamplingRateHertz;
        var options = _options;
        if (_hooks is not null)
        {
            _procedure = new SimulatedProcedure(_procedures, this, _figures, _referee.Breach, _hooks);
            options = _procedure.Plan.ApplyTo(_options) with { NeedsPermits = _hooks.NeedsPermits };
        }

        var core = new GateCore(options, rate, new RWaveDetector(rate), new Teller(ring, this), _feed.FixedDelay);
        _referee.Begin(
            options.Cutoff.TotalSeconds, options.EdgeTolerance.TotalSeconds, options.MinimumInterval.TotalSeconds, options.PulseWidth.TotalSeconds, options.ArmedFor.TotalSeconds);
        var timer = new SimulatedPulseTimer(_line, _time.At(_now));
        var loop = new GateLoop(core, timer, new SampleClock(rate, _feed.FixedDelay), options.PulseWidth.Ticks * 100);
        _engine = new Engine(core, timer, loop, ring);
        _engines++;
        _wasArmed = false;
        _armAt = _now + (_random.NextDouble() < 0.5 ? 0 : _random.Uniform(0, 3));
        _renewAt = _now + _renewEverySeconds;
        _procedure?.Start(loop, ring);
    }

    /// <summary>The patient's beats are over in the middle of a procedure: it learns that the gate has ended, and has its last words.</summary>
    private void EndProcedure()
    {
        while (_procedure is { IsFinished: false } procedure)
        {
            _now += 0.05;
            procedure.StepHost();
        }
    }

    /// <summary>As the live engine ends: no pulse any more, and the last order's answer is waited for.</summary>
    private void End(bool isFault)
    {
        if (_engine is not { } engine)
        {
            return;
        }

        engine.Loop.End(isFault);
        _referee.Disarmed();
        var at = _time.At(_now);
        for (var i = 0; i < LastReportMilliseconds && engine.Core.HasPendingOrder; i++)
        {
            at = at.AddNanoseconds(1_000_000);
            engine.Timer.AdvanceTo(at);
            engine.Loop.TakeReports();
        }

        engine.Core.Abandon();
        engine.Timer.Dispose(at);
        engine.Loop.TakeReports();
        var ledger = engine.Core.Ledger;
        _referee.End(_now, _line.IsHigh, !_line.RefusesLower && !_line.StaysHigh, engine.Core.DetectedBeats, ledger.Fired, ledger.Beats);
        _detected += engine.Core.DetectedBeats;
        _fired += ledger.Fired;
        _droppedEvents += engine.Ring.Dropped;
        for (var i = 0; i < ReasonCount; i++)
        {
            _withheld[i] += ledger.WithheldFor((Reason)i);
            _missed[i] += ledger.MissedFor((Reason)i);
        }

        _procedure?.EndGate(isFault);
        _engine = null;
        _blockCount = 0;
        _held.Clear();
        _hasSwap = false;
    }

    private GateOptions DrawOptions()
    {
        TimeSpan Milliseconds(double from, double to) => TimeSpan.FromMilliseconds(_random.Uniform(from, to));
        var usual = new GateOptions();
        var interval = _random.NextDouble();
        usual = usual with
        {
            MinimumInterval = interval < 0.4 ? usual.MinimumInterval : interval < 0.8 ? TimeSpan.Zero : Milliseconds(300, 2000),
            ArmedFor = _random.NextDouble() < 0.7 ? usual.ArmedFor : Milliseconds(10_000, 120_000),
        };
        if (_random.NextDouble() < 0.6)
        {
            return usual;
        }

        var target = Milliseconds(30, 60);
        var tolerance = Milliseconds(0.2, 3);
        return usual with
        {
            TargetDelay = target,
            EdgeTolerance = tolerance,

            // The cut-off is counted from the true R here, and in noise the gate's own lies some milliseconds beside it.
            Cutoff = target + tolerance + Milliseconds(10, 25),
            OrderLead = Milliseconds(0.2, 3),
            PulseWidth = Milliseconds(0.1, 5),
            LearningBeats = _random.Between(4, 12),
            Blanking = _random.NextDouble() < 0.2 ? TimeSpan.Zero : Milliseconds(20, 120),
        };
    }

    /// <summary>What becomes of a sample's value between the electrodes and the wire.</summary>
    private void Spoil(ref EcgSample sample)
    {
        var value = sample.Lead0Millivolts;
        var status = sample.Status;
        if (Is(SimulatedFaultKind.Amplitude))
        {
            var fault = _active[(int)SimulatedFaultKind.Amplitude];
            var share = (_now - fault.StartSeconds) / fault.Seconds;
            value *= (float)(fault.Choice < 0.1 ? -1
                : fault.Choice < 0.4 ? 0.3 + (1.9 * fault.Size)
                : 1 + ((fault.Size - 0.4) * 2 * share * (1 - share) * 2));
        }

        if (Is(SimulatedFaultKind.Noise))
        {
            var size = 0.02 * PortableMath.Exp(3.69 * _active[(int)SimulatedFaultKind.Noise].Size);
            value += (float)(size * 3.46 * (SeededRandom.Hash(_noiseSeed, sample.Index) - 0.5));
        }

        if (Is(SimulatedFaultKind.Motion))
        {
            var fault = _active[(int)SimulatedFaultKind.Motion];
            var share = (_now - fault.StartSeconds) / fault.Seconds;
            value += (float)(6 * (fault.Size - 0.5) * PortableMath.SinCycles(0.5 * share));
        }

        if (Is(SimulatedFaultKind.LeadOff))
        {
            var fault = _active[(int)SimulatedFaultKind.LeadOff];
            status |= fault.Choice < 0.6 ? SampleStatus.Lead0Off : SampleStatus.None;
            value = fault.Size < 0.7 ? 410 : 0;
        }

        if (Is(SimulatedFaultKind.Saturation))
        {
            value = _active[(int)SimulatedFaultKind.Saturation].Choice < 0.5 ? 500 : -500;
        }

        if (Math.Abs(value) >= ConverterRangeMillivolts)
        {
            // One converter in five does not say that it is at its limit.
            value = Math.Sign(value) * ConverterRangeMillivolts;
            status |= (_noiseSeed % 5) == 0 ? SampleStatus.None : SampleStatus.Lead0Saturated;
        }

        if (Is(SimulatedFaultKind.Stuck))
        {
            value = _stuckAt;
        }

        _stuckAt = value;
        if (Is(SimulatedFaultKind.NotANumber))
        {
            value = _active[(int)SimulatedFaultKind.NotANumber].Choice switch
            {
                < 0.6 => float.NaN,
                < 0.75 => float.PositiveInfinity,
                < 0.9 => float.NegativeInfinity,
                _ => float.MaxValue,
            };
        }

        sample = sample with { Lead0Millivolts = value, Status = status };
    }

    /// <summary>What becomes of a sample on its way to the engine.</summary>
    private void Transport(in EcgSample sample, MonotonicTime ready)
    {
        _old[_oldCount++ % OldSamples] = sample;
        if (_engine is null)
        {
            return;
        }

        if (Is(SimulatedFaultKind.Lost))
        {
            return;
        }

        if (Is(SimulatedFaultKind.Late))
        {
            _held.Add(sample);
            return;
        }

        if (_held.Count > 0)
        {
            // A burst: all that was held up comes at once, stamped with its arrival.
            foreach (var held in _held)
            {
                Collect(in held, ready);
            }

            _held.Clear();
        }

        if (Is(SimulatedFaultKind.Disordered))
        {
            var choice = _active[(int)SimulatedFaultKind.Disordered].Choice;
            if (choice < 0.6)
            {
                if (!_hasSwap)
                {
                    _swap = sample;
                    _hasSwap = true;
                    return;
                }

                Collect(in sample, ready);
                Collect(in _swap, ready);
                _hasSwap = false;
                return;
            }

            Collect(in sample, ready);
            Collect(in _old[(_oldCount + 1) % OldSamples], ready);
            return;
        }

        if (_hasSwap)
        {
            Collect(in _swap, ready);
            _hasSwap = false;
        }

        Collect(in sample, ready);
        if (Is(SimulatedFaultKind.Repeated))
        {
            Collect(in sample, ready);
        }
    }

    private void Collect(in EcgSample sample, MonotonicTime ready)
    {
        _block[_blockCount++] = sample;
        if (_blockCount >= _blockLength)
        {
            Advance(ready);
            _engine!.Loop.Take(_block.AsSpan(0, _blockCount), ready);
            _blockCount = 0;
        }
    }

    private sealed record Engine(GateCore Core, SimulatedPulseTimer Timer, GateLoop Loop, GateEventRing Ring);

    /// <summary>Tells the ring, as the live engine does, and the referee.</summary>
    private sealed class Teller(GateEventRing ring, PatientRun run) : IGateEventSink
    {
        public void OnEvent(in GateEvent gateEvent)
        {
            ring.OnEvent(in gateEvent);
            if (gateEvent.Kind == GateEventKind.BeatOutcome)
            {
                run._referee.Outcome(gateEvent.Beat.BeatNumber, run._now);
            }
        }
    }
}
