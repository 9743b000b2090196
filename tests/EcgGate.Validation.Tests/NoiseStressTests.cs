using EcgGate.Records;
using EcgGate.Signals;
using EcgGate.TestSupport;
using EcgGate.Validation.Noise;

namespace EcgGate.Validation.Tests;

public sealed class NoiseStressTests
{
    private const double Rate = 360;

    [Theory]
    [InlineData(0, false)]
    [InlineData(299.9, false)]
    [InlineData(300, true)]
    [InlineData(419.9, true)]
    [InlineData(420, false)]
    [InlineData(540, true)]
    [InlineData(660, false)]
    public void Noise_begins_after_five_minutes_and_takes_turns_of_two(double seconds, bool noisy) =>
        NoiseStress.IsNoisy(seconds).Should().Be(noisy);

    [Fact]
    public void The_signal_is_the_square_of_the_QRS_from_peak_to_peak_over_8()
    {
        // Twenty QRS of 1.5 mV from peak to peak, and one in twenty far larger, which the trimming leaves out.
        var signal = new float[(int)(42 * Rate)];
        var beats = new List<BeatLabel>();
        for (var k = 1; k <= 40; k++)
        {
            var at = (int)(k * Rate);
            signal[at] = k % 20 == 0 ? 50 : 1;
            signal[at + 10] = -0.5f;
            beats.Add(new BeatLabel(at, 'N'));
        }

        // A ventricular beat is no measure.
        signal[(int)(41 * Rate)] = 9;
        beats.Add(new BeatLabel((int)(41 * Rate), 'V'));

        NoiseStress.SignalPower(signal, new BeatAnnotations(beats), Rate).Should().BeApproximately(1.5 * 1.5 / 8, 1e-6);
    }

    [Fact]
    public void The_noise_is_measured_second_by_second_without_its_mean()
    {
        var noise = new float[(int)(100 * Rate)];
        for (var i = 0; i < noise.Length; i++)
        {
            var second = (int)(i / Rate);
            noise[i] = (float)((3 * second) + ((second < 5 ? 100 : 0.2) * Math.Sin(2 * Math.PI * 10 * i / Rate)));
        }

        NoiseStress.NoisePower(noise, Rate).Should().BeApproximately(0.2 * 0.2 / 2, 1e-5);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(0)]
    [InlineData(-6)]
    public void The_gain_makes_the_ratio_that_was_asked_for(double decibels)
    {
        var gain = NoiseStress.Gain(0.3, 0.02, decibels);

        (10 * Math.Log10(0.3 / (0.02 * gain * gain))).Should().BeApproximately(decibels, 1e-9);
    }

    [Fact]
    public void The_noise_in_the_databases_own_records_differs_by_the_12_dB_that_their_names_say()
    {
        var (weak, strong) = (RatioOf("118e24"), RatioOf("118e12"));

        (weak - strong).Should().BeApproximately(12, 0.1);
    }

    /// <summary>
    /// On the second lead. The first carries 6 dB more: nst takes the noise's power from the first 300 s of em, and adds what
    /// comes after; there em's first signal is twice as loud, and comes down to the named level in two of the turns.
    /// </summary>
    [Theory]
    [InlineData("118e24", 24)]
    [InlineData("118e12", 12)]
    public void The_noise_in_the_databases_own_records_has_the_level_that_their_names_say(string name, double decibels) =>
        RatioOf(name, lead: 1).Should().BeApproximately(decibels, 1);

    [Theory]
    [InlineData("118e24", 24)]
    [InlineData("118e12", 12)]
    public void Mixing_makes_the_databases_own_records_again(string name, double decibels)
    {
        var root = Recordings.Require();
        var em = Path.Combine(root, "nstdb", "em");
        Assert.SkipUnless(File.Exists(em + ".hea"), "Needs the noise record em of nstdb.");
        var reference = BeatAnnotations.FromAnnotations(ReadMarks(Path.Combine(root, "mitdb", "118.atr")), Rate);
        using var noise = WfdbRecord.Open(em, new WfdbReadOptions { UncalibratedGain = 200 });
        using var clean = WfdbRecord.Open(Path.Combine(root, "mitdb", "118"));
        var scaled = NoiseStress.Scale(clean, reference, NoiseSignal.Read(noise, Rate), decibels);
        using var mixed = new NoisySource(WfdbRecord.Open(Path.Combine(root, "mitdb", "118")), scaled.Lead0, scaled.Lead1);
        var alone = Read(Path.Combine(root, "mitdb", "118"));

        // By power, second by second: nst leaves the level where a turn has moved it to.
        var (ours, theirs) = (Power(Read(mixed)), Power(Read(Path.Combine(root, "nstdb", name))));
        (10 * Math.Log10(ours / theirs)).Should().BeApproximately(0, 0.2);

        double Power(float[] noisy) =>
            NoiseStress.NoisePower(Enumerable.Range(0, alone.Length).Where(i => NoiseStress.IsNoisy(i / Rate)).Select(i => noisy[i] - alone[i]).ToArray(), Rate);
    }

    [Fact]
    public void Each_lead_gets_noise_by_its_own_power()
    {
        var beats = new BeatAnnotations(Enumerable.Range(1, 50).Select(k => new BeatLabel((long)(k * Rate), 'N')));
        var random = new Random(1);
        var noise = Enumerable.Range(0, (int)(30 * Rate)).Select(_ => (float)random.NextDouble()).ToArray();

        var scaled = NoiseStress.Scale(new Spikes(1, 3, (long)(60 * Rate)), beats, new NoiseSignal(noise, noise), 12);

        foreach (var (part, height) in new[] { (scaled.Lead0, 1f), (scaled.Lead1, 3f) })
        {
            (10 * Math.Log10((double)height * height / 8 / NoiseStress.NoisePower(part, Rate))).Should().BeApproximately(12, 1e-3);
        }
    }

    [Fact]
    public void Noise_at_another_rate_is_brought_to_the_records_own()
    {
        using var source = new Spikes(1, 2, 721);

        var noise = NoiseSignal.Read(source, 720);

        noise.Lead0.Should().HaveCount(1441);
        noise.Lead0[720].Should().Be(1);
        noise.Lead0[721].Should().Be(0.5f);
        noise.Lead1[719].Should().Be(1);
    }

    /// <summary>Of a record that is 118 with noise: what is left without 118 is the noise as it was scaled.</summary>
    private static double RatioOf(string name, int lead = 0)
    {
        var root = Recordings.Require();
        var clean = Read(Path.Combine(root, "mitdb", "118"), lead);
        var reference = BeatAnnotations.FromAnnotations(ReadMarks(Path.Combine(root, "mitdb", "118.atr")), Rate);
        var noisy = Read(Path.Combine(root, "nstdb", name), lead);
        var noise = Enumerable.Range(0, clean.Length).Where(i => NoiseStress.IsNoisy(i / Rate)).Select(i => noisy[i] - clean[i]).ToArray();
        return 10 * Math.Log10(NoiseStress.SignalPower(clean, reference, Rate) / NoiseStress.NoisePower(noise, Rate));
    }

    [Fact]
    public void A_noisy_source_is_the_clean_one_but_for_its_noisy_turns_and_enters_them_without_a_step()
    {
        var clean = new Constant(0.5f, (long)(430 * Rate));
        var noise = Enumerable.Range(0, 1000).Select(i => (float)(2 + Math.Sin(i))).ToArray();
        using var source = new NoisySource(clean, noise, noise);
        var buffer = new EcgSample[777];
        var read = new List<EcgSample>();
        for (int count; (count = source.Read(buffer).Count) > 0;)
        {
            read.AddRange(buffer.AsSpan(0, count));
        }

        read.Should().HaveCount((int)(430 * Rate));
        var first = (int)(300 * Rate);
        read[first].Lead0Millivolts.Should().Be(0.5f);
        for (var i = 0; i < read.Count; i++)
        {
            var expected = NoiseStress.IsNoisy(i / Rate) ? 0.5 + noise[i % 1000] - noise[first % 1000] : 0.5;
            read[i].Lead0Millivolts.Should().BeApproximately((float)expected, 1e-6f);
            read[i].Lead1Millivolts.Should().Be(read[i].Lead0Millivolts);
        }
    }

    private static float[] Read(string path, int lead = 0)
    {
        using var record = WfdbRecord.Open(path);
        return Read(record, lead);
    }

    private static float[] Read(IEcgSource source, int lead = 0)
    {
        var values = new List<float>();
        var buffer = new EcgSample[4096];
        for (int count; (count = source.Read(buffer).Count) > 0;)
        {
            foreach (var sample in buffer.AsSpan(0, count))
            {
                values.Add(lead == 0 ? sample.Lead0Millivolts : sample.Lead1Millivolts);
            }
        }

        return [.. values];
    }

    private static IReadOnlyList<Annotation> ReadMarks(string path)
    {
        using var reader = AnnotationReader.Open(path);
        return [.. reader.ReadToEnd()];
    }

    private sealed class Constant(float millivolts, long length) : Synthetic(length, _ => (millivolts, millivolts));

    /// <summary>One sample in each second stands out.</summary>
    private sealed class Spikes(float lead0, float lead1, long length) : Synthetic(length, i => i > 0 && i % (long)Rate == 0 ? (lead0, lead1) : (0, 0));

    private abstract class Synthetic(long length, Func<long, (float Lead0, float Lead1)> at) : IEcgSource
    {
        private long _index;

        public EcgSourceInfo Info { get; } = new() { Name = "synthetic", SamplingRateHertz = Rate, LeadNames = ["a", "b"], LengthSamples = length };

        public EcgBlock Read(Span<EcgSample> destination)
        {
            var count = (int)Math.Min(destination.Length, length - _index);
            for (var i = 0; i < count; i++)
            {
                var (lead0, lead1) = at(_index);
                destination[i] = new EcgSample(_index++, lead0, lead1, SampleStatus.None);
            }

            return new EcgBlock(count, default);
        }

        public void Interrupt()
        {
        }

        public void Dispose()
        {
        }
    }
}
