using System.Globalization;

namespace EcgGate.Emulator.Simulation;

/// <summary>
/// Checks one procedure from outside: it knows each edge, each pulse as it truly was, each permit asked for, what the
/// operator said and when, and what was told; and shares no code with the session. Times are patient time in seconds.
/// </summary>
/// <remarks>
/// A generator that counts falsely or makes pulses by itself cannot be told from one that works until the counts have been
/// compared: each such error allows one pulse under way more, and readings of that procedure may be told as another's.
/// </remarks>
/// <param name="terms">What the plan asks.</param>
/// <param name="breach">Is told what did not hold.</param>
internal sealed class ProcedureReferee(ProcedureTerms terms, Action<Invariant, double, string> breach)
{
    /// <summary>As for any two edges: the interval is kept on the device's clock.</summary>
    private const double IntervalSlackSeconds = 0.005;

    /// <summary>A permit runs out in sample time, which a held-up source and a drifting clock make longer.</summary>
    private const double PermitSlackSeconds = 2;

    /// <summary>
    /// A permit that is taken back is so with the gate's next sample; an order that the timer has by then may still make its
    /// edge, a cut-off after its R at the latest. Only disarming stops that one too.
    /// </summary>
    private const double OrderSeconds = 0.1;

    private const int FirstPulses = 3;

    private readonly Dictionary<long, TruePulse> _made = [];
    private readonly HashSet<long> _handed = [];
    private readonly HashSet<long> _told = [];
    private readonly int[] _delivered = new int[terms.Outputs.Count];
    private readonly int[] _failed = new int[terms.Outputs.Count];
    private readonly int[] _tests = new int[terms.Outputs.Count];
    private readonly bool[] _accepted = new bool[terms.Outputs.Count];
    private readonly double[] _resumesAt = new double[terms.Outputs.Count];
    private readonly List<double>[] _firstOhms = [.. terms.Outputs.Select(_ => new List<double>())];
    private ToldState _state = ToldState.Testing;
    private double _startedAt;
    private double _heartbeatAt;
    private long _edges;
    private double _lastEdge = double.NegativeInfinity;
    private long _permitted;
    private double _permittedAt;
    private long _takenBack;
    private double _takenBackAt = double.NegativeInfinity;
    private long _falseCounts;
    private long _strays;
    private long _unexpected;
    private bool _isConfirmed;
    private bool _isAborted;
    private bool _pauseAsked;
    private int _edgesSincePause;
    private int _completedPairs;

    /// <summary>The generator's errors in counting, so far.</summary>
    private long Odd => _falseCounts + _strays;

    public void Started(double at) => _startedAt = _heartbeatAt = at;

    public void Heartbeat(double at) => _heartbeatAt = at;

    /// <summary>The gate was asked to permit so many pulses in all.</summary>
    public void Permit(long total, double at)
    {
        if (total > _edges + 1 + Odd)
        {
            breach(Invariant.OnePulseForOnePermit, at, Text($"{total} pulses permitted after {_edges} edges"));
        }

        if (total > _edges && _state is ToldState.Awaiting or ToldState.Paused or ToldState.Over)
        {
            breach(Invariant.NoEdgeWhileHalted, at, $"a pulse was permitted while {_state}");
        }

        if (total < _permitted)
        {
            _takenBack = _permitted;
            _takenBackAt = at;
        }

        _permitted = total;
        _permittedAt = at;
    }

    /// <summary>The line was told to rise.</summary>
    public void Edge(double at)
    {
        _edges++;
        if (_isAborted)
        {
            breach(Invariant.NoEdgeAfterAbort, at, "an edge after an abort had returned");
        }
        else if (_state is ToldState.Awaiting or ToldState.Paused or ToldState.Over)
        {
            breach(Invariant.NoEdgeWhileHalted, at, $"an edge while {_state}");
        }
        else if (_pauseAsked && ++_edgesSincePause > 1 + Odd)
        {
            breach(Invariant.NoEdgeWhileHalted, at, Text($"{_edgesSincePause} edges since the operator paused"));
        }

        var permitted = at - _takenBackAt <= OrderSeconds ? Math.Max(_permitted, _takenBack) : _permitted;
        if (_edges > permitted)
        {
            breach(Invariant.OnePulseForOnePermit, at, Text($"edge {_edges}; {permitted} were permitted"));
        }
        else if (at - _permittedAt > terms.PermitSeconds + PermitSlackSeconds)
        {
            breach(Invariant.OnePulseForOnePermit, at, Text($"{at - _permittedAt:0.000} s after the permit, which was for {terms.PermitSeconds:0.###} s"));
        }

        if (at - _heartbeatAt > terms.HeartbeatSeconds + terms.PermitSeconds + PermitSlackSeconds)
        {
            breach(Invariant.SomebodyWatches, at, Text($"{at - _heartbeatAt:0.000} s after the last heartbeat"));
        }
        else if (at - _startedAt > terms.TotalSeconds + terms.PermitSeconds + PermitSlackSeconds)
        {
            breach(Invariant.SomebodyWatches, at, Text($"{at - _startedAt:0.0} s after the start; {terms.TotalSeconds:0.0} s are the limit"));
        }

        if (at - _lastEdge < terms.MinimumIntervalSeconds - IntervalSlackSeconds)
        {
            breach(Invariant.MinimumInterval, at, Text($"{(at - _lastEdge) * 1e3:0.0} ms after the edge before; the plan wants {terms.MinimumIntervalSeconds * 1e3:0.0} ms"));
        }

        _lastEdge = at;
    }

    /// <summary>The generator made a pulse.</summary>
    public void Pulse(in TruePulse pulse, double at)
    {
        _made.Add(pulse.Number, pulse);
        _strays += pulse.IsStray ? 1 : 0;
        var pair = PairOf(in pulse);
        if (!pulse.IsGarbled && IsTreatment(in pulse))
        {
            if (!_accepted[pair])
            {
                breach(Invariant.TreatmentConsented, at, Text($"pulse {pulse.Number} on pair {pair}, whose impedance is not accepted"));
            }
            else if (!_isConfirmed)
            {
                breach(Invariant.TreatmentConsented, at, Text($"pulse {pulse.Number} on pair {pair}, not confirmed since its impedance was accepted"));
            }

            if (!pulse.IsStray && at < _resumesAt[pair])
            {
                breach(Invariant.MinimumInterval, at, Text($"pulse {pulse.Number} on pair {pair}, {_resumesAt[pair] - at:0.000} s before its next train"));
            }
        }

        // A pulse that the session cannot know of yet is the one that was permitted, and no other.
        var underWay = _made.Keys.Count(number => !_told.Contains(number));
        if (underWay > 1 + Odd)
        {
            breach(Invariant.OnePulseForOnePermit, at, Text($"{underWay} pulses made that were not told yet"));
        }
    }

    /// <summary>The generator's count says more pulses than were made.</summary>
    public void CountFalsely(long pulses) => _falseCounts += pulses;

    /// <summary>The session takes a reading.</summary>
    public void Hand(long number)
    {
        if (_told.Contains(number) || !_made.TryGetValue(number, out var pulse))
        {
            // Given up before; what it was, nobody will look at any more.
            return;
        }

        _handed.Add(number);
        var pair = PairOf(in pulse);
        if (pulse.IsDangerous)
        {
            Revoke(pair);
        }
        else if (IsTreatment(in pulse) && pulse.IsGood)
        {
            var first = _firstOhms[pair];
            if (first.Count < FirstPulses)
            {
                first.Add(pulse.Ohms);
            }

            var usual = first.Count == FirstPulses ? first.Order().ElementAt(FirstPulses / 2) : double.PositiveInfinity;
            if (pulse.Ohms > terms.MaximumOhms || pulse.Ohms > usual * (1 + (terms.RisePercent / 100)))
            {
                Revoke(pair);
            }
        }
    }

    /// <summary>An abort has returned.</summary>
    public void Abort() => _isAborted = true;

    /// <summary>The operator asked to pause.</summary>
    public void AskPause()
    {
        _edgesSincePause = _pauseAsked ? _edgesSincePause : 0;
        _pauseAsked = true;
    }

    /// <summary>The session has made a step: it has taken the word to pause.</summary>
    public void Step(double at)
    {
        if (_pauseAsked && _state is not (ToldState.Paused or ToldState.Over))
        {
            breach(Invariant.NoEdgeWhileHalted, at, "the operator asked to pause, and it goes on");
        }

        _pauseAsked = false;
    }

    /// <summary>The operator confirmed; that counts where it was asked for.</summary>
    public void Confirm() => _isConfirmed |= _state == ToldState.Awaiting;

    /// <summary>The procedure says where it stands.</summary>
    public void Enter(ToldState state)
    {
        _isConfirmed &= state != ToldState.Awaiting && (_state != ToldState.Awaiting || state == ToldState.Treating);
        _state = state;
    }

    /// <summary>A pair's impedance was judged.</summary>
    public void Verdict(int pair, bool isAccepted, double ohms, double at)
    {
        if (isAccepted && !(ohms >= terms.MinimumOhms && ohms <= terms.MaximumOhms && terms.Volts[pair] / ohms <= terms.CurrentLimitAmperes))
        {
            breach(Invariant.TreatmentConsented, at, Text($"pair {pair} accepted with {ohms:0.0} ohm; {terms.MinimumOhms:0.#} to {terms.MaximumOhms:0.#} ohm are"));
        }
        else if (isAccepted && _tests[pair] < terms.TestPulses)
        {
            breach(Invariant.TreatmentConsented, at, Text($"pair {pair} accepted after {_tests[pair]} test pulses of {terms.TestPulses}"));
        }

        _isConfirmed = false;
        if (isAccepted)
        {
            _accepted[pair] = true;
        }
        else
        {
            Revoke(pair);
        }
    }

    /// <summary>A pulse was told.</summary>
    /// <param name="kind">As what.</param>
    /// <param name="number">Its number in the generator's count.</param>
    /// <param name="pair">Its pair; below 0 for none.</param>
    /// <param name="counted">Whether it counts towards the test or the plan.</param>
    /// <param name="delivered">Treatment pulses of the pair, as told with it.</param>
    /// <param name="failed">Failed pulses of the pair, as told with it.</param>
    /// <param name="at">When.</param>
    public void Tell(ToldPulse kind, long number, int pair, bool counted, int delivered, int failed, double at)
    {
        if (!_told.Add(number))
        {
            breach(Invariant.EveryPulseAccounted, at, Text($"pulse {number} was told twice"));
        }

        if (_told.Count > _made.Count + _falseCounts)
        {
            breach(Invariant.EveryPulseAccounted, at, Text($"{_told.Count} pulses told, {_made.Count} made"));
        }

        Compare(kind, number, pair, at);
        if (kind == ToldPulse.Unexpected)
        {
            _unexpected++;
            return;
        }

        if (kind != ToldPulse.Failed && !counted)
        {
            breach(Invariant.RecordEqual, at, Text($"pulse {number} was told as good and as not counted"));
        }

        _tests[pair] += kind == ToldPulse.Test ? 1 : 0;
        _failed[pair] += kind == ToldPulse.Failed ? 1 : 0;
        if (kind == ToldPulse.Treatment || (kind == ToldPulse.Failed && counted))
        {
            _delivered[pair]++;
            if (_delivered[pair] > terms.PulsesPerPair)
            {
                breach(Invariant.DeliveredAtMostPlanned, at, Text($"{_delivered[pair]} pulses on pair {pair}, {terms.PulsesPerPair} are planned"));
            }

            if (terms.PulsesPerTrain > 0 && _delivered[pair] % terms.PulsesPerTrain == 0 && _delivered[pair] < terms.PulsesPerPair)
            {
                _resumesAt[pair] = at + terms.TrainPauseSeconds - IntervalSlackSeconds;
            }
        }

        if (delivered != _delivered[pair] || failed != _failed[pair])
        {
            breach(Invariant.RecordEqual, at, Text($"pulse {number} on pair {pair} was told with {delivered} delivered and {failed} failed; told so far are {_delivered[pair]} and {_failed[pair]}"));
        }
    }

    /// <summary>A pair was told to be complete.</summary>
    public void CompletePair(int pair, double at)
    {
        _completedPairs++;
        if (_delivered[pair] != terms.PulsesPerPair)
        {
            breach(Invariant.RecordEqual, at, Text($"pair {pair} complete with {_delivered[pair]} of {terms.PulsesPerPair} pulses"));
        }
    }

    /// <summary>What the session says of itself.</summary>
    public void Compare(int pair, int delivered, int failed, double at)
    {
        if (delivered != _delivered[pair] || failed != _failed[pair])
        {
            breach(Invariant.RecordEqual, at, Text($"pair {pair}: {delivered} delivered and {failed} failed; told were {_delivered[pair]} and {_failed[pair]}"));
        }
    }

    /// <summary>What the session says of itself: pulses that nobody permitted.</summary>
    public void CompareUnexpected(int unexpected, double at)
    {
        if (unexpected != _unexpected)
        {
            breach(Invariant.RecordEqual, at, Text($"{unexpected} unexpected pulses; told were {_unexpected}"));
        }
    }

    /// <summary>The procedure is over, and everything had its time to come in.</summary>
    public void End(bool isCompleted, double at)
    {
        if (_told.Count != _made.Count + _falseCounts)
        {
            breach(Invariant.EveryPulseAccounted, at, Text($"{_made.Count} pulses made and {_falseCounts} counted falsely, {_told.Count} told"));
        }

        for (var pair = 0; pair < terms.Outputs.Count; pair++)
        {
            // What was made and not counted is told as such: a good pulse more than counted was unexpected.
            var good = _made.Values.Count(pulse => pulse.IsGood && !pulse.IsGarbled && PairOf(in pulse) == pair && IsTreatment(in pulse));
            if (good > _delivered[pair] + _unexpected)
            {
                breach(Invariant.DeliveredAtMostPlanned, at, Text($"{good} good pulses were made on pair {pair}, {_delivered[pair]} counted and {_unexpected} unexpected"));
            }
        }

        if (isCompleted && (_completedPairs != terms.Outputs.Count || _delivered.Any(count => count != terms.PulsesPerPair)))
        {
            breach(Invariant.RecordEqual, at, Text($"completed with {_delivered.Sum()} of {terms.PulsesPerPair * terms.Outputs.Count} pulses and {_completedPairs} of {terms.Outputs.Count} pairs"));
        }
    }

    private void Compare(ToldPulse kind, long number, int pair, double at)
    {
        if (!_made.TryGetValue(number, out var pulse) || pulse.IsStray || pulse.IsGarbled || Odd > 0)
        {
            return;
        }

        var isTreatment = IsTreatment(in pulse);
        var isAsItWas = kind switch
        {
            ToldPulse.Unexpected => false,
            ToldPulse.Failed => !pulse.IsGood || !_handed.Contains(number),
            ToldPulse.Test => pulse.IsGood && !isTreatment && _handed.Contains(number),
            _ => pulse.IsGood && isTreatment && _handed.Contains(number),
        };
        if (!isAsItWas || pair != PairOf(in pulse))
        {
            breach(Invariant.EveryPulseAccounted, at, Text($"pulse {number}, {(pulse.IsGood ? "a good" : "a failed")} {(isTreatment ? "treatment" : "test")} pulse on pair {PairOf(in pulse)}, was told as {kind} on pair {pair}"));
        }
    }

    /// <summary>The pair must be measured and confirmed anew.</summary>
    private void Revoke(int pair)
    {
        _accepted[pair] = false;
        _isConfirmed = false;
        _tests[pair] = 0;
        _firstOhms[pair].Clear();
    }

    private int PairOf(in TruePulse pulse)
    {
        for (var pair = 0; pair < terms.Outputs.Count; pair++)
        {
            if (terms.Outputs[pair] == pulse.Output)
            {
                return pair;
            }
        }

        return -1;
    }

    private bool IsTreatment(in TruePulse pulse) => pulse.Volts != terms.TestVolts;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
