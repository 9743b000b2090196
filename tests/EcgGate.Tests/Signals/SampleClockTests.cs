using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Tests.Signals;

public sealed class SampleClockTests
{
    private const long Start = 5_000_000_000_000;

    public static TheoryData<double, double, int, double, bool, double> Arrivals => new()
    {
        // rate, drift in ppm, samples a block, jitter in us, one-sided?, largest error SD in us
        { 500, 0, 1, 50, false, 20 },
        { 500, 500, 1, 50, false, 20 },
        { 500, -500, 1, 50, true, 20 },
        { 125, 80, 1, 50, true, 20 },
        { 1000, -200, 1, 50, true, 20 },
        { 2000, 40, 1, 50, false, 20 },
        { 1000, 0, 5, 1_000, false, 100 },
        { 1000, 500, 5, 1_000, true, 100 },
        { 1000, -500, 5, 1_000, true, 100 },
        { 48_000, 120, 240, 1_000, true, 100 },
    };

    [Theory]
    [MemberData(nameof(Arrivals))]
    public void Jitter_of_the_arrivals_is_suppressed_at_any_drift(double rate, double driftPpm, int block, double jitterMicroseconds, bool oneSided, double largestMicroseconds)
    {
        var device = new Device(rate, driftPpm, block, jitterMicroseconds, oneSided ? Lateness.Exponential : Lateness.Normal, seed: 11);
        var clock = new SampleClock(rate, TimeSpan.Zero);
        device.Run(clock, seconds: 10);
        var errors = device.Run(clock, seconds: 60);

        var mean = errors.Average();
        var deviation = Math.Sqrt(errors.Average(error => (error - mean) * (error - mean))) / 1_000;

        deviation.Should().BeLessThanOrEqualTo(largestMicroseconds);
        clock.IsLocked.Should().BeTrue();
        clock.RateHertz.Should().BeApproximately(rate * (1 - (driftPpm * 1e-6)), rate * 200e-6);

        // Late stamps: a twentieth of their mean is left, and what the estimate adds. Stamps as early as late are an early edge too early.
        var bias = mean / 1_000 / jitterMicroseconds;
        if (oneSided)
        {
            bias.Should().BeInRange(-0.1, 0.25);
        }
        else
        {
            bias.Should().BeInRange(-1.8, -1.4);
        }

        // The uncertainty that it claims is of the size of the error that it makes.
        (clock.UncertaintyNanoseconds / 1_000.0).Should().BeInRange(deviation / 3, (deviation * 3) + 1);
    }

    [Theory]
    [InlineData(500, 1, 50, 20, 25)]
    [InlineData(1_000, 1, 50, 20, 25)]
    [InlineData(48_000, 240, 1_000, 100, 200)]
    [InlineData(1_000, 5, 1_000, 100, 200)]
    public void Over_many_seeds_the_error_of_late_stamps_keeps_its_limits(double rate, int block, double jitterMicroseconds, double largestDeviation, double largestBias)
    {
        // The worst of 30 seeds, for the guide.
        var (worstDeviation, worstBias) = (0.0, 0.0);
        for (var seed = 100; seed < 130; seed++)
        {
            var drift = (seed * 7919 % 1001) - 500;
            var shape = seed % 2 == 0 ? Lateness.Exponential : Lateness.Even;
            var device = new Device(rate, drift, block, jitterMicroseconds, shape, seed);
            var clock = new SampleClock(rate, TimeSpan.Zero);
            device.Run(clock, seconds: 10);
            var errors = device.Run(clock, seconds: 60);

            var mean = errors.Average() / 1_000;
            var deviation = Math.Sqrt(errors.Average(error => error * error / 1e6) - (mean * mean));
            (worstDeviation, worstBias) = (Math.Max(worstDeviation, deviation), Math.Abs(mean) > Math.Abs(worstBias) ? mean : worstBias);
            deviation.Should().BeLessThanOrEqualTo(largestDeviation, "seed {0}", seed);
            Math.Abs(mean).Should().BeLessThanOrEqualTo(largestBias, "seed {0}", seed);
            clock.IsLocked.Should().BeTrue("seed {0}", seed);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rate} /s, blocks of {block}, jitter {jitterMicroseconds} us: deviation at most {worstDeviation:0.0} us, bias at most {worstBias:0.0} us");
    }

    [Fact]
    public void A_host_that_becomes_busy_does_not_move_the_mapping_by_its_greater_lateness()
    {
        var device = new Device(1_000, 30, 5, 50, Lateness.Exponential, seed: 21);
        var clock = new SampleClock(1_000, TimeSpan.Zero);
        device.Run(clock, seconds: 20);
        var idle = device.Run(clock, seconds: 20).Average();

        device.JitterMicroseconds = 1_000;
        device.Run(clock, seconds: 10);
        var busy = device.Run(clock, seconds: 60).Average();

        // The mean of the stamps moved by 950 us.
        Math.Abs(busy - idle).Should().BeLessThan(200_000);
        clock.LatenessNanoseconds.Should().BeInRange(600_000, 1_100_000);
    }

    [Theory]
    [InlineData(1, 50, 20)]
    [InlineData(5, 1_000, 250)]
    public void A_change_of_drift_is_followed_within_five_seconds(int block, double jitterMicroseconds, double largestMicroseconds)
    {
        var device = new Device(1_000, -100, block, jitterMicroseconds, Lateness.Exponential, seed: 3);
        var clock = new SampleClock(1_000, TimeSpan.Zero);
        device.Run(clock, seconds: 20);

        device.DriftPpm = 100;
        device.Run(clock, seconds: 5);
        var errors = device.Run(clock, seconds: 5);

        (errors.Max(Math.Abs) / 1_000).Should().BeLessThan(largestMicroseconds * 1.5);
        clock.IsLocked.Should().BeTrue();
    }

    [Fact]
    public void The_first_observation_already_gives_a_usable_answer_and_a_second_locks()
    {
        var device = new Device(500, 300, 1, 50, Lateness.Exponential, seed: 5);
        var clock = new SampleClock(500, TimeSpan.Zero);
        clock.UncertaintyNanoseconds.Should().Be(long.MaxValue);
        clock.HostTimeOf(new SampleTime(4)).Should().Be(default(MonotonicTime));

        device.Observe(clock);
        clock.IsLocked.Should().BeFalse();
        Math.Abs(device.ErrorAt(clock, 10)).Should().BeLessThan(300_000);
        var first = clock.UncertaintyNanoseconds;

        device.Run(clock, seconds: 1);
        clock.IsLocked.Should().BeTrue();
        clock.UncertaintyNanoseconds.Should().BeLessThan(first / 10);
        device.Run(clock, seconds: 1).Max(Math.Abs).Should().BeLessThan(60_000);
    }

    [Fact]
    public void The_fixed_delay_is_subtracted()
    {
        var without = new SampleClock(500, TimeSpan.Zero);
        var with = new SampleClock(500, TimeSpan.FromMilliseconds(3));
        without.Observe(10, new MonotonicTime(Start));
        with.Observe(10, new MonotonicTime(Start));

        without.HostTimeOf(new SampleTime(10)).Nanoseconds.Should().Be(Start);
        with.HostTimeOf(new SampleTime(10)).Nanoseconds.Should().Be(Start - 3_000_000);
        with.SampleTimeOf(new MonotonicTime(Start - 3_000_000)).Samples.Should().BeApproximately(10, 1e-6);
    }

    [Fact]
    public void Host_and_sample_time_are_inverse_to_each_other() =>
        CsCheck.Check.Sample(CsCheck.Gen.Select(CsCheck.Gen.Double[125, 2_000], CsCheck.Gen.Int[-500, 500], CsCheck.Gen.Double[-1_000, 1_000], CsCheck.Gen.Int[0, 1_000]), (rate, drift, offset, seed) =>
        {
            var device = new Device(rate, drift, 1, 50, Lateness.Exponential, seed);
            var clock = new SampleClock(rate, TimeSpan.FromMilliseconds(1));
            device.Run(clock, seconds: 2);
            var sample = new SampleTime((2 * rate) + offset);

            // To a nanosecond, the resolution of host time.
            Math.Abs(clock.SampleTimeOf(clock.HostTimeOf(sample)).Samples - sample.Samples).Should().BeLessThan(2e-9 * rate);
        });

    [Fact]
    public void Late_wake_ups_move_the_mapping_by_no_more_than_jitter_does()
    {
        var device = new Device(500, 50, 1, 50, Lateness.Exponential, seed: 8);
        var clock = new SampleClock(500, TimeSpan.Zero);
        device.Run(clock, seconds: 5);

        var worst = 0.0;
        for (var i = 0; i < 200; i++)
        {
            // A single late one, then now and then a stall of 60 ms whose samples all come at its end.
            device.Stall(clock, i % 10 == 0 ? 0.06 : 0.004);
            worst = Math.Max(worst, device.Run(clock, seconds: 0.3).Max(Math.Abs));
        }

        worst.Should().BeLessThan(60_000);
        clock.IsLocked.Should().BeTrue();
    }

    [Theory]
    [InlineData(0.55)]
    [InlineData(0.7)]
    [InlineData(2)]
    public void A_long_stall_whose_samples_all_come_at_its_end_does_not_move_the_mapping(double seconds)
    {
        var device = new Device(500, 50, 1, 50, Lateness.Exponential, seed: 12);
        var clock = new SampleClock(500, TimeSpan.Zero);
        device.Run(clock, seconds: 10);

        device.Stall(clock, seconds);

        device.Run(clock, seconds: 1).Max(Math.Abs).Should().BeLessThan(60_000);
        clock.IsLocked.Should().BeTrue();
    }

    [Fact]
    public void A_stall_soon_after_samples_were_lost_unnoticed_does_not_begin_the_clock_from_the_latest_of_the_queue()
    {
        var device = new Device(1_000, 50, 1, 5, Lateness.Exponential, seed: 13);
        var clock = new SampleClock(1_000, TimeSpan.Zero);
        device.Run(clock, seconds: 10);

        device.LoseUnnoticed(0.0005);
        device.Run(clock, seconds: 0.43);
        device.Stall(clock, 0.15);

        for (var i = 0; i < 2_000; i++)
        {
            device.Observe(clock);
            if (clock.IsLocked)
            {
                Math.Abs(device.ErrorAt(clock, 0)).Should().BeLessThan(600_000);
            }
        }

        clock.IsLocked.Should().BeTrue();
    }

    [Fact]
    public void A_gap_that_the_index_counts_over_is_bridged()
    {
        var device = new Device(500, -250, 1, 50, Lateness.Exponential, seed: 9);
        var clock = new SampleClock(500, TimeSpan.Zero);
        device.Run(clock, seconds: 10);

        device.Skip(seconds: 2);

        device.Run(clock, seconds: 1).Max(Math.Abs).Should().BeLessThan(60_000);
        clock.IsLocked.Should().BeTrue();
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(3)]
    public void Samples_lost_unnoticed_unlock_the_clock_until_it_has_begun_anew(double lostSeconds)
    {
        var device = new Device(500, 100, 1, 50, Lateness.Exponential, seed: 10);
        var clock = new SampleClock(500, TimeSpan.Zero);
        device.Run(clock, seconds: 10);

        device.LoseUnnoticed(lostSeconds);
        device.Run(clock, seconds: 0.1);
        clock.IsLocked.Should().BeFalse();
        clock.UncertaintyNanoseconds.Should().BeGreaterThan((long)(lostSeconds * 0.9e9));
        device.Run(clock, seconds: 1.5);

        clock.IsLocked.Should().BeTrue();
        device.Run(clock, seconds: 1).Max(Math.Abs).Should().BeLessThan(60_000);
    }

    [Fact]
    public void A_device_that_starts_again_from_sample_zero_begins_anew_with_the_drift_known()
    {
        var clock = new SampleClock(500, TimeSpan.Zero);
        new Device(500, 400, 1, 20, Lateness.Exponential, seed: 12).Run(clock, seconds: 10);
        var again = new Device(500, 400, 1, 20, Lateness.Exponential, seed: 13) { Origin = Start + 60_000_000_000 };

        again.Run(clock, seconds: 0.1);
        clock.IsLocked.Should().BeFalse();
        again.Run(clock, seconds: 0.6);

        clock.IsLocked.Should().BeTrue();
        again.Run(clock, seconds: 1).Max(Math.Abs).Should().BeLessThan(30_000);
    }

    [Fact]
    public void A_first_block_that_comes_very_late_does_no_lasting_harm()
    {
        var device = new Device(1_000, 0, 5, 100, Lateness.Exponential, seed: 14);
        var clock = new SampleClock(1_000, TimeSpan.Zero);
        device.Stall(clock, 0.04);

        device.Run(clock, seconds: 1);

        device.Run(clock, seconds: 1).Max(Math.Abs).Should().BeLessThan(200_000);
        clock.IsLocked.Should().BeTrue();
    }

    [Fact]
    public void It_allocates_nothing_and_gives_the_same_answers_again()
    {
        var first = Replay();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var second = Replay(new SampleClock(500, TimeSpan.Zero));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        second.Should().Be(first);
        allocated.Should().BeLessThan(400, "only the clock itself is made");
    }

    [Fact]
    public void After_a_reset_it_knows_nothing()
    {
        var clock = new SampleClock(500, TimeSpan.Zero);
        new Device(500, 400, 1, 20, Lateness.Exponential, seed: 12).Run(clock, seconds: 10);

        clock.Reset();

        clock.IsLocked.Should().BeFalse();
        clock.UncertaintyNanoseconds.Should().Be(long.MaxValue);
        clock.RateHertz.Should().Be(500);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_rate_that_is_none_is_refused(double rate) =>
        FluentActions.Invoking(() => new SampleClock(rate, TimeSpan.Zero)).Should().Throw<ArgumentOutOfRangeException>();

    private static MonotonicTime Replay() => Replay(new SampleClock(500, TimeSpan.Zero));

    private static MonotonicTime Replay(SampleClock clock)
    {
        for (var i = 0; i < 20_000; i++)
        {
            clock.Observe(i, new MonotonicTime(Start + (i * 2_000_100L) + (i * 7_919L % 60_000) + (i % 997 == 0 ? 30_000_000 : 0)));
        }

        return clock.HostTimeOf(new SampleTime(20_001.5));
    }

    /// <summary>A device with its own quartz, whose samples' arrivals jitter.</summary>
    private sealed class Device(double rate, double driftPpm, int block, double jitterMicroseconds, Lateness shape, int seed)
    {
        private readonly Random _random = new(seed);
        private long _sample = -1;
        private double _trueTime;

        public double DriftPpm { get; set; } = driftPpm;

        public double JitterMicroseconds { get; set; } = jitterMicroseconds;

        public long Origin { get; init; } = Start;

        private double Period => 1e9 / rate * (1 + (DriftPpm * 1e-6));

        /// <summary>One block arrives.</summary>
        public void Observe(SampleClock clock)
        {
            Sample(block);
            clock.Observe(_sample, new MonotonicTime(Origin + (long)(_trueTime + Jitter())));
        }

        /// <summary>Blocks arrive for a time; the mapping's error is taken in the middle of the next block.</summary>
        public List<double> Run(SampleClock clock, double seconds)
        {
            var errors = new List<double>();
            for (var n = Math.Max(1, (int)(seconds * rate / block)); n > 0; n--)
            {
                Observe(clock);
                errors.Add(ErrorAt(clock, block / 2.0));
            }

            return errors;
        }

        public double ErrorAt(SampleClock clock, double samplesAhead) =>
            clock.HostTimeOf(new SampleTime(_sample + samplesAhead)).Nanoseconds - (Origin + _trueTime + (samplesAhead * Period));

        /// <summary>The host does nothing for a while, then works the queue off.</summary>
        public void Stall(SampleClock clock, double seconds)
        {
            var end = _trueTime + (seconds * 1e9);
            do
            {
                Sample(block);
                clock.Observe(_sample, new MonotonicTime(Origin + (long)(Math.Max(end, _trueTime) + 1_000)));
            }
            while (_trueTime < end);
        }

        public void Skip(double seconds) => Sample((int)(seconds * rate));

        public void LoseUnnoticed(double seconds) => _trueTime += seconds * 1e9;

        private void Sample(int count)
        {
            _sample += count;
            _trueTime += count * Period;
        }

        // Arrivals are late, most of them a little, or evenly up to half a block of 5 ms; as early as late they cannot be.
        private double Jitter()
        {
            var first = _random.NextDouble();
            var exponential = -Math.Log(1 - first);
            return JitterMicroseconds * 1_000 * shape switch
            {
                Lateness.Exponential => exponential,
                Lateness.Even => 2.5 * first,
                _ => Math.Sqrt(2 * exponential) * Math.Cos(2 * Math.PI * _random.NextDouble()),
            };
        }
    }

    private enum Lateness
    {
        Exponential,
        Even,
        Normal,
    }
}
