using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Tests.Support;

/// <summary>A detector that says what a test wrote down for it.</summary>
internal sealed class ScriptedDetector : IBeatDetector
{
    private const long VerifierDelay = 300;

    private readonly Dictionary<long, BeatDecision> _decisions = [];
    private readonly Dictionary<long, (SampleTime R, VerifierVerdict Verdict)> _verdicts = [];
    private readonly Dictionary<long, SignalConditions> _conditions = [];
    private readonly List<(double R, BeatClass Class)> _beats = [];
    private readonly Queue<(SampleTime R, VerifierVerdict Verdict)> _due = new();

    public SignalConditions Conditions { get; private set; }

    public List<(SampleTime From, SampleTime Until)> Blankings { get; } = [];

    public ScriptedDetector Beat(double rSample, double latencySamples, BeatClass beatClass = BeatClass.Normal, bool late = false)
    {
        var index = (long)Math.Ceiling(rSample + latencySamples);
        _beats.Add((rSample, beatClass));
        _decisions.Add(index, new BeatDecision(new SampleTime(rSample), index, beatClass, 1f, 0.1f, 1f, late));
        return this;
    }

    public ScriptedDetector Verdict(long index, double rSample, VerifierVerdict verdict)
    {
        _verdicts[index] = (new SampleTime(rSample), verdict);
        return this;
    }

    public ScriptedDetector ConditionsFrom(long index, SignalConditions conditions)
    {
        _conditions[index] = conditions;
        return this;
    }

    /// <summary>The signal that goes with the script: a narrow QRS of 1 mV for each beat, a wide inverted one for an ectopic.</summary>
    public float SignalAt(long index)
    {
        var sum = 0.0;
        foreach (var (r, beatClass) in _beats)
        {
            var (width, height) = beatClass == BeatClass.Ectopic ? (28.0, -1.6) : (11.0, 1.0);
            var x = (index - r) / width;
            if (Math.Abs(x) < 6)
            {
                sum += height * Math.Exp(-0.5 * x * x);
            }
        }

        return (float)sum;
    }

    public bool HasDecisionAt(long index) => _decisions.ContainsKey(index);

    public bool Process(in EcgSample sample, out BeatDecision decision)
    {
        if (_conditions.TryGetValue(sample.Index, out var conditions))
        {
            Conditions = conditions;
        }

        if (_verdicts.TryGetValue(sample.Index, out var verdict))
        {
            _due.Enqueue(verdict);
        }

        if (_decisions.TryGetValue(sample.Index - VerifierDelay, out var earlier) && !earlier.IsLate)
        {
            _due.Enqueue((earlier.RTime, VerifierVerdict.Confirmed));
        }

        return _decisions.TryGetValue(sample.Index, out decision);
    }

    public bool TryTakeVerdict(out SampleTime rTime, out VerifierVerdict verdict)
    {
        var any = _due.TryDequeue(out var next);
        (rTime, verdict) = next;
        return any;
    }

    public void Blank(SampleTime from, SampleTime until) => Blankings.Add((from, until));

    public void Reset()
    {
    }
}
