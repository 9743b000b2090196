using CsCheck;
using EcgGate.Hardware.Converters;
using EcgGate.Signals;
using NSubstitute;

namespace EcgGate.Hardware.Tests.Converters;

public sealed class TimerPacedSourceTests
{
    // One code is one microsecond, and one microsecond is told as one millivolt.
    private static readonly ConverterScale Microseconds = new(1, 0, -1, 1e9, 1000);

    private readonly Paced _host = new();
    private readonly ClockChannel _channel;
    private readonly EcgSample[] _one = new EcgSample[1];

    public TimerPacedSourceTests() => _channel = new ClockChannel(_host);

    [Theory]
    [InlineData(125)]
    [InlineData(360)]
    [InlineData(500)]
    [InlineData(2000)]
    public void Each_sample_is_read_at_its_own_moment_and_lateness_does_not_add_up(double rate)
    {
        using var source = Open(rate);
        _host.Late = sleep => (sleep % 7) * 10_000;

        for (var i = 0; i < 5000; i++)
        {
            var block = source.Read(_one);
            block.Count.Should().Be(1);
            _one[0].Index.Should().Be(i);
            _one[0].Status.Should().Be(SampleStatus.None);
            (_one[0].Lead0Millivolts - (i * 1e6 / rate)).Should().BeInRange(-1, 61, "the host wakes up to 60 us late");
        }

        source.Statistics.Should().BeEquivalentTo(new { Samples = 5000L, LostSamples = 0L, LateReads = 0L, WorstLatenessNanoseconds = 60_000L });
    }

    [Fact]
    public void A_read_that_comes_too_late_is_a_gap_and_the_next_sample_stands_where_time_says()
    {
        using var source = Open(500);
        _host.Late = sleep => sleep switch
        {
            10 => 600_000,
            20 => 7_300_000,
            _ => 0,
        };

        var samples = Read(source, 100);
        var gaps = samples.Where(s => s.Status.HasFlag(SampleStatus.GapBefore)).Select(s => s.Index);

        // 10 comes 0.6 ms late of 0.5 allowed; 20 would have come at 23.65: 24 is the first that can be kept.
        gaps.Should().Equal(11, 24);
        foreach (var sample in samples)
        {
            sample.Lead0Millivolts.Should().BeApproximately((float)(sample.Index * 2000.0), 1f);
        }

        source.Statistics.LateReads.Should().Be(source.Statistics.LostSamples);
    }

    [Fact]
    public void A_read_that_takes_too_long_is_left_out_since_nobody_knows_when_it_sampled()
    {
        using var source = Open(500);
        _channel.Takes = read => read is 5 ? 900_000 : 40_000;

        Read(source, 10).Select(s => s.Index).Should().Equal(0, 1, 2, 3, 4, 6, 7, 8, 9, 10);
        source.Statistics.DoubtfulReads.Should().Be(1);
    }

    [Fact]
    public void A_blocks_time_is_the_middle_of_its_read()
    {
        using var source = Open(500);
        _host.Late = _ => 100_000;
        var first = source.Read(_one).LastSampleTime;
        var second = source.Read(_one).LastSampleTime;

        second.NanosecondsSince(first).Should().Be(2_000_000);
        _host.Pace.Now.NanosecondsSince(second).Should().Be(20_000, "a read takes 40 us, and its middle is 20 us ago");
    }

    [Fact]
    public void A_read_that_fails_is_a_lost_sample_and_the_source_goes_on()
    {
        using var source = Open(500);
        _channel.Throws = read => read is 3 or 4 or 8 ? new IOException("Error 121 performing I2C data transfer.") : null;

        var samples = Read(source, 10);

        samples.Select(s => s.Index).Should().Equal(0, 1, 2, 5, 6, 7, 9, 10, 11, 12);
        samples.Where(s => s.Status.HasFlag(SampleStatus.GapBefore)).Select(s => s.Index).Should().Equal(5, 9);
        source.Statistics.Should().BeEquivalentTo(new { FailedReads = 3L, LostSamples = 3L });
    }

    [Fact]
    public void Too_many_failed_reads_in_a_row_end_the_source_with_their_reason()
    {
        using var source = Open(500);
        _channel.Throws = read => read >= 10 ? new IOException("Error 121 performing I2C data transfer.") : null;
        Read(source, 10);

        source.Invoking(s => s.Read(_one)).Should().Throw<EcgSourceException>()
            .WithMessage("test: 20 reads in a row failed (Error 121 performing I2C data transfer): check the wiring*")
            .WithInnerException<IOException>();
        source.Invoking(s => s.Read(_one)).Should().Throw<EcgSourceException>().WithMessage("*failed before*open it again*");
    }

    [Fact]
    public void Answers_that_are_no_conversions_are_lost_samples_too()
    {
        var channel = Substitute.For<IConverterChannel>();
        channel.TryRead(out Arg.Any<int>()).Returns(true, false, true);
        using var source = new TimerPacedSource([new ConverterLead { Name = "I", Channel = channel, Scale = Microseconds }], clock: _host.Clock);

        Read(source, 2).Select(s => (s.Index, s.Status)).Should().Equal((0, SampleStatus.None), (2, SampleStatus.GapBefore));
    }

    [Fact]
    public void A_host_that_always_comes_too_late_ends_the_source_instead_of_reading_for_ever()
    {
        using var source = Open(1000);
        Read(source, 5);
        _host.Late = _ => 300_000;

        source.Invoking(s => s.Read(_one)).Should().Throw<EcgSourceException>().WithMessage("test: no good sample for 1*ms*came too late*real-time priority*");
    }

    [Fact]
    public void A_bus_that_breaks_in_another_way_ends_the_source_at_once()
    {
        using var source = Open(500);
        _channel.Throws = read => read == 2 ? new ObjectDisposedException("SpiDevice") : null;
        Read(source, 2);

        source.Invoking(s => s.Read(_one)).Should().Throw<ObjectDisposedException>();
        source.Invoking(s => s.Read(_one)).Should().Throw<EcgSourceException>();
    }

    [Fact]
    public void An_interrupted_source_is_at_its_end()
    {
        using var source = Open(500);
        Read(source, 3);
        source.Interrupt();

        source.Read(_one).Count.Should().Be(0);
    }

    [Fact]
    public void Two_leads_are_read_one_after_the_other_and_judged_apart()
    {
        var off = Substitute.For<ILeadOff>();
        off.IsOff().Returns(true);
        var high = Substitute.For<IConverterChannel>();
        high.TryRead(out Arg.Any<int>()).Returns(call =>
        {
            call[0] = 4000;
            return true;
        });
        var scale = new ConverterScale(0.001, 1.65, 0.15, 3.15, 100);
        using var source = new TimerPacedSource(
            [
                new ConverterLead { Name = "I", Channel = _channel, Scale = Microseconds, LeadOff = off },
                new ConverterLead { Name = "II", Channel = high, Scale = scale },
            ],
            clock: _host.Clock);

        source.Read(_one);

        source.Info.LeadNames.Should().Equal("I", "II");
        _one[0].Status.Should().Be(SampleStatus.Lead0Off | SampleStatus.Lead1Saturated);
        _one[0].Lead1Millivolts.Should().BeApproximately(23.5f, 1e-4f);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var source = Open(1000);
        _host.Late = sleep => sleep % 50 == 0 ? 400_000 : 10_000;
        Read(source, 100);

        Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                source.Read(_one);
            }
        }).Should().Be(0);
    }

    [Fact]
    public void Whatever_the_host_does_no_sample_stands_at_another_moment_than_its_own()
    {
        Gen.Select(Gen.Double[125, 2000], Gen.Int[0, 100].Select(Gen.Int[0, 6], (chance, size) => (chance, size)).Array[300]).Sample((rate, disturbances) =>
        {
            var host = new Paced();
            var channel = new ClockChannel(host);
            var period = 1e9 / rate;
            host.Late = sleep => disturbances[sleep % 300] is { chance: < 10 } d ? (long)(d.size * 0.37 * period) : 0;
            channel.Takes = read => disturbances[(read + 150) % 300] is { chance: > 95 } d ? (long)(d.size * 0.21 * period) : 20_000;
            channel.Throws = read => read > 0 && disturbances[(read + 77) % 300].chance is 50 ? new IOException("gone") : null;
            using var source = new TimerPacedSource([new ConverterLead { Name = "I", Channel = channel, Scale = Microseconds }], new TimerPacedOptions { RateHertz = rate }, host.Clock);
            var one = new EcgSample[1];
            var last = -1L;
            double? offset = null;
            for (var i = 0; i < 250; i++)
            {
                source.Read(one);
                var truth = one[0].Lead0Millivolts / 1e6 * rate;
                one[0].Index.Should().BeGreaterThan(last);
                one[0].Status.HasFlag(SampleStatus.GapBefore).Should().Be(one[0].Index != last + 1);

                // Each may be a quarter of a sample late, the first too, from which time is counted here.
                offset ??= truth - one[0].Index;
                (truth - one[0].Index - offset.Value).Should().BeInRange(-0.26, 0.26);
                last = one[0].Index;
            }

            var seen = source.Statistics;
            (seen.Samples + seen.LostSamples).Should().Be(last + 1);
        });
    }

    [Theory]
    [InlineData(124.9)]
    [InlineData(2000.1)]
    [InlineData(double.NaN)]
    public void A_rate_that_cannot_be_gated_on_is_refused(double rate)
    {
        var create = () => Open(rate);

        create.Should().Throw<EcgSourceException>().WithMessage("test: The rate is * between 125 and 2000.");
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_by_name()
    {
        new TimerPacedOptions { LateTolerance = TimeSpan.FromMilliseconds(1.1) }.Validate().Should().ContainSingle().Which.Should().Contain("half a sample, 1 ms");
        new TimerPacedOptions { FixedDelay = TimeSpan.FromMilliseconds(-1) }.Validate().Should().ContainSingle().Which.Should().Contain("fixed delay");
        new TimerPacedOptions { FailureLimit = 0, SilenceLimit = TimeSpan.Zero }.Validate().Should().HaveCount(2);
        new TimerPacedOptions().Validate().Should().BeEmpty();
    }

    private TimerPacedSource Open(double rate) => new(
        [new ConverterLead { Name = "I", Channel = _channel, Scale = Microseconds }],
        new TimerPacedOptions { Name = "test", RateHertz = rate },
        _host.Clock);

    private List<EcgSample> Read(TimerPacedSource source, int count)
    {
        var samples = new List<EcgSample>();
        for (var i = 0; i < count; i++)
        {
            source.Read(_one).Count.Should().Be(1);
            samples.Add(_one[0]);
        }

        return samples;
    }
}
