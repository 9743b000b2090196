using System.Runtime.InteropServices;
using CsCheck;
using EcgGate.Hardware.LineIn;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.LineIn;

public sealed class LineInPipelineTests
{
    private static readonly MonotonicTime Start = new(1_000_000_000_000);

    public static TheoryData<int, int> Rates => new()
    {
        // Frames a second, and frames that make a sample.
        { 8_000, 8 }, { 11_025, 12 }, { 16_000, 16 }, { 22_050, 23 }, { 32_000, 32 }, { 44_100, 45 }, { 48_000, 48 }, { 96_000, 96 }, { 192_000, 192 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void A_rise_comes_through_at_its_time_less_the_delay_that_is_declared(int rate, int factor)
    {
        var pipeline = new LineInPipeline(Device(rate, PcmSampleFormat.F32), new LineInOptions { FullScaleMillivolts = 2 }, rate);
        pipeline.RateHertz.Should().BeApproximately((double)rate / factor, 1e-9).And.BeInRange(500.1, 1000);

        // A ramp of 1 mV per second shows as a value when it was there.
        var samples = new List<(double Seconds, EcgSample Sample)>();
        var frames = 0;
        foreach (var block in new[] { 7, 1, 100, 48, 3, rate / 2, 90, 1000 })
        {
            var values = new float[block];
            for (var i = 0; i < block; i++)
            {
                values[i] = (float)((frames + i + 1.0) / rate / 2);
            }

            frames += block;
            var time = Start.AddNanoseconds((long)Math.Round(frames * 1e9 / rate));
            pipeline.Process(MemoryMarshal.AsBytes<float>(values), time, false);
            for (var i = 0; i < pipeline.Samples.Length; i++)
            {
                var older = (pipeline.Samples.Length - 1 - i) / pipeline.RateHertz;
                samples.Add(((pipeline.LastSampleTime - pipeline.Delay).NanosecondsSince(Start) * 1e-9 - older, pipeline.Samples[i]));
            }
        }

        samples.Should().HaveCountGreaterThan(400);
        samples.Select(s => s.Sample.Index).Should().Equal(Enumerable.Range(0, samples.Count).Select(i => (long)i));
        samples.Should().OnlyContain(s => s.Sample.Status == SampleStatus.None && Math.Abs(s.Sample.Lead0Millivolts - s.Seconds) < 2e-6);
    }

    [Theory]
    [InlineData(10, -0.01, 0.001)]
    [InlineData(40, -0.08, -0.06)]
    [InlineData(100, -0.45, -0.4)]
    [InlineData(900, -200, -57)]
    [InlineData(950, -200, -76)]
    [InlineData(1050, -200, -76)]
    [InlineData(2000, -200, -100)]
    [InlineData(15_700, -200, -90)]
    public void The_filter_passes_the_ECG_and_keeps_out_what_would_fold_back_onto_it(double hertz, double least, double most)
    {
        const int rate = 48_000;
        var pipeline = new LineInPipeline(Device(rate, PcmSampleFormat.F32), new LineInOptions { FullScaleMillivolts = 1 }, 2 * rate);
        var values = Enumerable.Range(0, 2 * rate).Select(i => (float)(0.9 * Math.Sin(2 * Math.PI * hertz * i / rate))).ToArray();
        pipeline.Process(MemoryMarshal.AsBytes<float>(values), Start, false);

        // By the power, which folding back keeps.
        var power = pipeline.Samples.ToArray().Average(s => (double)s.Lead0Millivolts * s.Lead0Millivolts);
        (10 * Math.Log10(Math.Max(power, 1e-30) / (0.5 * 0.81))).Should().BeInRange(least, most);
    }

    [Theory]
    [InlineData(PcmSampleFormat.S16)]
    [InlineData(PcmSampleFormat.S32)]
    [InlineData(PcmSampleFormat.F32)]
    public void Each_format_is_scaled_to_the_electrodes_and_each_channel_is_its_own_lead(PcmSampleFormat format)
    {
        var device = Device(8_000, format) with { ChannelCount = 3 };
        var pipeline = new LineInPipeline(device, new LineInOptions { FullScaleMillivolts = 4, Channel = 2, Lead1Channel = 0 }, 8_000);

        pipeline.Process(Frames(device, 800, (_, channel) => channel switch { 0 => -0.25, 1 => 0.9, _ => 0.5 }), Start, false);

        pipeline.Samples[^1].Lead0Millivolts.Should().BeApproximately(2, 2e-4f);
        pipeline.Samples[^1].Lead1Millivolts.Should().BeApproximately(-1, 2e-4f);
        pipeline.Samples[^1].Status.Should().Be(SampleStatus.None);
    }

    [Theory]
    [InlineData(PcmSampleFormat.S16, 1.0)]
    [InlineData(PcmSampleFormat.S16, -1.0)]
    [InlineData(PcmSampleFormat.S32, 1.0)]
    [InlineData(PcmSampleFormat.F32, -1.0)]
    [InlineData(PcmSampleFormat.F32, 7.0)]
    [InlineData(PcmSampleFormat.F32, double.NaN)]
    public void One_frame_at_full_scale_marks_each_sample_that_it_is_in_and_no_other(PcmSampleFormat format, double value)
    {
        var device = Device(8_000, format) with { ChannelCount = 2 };
        var pipeline = new LineInPipeline(device, new LineInOptions { Channel = 0, Lead1Channel = 1 }, 8_000);

        pipeline.Process(Frames(device, 800, (frame, channel) => frame == 400 && channel == 0 ? value : 0.1), Start, false);

        var marked = pipeline.Samples.ToArray().Where(sample => sample.Status != SampleStatus.None).ToList();
        marked.Should().OnlyContain(sample => sample.Status == SampleStatus.Lead0Saturated);
        marked.Select(sample => sample.Index).Should().Equal(48L, 49L);
        pipeline.Samples.ToArray().Should().OnlyContain(sample => float.IsFinite(sample.Lead0Millivolts));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(3.0)]
    [InlineData(20.0)]
    [InlineData(250.0)]
    public void An_overrun_is_a_gap_as_long_as_the_time_says_and_no_sample_is_made_of_both_its_sides(double lostMilliseconds)
    {
        const int rate = 48_000;
        var device = Device(rate, PcmSampleFormat.S32);
        var pipeline = new LineInPipeline(device, new LineInOptions { FullScaleMillivolts = 1 });
        var lost = (long)(lostMilliseconds * rate / 1000);
        var random = new Random(4);
        var samples = new List<EcgSample>();
        var times = new List<double>();
        for (var block = 0; block < 1_000; block++)
        {
            var after = block >= 500 ? lost : 0;
            var late = -Math.Log(1 - random.NextDouble()) * 30_000;
            var time = Start.AddNanoseconds((long)((((block + 1) * 96) + after) * 1e9 / rate) + (long)late);
            pipeline.Process(Frames(device, 96, (_, _) => block < 500 ? 0.5 : -0.5), time, block == 500);
            samples.AddRange(pipeline.Samples);
            times.AddRange(pipeline.Samples.ToArray().Select(_ => (double)pipeline.LastSampleTime.Nanoseconds));
        }

        var gap = samples.FindIndex(sample => sample.Status.HasFlag(SampleStatus.GapBefore));
        samples.Count(sample => sample.Status != SampleStatus.None).Should().Be(1);
        samples[gap].Lead0Millivolts.Should().BeApproximately(-0.5f, 1e-6f);
        samples[gap - 1].Lead0Millivolts.Should().BeApproximately(0.5f, 1e-6f);
        var jump = samples[gap].Index - samples[gap - 1].Index;
        ((double)jump).Should().BeInRange(lostMilliseconds + 1, lostMilliseconds + 4, "the filter fills anew");
        pipeline.Statistics.Overruns.Should().Be(1);
        ((double)pipeline.Statistics.LostFrames).Should().BeApproximately(lost, 15, "a block's time jitters by tens of us");
        samples.Zip(samples.Skip(1)).Count(pair => pair.Second.Index != pair.First.Index + 1).Should().BeLessThanOrEqualTo(1);
        ((times[^1] - times[0]) / 1e6).Should().BeApproximately(samples[^1].Index - samples[0].Index, 1.5, "the index keeps the time");
    }

    [Fact]
    public void An_overrun_before_the_first_frame_is_counted_and_costs_nothing()
    {
        var device = Device(8_000, PcmSampleFormat.S16);
        var pipeline = new LineInPipeline(device, new LineInOptions());
        pipeline.Process(default, default, true);
        pipeline.Process(Frames(device, 80, (_, _) => 0), Start, false);

        pipeline.Statistics.Should().Be(new LineInStatistics(80, 0, 1));
        pipeline.Samples[0].Should().Be(new EcgSample(0, 0f));
    }

    [Fact]
    public void How_the_frames_are_cut_into_blocks_changes_nothing() =>
        Check.Sample(Gen.Select(Gen.Int[8_000, 48_000], Gen.Int[1, 300].Array[5, 60], Gen.Int[0, 1000]), (rate, blocks, seed) =>
        {
            var device = Device(rate, PcmSampleFormat.F32);
            var random = new Random(seed);
            var all = Enumerable.Range(0, blocks.Sum()).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
            var whole = new LineInPipeline(device, new LineInOptions(), all.Length);
            whole.Process(MemoryMarshal.AsBytes<float>(all), Start, false);

            var parts = new LineInPipeline(device, new LineInOptions(), 300);
            var samples = new List<EcgSample>();
            var at = 0;
            foreach (var block in blocks)
            {
                parts.Process(MemoryMarshal.AsBytes(all.AsSpan(at, block)), Start.AddNanoseconds((long)((at + block) * 1e9 / rate)), false);
                samples.AddRange(parts.Samples);
                at += block;
            }

            samples.Should().Equal(whole.Samples.ToArray());
        }, iter: 60);

    [Fact]
    public void It_allocates_nothing_per_block()
    {
        var device = Device(48_000, PcmSampleFormat.S32) with { ChannelCount = 2 };
        var pipeline = new LineInPipeline(device, new LineInOptions { Lead1Channel = 1 });
        var frames = Frames(device, 96, (frame, _) => Math.Sin(frame));
        var time = Start;

        Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                time = time.AddNanoseconds(2_000_000);
                pipeline.Process(frames, time, i % 100 == 0);
            }
        }).Should().Be(0);
    }

    [Fact]
    public void What_does_not_fit_the_device_is_refused_by_name()
    {
        var device = Device(48_000, PcmSampleFormat.S16);
        FluentActions.Invoking(() => new LineInPipeline(device, new LineInOptions { Name = "alsa:x", Channel = 1 })).Should().Throw<EcgSourceException>()
            .WithMessage("alsa:x: channel 1 is asked for, but the device has 1 (0).");
        FluentActions.Invoking(() => new LineInPipeline(device with { RateHertz = 4_000 }, new LineInOptions())).Should().Throw<EcgSourceException>().WithMessage("*4000 Hz*");
        FluentActions.Invoking(() => new LineInPipeline(device, new LineInOptions { FullScaleMillivolts = 0 })).Should().Throw<EcgSourceException>().WithMessage("*Full scale is 0 mV*");
        FluentActions.Invoking(() => new LineInPipeline(device, new LineInOptions()).Process(new byte[3], Start, false)).Should().Throw<ArgumentException>();
    }

    private static PcmDeviceInfo Device(int rate, PcmSampleFormat format) => new()
    {
        Name = "test",
        RateHertz = rate,
        ChannelCount = 1,
        SampleFormat = format,
        PeriodFrames = rate / 500,
        BufferFrames = rate / 5,
    };

    private static byte[] Frames(PcmDeviceInfo device, int count, Func<int, int, double> value)
    {
        var bytes = new byte[count * device.FrameBytes];
        for (var i = 0; i < count * device.ChannelCount; i++)
        {
            var v = value(i / device.ChannelCount, i % device.ChannelCount);
            switch (device.SampleFormat)
            {
                case PcmSampleFormat.S16:
                    BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (short)Math.Clamp(v * 32768, short.MinValue, short.MaxValue));
                    break;
                case PcmSampleFormat.S32:
                    BitConverter.TryWriteBytes(bytes.AsSpan(4 * i), (int)Math.Clamp(v * 2147483648, int.MinValue, int.MaxValue));
                    break;
                default:
                    BitConverter.TryWriteBytes(bytes.AsSpan(4 * i), (float)v);
                    break;
            }
        }

        return bytes;
    }
}
