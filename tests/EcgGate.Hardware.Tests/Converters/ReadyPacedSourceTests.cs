using System.Device.I2c;
using CsCheck;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Hardware.Converters;
using EcgGate.Signals;
using NSubstitute;

namespace EcgGate.Hardware.Tests.Converters;

public sealed class ReadyPacedSourceTests : IDisposable
{
    private const int ReadyLine = 24;

    private readonly List<IDisposable> _owned = [];
    private readonly EcgSample[] _one = new EcgSample[1];

    [Theory]
    [InlineData(0)]
    [InlineData(0.093)]
    [InlineData(-0.087)]
    public void The_rate_is_the_parts_own_however_far_it_is_off(double error)
    {
        var bench = Start(error);
        using var source = bench.Open();

        source.Info.SamplingRateHertz.Should().BeApproximately(860 * (1 + error), 860 * 1e-5);
        foreach (var (sample, truth) in bench.Read(source, 3000))
        {
            truth.Should().Be(sample.Index);
            sample.Status.Should().Be(SampleStatus.None);
        }

        source.Info.FixedDelay.TotalSeconds.Should().BeApproximately(0.5 / source.Info.SamplingRateHertz, 1e-7);
    }

    [Fact]
    public void A_pulse_that_is_missed_is_a_gap_and_time_goes_on()
    {
        var bench = Start();
        using var source = bench.Open();
        bench.Read(source, 10);
        bench.Part.SuppressPulses(bench.Part.Conversions + 5, 3);

        var samples = bench.Read(source, 30);

        samples.Should().OnlyContain(s => s.Sample.Index == s.Truth);
        samples.Should().ContainSingle(s => s.Sample.Status == SampleStatus.GapBefore);
        source.Statistics.LostSamples.Should().Be(3);
    }

    [Fact]
    public void A_pulse_too_many_is_ignored()
    {
        var bench = Start();
        using var source = bench.Open();
        bench.Read(source, 10);
        bench.Part.DoublePulseOf(bench.Part.Conversions + 5);

        var samples = bench.Read(source, 30);

        samples.Should().OnlyContain(s => s.Sample.Index == s.Truth && s.Sample.Status == SampleStatus.None);
        source.Statistics.SpuriousPulses.Should().Be(1);
    }

    [Fact]
    public void A_transfer_that_is_not_acknowledged_is_a_lost_sample()
    {
        var bench = Start();
        using var source = bench.Open();
        bench.Read(source, 10);
        bench.Part.Nack(2);

        var samples = bench.Read(source, 30);

        samples.Should().OnlyContain(s => s.Sample.Index == s.Truth);
        samples[0].Sample.Status.Should().Be(SampleStatus.GapBefore);
        source.Statistics.Should().BeEquivalentTo(new { FailedReads = 2L, LostSamples = 2L });
    }

    [Fact]
    public void A_part_that_acknowledges_nothing_any_more_ends_the_source()
    {
        var bench = Start();
        using var source = bench.Open();
        bench.Read(source, 10);
        bench.Part.Nack(int.MaxValue);

        source.Invoking(s => s.Read(_one)).Should().Throw<EcgSourceException>().WithMessage("test: 20 reads in a row failed (Error 121*check the wiring, the power, the address*");
    }

    [Fact]
    public void A_part_that_browns_out_forgets_its_settings_and_ends_the_source()
    {
        var bench = Start();
        using var source = bench.Open();
        bench.Read(source, 10);
        bench.Part.Reset();

        source.Invoking(s => s.Read(_one)).Should().Throw<EcgSourceException>().WithMessage("test: no ready pulse for * ms, expected every 1.163 ms*");
    }

    [Fact]
    public void A_host_that_was_held_up_for_many_conversions_reports_them_as_lost()
    {
        var bench = Start();
        using var source = bench.Open();
        bench.Read(source, 3000);
        bench.Host.Pace.Advance(61_700_000);

        var samples = bench.Read(source, 30);

        samples.Should().OnlyContain(s => s.Sample.Index == s.Truth);
        samples[0].Sample.Status.Should().Be(SampleStatus.GapBefore);
        source.Statistics.LostSamples.Should().BeInRange(52, 54);
    }

    [Fact]
    public void A_read_that_meets_the_end_of_a_conversion_is_left_out_since_nobody_knows_whose_it_is()
    {
        var bench = Start();
        using var source = bench.Open();
        bench.Read(source, 10);
        bench.BeforeRead = read => read == 15 ? 1_120_000 : 0;

        var samples = bench.Read(source, 30);

        samples.Should().OnlyContain(s => s.Sample.Index == s.Truth);
        source.Statistics.DoubtfulReads.Should().Be(1);
    }

    [Fact]
    public void A_line_that_does_not_pulse_is_told_when_opening()
    {
        var bench = Start();
        bench.Part.SuppressPulses(0, long.MaxValue);

        bench.Invoking(b => b.Open()).Should().Throw<EcgSourceException>().WithMessage("test: no ready pulse for 100 ms after 0 of them, expected 860 per second*pull-up*");
    }

    [Fact]
    public void A_rate_that_the_part_cannot_have_is_refused()
    {
        var bench = Start();

        bench.Invoking(b => b.Open(b.Options with { NominalRateHertz = 475 })).Should().Throw<EcgSourceException>()
            .WithMessage("test: its ready line pulses 860 times per second; 475 ±10 % were set*");
    }

    [Theory]
    [InlineData(7, 0.6)]
    [InlineData(7, 0.8)]
    [InlineData(7, 0.97)]
    [InlineData(3, 0.7)]
    public void Pulses_seen_late_by_more_than_half_a_conversion_are_not_counted_twice(int every, double periodsLate)
    {
        var host = new Paced();
        var pulses = new LatePulses(host, 1e9 / 860, every, periodsLate);
        var lead = new ConverterLead { Name = "I", Channel = new ClockChannel(host), Scale = Ad8232Options.AmplifierOnly.Scale(1e-4) };
        using var source = ReadyPacedSource.Open(lead, pulses, new ReadyPacedOptions(), host.Clock);

        source.Info.SamplingRateHertz.Should().BeApproximately(860, 860 * 100e-6);
    }

    [Fact]
    public void Late_and_missing_pulses_do_not_spoil_the_measured_rate()
    {
        var bench = Start(0.05);
        var disturbed = new DisturbedPulses(bench.Pulses, bench.Host);
        using var source = ReadyPacedSource.Open(bench.Lead, disturbed, bench.Options, bench.Host.Clock);

        source.Info.SamplingRateHertz.Should().BeApproximately(903, 903 * 100e-6);
    }

    [Fact]
    public void An_interrupted_source_is_at_its_end()
    {
        var bench = Start();
        using var source = bench.Open();
        bench.Read(source, 3);
        source.Interrupt();

        source.Read(_one).Count.Should().Be(0);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var bench = Start();
        using var pulses = new DataReadyPulses(new PartReady(bench.Part), bench.Host.Clock);
        using var source = ReadyPacedSource.Open(bench.Lead, pulses, bench.Options, bench.Host.Clock);
        bench.Read(source, 100);

        Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                source.Read(_one);
            }
        }).Should().Be(0);
    }

    [Fact]
    public void Whatever_the_host_and_the_line_do_no_sample_stands_at_another_moment_than_its_own()
    {
        Gen.Select(Gen.Double[-0.1, 0.1], Gen.Int[0, 1000].Array[200], Gen.Int[0, 40].Array[200]).Sample((error, what, size) =>
        {
            var bench = Start(error * 0.95);
            using var source = bench.Open();
            bench.Read(source, 3);
            for (var i = 0; i < 200; i++)
            {
                switch (what[i])
                {
                    case < 20:
                        bench.Host.Pace.Advance(size[i] * 170_000L);
                        break;
                    case < 40:
                        bench.Part.SuppressPulses(bench.Part.Conversions + 1, 1 + (size[i] / 10));
                        break;
                    case < 50:
                        bench.Part.DoublePulseOf(bench.Part.Conversions);
                        break;
                    case < 60:
                        bench.Part.Nack(1 + (size[i] / 10));
                        break;
                    default:
                        break;
                }

                bench.Read(source, 1).Should().OnlyContain(s => s.Sample.Index == s.Truth);
            }
        }, iter: 40);
    }

    [Fact]
    public void A_part_that_does_not_answer_is_told_with_its_address()
    {
        var bench = Start(address: 0x4A);
        bench.Part.IsUnplugged = true;

        FluentActions.Invoking(() => Ads1115Channel.Open(bench.Part.I2c)).Should().Throw<EcgSourceException>()
            .WithMessage("ads1115: nothing answers at address 0x4A of I2C bus 1 (*check power, SDA, SCL*");
    }

    [Fact]
    public void A_part_that_does_not_keep_its_settings_is_told_with_the_register()
    {
        using var i2c = new ForgetfulI2c();

        FluentActions.Invoking(() => Ads1115Channel.Open(i2c)).Should().Throw<EcgSourceException>()
            .WithMessage("ads1115: register 3 reads 0x0000 after 0x8000 was written*");
    }

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    private Bench Start(double error = 0, int address = 0x48)
    {
        var bench = new Bench(error, address);
        _owned.Add(bench);
        return bench;
    }

    /// <summary>
    /// A part whose input tells the time: it rises for a second from 0 to 3.2 V, again and again, some 30 codes a conversion.
    /// </summary>
    private sealed class Bench : IDisposable
    {
        private readonly EcgSample[] _one = new EcgSample[1];
        private readonly System.Device.Gpio.GpioController _gpio;
        private readonly double _rate;
        private long? _first;

        public Bench(double error, int address)
        {
            _rate = 860 * (1 + error);
            var zero = new PatientTime(Host.Pace.Now);
            Part = new EmulatedAds1115([new FunctionVoltage(t => 3.2 * (t - Math.Floor(t)))], zero, new EmulatedAds1115Options { RateError = error, Address = address }, Host.Pace);
            var lines = new EmulatedLines();
            lines.AddFromPart(ReadyLine, () => Part.IsReadyHigh, Part.WaitForPulse);
            _gpio = new System.Device.Gpio.GpioController(lines);
            Pulses = DataReadyPulses.Open(_gpio, ReadyLine, Host.Clock);
            Lead = new ConverterLead
            {
                Name = "I",
                Channel = new DelayedChannel(this, address == 0x48 ? Ads1115Channel.Open(Part.I2c) : Substitute.For<IConverterChannel>()),

                // 1 V is told as 1,000 mV: the scale is the converter's own.
                Scale = new ConverterScale(Ads1115Channel.VoltsPerCode(Ads1115Range.Millivolts4096), 1.65, -1, 3.3, 1),
            };
        }

        public Paced Host { get; } = new();

        public EmulatedAds1115 Part { get; }

        public IReadyPulses Pulses { get; }

        public ConverterLead Lead { get; }

        public ReadyPacedOptions Options { get; } = new() { Name = "test" };

        /// <summary>How long the host is held up before a read, in ns, by the number of the read.</summary>
        public Func<int, long> BeforeRead { get; set; } = _ => 0;

        public ReadyPacedSource Open(ReadyPacedOptions? options = null) => ReadyPacedSource.Open(Lead, Pulses, options ?? Options, Host.Clock);

        /// <summary>Samples, each with the number of the conversion that its value proves it to be, from the first one given.</summary>
        public List<(EcgSample Sample, long Truth)> Read(ReadyPacedSource source, int count)
        {
            var samples = new List<(EcgSample, long)>();
            for (var i = 0; i < count; i++)
            {
                source.Read(_one).Count.Should().Be(1);
                var second = (_one[0].Lead0Millivolts + 1650) / 3200;
                var now = (Host.Pace.Now.Nanoseconds - 1_000_000_000) * 1e-9;
                var centre = Math.Floor(now - second) + second;
                var conversion = (long)Math.Round((centre * _rate) - 0.5);

                // Where the input falls back, a conversion's mean says nothing.
                if (now - Math.Floor(now) is > 0.004 and < 0.996)
                {
                    _first ??= conversion - _one[0].Index;
                    samples.Add((_one[0], conversion - _first.Value));
                }
            }

            return samples;
        }

        public void Dispose()
        {
            (Pulses as IDisposable)?.Dispose();
            _gpio.Dispose();
            Part.Dispose();
        }

        private sealed class DelayedChannel(Bench bench, IConverterChannel channel) : IConverterChannel
        {
            private int _reads;

            public bool TryRead(out int code)
            {
                bench.Host.Pace.Advance(bench.BeforeRead(_reads++));
                return channel.TryRead(out code);
            }
        }
    }

    /// <summary>Something that acknowledges everything and keeps nothing.</summary>
    private sealed class ForgetfulI2c : I2cDevice
    {
        public override I2cConnectionSettings ConnectionSettings { get; } = new(1, 0x48);

        public override void Read(Span<byte> buffer) => buffer.Clear();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }

        public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer) => readBuffer.Clear();
    }

    /// <summary>The part's line without what a controller allocates.</summary>
    private sealed class PartReady(EmulatedAds1115 part) : IDataReady
    {
        public bool IsReady() => !part.IsReadyHigh;

        public bool WaitForEdge(CancellationToken cancellationToken) => part.WaitForPulse(cancellationToken);
    }

    /// <summary>Each tenth pulse is seen half a millisecond late, each seventeenth not at all.</summary>
    /// <summary>Pulses on an exact grid, some of which the host sees late.</summary>
    private sealed class LatePulses(Paced host, double periodNanoseconds, int every, double periodsLate) : IReadyPulses
    {
        private readonly EcgGate.Timing.MonotonicTime _start = host.Pace.Now;
        private int _count;

        public bool Wait(EcgGate.Timing.MonotonicTime until, out EcgGate.Timing.MonotonicTime pulse)
        {
            _count++;
            pulse = _start.AddNanoseconds((long)((_count + (_count % every == 0 ? periodsLate : 0)) * periodNanoseconds));
            host.Pace.SleepUntil(pulse, CancellationToken.None);
            return true;
        }

        public bool TryTake(out EcgGate.Timing.MonotonicTime pulse)
        {
            pulse = default;
            return false;
        }

        public void Interrupt()
        {
        }
    }

    private sealed class DisturbedPulses(IReadyPulses pulses, Paced host) : IReadyPulses
    {
        private int _count;

        public bool Wait(EcgGate.Timing.MonotonicTime until, out EcgGate.Timing.MonotonicTime pulse)
        {
            if (++_count % 17 == 0)
            {
                pulses.Wait(until, out _);
            }

            var seen = pulses.Wait(until, out pulse);
            if (_count % 10 == 0)
            {
                pulse = pulse.AddNanoseconds(500_000);
                host.Pace.Advance(500_000);
            }

            return seen;
        }

        public bool TryTake(out EcgGate.Timing.MonotonicTime pulse) => pulses.TryTake(out pulse);

        public void Interrupt() => pulses.Interrupt();
    }
}
