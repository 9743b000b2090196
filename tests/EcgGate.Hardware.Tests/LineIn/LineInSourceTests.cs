using EcgGate.Cli.Run;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Hardware.Alsa;
using EcgGate.Hardware.LineIn;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.LineIn;

/// <summary>The line input on an emulated sound card that misbehaves, with the real handling of libasound's answers.</summary>
public sealed class LineInSourceTests
{
    private static readonly FunctionEcg Slope = new((lead, seconds) => lead == 0 ? seconds * 0.1 : -1);

    [Fact]
    public void Samples_come_in_blocks_each_with_the_time_of_its_last()
    {
        using var setup = new Setup(48_000, 2);
        var (samples, times) = setup.Read(2_000);

        samples.Select(sample => sample.Index).Should().Equal(Enumerable.Range(0, samples.Count).Select(i => (long)i));
        setup.Source.Info.SamplingRateHertz.Should().Be(1000);
        setup.Source.Info.BlockDelay.TotalMilliseconds.Should().Be(2);
        setup.Source.Info.FixedDelay.TotalMilliseconds.Should().BeApproximately(70.5 / 48, 1e-3);
        samples.Zip(times).Should().OnlyContain(pair =>
            Math.Abs((pair.First.Lead0Millivolts / 0.1) - setup.SecondsAt(pair.Second)) < 3e-4, "16 bits of 5 mV are 0.15 uV, 1.5 us of this slope, and a stamp is exact");
    }

    [Fact]
    public void A_reader_that_is_held_up_loses_nothing_that_the_card_s_buffer_holds_and_each_sample_keeps_its_time()
    {
        using var setup = new Setup(48_000, 2);
        setup.Read(500);
        setup.Pace.Advance(60_000_000);
        var (samples, times) = setup.Read(200);

        samples[0].Status.Should().Be(SampleStatus.None);
        samples.Zip(samples.Skip(1)).Should().OnlyContain(pair => pair.Second.Index == pair.First.Index + 1);
        samples.Zip(times).Should().OnlyContain(pair => Math.Abs((pair.First.Lead0Millivolts / 0.1) - setup.SecondsAt(pair.Second)) < 3e-4);
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(1_000, true)]
    [InlineData(300, false)]
    public void An_overrun_is_one_gap_over_which_the_index_keeps_the_time(int heldUpMilliseconds, bool hasStamps)
    {
        using var setup = new Setup(48_000, 2);
        setup.Card.HasStamps = hasStamps;
        var (before, timesBefore) = setup.Read(1_000);
        setup.Pace.Advance(heldUpMilliseconds * 1_000_000L);
        var (after, timesAfter) = setup.Read(1_000);

        setup.Card.Overruns.Should().Be(1);
        setup.Source.Statistics.Overruns.Should().Be(1);
        after.Count(sample => sample.Status.HasFlag(SampleStatus.GapBefore)).Should().Be(1);
        var samplesApart = after[^1].Index - before[0].Index;
        var timeApart = timesAfter[^1].NanosecondsSince(timesBefore[0]) / 1e6;
        timeApart.Should().BeApproximately(samplesApart, 0.1);
        (setup.Source.Statistics.LostFrames / 48.0).Should().BeInRange(heldUpMilliseconds - 1, heldUpMilliseconds + 4);
    }

    [Fact]
    public void A_card_that_is_unplugged_ends_the_source_with_a_clear_error()
    {
        using var setup = new Setup(48_000, 2);
        setup.Read(100);
        setup.Card.IsUnplugged = true;

        var reading = () => setup.Read(100);
        reading.Should().Throw<EcgSourceException>().WithMessage("hw:9: the sound card is gone*Plug it in*");
        reading.Should().Throw<EcgSourceException>().WithMessage("*failed before*");
    }

    [Fact]
    public void A_card_that_falls_silent_ends_the_source_with_a_clear_error()
    {
        using var setup = new Setup(48_000, 2);
        setup.Read(100);
        setup.Card.IsSilent = true;

        var reading = () => setup.Read(100);
        reading.Should().Throw<EcgSourceException>().WithMessage("*no frames for 500 ms, expected every 2 ms*plugged in*");
    }

    [Fact]
    public void A_device_that_does_not_keep_time_is_found_out()
    {
        using var setup = new Setup(48_000, 2, driftPpm: 60_000);

        var reading = () => setup.Read(20_000);
        reading.Should().Throw<EcgSourceException>().WithMessage("*no device that keeps time*");
    }

    [Theory]
    [InlineData(48_000, 1024, "block 21.3 ms + decimator 1.5 ms + converter 0.0 ms + decision 34.0 ms + order lead 1.0 ms = 57.8 ms after R, but a pulse is due at R+50 ms (cut-off R+70 ms): ask for a period of at most 13 ms, better 2 ms")]
    [InlineData(8_000, 1024, "block 128.0 ms + decimator 1.3 ms")]
    public void A_block_that_cannot_meet_the_deadline_is_refused_with_the_arithmetic(int rate, int frames, string expected)
    {
        var pace = new VirtualPace();
        var card = Setup.Card_(pace, rate, frames, 0);
        var opening = () => LineInSource.Open(new AlsaPcmDevice(new EmulatedLineIn(card), Setup.InfoOf(card), Setup.ClockOf(pace)), new LineInOptions());

        opening.Should().Throw<EcgSourceException>().Which.Message.Should().Contain(expected);
    }

    [Fact]
    public void A_later_target_bears_a_longer_block_and_an_early_one_none()
    {
        var pace = new VirtualPace();
        var card = Setup.Card_(pace, 48_000, 960, 0);
        LineInBudget.Of(Setup.InfoOf(card), new LineInOptions(), new GateOptions()).Fits.Should().BeFalse();
        LineInBudget.Of(Setup.InfoOf(card), new LineInOptions(), new GateOptions { TargetDelay = TimeSpan.FromMilliseconds(60) }).Fits.Should().BeTrue();
        var early = LineInBudget.Of(Setup.InfoOf(card), new LineInOptions(), new GateOptions { TargetDelay = TimeSpan.FromMilliseconds(30) });
        FluentActions.Invoking(() => early.Require("x")).Should().Throw<EcgSourceException>().WithMessage("*no period is short enough*");
    }

    [Fact]
    public void Interrupting_ends_reading_before_and_while_it_waits()
    {
        using var setup = new Setup(48_000, 2);
        setup.Read(10);
        setup.Source.Interrupt();
        setup.Source.Read(new EcgSample[1]).Count.Should().Be(0);
    }

    [Fact]
    public void Reading_allocates_nothing_not_even_after_an_overrun()
    {
        using var setup = new Setup(48_000, 2);
        var block = new EcgSample[64];
        setup.Read(200);

        Allocation.LeastOf(() =>
        {
            setup.Pace.Advance(300_000_000);
            for (var i = 0; i < 200; i++)
            {
                setup.Source.Read(block);
            }
        }).Should().Be(0);
    }

    [Fact]
    public void Blocks_that_a_callback_pushes_come_out_in_order_and_a_reader_that_is_too_late_sees_an_overrun()
    {
        var info = new PcmDeviceInfo { Name = "pushed", RateHertz = 8_000, ChannelCount = 1, SampleFormat = PcmSampleFormat.S16, PeriodFrames = 16, BufferFrames = 64 };
        using var device = new PushedPcmDevice(info);
        var block = new byte[32];
        var read = new byte[32];
        for (var i = 1; i <= 6; i++)
        {
            block.AsSpan().Fill((byte)i);
            device.Push(block, new MonotonicTime(i * 2_000_000L));
        }

        // The fifth and the sixth found no room.
        for (var i = 1; i <= 4; i++)
        {
            device.Read(read, TimeSpan.Zero).Should().Be(new PcmBlock(16, new MonotonicTime(i * 2_000_000L), false));
            read.Should().OnlyContain(value => value == i);
        }

        device.Read(read, TimeSpan.FromMilliseconds(1)).Frames.Should().Be(0);
        device.Push(block, new MonotonicTime(20_000_000));
        device.Read(read.AsSpan(0, 10), TimeSpan.Zero).Should().Be(new PcmBlock(5, new MonotonicTime(20_000_000 - (11 * 125_000)), true));
        device.Read(read, TimeSpan.Zero).Should().Be(new PcmBlock(11, new MonotonicTime(20_000_000), false));

        device.Fail(new EcgSourceException("gone"));
        FluentActions.Invoking(() => device.Read(read, TimeSpan.FromSeconds(10))).Should().Throw<EcgSourceException>().WithMessage("gone");
        device.Interrupt();
        device.Read(read, TimeSpan.FromSeconds(10)).Frames.Should().Be(0);
    }

    /// <summary>A source on an emulated card on a clock of its own.</summary>
    internal sealed class Setup : IDisposable
    {
        private readonly PatientTime _patient;

        public Setup(int rate, double periodMilliseconds, double driftPpm = 0)
        {
            Pace = new VirtualPace();
            _patient = new PatientTime(Pace.Now);
            Card = Card_(Pace, rate, (int)(rate * periodMilliseconds / 1000), driftPpm);
            Source = LineInSource.Open(new AlsaPcmDevice(new EmulatedLineIn(Card), InfoOf(Card), ClockOf(Pace)), new LineInOptions { FullScaleMillivolts = 5 }, clock: ClockOf(Pace));
        }

        public VirtualPace Pace { get; }

        public EmulatedSoundCard Card { get; }

        public LineInSource Source { get; }

        public static HostClock ClockOf(VirtualPace pace) => new(() => pace.Now, time => pace.SleepUntil(time, CancellationToken.None));

        public static EmulatedSoundCard Card_(VirtualPace pace, int rate, int periodFrames, double driftPpm) => new(
            Slope,
            new PatientTime(pace.Now),
            new EmulatedSoundCardOptions { RateHertz = rate, ChannelCount = 2, SampleBits = 32, PeriodFrames = periodFrames, BufferFrames = rate / 5, PeriodErrorPartsPerMillion = driftPpm, HighPassHertz = 0 },
            pace);

        public static PcmDeviceInfo InfoOf(EmulatedSoundCard card) => EmulatedLineIn.InfoOf(card, "hw:9");

        /// <summary>When a sample was at the input, by the driver's account, on the patient's clock.</summary>
        public double SecondsAt(MonotonicTime ready) => _patient.SecondsAt(ready - Source.Info.FixedDelay);

        public (List<EcgSample> Samples, List<MonotonicTime> Times) Read(int count)
        {
            var samples = new List<EcgSample>();
            var times = new List<MonotonicTime>();
            var block = new EcgSample[64];
            while (samples.Count < count && Source.Read(block) is { Count: > 0 } read)
            {
                for (var i = 0; i < read.Count; i++)
                {
                    samples.Add(block[i]);
                    times.Add(read.LastSampleTime.AddNanoseconds(-(long)((block[read.Count - 1].Index - block[i].Index) * 1e9 / Source.Info.SamplingRateHertz)));
                }
            }

            return (samples, times);
        }

        public void Dispose() => Source.Dispose();
    }
}
