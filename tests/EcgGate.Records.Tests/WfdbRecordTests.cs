using CsCheck;
using EcgGate.Signals;

namespace EcgGate.Records.Tests;

public class WfdbRecordTests
{
    private static readonly WfdbFormat[] Formats = [.. Enum.GetValues<WfdbFormat>().Where(format => format != WfdbFormat.Null)];

    private static List<EcgSample> ReadAll(WfdbRecord record, int block = 7)
    {
        var all = new List<EcgSample>();
        var samples = new EcgSample[block];
        while (record.Read(samples).Count is > 0 and var count)
        {
            all.AddRange(samples.AsSpan(0, count));
        }

        return all;
    }

    private static List<int> ReadFrames(string path, int frames = 5)
    {
        using var reader = WfdbSignalReader.Open(path);
        var all = new List<int>();
        var buffer = new int[reader.FrameLength * frames];
        while (reader.ReadFrames(buffer) is > 0 and var count)
        {
            all.AddRange(buffer.AsSpan(0, count * reader.FrameLength));
        }

        return all;
    }

    private static byte[] Bytes16(params short[] samples)
    {
        var bytes = new byte[samples.Length * 2];
        SampleCodec.Encode(WfdbFormat.Format16, [.. samples.Select(sample => (int)sample)], bytes);
        return bytes;
    }

    [Fact]
    public void Any_record_that_is_written_is_read_back_sample_by_sample_and_its_checksums_hold()
    {
        // Groups of signals share a file and its format; each signal has its own number of samples per frame.
        var group = Gen.Select(Gen.OneOf(Formats), Gen.Int[1, 4].Array[1, 3]);
        Gen.Select(group.Array[1, 3], Gen.Int[1, 40], Gen.Int[0, int.MaxValue]).Sample((groups, frames, seed) =>
        {
            var random = new Random(seed);
            var signals = groups.SelectMany((item, g) => item.Item2.Select(perFrame => WfdbSignal.Lead($"lead{g}", format: item.Item1) with { FileName = $"file{g}.dat", SamplesPerFrame = perFrame })).ToArray();
            var expected = new List<int>();
            using var scratch = new Scratch();
            using (var writer = WfdbWriter.Create(scratch["r"], 500, signals))
            {
                var frame = new int[writer.FrameLength];
                for (var f = 0; f < frames; f++)
                {
                    var at = 0;
                    foreach (var signal in signals)
                    {
                        for (var s = 0; s < signal.SamplesPerFrame; s++)
                        {
                            frame[at++] = random.Next(10) == 0 ? WfdbSignalReader.InvalidSample : (int)random.NextInt64(signal.Format.MinValue(), signal.Format.MaxValue() + 1L);
                        }
                    }

                    writer.WriteFrame(frame);
                    expected.AddRange(frame);
                    if (random.Next(10) == 0)
                    {
                        writer.Flush();
                    }
                }
            }

            ReadFrames(scratch["r"]).Should().Equal(expected);
            WfdbHeader.Parse(scratch["r"]).LengthFrames.Should().Be(frames);
            WfdbChecksums.Compute(scratch["r"]).Should().OnlyContain(check => check.Holds == true).And.HaveCount(signals.Length);
            Directory.GetFiles(scratch.Folder, "*.tmp").Should().BeEmpty();
        }, iter: 200);
    }

    [Fact]
    public void Reading_from_any_place_gives_what_reading_through_gives()
    {
        using var scratch = new Scratch();
        foreach (var format in Formats)
        {
            var random = new Random(1);
            using (var writer = WfdbWriter.Create(scratch["r"], 500, WfdbSignal.Lead("a", format: format), WfdbSignal.Lead("b", format: format) with { SamplesPerFrame = 2 }))
            {
                for (var f = 0; f < 9_000; f++)
                {
                    writer.WriteFrame([random.Next(-100, 100), random.Next(-100, 100), f % 100]);
                }
            }

            using var reader = WfdbSignalReader.Open(scratch["r"]);
            var all = new int[27_000];
            reader.ReadFrames(all).Should().Be(9_000);
            var some = new int[30];
            for (var i = 0; i < 200; i++)
            {
                var frame = random.Next(9_001);
                reader.SeekTo(frame);
                reader.Position.Should().Be(frame);
                var count = reader.ReadFrames(some);
                count.Should().Be(Math.Min(10, 9_000 - frame));
                some.AsSpan(0, count * 3).SequenceEqual(all.AsSpan(frame * 3, count * 3)).Should().BeTrue();
            }
        }
    }

    [Fact]
    public void Millivolts_follow_from_gain_baseline_and_units()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", Bytes16(1722, 250, 6, -250));
        scratch.Write("r.hea", "r 2 500 2\nr.dat 16 1716(6)/mV 16 0 0 0 0 i\nr.dat 16 0.5(-250)/uV 16 0 0 0 0 ii\n");
        using var record = WfdbRecord.Open(scratch["r.hea"]);

        ReadAll(record).Should().Equal(new EcgSample(0, 1f, 1f, SampleStatus.None), new EcgSample(1, 0f, 0f, SampleStatus.None));
        record.Info.LeadNames.Should().Equal("i", "ii");
    }

    [Fact]
    public void Written_millivolts_come_back_within_half_a_step_and_are_limited_to_the_range()
    {
        using var scratch = new Scratch();
        using (var writer = WfdbWriter.Create(scratch["r"], 1_000, WfdbSignal.Lead("II", gain: 1_000), WfdbSignal.Lead("V1", gain: 400, baseline: 7)))
        {
            writer.WriteMillivolts([1.2344, -0.5]);
            writer.WriteMillivolts([99, -99]);
            writer.WriteMillivolts([double.NaN, 1]);
        }

        using var record = WfdbRecord.Open(scratch["r"]);
        var samples = ReadAll(record);

        samples[0].Lead0Millivolts.Should().BeApproximately(1.2344f, 0.0005f);
        samples[0].Lead1Millivolts.Should().Be(-0.5f);
        samples[1].Lead0Millivolts.Should().Be(32.767f);
        samples[2].Status.Should().Be(SampleStatus.Lead0Invalid);
        samples[2].Lead0Millivolts.Should().Be(32.767f, "an invalid sample repeats the last valid one");
    }

    [Fact]
    public void Invalid_samples_are_marked_lead_by_lead_and_start_at_0_millivolts()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", Bytes16(short.MinValue, 200, 200, short.MinValue, 400, 400));
        scratch.Write("r.hea", "r 2 500 3\nr.dat 16 200/mV\nr.dat 16 200/mV\n");
        using var record = WfdbRecord.Open(scratch["r"]);

        ReadAll(record).Should().Equal(
            new EcgSample(0, 0f, 1f, SampleStatus.Lead0Invalid),
            new EcgSample(1, 1f, 1f, SampleStatus.Lead1Invalid),
            new EcgSample(2, 2f, 2f, SampleStatus.None));
    }

    [Fact]
    public void A_lead_with_several_samples_per_frame_is_delivered_as_their_mean()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", Bytes16(100, 200, 300, 7, short.MinValue, 400, 800, 7));
        scratch.Write("r.hea", "r 2 250 2\nr.dat 16x3 200/mV 16 0 0 0 0 ecg\nr.dat 16 1/mmHg 16 0 0 0 0 abp\n");
        using var record = WfdbRecord.Open(scratch["r"]);

        ReadAll(record).Should().Equal(new EcgSample(0, 1f), new EcgSample(1, 3f));
        record.Info.LeadNames.Should().Equal("ecg");
    }

    [Fact]
    public void Leads_are_chosen_by_name_or_number()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", Bytes16(200, 400, 600));
        scratch.Write("r.hea", "r 3 500 1\nr.dat 16 200 16 0 0 0 0 V5\nr.dat 16 200 16 0 0 0 0 MLII\nr.dat 16 200 16 0 0 0 0 Pleth\n");
        using var record = WfdbRecord.Open(scratch["r"], new WfdbReadOptions { Leads = ["mlii", "2"] });

        record.SignalNumbers.Should().Equal(1, 2);
        ReadAll(record).Should().Equal(new EcgSample(0, 2f, 3f, SampleStatus.None));
        FluentActions.Invoking(() => WfdbRecord.Open(scratch["r"], new WfdbReadOptions { Leads = ["aVR"] }))
            .Should().Throw<WfdbException>().WithMessage("*no lead 'aVR'*0 (V5), 1 (MLII), 2 (Pleth)*");
        FluentActions.Invoking(() => WfdbRecord.Open(scratch["r"], new WfdbReadOptions { Leads = ["0", "1", "2"] })).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Skewed_signals_are_aligned_and_have_no_values_where_they_end_early()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", Bytes16(1, 10, 2, 20, 3, 30, 4, 40));
        scratch.Write("r.hea", "r 2 500 4\nr.dat 16:1 200 16 0 1 10\nr.dat 16 200 16 0 10 100\n");

        ReadFrames(scratch["r"], 3).Should().Equal(2, 10, 3, 20, 4, 30, WfdbSignalReader.InvalidSample, 40);
        WfdbChecksums.Compute(scratch["r"]).Should().OnlyContain(check => check.Holds == true, "skewed samples count into the checksum");
        using var reader = WfdbSignalReader.Open(scratch["r"]);
        reader.SeekTo(2);
        var frame = new int[2];
        reader.ReadFrames(frame);
        frame.Should().Equal(4, 30);
    }

    [Fact]
    public void A_preamble_is_skipped()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", [0xFF, 0xFF, 0xFF, 0xE3, 0x33, 0xF3]);
        scratch.Write("r.hea", "r 2 360 1\nr.dat 212+3\nr.dat 212+3\n");

        ReadFrames(scratch["r"]).Should().Equal(995, 1011);
    }

    [Fact]
    public void The_length_comes_from_the_files_where_the_header_has_none()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", Bytes16(1, 2, 3, 4, 5));
        scratch.Write("r.hea", "r 2 500\nr.dat 16\nr.dat 16\n");

        ReadFrames(scratch["r"]).Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void Segments_are_read_as_one_record_with_gaps_and_each_in_its_own_calibration()
    {
        using var scratch = new Scratch();
        scratch.Write("a.dat", Bytes16(200, 1, 400, 2));
        scratch.Write("a.hea", "a 2 500 2\na.dat 16 200/mV 16 0 0 0 0 II\na.dat 16 200/mV 16 0 0 0 0 V\n");
        scratch.Write("b.dat", 0x80 + 100);
        scratch.Write("b.hea", "b 2 500 1\n~ 0 200/mV 16 0 0 0 0 II\nb.dat 80 100/mV 8 0 0 0 0 V\n");
        scratch.Write("m.hea", "m/4 2 500 6\na 2\n~ 1\nb 1\na 2\n");
        const int No = WfdbSignalReader.InvalidSample;

        ReadFrames(scratch["m"], 4).Should().Equal(200, 1, 400, 2, No, No, No, 100, 200, 1, 400, 2);
        using var record = WfdbRecord.Open(scratch["m"]);
        var samples = ReadAll(record, 4);
        samples.Select(sample => sample.Lead0Millivolts).Should().Equal(1, 2, 2, 2, 1, 2);
        samples[3].Should().Be(new EcgSample(3, 2f, 1f, SampleStatus.Lead0Invalid));
        for (var at = 0; at <= 6; at++)
        {
            record.SeekTo(at);
            ReadAll(record, 4).Select(sample => sample.Index).Should().Equal(Enumerable.Range(at, 6 - at).Select(index => (long)index));
        }
    }

    [Fact]
    public void A_variable_layout_record_places_signals_by_name()
    {
        using var scratch = new Scratch();
        scratch.Write("layout.hea", "layout 3 500 0\n~ 0 200/mV 16 0 0 0 0 I\n~ 0 200/mV 16 0 0 0 0 II\n~ 0 200/mV 16 0 0 0 0 V\n");
        scratch.Write("a.dat", Bytes16(1, 2));
        scratch.Write("a.hea", "a 2 500 1\na.dat 16 200/mV 16 0 0 0 0 V\na.dat 16 200/mV 16 0 0 0 0 I\n");
        scratch.Write("b.dat", Bytes16(3));
        scratch.Write("b.hea", "b 1 500 1\nb.dat 16 200/mV 16 0 0 0 0 II\n");
        scratch.Write("m.hea", "m/3 3 500 2\nlayout 0\na 1\nb 1\n");
        const int No = WfdbSignalReader.InvalidSample;

        ReadFrames(scratch["m"]).Should().Equal(2, No, 1, No, 3, No);
        using var record = WfdbRecord.Open(scratch["m"], new WfdbReadOptions { Leads = ["II"] });
        ReadAll(record).Select(sample => sample.Status).Should().Equal(SampleStatus.Lead0Invalid, SampleStatus.None);
    }

    [Theory]
    [InlineData("r 1 500 3\nr.dat 16 0/mV", "r.hea", "line 2", "gain 0")]
    [InlineData("r 1 500 3\nr.dat 16 1e-30/mV", "r.hea", "line 2", "no converter has")]
    [InlineData("r 1 500 3\nr.dat 16 200/mmHg", "r.hea", null, "no ECG")]
    [InlineData("r 0 500 3", "r.hea", null, "no ECG")]
    [InlineData("r 1 500 3\n~ 0 200/mV", "r.hea", null, "format 0")]
    [InlineData("r 1 500 3\n- 16 200/mV", "r.hea", "line 2", "standard input")]
    [InlineData("r 1 500 4\nr.dat 16 200/mV", "r.dat", "byte 6", "cut short")]
    [InlineData("r 1 500 1000000000000\nr.dat 16 200/mV", "r.dat", "byte 6", "cut short")]
    [InlineData("r 1 500 3\nr.dat 16+7 200/mV", "r.dat", "byte 6", "cut short")]
    [InlineData("r 4 500\nr.dat 16\nr.dat 16\nr.dat 16\nr.dat 16", "r.dat", "byte 6", "not one frame")]
    [InlineData("r 1 500 3\ngone.dat 16 200/mV", "gone.dat", null, "missing")]
    [InlineData("r 1 500 3\n. 16 200/mV", ".", null, "folder")]
    [InlineData("r 2 500 1\nr.dat 16\nr.dat 212", "r.hea", "line 3", "format and byte offset differ")]
    [InlineData("r 3 500 1\nr.dat 16\nb.dat 16\nr.dat 16", "r.hea", "line 4", "must follow one another")]
    [InlineData("r/1 1 500 3\nr 3", "r.hea", null, "itself made of segments")]
    [InlineData("r/1 1 500 3\n~ 3", "r.hea", null, "gaps only")]
    [InlineData("r/1 1 500 3\ngone 3", "gone.hea", null, "no such record")]
    public void A_record_that_cannot_be_read_is_refused_with_file_place_and_reason(string header, string file, string? position, string reason)
    {
        using var scratch = new Scratch();
        scratch.Write("r.hea", header + "\n");
        scratch.Write("r.dat", Bytes16(1, 2, 3));

        var refusal = FluentActions.Invoking(() => WfdbRecord.Open(scratch["r"])).Should().Throw<WfdbException>().Which;

        refusal.FileName.Should().Be(scratch[file]);
        refusal.Position.Should().Be(position);
        refusal.Message.Should().Contain(reason);
    }

    [Theory]
    [InlineData("m/1 1 500 4\ns 4", "the segment is 3 samples long but m.hea says 4")]
    [InlineData("m/1 1 360 3\ns 3", "sampled at 500 Hz but m.hea at 360 Hz")]
    [InlineData("m/1 2 500 3\ns 3", "announces 2 signals but segment 's' has 1")]
    [InlineData("m/2 1 500 3\nlayout 0\ns 3", "not in the layout segment")]
    public void A_segment_that_does_not_fit_its_record_is_refused(string header, string reason)
    {
        using var scratch = new Scratch();
        scratch.Write("m.hea", header + "\n");
        scratch.Write("layout.hea", "layout 1 500 0\n~ 0 200/mV 16 0 0 0 0 II\n");
        scratch.Write("s.hea", "s 1 500 3\nr.dat 16 200/mV 16 0 0 0 0 V\n");
        scratch.Write("r.dat", Bytes16(1, 2, 3));

        // The first segment is opened with the record, a later one when it is reached.
        FluentActions.Invoking(() => ReadFrames(scratch["m"])).Should().Throw<WfdbException>().WithMessage($"*{reason}*");
    }

    [Fact]
    public void A_file_much_longer_than_its_header_says_is_refused_unless_allowed()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", new byte[10_000]);
        scratch.Write("r.hea", "r 1 500 100\nr.dat 16 200/mV\n");

        FluentActions.Invoking(() => WfdbRecord.Open(scratch["r"])).Should().Throw<WfdbException>().Which.Position.Should().Be("byte 200");
        using var record = WfdbRecord.Open(scratch["r"], new WfdbReadOptions { AllowTrailingData = true });
        ReadAll(record).Should().HaveCount(100);
    }

    [Fact]
    public void A_file_that_is_cut_while_being_read_ends_the_source_with_a_clear_error()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", new byte[200_000]);
        scratch.Write("r.hea", "r 1 500 100000\nr.dat 16 200/mV\n");
        using var record = WfdbRecord.Open(scratch["r"]);
        using (var file = new FileStream(scratch["r.dat"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(150_000);
        }

        FluentActions.Invoking(() => ReadAll(record, 1_000)).Should().Throw<EcgSourceException>().WithMessage("*r.dat, byte 150000*");
    }

    [Fact]
    public void A_changed_sample_breaks_its_checksum()
    {
        using var scratch = new Scratch();
        using (var writer = WfdbWriter.Create(scratch["r"], 500, WfdbSignal.Lead("a"), WfdbSignal.Lead("b")))
        {
            for (var i = 0; i < 100; i++)
            {
                writer.WriteFrame([i, -i]);
            }
        }

        WfdbRecord.Open(scratch["r"], new WfdbReadOptions { VerifyChecksums = true }).Dispose();
        var bytes = File.ReadAllBytes(scratch["r.dat"]);
        bytes[202]++;
        File.WriteAllBytes(scratch["r.dat"], bytes);

        WfdbChecksums.Compute(scratch["r"]).Select(check => check.Holds).Should().Equal(true, false);
        FluentActions.Invoking(() => WfdbRecord.Open(scratch["r"], new WfdbReadOptions { VerifyChecksums = true })).Should().Throw<WfdbException>().WithMessage("*signal 1 (b)*");
    }

    [Fact]
    public void A_record_whose_writer_died_can_be_read_up_to_the_last_flush()
    {
        using var scratch = new Scratch();
        var writer = WfdbWriter.Create(scratch["r"], 500, WfdbSignal.Lead("a", format: WfdbFormat.Format212), WfdbSignal.Lead("b", format: WfdbFormat.Format212));
        writer.WriteFrame([1, 2]);
        writer.WriteFrame([3, 4]);
        writer.Flush();

        ReadFrames(scratch["r"]).Should().Equal(1, 2, 3, 4);
        writer.Dispose();
        WfdbHeader.Parse(scratch["r"]).LengthFrames.Should().Be(2);
    }

    [Fact]
    public void Writing_refuses_values_beyond_the_format_and_frames_of_another_length()
    {
        using var scratch = new Scratch();
        using (var writer = WfdbWriter.Create(scratch["r"], 500, WfdbSignal.Lead("a", format: WfdbFormat.Format212)))
        {
            writer.Invoking(w => w.WriteFrame([2_048])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Signal 0 takes -2047 to 2047*");
            writer.Invoking(w => w.WriteFrame([1, 2])).Should().Throw<ArgumentException>();
            writer.WriteFrame([2_047]);
        }

        ReadFrames(scratch["r"]).Should().Equal(2_047);
        FluentActions.Invoking(() => WfdbWriter.Create(scratch["x"], 500, WfdbSignal.Lead("a") with { FileName = "../x.dat" })).Should().Throw<WfdbException>();
        FluentActions.Invoking(() => WfdbWriter.Create(scratch["nowhere/x"], 500, WfdbSignal.Lead("a"))).Should().Throw<WfdbException>().WithMessage("*folder*");
        FluentActions.Invoking(() => WfdbWriter.Create(scratch["x"], double.NaN, WfdbSignal.Lead("a"))).Should().Throw<WfdbException>();
    }

    [Fact]
    public void A_record_of_24_hours_takes_no_more_memory_than_a_short_one()
    {
        const int Frames = 24 * 3_600 * 500;
        using var scratch = new Scratch();
        using (var file = File.Create(scratch["r.dat"]))
        {
            // A hole: it takes no place on the disk.
            file.SetLength(Frames * 4L);
        }

        scratch.Write("r.hea", $"r 2 500 {Frames}\nr.dat 16 200/mV 16 0 0 0\nr.dat 16:2500 200/mV 16 0 0 0\n");
        var block = new EcgSample[1_000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var record = WfdbRecord.Open(scratch["r"]);
        var samples = 0;
        while (samples < 2_000_000)
        {
            samples += record.Read(block).Count;
        }

        record.SeekTo(Frames - 100);
        record.Read(block).Count.Should().Be(100);
        block[99].Index.Should().Be(Frames - 1);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void Interrupting_ends_the_source()
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", Bytes16(1, 2, 3));
        scratch.Write("r.hea", "r 1 500 3\nr.dat 16 200/mV\n");
        using var record = WfdbRecord.Open(scratch["r"]);

        record.Interrupt();

        record.Read(new EcgSample[3]).Count.Should().Be(0);
    }

    [Theory]
    [InlineData(WfdbFormat.Format212, 1, 1, "one.dat")]
    [InlineData(WfdbFormat.Format311, 3, 2, "one.dat")]
    [InlineData(WfdbFormat.Format16, 2, 1, "other.dat")]
    public void Reading_and_writing_allocate_nothing_once_running(WfdbFormat format, int firstPerFrame, int secondPerFrame, string secondFile)
    {
        using var scratch = new Scratch();
        var first = WfdbSignal.Lead("a", format: format) with { FileName = "one.dat", SamplesPerFrame = firstPerFrame };
        var second = WfdbSignal.Lead("b", format: format) with { FileName = secondFile, SamplesPerFrame = secondPerFrame };
        int frames;
        using (var writer = WfdbWriter.Create(scratch["r"], 500, first, second))
        {
            var frame = new int[writer.FrameLength];
            writer.WriteFrame(frame);
            var rounds = 0;
            Sources.LeastAllocated(() => rounds++, () =>
            {
                for (var i = 0; i < 50_000; i++)
                {
                    frame[0] = i % 500;
                    writer.WriteFrame(frame);
                }

                return 50_000;
            }).Should().Be(0);
            frames = (rounds * 50_000) + 1;
        }

        Sources.BytesAllocatedWhileReading(() => WfdbRecord.Open(scratch["r"])).Should().Be(0);
        using var record = WfdbRecord.Open(scratch["r"]);
        Sources.ReadAll(record, 333).Should().HaveCount(frames);
    }
}
