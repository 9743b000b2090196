using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Tests.Detection;

/// <summary>Runs a detector, and compares its decisions with a known truth.</summary>
internal static class Decisions
{
    /// <summary>All decisions of a detector on a signal.</summary>
    public static List<BeatDecision> Of(IBeatDetector detector, float[] signal)
    {
        var decisions = new List<BeatDecision>();
        for (var i = 0; i < signal.Length; i++)
        {
            if (detector.Process(new EcgSample(i, signal[i]), out var decision))
            {
                decisions.Add(decision);
            }
        }

        return decisions;
    }

    /// <summary>All decisions of a detector on a source, which is read to its end.</summary>
    public static List<BeatDecision> Of(IBeatDetector detector, IEcgSource source)
    {
        var decisions = new List<BeatDecision>();
        var block = new EcgSample[1024];
        for (int count; (count = source.Read(block).Count) > 0;)
        {
            foreach (ref readonly var sample in block.AsSpan(0, count))
            {
                if (detector.Process(in sample, out var decision))
                {
                    decisions.Add(decision);
                }
            }
        }

        return decisions;
    }

    public static List<double> Times(List<BeatDecision> decisions) => decisions.ConvertAll(d => d.RTime.Samples);

    public static BeatDecision Near(List<BeatDecision> decisions, double seconds, double rate) =>
        decisions.MinBy(d => Math.Abs((d.RTime.Samples / rate) - seconds));

    public static int Matched(IEnumerable<double> truth, List<BeatDecision> decisions, double rate, bool early) =>
        truth.Count(r => decisions.Exists(d => Math.Abs((d.RTime.Samples / rate) - r) < 0.01 && !(early && d.IsLate)));

    public static int Foreign(IReadOnlyList<double> truth, List<BeatDecision> decisions, double rate) =>
        decisions.Count(d => !truth.Any(r => Math.Abs((d.RTime.Samples / rate) - r) < 0.05));
}
