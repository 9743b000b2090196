using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>
/// The gate itself: samples in, decisions out. A pure state machine without clock, thread, I/O or allocation; equal
/// calls in equal order give equal results, bit for bit, live, in replay and in simulation.
/// </summary>
/// <remarks>
/// <para>
/// The owner calls <see cref="Process"/> for each sample, then takes an order with <see cref="TryTakeOrder"/> and a
/// withdrawal with <see cref="TryTakeCancellation"/>, and answers each order with exactly one <see cref="Report"/>.
/// Each beat that the detector announces gets exactly one outcome, told to the sink and counted in
/// <see cref="Ledger"/>. A beat is judged as late as its pulse allows, so one may be held, and one on order: what the
/// ledger lacks of <see cref="DetectedBeats"/> is those two at most, and nothing once stopped and answered.
/// </para>
/// <para>Not thread-safe: one thread owns a core. Throws nothing after it was made.</para>
/// </remarks>
public sealed class GateCore
{
    /// <summary>Three odd beats in a row are a run, no longer isolated extrasystoles: stand down.</summary>
    private const int RunOfDisturbedBeats = 3;

    /// <summary>
    /// Ready too with so many times the learning beats more good beats than odd ones, since frequent extrasystoles or atrial
    /// fibrillation leave no eight in a row.
    /// </summary>
    private const int EvidenceFactor = 2;

    /// <summary>After odd beats that were no run of ectopic ones, the known rhythm needs so many good ones to be back.</summary>
    private const int EvidenceToReturn = 3;

    /// <summary>After poor signal of at most so long, the known rhythm needs but a few good beats to be back, too.</summary>
    private const double ShortSpellSeconds = 10;

    /// <summary>
    /// A gap up to this is bridged: a QRS is 80 to 120 ms wide, so that it can neither hide nor feign one. A host that
    /// stands still for some milliseconds would else cost eight beats each time.
    /// </summary>
    private const double LongestBridgeMilliseconds = 20;

    /// <summary>Where more than this share of the last seconds was bridged, the source is not to be trusted.</summary>
    private const double MostBridged = 0.02;
    private const double BridgeMemorySeconds = 4;

    /// <summary>A gap this long before R, or later, touches the beat: its baseline or its QRS is made up.</summary>
    private const double GapBeforeRMilliseconds = 100;

    /// <summary>How many beats wait at most for the verifier: it answers within half a second.</summary>
    private const int RecentBeats = 8;

    /// <summary>Two places in a QRS further apart than this are different lobes.</summary>
    private const float SameLobeMilliseconds = 12;

    /// <summary>A shape is learnt up to here after R, some filter included.</summary>
    private const double ShapeEndsMilliseconds = 80;

    private const float EctopicResidual = 0.60f;

    /// <summary>
    /// Breathing changes the height of a QRS by some 15 %; what differs by twice that from its shape's, though like it in shape,
    /// stands on an artefact or is no beat of it.
    /// </summary>
    private const float HeightTolerance = 0.3f;

    /// <summary>A held beat is looked at so often: a few comparisons a beat.</summary>
    private const double PlaceEveryMilliseconds = 4;

    /// <summary>For the shapes a beat counts as early, too, above this multiple of the highest rate.</summary>
    private const double EarlyRate = 1.1;

    private readonly GateOptions _options;
    private readonly IBeatDetector _detector;
    private readonly IGateEventSink _sink;
    private readonly RhythmMonitor _rhythm;
    private readonly RefractoryWindow _window = new();
    private readonly RateLimits _rate;
    private readonly BeatShapeMemory _shapes;
    private readonly RecentBeat[] _recent = new RecentBeat[RecentBeats];
    private readonly double _samplesPerMillisecond;
    private readonly double _sourceDelayMilliseconds;
    private readonly double _asystoleSamples;
    private readonly double _judgeBeforeDeadlineMilliseconds;
    private readonly double _bridgeMemorySamples;
    private readonly double _longestBridge;
    private readonly double _shortSpellSamples;
    private readonly double _armedForSamples;

    private Reason _inhibit;
    private Reason _toldReason;
    private bool _inhibitHolds;
    private bool _keepsRhythm;
    private long _poorSince;
    private int _evidenceBefore;
    private BeatDecision _held;
    private long _heldNumber;
    private bool _isHolding;
    private double _holdUntil;
    private bool _isHeldRefuted;
    private double _placeAgain;
    private float _normalBelow;
    private bool _isAmbiguous;
    private float _afterFirstLobe;
    private int _recentCount;
    private bool _hasBeenReady;
    private long _lastLearnt;
    private long _armedAt;
    private long _lastIndex = -1;
    private EcgSample _lastSample;
    private double _blankFrom = double.NaN;
    private double _blankUntil = double.NaN;
    private long _lastBridged = long.MinValue;
    private double _bridgedShare;
    private double _lastPulseDue = double.NegativeInfinity;
    private double _pulseDueBefore = double.NegativeInfinity;
    private double _quietSince = double.NaN;
    private long _permittedPulses;
    private double _permittedUntil = double.NegativeInfinity;
    private GateOrder _order;
    private bool _orderFresh;
    private BeatOutcome _pending;
    private Reason _withdrawFor;
    private bool _withdrawFresh;

    /// <summary>Creates a core, disarmed.</summary>
    /// <param name="options">Checked here as a whole.</param>
    /// <param name="samplingRateHertz">The source's rate, 125 to 2,000 per second.</param>
    /// <param name="detector">Finds the beats; owned by this core from now on.</param>
    /// <param name="sink">Takes the events.</param>
    /// <param name="sourceDelay">
    /// How old a sample may be when it comes in (<see cref="EcgSourceInfo.LargestDelay"/>): so much less time is left.
    /// </param>
    /// <exception cref="ArgumentException">The options are not valid; the message lists each problem.</exception>
    public GateCore(GateOptions options, double samplingRateHertz, IBeatDetector detector, IGateEventSink sink, TimeSpan sourceDelay = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samplingRateHertz);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceDelay, TimeSpan.Zero);
        var problems = options.Validate();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        }

        // The rules' table is made here and not with the first beat.
        _ = GatePolicy.Rules;
        _options = options;
        _detector = detector;
        _sink = sink;
        _samplesPerMillisecond = samplingRateHertz / 1000;
        _sourceDelayMilliseconds = sourceDelay.TotalMilliseconds;
        _asystoleSamples = options.AsystoleAfter.TotalSeconds * samplingRateHertz;
        _bridgeMemorySamples = BridgeMemorySeconds * samplingRateHertz;
        _longestBridge = LongestBridgeMilliseconds * _samplesPerMillisecond;
        _armedForSamples = options.ArmedFor > TimeSpan.Zero ? options.ArmedFor.TotalSeconds * samplingRateHertz : double.PositiveInfinity;
        _shortSpellSamples = ShortSpellSeconds * samplingRateHertz;
        _shapes = new BeatShapeMemory(samplingRateHertz, options);
        _judgeBeforeDeadlineMilliseconds = options.OrderLead.TotalMilliseconds + _sourceDelayMilliseconds;
        _rate = new RateLimits(options.MinimumRatePerMinute, options.MaximumRatePerMinute);
        _rhythm = new RhythmMonitor(samplingRateHertz, options.PrematureFraction, options.PauseFraction);
    }

    /// <summary>
    /// Is told all that enters this core, in order: enough for an equal core to give equal events
    /// (<see cref="GateReplay.Apply"/>). Null, the default, for nobody.
    /// </summary>
    public IGateInputSink? Inputs { get; init; }

    /// <summary>Where the gate stands.</summary>
    public GateState State { get; private set; } = GateState.Disarmed;

    /// <summary>True from arming until disarmed, stopped, faulted or run out, whether pulses are inhibited or not.</summary>
    public bool IsArmed => State is GateState.Armed or GateState.Learning or GateState.Ready or GateState.Inhibited;

    /// <summary>Why pulses are inhibited; <see cref="Reason.None"/> where they are not.</summary>
    public Reason InhibitReason => _inhibit;

    /// <summary>The counts.</summary>
    public BeatLedger Ledger { get; } = new();

    /// <summary>Beats that the detector announced.</summary>
    public long DetectedBeats { get; private set; }

    /// <summary>Beats that the verifier took back later; they keep their line in the ledger.</summary>
    public long RefutedBeats { get; private set; }

    /// <summary>True while an order waits for its report.</summary>
    public bool HasPendingOrder { get; private set; }

    /// <summary>Edges made, by the timer's reports, late ones among them.</summary>
    public long Pulses { get; private set; }

    /// <summary>Heart rate of the present rhythm, beats per minute; NaN while not known.</summary>
    public double HeartRatePerMinute => 60 / _rhythm.ExpectedRRSeconds;

    /// <summary>The rule that decided on the beat judged last; null where it was fired on.</summary>
    internal GateRule? LastRule { get; private set; }

    /// <summary>Regular beats in a row so far.</summary>
    public int RegularBeats => _rhythm.RegularBeats;

    /// <summary>
    /// Arms: learning begins with the first beat. Where armed already, only the time begins anew after which the arming
    /// runs out. No effect when stopped.
    /// </summary>
    public void Arm()
    {
        Inputs?.OnInput(GateInput.Of(GateInputKind.Arm));
        _armedAt = _lastIndex;
        if (State is GateState.Disarmed or GateState.Faulted)
        {
            _inhibit = Reason.None;
            _keepsRhythm = false;
            RestartRhythm();
            _shapes.Forget();
            _hasBeenReady = false;
            _quietSince = _lastIndex;
            Enter(GateState.Armed, Reason.None);
        }
    }

    /// <summary>
    /// Says how many pulses there may have been since this core was made, and for how long that holds: a total, so that
    /// saying it twice permits nothing twice. It replaces what was said before; disarming takes it back. Ignored while
    /// not armed, and without effect on beats where <see cref="GateOptions.NeedsPermits"/> is not set. Who permits is there: the time
    /// begins anew after which the arming runs out.
    /// </summary>
    /// <param name="upToPulses">
    /// The highest count of <see cref="Pulses"/>, a pulse on order counted among them; at or below it, an order is withdrawn.
    /// </param>
    /// <param name="validFor">From the last sample on; a pulse that is due later is not permitted by this. At least zero.</param>
    public void Permit(long upToPulses, TimeSpan validFor)
    {
        Inputs?.OnInput(GateInput.OfPermit(upToPulses, validFor));
        if (!IsArmed)
        {
            return;
        }

        _armedAt = _lastIndex;
        _permittedPulses = upToPulses;
        _permittedUntil = _lastIndex + (Math.Max(0, validFor.TotalMilliseconds) * _samplesPerMillisecond);
        if (_options.NeedsPermits && HasPendingOrder && upToPulses <= Pulses)
        {
            Withdraw(Reason.Recharging);
        }

        var line = default(BeatOutcome) with { BeatNumber = upToPulses, PulseTime = new SampleTime(_permittedUntil) };
        _sink.OnEvent(new GateEvent(GateEventKind.Permitted, _lastIndex, State, Reason.None, line));
    }

    /// <summary>Disarms, and withdraws a pending order.</summary>
    public void Disarm()
    {
        Inputs?.OnInput(GateInput.Of(GateInputKind.Disarm));
        Leave(GateState.Disarmed, Reason.NotArmed);
    }

    /// <summary>Stops for good, and withdraws a pending order.</summary>
    public void Stop()
    {
        Inputs?.OnInput(GateInput.Of(GateInputKind.Stop));
        Leave(GateState.Stopped, Reason.Stopped);
    }

    /// <summary>Something outside failed: disarms until armed anew, and withdraws a pending order.</summary>
    public void Fault()
    {
        Inputs?.OnInput(GateInput.Of(GateInputKind.Fault));
        Leave(GateState.Faulted, Reason.Fault);
    }

    /// <summary>
    /// Takes the next sample. Indexes rise; a jump is a gap. A short gap, whose length the index tells, is bridged, and
    /// the beat that it touches withheld; a longer one, or one of unknown length, inhibits.
    /// </summary>
    public void Process(in EcgSample sample)
    {
        Inputs?.OnInput(GateInput.Of(in sample));
        if (IsArmed && sample.Index - _armedAt > _armedForSamples)
        {
            Leave(GateState.Disarmed, Reason.Expired);
        }

        var missing = _lastIndex < 0 ? 0 : sample.Index - _lastIndex - 1;
        var isGap = missing != 0 || (sample.Status & SampleStatus.GapBefore) != 0;
        if (!isGap)
        {
            _bridgedShare -= _bridgedShare / _bridgeMemorySamples;
            Step(in sample, isGap: false);
            return;
        }

        _bridgedShare = Math.Clamp(_bridgedShare + (missing / _bridgeMemorySamples), 0, 3 * MostBridged);
        if (missing <= 0 || missing > _longestBridge || _bridgedShare > MostBridged)
        {
            _rhythm.Break();
            Step(in sample, isGap: true);
            return;
        }

        var last = _lastSample;
        for (var i = 1; i <= missing; i++)
        {
            var part = (float)i / (missing + 1);
            var between = new EcgSample(
                last.Index + i,
                last.Lead0Millivolts + (part * (sample.Lead0Millivolts - last.Lead0Millivolts)),
                last.Lead1Millivolts + (part * (sample.Lead1Millivolts - last.Lead1Millivolts)),
                sample.Status & ~SampleStatus.GapBefore);
            _lastBridged = between.Index;
            Step(in between, isGap: false);
        }

        Withdraw(Reason.SourceGap);
        var joined = sample with { Status = sample.Status & ~SampleStatus.GapBefore };
        Step(in joined, isGap: false);
    }

    private void Step(in EcgSample given, bool isGap)
    {
        // The pulse's own artefact drives the amplifier to its limit: that is no fault of the lead.
        var isBlanked = given.Index >= _blankFrom && given.Index <= _blankUntil;
        var sample = isBlanked ? given with { Status = given.Status & ~(SampleStatus.Lead0Saturated | SampleStatus.Lead1Saturated) } : given;
        _lastIndex = sample.Index;
        _lastSample = sample;
        if (double.IsNaN(_quietSince))
        {
            _quietSince = sample.Index;
        }

        _shapes.Process(in sample);
        var decided = _detector.Process(in sample, out var beat);
        WatchConditions(in sample, isGap);
        while (_detector.TryTakeVerdict(out var rTime, out var verdict))
        {
            if (verdict == VerifierVerdict.Refuted)
            {
                TakeRefusal(rTime, sample.Index);
            }
            else
            {
                LearnShape(rTime);
            }
        }

        if (decided)
        {
            _quietSince = sample.Index;
            if (beat.IsLate)
            {
                // Whatever is on order was measured from a beat before this one.
                Withdraw(Reason.Irregular);
                Judge(in beat, ++DetectedBeats, sample.Index);
            }
            else
            {
                JudgeHeld(sample.Index);
                _held = beat;
                _heldNumber = ++DetectedBeats;
                _isHolding = true;

                // The more of the beat is seen, the surer its shape: wait as long as its pulse allows.
                _isHeldRefuted = false;
                PlaceHeld();
            }
        }

        if (_isHolding && (sample.Index >= _placeAgain || sample.Index >= _holdUntil))
        {
            PlaceHeld();
        }

        if (_isHolding && sample.Index >= _holdUntil)
        {
            JudgeHeld(sample.Index);
        }
    }

    /// <summary>The last sample with which a pulse after this R can still be ordered, with one to spare.</summary>
    private double LastChance(SampleTime r) =>
        r.Samples - 2 + ((_options.TargetDelay.TotalMilliseconds - _judgeBeforeDeadlineMilliseconds) * _samplesPerMillisecond);

    /// <summary>
    /// A beat may be announced on any lobe of its QRS. Where a shape of the rhythm fits, R is where that shape's dominant
    /// deflection is: each beat of a rhythm is thus measured from the same lobe.
    /// </summary>
    /// <remarks>
    /// Looked at every few milliseconds while the beat is held: if R proves to be an earlier lobe than the one announced, its pulse
    /// is due earlier too.
    /// </remarks>
    private void PlaceHeld()
    {
        _placeAgain = _lastIndex + (PlaceEveryMilliseconds * _samplesPerMillisecond);
        _holdUntil = LastChance(Place(in _held, _shapes.Compare(_held.RTime)));
    }

    /// <summary>R of a beat that fits a shape: where it was announced, or the dominant deflection if that is another lobe.</summary>
    private SampleTime Place(in BeatDecision beat, in ShapeMatch match) =>
        match.IsNormal && (match.IsBetweenLobes || Math.Abs(match.ShiftMilliseconds + match.FiducialOffsetMilliseconds) >= SameLobeMilliseconds)
            ? new SampleTime(beat.RTime.Samples + ((match.ShiftMilliseconds + match.FiducialOffsetMilliseconds) * _samplesPerMillisecond))
            : beat.RTime;

    /// <summary>Takes the order that the last sample gave rise to, if there is one.</summary>
    public bool TryTakeOrder(out GateOrder order)
    {
        order = _order;
        var fresh = _orderFresh;
        _orderFresh = false;
        return fresh;
    }

    /// <summary>Takes the withdrawal of the pending order, if one is called for. Its report still has to come.</summary>
    public bool TryTakeCancellation(out long beatNumber)
    {
        beatNumber = _pending.BeatNumber;
        var fresh = _withdrawFresh;
        _withdrawFresh = false;
        return fresh;
    }

    /// <summary>Takes the timer's answer to the pending order.</summary>
    /// <param name="beatNumber">The order's beat; an answer to any other is ignored.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="edge">The edge on the source's time axis; NaN where none was made.</param>
    /// <param name="latenessNanoseconds">Edge, or drop, minus deadline.</param>
    public void Report(long beatNumber, PulseResult result, SampleTime edge, long latenessNanoseconds)
    {
        Inputs?.OnInput(GateInput.OfReport(beatNumber, result, edge, latenessNanoseconds));
        TakeReport(beatNumber, result, edge, latenessNanoseconds);
    }

    private void TakeReport(long beatNumber, PulseResult result, SampleTime edge, long latenessNanoseconds)
    {
        if (!HasPendingOrder || beatNumber != _pending.BeatNumber)
        {
            return;
        }

        HasPendingOrder = false;
        _orderFresh = false;
        _withdrawFresh = false;
        var none = new SampleTime(double.NaN);
        var line = result switch
        {
            PulseResult.Fired => _pending with { Outcome = Outcome.Fired, Reason = Reason.None, PulseTime = edge, LatenessNanoseconds = latenessNanoseconds },
            PulseResult.DroppedLate => _pending with { Outcome = Outcome.Missed, Reason = Reason.TimerLate, PulseTime = none, LatenessNanoseconds = latenessNanoseconds },
            PulseResult.Cancelled => _pending with { Outcome = Outcome.Withheld, Reason = _withdrawFor == Reason.None ? Reason.Stopped : _withdrawFor, PulseTime = none },
            _ => _pending with
            {
                // An edge that was made, but late or with a line that would not fall, is in the ledger as what it is.
                Outcome = double.IsNaN(edge.Samples) ? Outcome.Missed : Outcome.Fired,
                Reason = Reason.Fault,
                PulseTime = edge,
                LatenessNanoseconds = latenessNanoseconds,
            },
        };
        _withdrawFor = Reason.None;
        _lastPulseDue = result switch
        {
            PulseResult.Fired => edge.Samples,
            PulseResult.Fault => double.IsNaN(edge.Samples) ? _lastPulseDue : edge.Samples,
            _ => _pulseDueBefore,
        };

        Pulses += line.Outcome == Outcome.Fired ? 1 : 0;
        Conclude(in line, _lastIndex);
        if (result == PulseResult.Fault)
        {
            Leave(GateState.Faulted, Reason.Fault);
        }
    }

    /// <summary>The timer will not answer the pending order any more: its beat is entered as missed by a fault.</summary>
    public void Abandon()
    {
        if (HasPendingOrder)
        {
            Report(_pending.BeatNumber, PulseResult.Fault, new SampleTime(double.NaN), 0);
        }
    }

    /// <summary>The order could not be given to the timer.</summary>
    /// <param name="beatNumber">The order's beat.</param>
    /// <param name="reason">
    /// The timer held another order (missed), was disarmed in between, or the source's clock is not known well enough
    /// to place a pulse by it (both withheld).
    /// </param>
    public void ReportRefused(long beatNumber, Reason reason)
    {
        Inputs?.OnInput(GateInput.OfRefusal(beatNumber, reason));
        if (HasPendingOrder && beatNumber == _pending.BeatNumber)
        {
            HasPendingOrder = false;
            _orderFresh = false;
            _lastPulseDue = _pulseDueBefore;
            var outcome = reason == Reason.ScheduleFull ? Outcome.Missed : Outcome.Withheld;
            Conclude(_pending with { Outcome = outcome, Reason = reason }, _lastIndex);
        }
    }

    private void WatchConditions(in EcgSample sample, bool isGap)
    {
        var conditions = _detector.Conditions;
        var reason =
            (sample.Status & SampleStatus.Lead0Off) != 0 || (conditions & SignalConditions.LeadOff) != 0 ? Reason.LeadOff :
            (sample.Status & SampleStatus.Lead0Saturated) != 0 || (conditions & SignalConditions.Saturated) != 0 ? Reason.Saturated :
            isGap || _bridgedShare > MostBridged ? Reason.SourceGap :
            (sample.Status & SampleStatus.Lead0Invalid) != 0 || (conditions & SignalConditions.Poor) != 0 ? Reason.PoorSignal :
            Reason.None;
        if (reason != Reason.None)
        {
            Inhibit(reason, holds: true, sample.Index);
            return;
        }

        if (IsArmed && sample.Index - _quietSince > _asystoleSamples)
        {
            // No beat for too long: asystole, or a signal lost without anyone saying so.
            Inhibit(Reason.RateTooLow, holds: true, sample.Index);
            return;
        }

        if (_inhibitHolds)
        {
            _inhibitHolds = false;
            if (_inhibit != Reason.None)
            {
                // Beats that came while the condition held are no proof of a rhythm.
                var cleared = _inhibit;
                _inhibit = Reason.None;
                if (_keepsRhythm && sample.Index - _poorSince <= _shortSpellSamples)
                {
                    _rhythm.Resume(Math.Min(_evidenceBefore, (EvidenceFactor * _options.LearningBeats) - EvidenceToReturn));
                    _rate.Reset();
                }
                else
                {
                    _keepsRhythm = false;
                    RestartRhythm();
                }

                if (State == GateState.Inhibited)
                {
                    Enter(GateState.Learning, cleared);
                }
            }
        }
    }

    private void Inhibit(Reason reason, bool holds, long index)
    {
        _inhibitHolds = holds;
        if (_inhibit != reason || State is GateState.Armed or GateState.Learning or GateState.Ready)
        {
            _inhibit = holds ? reason : Reason.None;
            NoteSpell(reason, index);
            if (!_keepsRhythm)
            {
                RestartRhythm();
            }

            Withdraw(reason);
            if (IsArmed)
            {
                Enter(GateState.Inhibited, reason, index);
                if (!holds)
                {
                    Enter(GateState.Learning, reason, index);
                }
            }
        }
    }

    /// <summary>
    /// Poor signal alone, from a ready gate, leaves the rhythm known for a while; spells with no ready gate between them are one.
    /// </summary>
    private void NoteSpell(Reason reason, long index)
    {
        if (State == GateState.Ready)
        {
            _keepsRhythm = reason == Reason.PoorSignal;
            _poorSince = index;
            _evidenceBefore = _rhythm.Evidence;
        }
        else
        {
            _keepsRhythm &= reason == Reason.PoorSignal;
        }
    }

    private void JudgeHeld(long index)
    {
        if (_isHolding)
        {
            _isHolding = false;
            Judge(in _held, _heldNumber, index);
        }
    }

    /// <summary>With nearly all of the QRS seen, says what kind of beat it is.</summary>
    private BeatDecision Classify(in BeatDecision beat)
    {
        _isAmbiguous = false;
        _afterFirstLobe = 0;
        if (_isHeldRefuted && !beat.IsLate)
        {
            return beat with { Class = BeatClass.Doubtful };
        }

        var match = _shapes.Compare(beat.RTime);
        _normalBelow = match.NormalBelow;
        if (float.IsNaN(match.Residual))
        {
            // No shape is known yet: the rhythm alone decides what is learnt from.
            return beat.Class == BeatClass.Ectopic ? beat with { Class = BeatClass.Normal } : beat;
        }

        _isAmbiguous = match.IsNormal && match.IsAmbiguous;
        _afterFirstLobe = match.AfterFirstLobeMilliseconds;
        var isOfItsHeight = !(Math.Abs(beat.AmplitudeMillivolts - match.HeightMillivolts) > HeightTolerance * Math.Abs(match.HeightMillivolts));
        var fits = match.IsNormal && isOfItsHeight ? (beat.Class == BeatClass.Paced ? BeatClass.Paced : BeatClass.Normal)
            : match.Residual < EctopicResidual ? BeatClass.Doubtful : BeatClass.Ectopic;
        var r = Place(in beat, in match);
        r = r == beat.RTime || match.IsBetweenLobes ? r : _shapes.Refine(r, SameLobeMilliseconds);
        return beat with { Class = fits, TemplateResidual = match.Residual, RTime = r };
    }

    private void LearnShape(SampleTime rTime)
    {
        for (var i = 0; i < RecentBeats; i++)
        {
            ref var recent = ref _recent[i];
            if (recent.IsToLearn && recent.R == rTime)
            {
                recent.IsToLearn = false;
                var isNext = recent.Number == _lastLearnt + 1;
                _shapes.Learn(rTime, recent.AmplitudeMillivolts, recent.RRSeconds, recent.IsEarly, isNext, isLearningPhase: !_hasBeenReady);
                _lastLearnt = recent.Number;
            }
        }
    }

    private void Judge(in BeatDecision early, long number, long index)
    {
        if (State == GateState.Armed)
        {
            Enter(GateState.Learning, Reason.None, index);
        }

        var beat = Classify(in early);
        var view = _rhythm.Observe(in beat, isCertain: beat.TemplateResidual < GatePolicy.CertainShare * _normalBelow);
        _recentCount++;
        _recent[_recentCount % RecentBeats] = new RecentBeat
        {
            Number = _recentCount,
            R = early.RTime,
            JudgedR = beat.RTime,
            RRSeconds = view.RRSeconds,
            AmplitudeMillivolts = beat.AmplitudeMillivolts,
            IsEarly = view.IsEarlyOfAll || view.RRSeconds * EarlyRate * _options.MaximumRatePerMinute < 60,
            IsToLearn = !beat.IsLate && !double.IsNaN(view.RRSeconds),
        };
        _window.Observe(view.RRSeconds);
        _rate.Observe(in view);
        if (State == GateState.Learning && _shapes.IsKnown && (view.RegularBeats > _options.LearningBeats || view.Evidence > EvidenceFactor * _options.LearningBeats))
        {
            // The learning beats themselves are not fired on; the first one after them may be.
            _hasBeenReady = true;
            Enter(GateState.Ready, Reason.None, index);
        }

        var due = beat.RTime.Samples + (_options.TargetDelay.TotalMilliseconds * _samplesPerMillisecond);
        var latestMilliseconds = (_options.TargetDelay + _options.EdgeTolerance).TotalMilliseconds;
        var context = new BeatContext
        {
            State = State,
            InhibitReason = _inhibit,
            Beat = beat,
            Rhythm = view,
            NormalBelow = _normalBelow,
            IsAmbiguous = _isAmbiguous,
            LearningBeats = _options.LearningBeats,
            IsRateTooLow = _rate.IsTooLow,
            IsRateTooHigh = _rate.IsTooHigh,
            SinceLastPulseMilliseconds = (due - _lastPulseDue) / _samplesPerMillisecond,
            MinimumIntervalMilliseconds = _options.MinimumInterval.TotalMilliseconds,
            TimeLeftMilliseconds = ((due - index) / _samplesPerMillisecond) - _sourceDelayMilliseconds,
            OrderLeadMilliseconds = _options.OrderLead.TotalMilliseconds,
            LatestEdgeMilliseconds = latestMilliseconds + _afterFirstLobe,
            WindowEndMilliseconds = _window.LatestEdgeMilliseconds(view.RRSeconds, _options.Cutoff.TotalMilliseconds + _afterFirstLobe),
            IsPermitted = !_options.NeedsPermits || (Pulses + (HasPendingOrder ? 1 : 0) < _permittedPulses && due <= _permittedUntil),
            OrderPending = HasPendingOrder,
            IsBridged = _lastBridged >= beat.RTime.Samples - (GapBeforeRMilliseconds * _samplesPerMillisecond),
        };
        var rule = GatePolicy.Judge(in context);
        LastRule = rule;
        var line = new BeatOutcome(number, beat, Outcome.Withheld, Reason.None, (float)(view.RRSeconds * 1000), new SampleTime(double.NaN), 0);
        if (rule is not null)
        {
            Conclude(line with { Outcome = rule.Outcome, Reason = rule.Reason }, index);
        }
        else
        {
            _pending = line;
            _order = new GateOrder(number, new SampleTime(due), new SampleTime(beat.RTime.Samples + (latestMilliseconds * _samplesPerMillisecond)));
            _orderFresh = true;
            HasPendingOrder = true;
            _pulseDueBefore = _lastPulseDue;
            _lastPulseDue = due;
            if ((_options.TargetDelay + _options.Blanking).TotalMilliseconds < ShapeEndsMilliseconds)
            {
                // The pulse's own artefact will stand in this beat, unblanked: nothing may be learnt from it.
                _recent[_recentCount % RecentBeats].IsToLearn = false;
            }

            if (_options.Blanking > TimeSpan.Zero)
            {
                _blankFrom = due;
                _blankUntil = due + (_options.Blanking.TotalMilliseconds * _samplesPerMillisecond);
                var until = new SampleTime(_blankUntil);
                _detector.Blank(new SampleTime(due), until);
                _shapes.Blank(new SampleTime(due), until);
            }
        }

        WatchRuns(index);
    }

    private void WatchRuns(long index)
    {
        if (!IsArmed)
        {
            return;
        }

        if (_rhythm.EctopicBeats >= RunOfDisturbedBeats)
        {
            // Ventricular tachycardia, or what looks like it: learn anew.
            if (State != GateState.Inhibited)
            {
                Inhibit(Reason.Irregular, holds: false, index);
            }

            RestartRhythm();
        }
        else if (_rhythm.DisturbedBeats >= RunOfDisturbedBeats)
        {
            if (State == GateState.Ready)
            {
                Withdraw(Reason.Irregular);
                Enter(GateState.Inhibited, Reason.Irregular, index);
                Enter(GateState.Learning, Reason.Irregular, index);
            }

            _rhythm.Doubt((EvidenceFactor * _options.LearningBeats) - EvidenceToReturn);
        }
    }

    private void TakeRefusal(SampleTime announcedR, long index)
    {
        RefutedBeats++;
        if (_isHolding && _held.RTime == announcedR)
        {
            _isHeldRefuted = true;
        }

        var rTime = announcedR;
        foreach (ref readonly var recent in _recent.AsSpan())
        {
            if (recent.R == announcedR)
            {
                rTime = recent.JudgedR;
            }
        }

        _rhythm.Refute(rTime);
        // The beat on order is the refuted one, or was measured from it.
        Withdraw(HasPendingOrder && _pending.Beat.RTime == rTime ? Reason.PoorSignal : Reason.Irregular);

        var line = default(BeatOutcome) with { Beat = new BeatDecision(rTime, index, BeatClass.Doubtful, 0, float.NaN, 0, IsLate: false), PulseTime = new SampleTime(double.NaN) };
        _sink.OnEvent(new GateEvent(GateEventKind.BeatRefuted, index, State, Reason.PoorSignal, line));
    }

    private void RestartRhythm()
    {
        _rhythm.Restart();
        _window.Reset();
        _rate.Reset();
    }

    private void Withdraw(Reason reason)
    {
        if (HasPendingOrder && _withdrawFor == Reason.None)
        {
            _withdrawFor = reason;
            _withdrawFresh = !_orderFresh;
            if (_orderFresh)
            {
                // The order was never taken, so the timer knows nothing of it.
                TakeReport(_pending.BeatNumber, PulseResult.Cancelled, new SampleTime(double.NaN), 0);
            }
        }
    }

    private void Leave(GateState state, Reason reason)
    {
        if (State == GateState.Stopped || State == state)
        {
            return;
        }

        Withdraw(reason);
        _inhibit = Reason.None;
        _inhibitHolds = false;
        (_permittedPulses, _permittedUntil) = (0, double.NegativeInfinity);
        Enter(state, reason);
        if (state == GateState.Stopped)
        {
            JudgeHeld(_lastIndex);
        }
    }

    private void Conclude(in BeatOutcome line, long index)
    {
        Ledger.Add(in line);
        _sink.OnEvent(new GateEvent(GateEventKind.BeatOutcome, index, State, Reason.None, line));
    }

    private void Enter(GateState state, Reason reason) => Enter(state, reason, _lastIndex);

    private void Enter(GateState state, Reason reason, long index)
    {
        // A spell that began as noise may turn out to be an electrode: that is told too, but never back and forth.
        if (State == state && !(state == GateState.Inhibited && Gravity(reason) > Gravity(_toldReason)))
        {
            return;
        }

        State = state;
        _toldReason = reason;
        _sink.OnEvent(new GateEvent(GateEventKind.StateChanged, index, state, reason, default));
    }

    private static int Gravity(Reason inhibits) => inhibits switch
    {
        Reason.LeadOff => 4,
        Reason.Saturated => 3,
        Reason.SourceGap => 2,
        Reason.RateTooLow => 1,
        _ => 0,
    };

    private struct RecentBeat
    {
        public long Number;
        public SampleTime R;
        public SampleTime JudgedR;
        public double RRSeconds;
        public float AmplitudeMillivolts;
        public bool IsEarly;
        public bool IsToLearn;
    }
}
