using CsCheck;
using EcgGate.Signals;

namespace EcgGate.Records.Tests;

public class DecimatedSourceTests
{
    private static List<EcgSample> Decimate(int factor, double rate, IEnumerable<EcgSample> samples, int block = 7)
    {
        using var source = new DecimatedSource(new ListSource(rate, [.. samples]), factor);
        return Sources.ReadAll(source, block);
    }

    private static IEnumerable<EcgSample> Tone(double rate, double hertz, int count, long from = 0) =>
        Enumerable.Range(0, count).Select(i => new EcgSample(from + i, (float)Math.Sin(2 * Math.PI * hertz * (from + i) / rate), (float)Math.Cos(2 * Math.PI * hertz * (from + i) / rate), SampleStatus.None));

    [Theory]
    [InlineData(48_000, 48, 10)]
    [InlineData(48_000, 48, 150)]
    [InlineData(48_000, 48, 345)]
    [InlineData(44_100, 45, 200)]
    [InlineData(8_000, 8, 300)]
    [InlineData(2_500, 3, 250)]
    public void A_tone_that_the_lower_rate_can_hold_comes_through_at_its_time(double rate, int factor, double hertz)
    {
        var samples = Decimate(factor, rate, Tone(rate, hertz, (int)(rate / 2)));

        // Away from the ends, where the held values are no tone.
        foreach (var sample in samples.Skip(40).Take(samples.Count - 80))
        {
            var angle = 2 * Math.PI * hertz * sample.Index * factor / rate;
            Math.Abs(sample.Lead0Millivolts - Math.Sin(angle)).Should().BeLessThan(3e-4);
            Math.Abs(sample.Lead1Millivolts - Math.Cos(angle)).Should().BeLessThan(3e-4);
        }

        samples.Should().HaveCountGreaterThan(200);
    }

    [Theory]
    [InlineData(48_000, 48, 505)]
    [InlineData(48_000, 48, 1_000)]
    [InlineData(48_000, 48, 7_993)]
    [InlineData(8_000, 8, 990)]
    public void A_tone_that_the_lower_rate_cannot_hold_does_not_fold_back(double rate, int factor, double hertz)
    {
        var samples = Decimate(factor, rate, Tone(rate, hertz, (int)(rate / 2)));

        samples.Skip(40).Take(samples.Count - 80).Max(sample => Math.Abs(sample.Lead0Millivolts)).Should().BeLessThan(3e-4f);
    }

    [Fact]
    public void Each_stretch_without_a_gap_gives_its_own_samples_and_no_other()
    {
        Gen.Select(Gen.Select(Gen.Int[1, 400], Gen.Int[1, 90]).Array[1, 6], Gen.Int[2, 40], Gen.Int[1, 50]).Sample((runs, factor, block) =>
        {
            var samples = new List<EcgSample>();
            var expected = new List<(long Index, float Value, bool Gap)>();
            var index = 0L;
            var level = 1f;
            var first = true;
            foreach (var (length, gap) in runs)
            {
                var any = false;
                for (var i = 0; i < length; i++, index++)
                {
                    samples.Add(new EcgSample(index, level, -level, i == 0 && samples.Count > 0 ? SampleStatus.GapBefore : SampleStatus.None));
                    if (index % factor == 0)
                    {
                        expected.Add((index / factor, level, !first && !any));
                        any = true;
                    }
                }

                first = false;
                index += gap;
                level++;
            }

            // A stretch that held no sample of the new rate leaves its mark to the next one that does.
            var decimated = Decimate(factor, 10_000, samples, block);
            decimated.Select(sample => sample.Index).Should().Equal(expected.Select(one => one.Index));
            decimated.Select(sample => sample.Status == SampleStatus.GapBefore).Should().Equal(expected.Select(one => one.Gap));
            decimated.Zip(expected).Max(pair => Math.Abs(pair.First.Lead0Millivolts - pair.Second.Value) + Math.Abs(pair.First.Lead1Millivolts + pair.Second.Value))
                .Should().BeLessThan(1e-4f);
        }, iter: 500);
    }

    [Fact]
    public void Marks_go_to_the_nearest_sample_of_the_lower_rate()
    {
        var samples = Tone(8_000, 1, 200).Select(sample => sample with
        {
            Status = sample.Index switch { 37 => SampleStatus.Lead0Saturated, 100 => SampleStatus.Lead1Invalid, _ => SampleStatus.None },
        });

        Decimate(10, 8_000, samples).Where(sample => sample.Status != SampleStatus.None).Select(sample => (sample.Index, sample.Status))
            .Should().Equal((4, SampleStatus.Lead0Saturated), (10, SampleStatus.Lead1Invalid));
    }

    [Theory]
    [InlineData(125, null)]
    [InlineData(2_000, null)]
    [InlineData(2_000.5, 3)]
    [InlineData(8_000, 8)]
    [InlineData(11_025, 12)]
    [InlineData(44_100, 45)]
    [InlineData(48_000, 48)]
    public void Only_rates_that_are_too_high_are_brought_down(double rate, int? factor)
    {
        using var source = DecimatedSource.WhereNeeded(new ListSource(rate, [default]));

        (source as DecimatedSource)?.Factor.Should().Be(factor);
        (source is DecimatedSource).Should().Be(factor is not null);
        source.Info.SamplingRateHertz.Should().Be(rate / (factor ?? 1)).And.BeGreaterThan(rate > 2_000 ? 500 : 0);
        source.Info.LengthSamples.Should().Be(1);
    }

    [Fact]
    public void Reading_allocates_nothing_once_running_and_interrupting_ends_it()
    {
        Sources.BytesAllocatedWhileReading(() => new DecimatedSource(new ListSource(8_000, [.. Tone(8_000, 10, 20_000)]), 8)).Should().Be(0);

        using var other = new DecimatedSource(new ListSource(8_000, [.. Tone(8_000, 10, 20_000)]), 8);
        other.Interrupt();
        other.Read(new EcgSample[5]).Count.Should().Be(0);
    }

    private sealed class ListSource(double rate, EcgSample[] samples) : IEcgSource
    {
        private int _at;
        private bool _interrupted;

        public EcgSourceInfo Info { get; } = new() { Name = "list", SamplingRateHertz = rate, LeadNames = ["I", "II"], LengthSamples = samples.Length };

        public EcgBlock Read(Span<EcgSample> destination)
        {
            var count = _interrupted ? 0 : Math.Min(destination.Length, samples.Length - _at);
            samples.AsSpan(_at, count).CopyTo(destination);
            _at += count;
            return new EcgBlock(count, default);
        }

        public void Interrupt() => _interrupted = true;

        public void Dispose()
        {
        }
    }
}
