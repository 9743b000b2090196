using CsCheck;
using EcgGate.Emulator.Patient;
using EcgGate.Emulator.Resampling;
using EcgGate.Emulator.Tests.Boards;
using EcgGate.Signals;

namespace EcgGate.Emulator.Tests.Resampling;

public sealed class ResampledEcgTests
{
    [Theory]
    [InlineData(360, 125)]
    [InlineData(360, 500)]
    [InlineData(360, 1000)]
    [InlineData(360, 2000)]
    [InlineData(1000, 250)]
    [InlineData(250, 8000)]
    public void R_stays_where_it_is_to_a_tenth_of_a_millisecond(double from, double to)
    {
        // A Gaussian QRS is band-limited for all purposes; its centre of mass is exact from samples at any such rate.
        Gen.Double[0.9, 1.1].Sample(r =>
        {
            const double sigma = 0.012;
            using var source = new ArraySource(from, Enumerable.Range(0, (int)(2 * from)).Select(i => (float)Math.Exp(-0.5 * Math.Pow(((i / from) - r) / sigma, 2))));
            using var ecg = new ResampledEcg(source, to);
            double moment = 0, mass = 0, peak = 0, peakAt = 0;
            for (var n = 0; n < 2 * to; n++)
            {
                var t = n / to;
                if (Math.Abs(t - r) < 0.2)
                {
                    var value = ecg.Millivolts(0, t);
                    moment += t * value;
                    mass += value;
                }
            }

            for (var t = r - 0.005; t < r + 0.005; t += 0.00002)
            {
                var value = ecg.Millivolts(0, t);
                (peak, peakAt) = value > peak ? (value, t) : (peak, peakAt);
            }

            (moment / mass).Should().BeApproximately(r, 0.0001);
            peakAt.Should().BeApproximately(r, 0.0001);
        }, iter: 20);
    }

    [Fact]
    public void A_sine_in_the_band_comes_out_as_it_was_between_the_samples_too()
    {
        Gen.Select(Gen.Double[0.5, 160], Gen.Double[1, 3], Gen.Double[0, 6]).Sample((hertz, at, phase) =>
        {
            using var source = new ArraySource(360, Enumerable.Range(0, 1440).Select(i => (float)Math.Sin((2 * Math.PI * hertz * i / 360) + phase)));
            using var ecg = new ResampledEcg(source, 1000);

            ecg.Millivolts(0, at).Should().BeApproximately(Math.Sin((2 * Math.PI * hertz * at) + phase), 3e-4);
        });
    }

    [Fact]
    public void What_the_lower_rate_cannot_hold_is_removed()
    {
        Gen.Select(Gen.Double[63, 170], Gen.Double[1, 3]).Sample((hertz, at) =>
        {
            using var source = new ArraySource(360, Enumerable.Range(0, 1440).Select(i => (float)Math.Sin(2 * Math.PI * hertz * i / 360)));
            using var ecg = new ResampledEcg(source, 125);

            Math.Abs(ecg.Millivolts(0, at)).Should().BeLessThan(3e-4);
        });
    }

    [Fact]
    public void A_constant_stays_constant_up_to_both_ends_and_is_nothing_beyond()
    {
        using var source = new ArraySource(360, Enumerable.Repeat(5f, 720));
        using var ecg = new ResampledEcg(source, 500);

        foreach (var t in new[] { 0, 0.0013, 1, 1.9987, 2 })
        {
            ecg.Millivolts(0, t).Should().BeApproximately(5, 1e-9);
        }

        ecg.DurationSeconds.Should().Be(2);
        ecg.Millivolts(0, -0.001).Should().Be(0);
        ecg.Millivolts(0, 2.001).Should().Be(0);
        ecg.IsLeadOff(0, 5).Should().BeFalse();
    }

    [Fact]
    public void Reading_may_go_back_by_two_seconds_and_says_so_when_asked_for_more()
    {
        using var source = new ArraySource(360, Enumerable.Range(0, 36_000).Select(i => i / 360f));
        using var ecg = new ResampledEcg(source, 500);

        ecg.Millivolts(0, 60).Should().BeApproximately(60, 1e-4);
        ecg.Millivolts(0, 58).Should().BeApproximately(58, 1e-4);
        var back = () => ecg.Millivolts(0, 10);
        back.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*further back than 2 s*");
    }

    [Fact]
    public void A_long_record_is_streamed_and_not_read_ahead()
    {
        using var source = new ArraySource(360, Enumerable.Range(0, 360_000).Select(i => (float)(i % 360)));
        using var ecg = new ResampledEcg(source, 500);

        ecg.Millivolts(0, 10);

        source.Given.Should().BeLessThan(10 * 360 + 32 + 256 + 2);
    }

    [Fact]
    public void A_gap_and_an_invalid_stretch_count_as_lead_off()
    {
        var samples = Enumerable.Range(0, 1000).Where(i => i is < 300 or >= 400)
            .Select(i => new EcgSample(i, i, 2 * i, i is >= 600 and < 700 ? SampleStatus.Lead1Invalid : SampleStatus.None));
        using var source = new ArraySource(100, samples, leads: 2);
        using var ecg = new ResampledEcg(source, 500);

        ecg.IsLeadOff(0, 2.5).Should().BeFalse();
        ecg.IsLeadOff(0, 3.5).Should().BeTrue();
        ecg.Millivolts(0, 3.5).Should().BeApproximately(299, 0.5);
        ecg.Millivolts(1, 5.0).Should().BeApproximately(1000, 1);
        ecg.IsLeadOff(0, 6.5).Should().BeFalse();
        ecg.IsLeadOff(1, 6.5).Should().BeTrue();
    }

    [Fact]
    public void A_source_of_unknown_length_has_a_duration_once_it_has_ended()
    {
        using var source = new ArraySource(250, Enumerable.Repeat(1f, 500)) { HidesLength = true };
        using var ecg = new ResampledEcg(source);

        ecg.DurationSeconds.Should().BeNull();
        ecg.Millivolts(0, 1.99).Should().BeApproximately(1, 1e-9);
        ecg.DurationSeconds.Should().Be(2);
    }

    [Fact]
    public void A_pulse_leaves_its_artefact_on_every_lead_and_it_dies_away()
    {
        var artefact = new PulseArtefact { TwitchMillivolts = 0 };
        using var source = new ArraySource(250, Enumerable.Range(0, 2500).Select(i => new EcgSample(i, 1, 2, SampleStatus.None)), leads: 2);
        using var ecg = new ResampledEcg(source, artefact: artefact);
        ecg.DeliverPulse(3);

        ecg.Millivolts(0, 2.9999).Should().BeApproximately(1, 1e-9);
        ecg.Millivolts(0, 3.001).Should().Be(artefact.RailMillivolts, "the amplifier is at its limit");
        ecg.Millivolts(1, 3.001).Should().Be(artefact.RailMillivolts);
        ecg.Millivolts(0, 3 + artefact.RailSeconds + artefact.RecoverySeconds).Should().BeApproximately(1 + (artefact.RecoveryMillivolts / Math.E), 1e-6);
        ecg.Millivolts(0, 4).Should().BeApproximately(1, 1e-9);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var source = new ArraySource(360, Enumerable.Range(0, 36_000).Select(i => (float)(i % 360)));
        using var ecg = new ResampledEcg(source, 500);
        var from = 0.0;

        void Round()
        {
            for (var t = from; t < from + 10; t += 0.002)
            {
                ecg.Millivolts(0, t);
                ecg.IsLeadOff(0, t);
            }

            from += 10;
        }

        Round();
        Allocation.LeastOf(Round).Should().Be(0);
    }

    /// <summary>A finite source over samples in memory that counts what was taken.</summary>
    private sealed class ArraySource : IEcgSource
    {
        private readonly EcgSample[] _samples;
        private readonly double _rate;
        private readonly int _leads;

        public ArraySource(double rate, IEnumerable<float> millivolts)
            : this(rate, millivolts.Select((value, i) => new EcgSample(i, value)), 1)
        {
        }

        public ArraySource(double rate, IEnumerable<EcgSample> samples, int leads)
        {
            _samples = samples.ToArray();
            _rate = rate;
            _leads = leads;
        }

        public bool HidesLength { get; init; }

        public int Given { get; private set; }

        public EcgSourceInfo Info => new()
        {
            Name = "array",
            SamplingRateHertz = _rate,
            LeadNames = _leads == 1 ? ["I"] : ["I", "II"],
            LengthSamples = HidesLength ? null : _samples[^1].Index + 1,
        };

        public EcgBlock Read(Span<EcgSample> destination)
        {
            var count = Math.Min(destination.Length, _samples.Length - Given);
            _samples.AsSpan(Given, count).CopyTo(destination);
            Given += count;
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
