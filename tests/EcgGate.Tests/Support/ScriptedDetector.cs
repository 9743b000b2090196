using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Tests.Support;

/// <summary>A detector that says what a test wrote down for it.</summary>
internal sealed class ScriptedDetector : IBeatDetector
{
    private readonly Dictionary<long, BeatDecision> _decisions = [];
    private readonly Dictionary<long, (SampleTime R, VerifierVerdict Verdict)> _verdicts = [];
    private readonly Dictionary<long, SignalConditions> _conditions = [];
    private (SampleTime R, VerifierVerdict Verdict)? _verdict;

    public SignalConditions Conditions { get; private set; }

    public List<(SampleTime From, SampleTime Until)> Blankings { get; } = [];

    public ScriptedDetector Beat(double rSample, double latencySamples, BeatClass beatClass = BeatClass.Normal, bool late = false)
    {
        var index = (long)Math.Ceiling(rSample + latencySamples);
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

    public bool HasDecisionAt(long index) => _decisions.ContainsKey(index);

    public bool Process(in EcgSample sample, out BeatDecision decision)
    {
        if (_conditions.TryGetValue(sample.Index, out var conditions))
        {
            Conditions = conditions;
        }

        if (_verdicts.TryGetValue(sample.Index, out var verdict))
        {
            _verdict = verdict;
        }

        return _decisions.TryGetValue(sample.Index, out decision);
    }

    public bool TryTakeVerdict(out SampleTime rTime, out VerifierVerdict verdict)
    {
        (rTime, verdict) = _verdict ?? default;
        var any = _verdict is not null;
        _verdict = null;
        return any;
    }

    public void Blank(SampleTime from, SampleTime until) => Blankings.Add((from, until));

    public void Reset()
    {
    }
}
