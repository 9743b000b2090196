using System.Globalization;
using EcgGate.Emulator.Generator;

namespace EcgGate.Emulator.Simulation;

/// <summary>
/// Checks the invariants from outside: it knows the true beats, what the operator asked for, what the line did and which
/// outcomes were told, and shares no code with the gate. Times are patient time in seconds.
/// </summary>
internal sealed class SimulationReferee(ITruth truth)
{
    /// <summary>The vulnerable period opens this long before the T peak; assumed, as everywhere.</summary>
    private const double VulnerableBeforeTPeakSeconds = 0.040;

    /// <summary>What the line may take to fall after its width; the timer tries again every 10 ms.</summary>
    private const double FallSlackSeconds = 0.025;

    /// <summary>
    /// An interval is kept on the device's clock, from an edge that was up to the tolerance late, and that clock is
    /// measured from time stamps: so much may be missing on the true one.
    /// </summary>
    private const double IntervalSlackSeconds = 0.005;

    /// <summary>The arming runs out in sample time, which a held-up source and a drifting clock make longer.</summary>
    private const double ExpirySlackSeconds = 2;

    private const int MostKept = 20;

    private readonly ITruth _truth = truth;
    private readonly List<InvariantBreach> _breaches = [];
    private readonly HashSet<long> _outcomes = [];
    private double _latestEdgeSeconds;
    private double _minimumIntervalSeconds;
    private double _widthSeconds;
    private double _armedForSeconds = double.PositiveInfinity;
    private double _armedAt = double.NegativeInfinity;
    private bool _isArmed;
    private double _lastEdge = double.NegativeInfinity;
    private double _lastBeat = double.NaN;
    private double _highSince = double.NaN;
    private bool _isLowTold;
    private bool _isPulse;
    private long _edgesOfEngine;
    private long _numbers;

    /// <summary>What did not hold, the first ones.</summary>
    public IReadOnlyList<InvariantBreach> Breaches => _breaches;

    /// <summary>How often something did not hold.</summary>
    public long BreachCount { get; private set; }

    public long Edges { get; private set; }

    public long EdgesOnEctopicBeats { get; private set; }

    public long EdgesOnFusionBeats { get; private set; }

    public long EdgesOnPrematureBeats { get; private set; }

    /// <summary>Edges that the line made later than it was told to, beyond the window: no engine can help that.</summary>
    public long EdgesLateByTheLine { get; private set; }

    /// <summary>An engine takes the line: what it was told to keep.</summary>
    public void Begin(double cutoffSeconds, double toleranceSeconds, double minimumIntervalSeconds, double widthSeconds, double armedForSeconds)
    {
        _latestEdgeSeconds = cutoffSeconds + toleranceSeconds;
        _minimumIntervalSeconds = minimumIntervalSeconds;
        _widthSeconds = widthSeconds;
        _armedForSeconds = armedForSeconds > 0 ? armedForSeconds : double.PositiveInfinity;
        _isArmed = false;
        _edgesOfEngine = 0;
        _outcomes.Clear();
        _numbers = 0;
    }

    public void Armed(double at)
    {
        _isArmed = true;
        _armedAt = at;
    }

    /// <summary>A pulse was permitted: where it is armed, the time begins anew after which the arming runs out.</summary>
    public void Permitted(double at) => _armedAt = at;

    /// <summary>Disarming or stopping has returned.</summary>
    public void Disarmed() => _isArmed = false;

    /// <summary>
    /// The line refused a command. To rise, or to end a pulse, is a fault that takes the arming; when it is tried again
    /// while nothing is fired, somebody may have armed since.
    /// </summary>
    public void Refused(bool toRise)
    {
        _isArmed &= !toRise && !_isPulse;
        _isPulse = false;
    }

    /// <summary>The line was told to rise.</summary>
    /// <param name="toldAt">When.</param>
    /// <param name="roseAt">When it did, or would have.</param>
    /// <param name="rose">Whether it did.</param>
    public void Rise(double toldAt, double roseAt, bool rose)
    {
        Edges++;
        _edgesOfEngine++;
        if (!_isArmed)
        {
            Breach(Invariant.NoEdgeWhileDisarmed, toldAt, "the line was told to rise while disarmed");
        }
        else if (toldAt > _armedAt + (_armedForSeconds * 1.001) + ExpirySlackSeconds)
        {
            Breach(Invariant.NoEdgeWhileDisarmed, toldAt, Text($"{toldAt - _armedAt:0.000} s after arming for {_armedForSeconds:0.000} s"));
        }

        if (!double.IsNaN(_highSince) && !_isLowTold)
        {
            Breach(Invariant.OneEdgeForOneBeat, toldAt, "the line was told to rise while it was high");
        }

        if (toldAt - _lastEdge < _minimumIntervalSeconds - IntervalSlackSeconds)
        {
            Breach(Invariant.MinimumInterval, toldAt, Text($"{(toldAt - _lastEdge) * 1e3:0.0} ms after the edge before; at least {_minimumIntervalSeconds * 1e3:0.0} ms were asked for"));
        }

        _lastEdge = toldAt;
        JudgePlace(toldAt);

        // A line that answers late moves late: the engine must take it for the fault that it is.
        if (roseAt > toldAt && _truth.TryGetLastBeat(roseAt, out var after) && roseAt - after.RSeconds > _latestEdgeSeconds)
        {
            EdgesLateByTheLine++;
            _isArmed = false;
        }

        _highSince = rose ? roseAt : _highSince;
        _isLowTold = false;
        _isPulse = true;
    }

    /// <summary>The line was told to fall, and said that it did.</summary>
    public void Fall()
    {
        _isLowTold = true;
        _isPulse = false;
    }

    /// <summary>A beat got its outcome.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="at">When.</param>
    public void Outcome(long number, double at)
    {
        if (!_outcomes.Add(number))
        {
            Breach(Invariant.OneOutcomeForOneBeat, at, Text($"beat {number} got a second outcome"));
        }

        _numbers = Math.Max(_numbers, number);
    }

    /// <summary>After each step.</summary>
    /// <param name="now">Patient time.</param>
    /// <param name="isHigh">Whether the line is active.</param>
    /// <param name="canFall">Whether the line would fall if it were told to.</param>
    /// <param name="detected">Beats that the engine says it detected.</param>
    /// <param name="fired">Its counts.</param>
    /// <param name="withheld">Its counts.</param>
    /// <param name="missed">Its counts.</param>
    /// <param name="entered">Beats in its ledger.</param>
    public void Step(double now, bool isHigh, bool canFall, long detected, long fired, long withheld, long missed, long entered)
    {
        if (!isHigh || !canFall)
        {
            // A line that will not fall is not the engine's; it gets its time again once it is whole.
            _highSince = isHigh ? now : double.NaN;
        }
        else if (now - _highSince > _widthSeconds + FallSlackSeconds)
        {
            Breach(Invariant.LineLow, now, Text($"active for {(now - _highSince) * 1e3:0.0} ms; the pulse is {_widthSeconds * 1e3:0.###} ms wide"));
            _highSince = double.PositiveInfinity;
        }

        if (fired + withheld + missed != entered || detected - entered is < 0 or > 2)
        {
            Breach(Invariant.SumsEqual, now, Text($"{detected} beats detected, {entered} entered: {fired} fired, {withheld} withheld, {missed} missed"));
        }
    }

    /// <summary>The engine has ended: nothing may be open any more.</summary>
    public void End(double now, bool isHigh, bool canFall, long detected, long fired, long entered)
    {
        _isArmed = false;
        if (isHigh && canFall)
        {
            Breach(Invariant.LineLow, now, "active after the engine ended");
        }

        if (detected != entered || _outcomes.Count != entered || _numbers > detected)
        {
            Breach(Invariant.OneOutcomeForOneBeat, now, Text($"{detected} beats detected, {entered} entered, {_outcomes.Count} outcomes told, the last for beat {_numbers}"));
        }

        if (fired != _edgesOfEngine)
        {
            Breach(Invariant.SumsEqual, now, Text($"{fired} beats fired on, {_edgesOfEngine} edges made"));
        }
    }

    /// <summary>Something threw.</summary>
    public void Threw(double now, Exception problem) => Breach(Invariant.NoException, now, $"{problem.GetType().Name}: {problem.Message}");

    private void JudgePlace(double at)
    {
        if (!_truth.TryGetLastBeat(at, out var beat))
        {
            Breach(Invariant.EdgeInsideWindow, at, "before the first beat");
            return;
        }

        var since = at - beat.RSeconds;
        if (_truth.IsInFibrillation(at))
        {
            Breach(Invariant.EdgeInsideWindow, at, "in ventricular fibrillation");
        }
        else if (since > _latestEdgeSeconds)
        {
            var next = _truth.TryGetNextBeat(at, out var coming) ? Text($", {(coming.RSeconds - at) * 1e3:0.0} ms before the next ({coming.Symbol})") : "";
            Breach(Invariant.EdgeInsideWindow, at, Text($"{since * 1e3:0.0} ms after R ({beat.Symbol}){next}; at most {_latestEdgeSeconds * 1e3:0.0} ms are allowed"));
        }

        if (at >= beat.TPeakSeconds - VulnerableBeforeTPeakSeconds && at <= beat.TEndSeconds)
        {
            Breach(Invariant.NoEdgeInVulnerablePeriod, at, Text($"{since * 1e3:0.0} ms after R ({beat.Symbol}), T peak at {(beat.TPeakSeconds - beat.RSeconds) * 1e3:0.0} ms"));
        }

        if (beat.RSeconds == _lastBeat)
        {
            Breach(Invariant.OneEdgeForOneBeat, at, Text($"a second edge {since * 1e3:0.0} ms after R ({beat.Symbol})"));
        }

        _lastBeat = beat.RSeconds;
        EdgesOnEctopicBeats += beat.Symbol is 'V' or 'E' ? 1 : 0;
        EdgesOnFusionBeats += beat.Symbol == 'F' ? 1 : 0;
        EdgesOnPrematureBeats += beat.Symbol == 'A' ? 1 : 0;
    }

    /// <summary>Notes what did not hold.</summary>
    public void Breach(Invariant invariant, double at, string detail)
    {
        BreachCount++;
        if (_breaches.Count < MostKept)
        {
            _breaches.Add(new InvariantBreach(invariant, at, detail));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
