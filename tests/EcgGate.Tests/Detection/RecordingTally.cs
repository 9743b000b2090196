using EcgGate.Detection;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Detection;

/// <summary>How decisions compare with a recording's reference beats.</summary>
internal sealed class RecordingTally
{
    public int Found { get; set; }

    public int Missed { get; set; }

    public int Wrong { get; set; }

    public int ByR45 { get; set; }

    public List<double> Latencies { get; } = [];

    public double Sensitivity => (double)Found / (Found + Missed);

    public double PositivePredictivity => (double)Found / (Found + Wrong);

    public void Add(RecordingTally other)
    {
        Found += other.Found;
        Missed += other.Missed;
        Wrong += other.Wrong;
        ByR45 += other.ByR45;
        Latencies.AddRange(other.Latencies);
    }

    public double Latency(double share)
    {
        Latencies.Sort();
        return Latencies[(int)(share * (Latencies.Count - 1))];
    }

    /// <summary>Runs a new detector over channel 0 of each MIT-BIH record at hand, and adds up. Skips the test where there are none.</summary>
    public static RecordingTally OnMitBih(Func<double, IBeatDetector> make)
    {
        var folder = Path.Combine(Recordings.Require(), "mitdb");
        var names = Directory.GetFiles(folder, "*.hea").Select(f => Path.GetFileNameWithoutExtension(f)!).ToArray();
        names.Should().HaveCountGreaterThan(20);
        var total = new RecordingTally();
        Parallel.ForEach(names, new ParallelOptions { MaxDegreeOfParallelism = 2 }, name =>
        {
            var annotations = Path.Combine(folder, name + ".atr");
            var decisions = Decisions.Of(make(360), RecordingFiles.Read212(Path.Combine(folder, name + ".dat")));

            // Ventricular flutter has no beats to find; the standard tallies it apart.
            foreach (var (start, end) in RecordingFiles.ReadBeats(annotations, "[").Zip(RecordingFiles.ReadBeats(annotations, "]")))
            {
                decisions.RemoveAll(d => d.RTime.Samples > start - 54 && d.RTime.Samples < end + 54);
            }

            var tally = Of(decisions, RecordingFiles.ReadBeats(annotations, RecordingFiles.BeatCodes), 360, 0.15);
            lock (total)
            {
                total.Add(tally);
            }
        });
        return total;
    }

    /// <summary>Runs a new detector over one lead of each of 100 LUDB patients, and adds up. Skips the test where there are none.</summary>
    public static RecordingTally OnLudb(Func<double, IBeatDetector> make, int channel, string lead)
    {
        var folder = Path.Combine(Recordings.Require(), "ludb");
        var total = new RecordingTally();
        for (var patient = 1; patient <= 100; patient++)
        {
            var beats = RecordingFiles.ReadBeats(Path.Combine(folder, $"{patient}.{lead}"), "N");
            var decisions = Decisions.Of(make(500), RecordingFiles.Read16(Path.Combine(folder, $"{patient}.dat"), 12, channel));

            // Ten seconds each: the first two show the scale; the annotators left out beats at both ends.
            decisions.RemoveAll(d => beats.Count == 0 || d.RTime.Samples < Math.Max(1000, beats[0] - 75) || d.RTime.Samples > beats[^1] + 75);
            total.Add(Of(decisions, beats.FindAll(b => b > 1075), 500, 0.15));
        }

        return total;
    }

    /// <summary>Pairs each beat with the nearest free decision within the window, in order of time.</summary>
    public static RecordingTally Of(List<BeatDecision> decisions, List<long> beats, double rate, double window)
    {
        var tally = new RecordingTally();
        var used = new bool[decisions.Count];
        var from = 0;
        foreach (var beat in beats)
        {
            while (from < decisions.Count && decisions[from].RTime.Samples < beat - (window * rate))
            {
                from++;
            }

            var best = -1;
            for (var i = from; i < decisions.Count && decisions[i].RTime.Samples <= beat + (window * rate); i++)
            {
                if (!used[i] && (best < 0 || Math.Abs(decisions[i].RTime.Samples - beat) < Math.Abs(decisions[best].RTime.Samples - beat)))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                tally.Missed++;
                continue;
            }

            used[best] = true;
            tally.Found++;
            var latency = (decisions[best].DecisionIndex - beat) / rate * 1000;
            tally.Latencies.Add(latency);
            tally.ByR45 += latency <= 45 && !decisions[best].IsLate ? 1 : 0;
        }

        tally.Wrong = used.Count(u => !u);
        return tally;
    }
}
