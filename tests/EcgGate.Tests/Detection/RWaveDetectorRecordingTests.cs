using EcgGate.Detection;
using EcgGate.Signals;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Detection;

/// <summary>Figures on real recordings, held at what was reached less a small margin. Channel 0, whole record.</summary>
public sealed class RWaveDetectorRecordingTests
{
    private const string BeatCodes = "NLRaVFJASEj/Qefr";

    [Fact]
    public void On_the_MIT_BIH_records_it_is_right_and_early()
    {
        var folder = Path.Combine(Recordings.Require(), "mitdb");
        var names = Directory.GetFiles(folder, "*.hea").Select(f => Path.GetFileNameWithoutExtension(f)!).ToArray();
        var total = new Tally();
        Parallel.ForEach(names, new ParallelOptions { MaxDegreeOfParallelism = 2 }, name =>
        {
            var annotations = Path.Combine(folder, name + ".atr");
            var decisions = Detect(Read212(Path.Combine(folder, name + ".dat")), 360);

            // Ventricular flutter has no beats to find; the standard tallies it apart.
            foreach (var (start, end) in ReadBeats(annotations, "[").Zip(ReadBeats(annotations, "]")))
            {
                decisions.RemoveAll(d => d.RTime.Samples > start - 54 && d.RTime.Samples < end + 54);
            }

            var tally = Score(decisions, ReadBeats(annotations, BeatCodes), 360, 0.15);
            lock (total)
            {
                total.Add(tally);
            }
        });

        names.Should().HaveCountGreaterThan(20);
        total.Sensitivity.Should().BeGreaterThan(0.998);
        total.PositivePredictivity.Should().BeGreaterThan(0.9975);
        ((double)total.ByR45 / (total.Found + total.Missed)).Should().BeGreaterThan(0.993);
        total.Latency(0.5).Should().BeLessThan(14);
        total.Latency(0.99).Should().BeLessThan(42);
    }

    [Theory]
    [InlineData(1, "ii")]
    [InlineData(10, "v4")]
    [InlineData(8, "v3")]
    public void On_LUDB_at_another_rate_and_with_other_leads_it_holds(int channel, string lead)
    {
        var folder = Path.Combine(Recordings.Require(), "ludb");
        var total = new Tally();
        for (var patient = 1; patient <= 100; patient++)
        {
            var beats = ReadBeats(Path.Combine(folder, $"{patient}.{lead}"), "N");
            var decisions = Detect(Read16(Path.Combine(folder, $"{patient}.dat"), 12, channel), 500);

            // Ten seconds each: the first two show the scale; the annotators left out beats at both ends.
            decisions.RemoveAll(d => beats.Count == 0 || d.RTime.Samples < Math.Max(1000, beats[0] - 75) || d.RTime.Samples > beats[^1] + 75);
            total.Add(Score(decisions, beats.FindAll(b => b > 1075), 500, 0.15));
        }

        total.Sensitivity.Should().BeGreaterThan(0.985);
        total.PositivePredictivity.Should().BeGreaterThan(0.965);
    }

    /// <summary>Pairs each beat with the nearest free decision within the window, in order of time.</summary>
    private static Tally Score(List<BeatDecision> decisions, List<long> beats, double rate, double window)
    {
        var tally = new Tally();
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

    private static List<BeatDecision> Detect(float[] signal, double rate)
    {
        var detector = new RWaveDetector(rate);
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

    /// <summary>Channel 0 of two in format 212, 200 units/mV around 1024, as all MIT-BIH records are.</summary>
    private static float[] Read212(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var values = new float[bytes.Length / 3];
        for (var i = 0; i < values.Length; i++)
        {
            var value = bytes[3 * i] | ((bytes[(3 * i) + 1] & 15) << 8);
            values[i] = ((value > 2047 ? value - 4096 : value) - 1024) / 200f;
        }

        return values;
    }

    /// <summary>One channel in format 16, in thousands: LUDB's gain is another for each lead, and the detector must not mind.</summary>
    private static float[] Read16(string path, int channels, int channel)
    {
        var bytes = File.ReadAllBytes(path);
        var values = new float[bytes.Length / 2 / channels];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BitConverter.ToInt16(bytes, 2 * ((i * channels) + channel)) / 1000f;
        }

        return values;
    }

    /// <summary>Times of the annotations with one of the given codes.</summary>
    private static List<long> ReadBeats(string path, string codes)
    {
        const string Codes = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";
        var bytes = File.ReadAllBytes(path);
        var beats = new List<long>();
        var time = 0L;
        for (var i = 0; i + 1 < bytes.Length;)
        {
            var word = bytes[i] | (bytes[i + 1] << 8);
            var (code, step) = (word >> 10, word & 1023);
            i += 2;
            switch (code)
            {
                case 0 when step == 0:
                    return beats;
                case 59:
                    time += ((bytes[i] | (bytes[i + 1] << 8)) << 16) | bytes[i + 2] | (bytes[i + 3] << 8);
                    i += 4;
                    break;
                case 63:
                    i += step + (step & 1);
                    break;
                case 60 or 61 or 62:
                    break;
                default:
                    time += step;
                    if (code < Codes.Length && codes.Contains(Codes[code], StringComparison.Ordinal))
                    {
                        beats.Add(time);
                    }

                    break;
            }
        }

        return beats;
    }

    private sealed class Tally
    {
        public int Found { get; set; }

        public int Missed { get; set; }

        public int Wrong { get; set; }

        public int ByR45 { get; set; }

        public List<double> Latencies { get; } = [];

        public double Sensitivity => (double)Found / (Found + Missed);

        public double PositivePredictivity => (double)Found / (Found + Wrong);

        public void Add(Tally other)
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
    }
}
