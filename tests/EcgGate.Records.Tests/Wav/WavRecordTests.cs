using CsCheck;
using EcgGate.Records.Wav;
using EcgGate.Signals;

namespace EcgGate.Records.Tests.Wav;

public class WavRecordTests
{
    private static readonly WavSampleFormat[] Formats = Enum.GetValues<WavSampleFormat>();

    // RIFF, WAVE, a format of 16 bytes: PCM, 2 channels, 8,000 Hz, 32,000 bytes a second, frames of 4 bytes, 16 bits.
    private static readonly byte[] Golden =
    [
        .. "RIFF"u8, 48, 0, 0, 0, .. "WAVE"u8,
        .. "fmt "u8, 16, 0, 0, 0, 1, 0, 2, 0, 0x40, 0x1F, 0, 0, 0, 0x7D, 0, 0, 4, 0, 16, 0,
        .. "data"u8, 12, 0, 0, 0, 0x00, 0x40, 0x00, 0x80, 0, 0, 0x01, 0, 0xFF, 0xFF, 0xFF, 0x7F,
    ];

    private static byte[] With(byte[] bytes, int at, params byte[] change)
    {
        var copy = bytes.ToArray();
        change.CopyTo(copy, at);
        return copy;
    }

    [Fact]
    public void A_file_made_by_hand_is_read_in_millivolts()
    {
        using var scratch = new Scratch();
        using var record = WavRecord.Open(scratch.Write("line-in.wav", Golden), new WavReadOptions { FullScaleMillivolts = 32.768 });

        record.Info.Name.Should().Be("line-in");
        record.Info.SamplingRateHertz.Should().Be(8_000);
        record.Info.LeadNames.Should().Equal("channel 0", "channel 1");
        record.Info.LengthSamples.Should().Be(3);
        Sources.ReadAll(record, 2).Should().Equal(
            new EcgSample(0, 16.384f, -32.768f, SampleStatus.None), new EcgSample(1, 0, 0.001f, SampleStatus.None), new EcgSample(2, -0.001f, 32.767f, SampleStatus.None));
    }

    [Fact]
    public void Any_recording_that_is_written_is_read_back_with_scale_and_names()
    {
        Gen.Select(Gen.OneOf(Formats), Gen.Int[1, 5], Gen.Int[1, 300], Gen.OneOf(1.0, 10, 0.25), Gen.Int).Sample((format, channels, frames, scale, seed) =>
        {
            var random = new Random(seed);
            using var scratch = new Scratch();
            string[] names = [.. Enumerable.Range(1, channels).Select(i => $"V{i}")];
            var written = new List<double[]>();
            using (var writer = WavWriter.Create(scratch["a.wav"], 360, names, scale, format))
            {
                for (var i = 0; i < frames; i++)
                {
                    written.Add([.. names.Select(_ => ((2 * random.NextDouble()) - 1) * scale)]);
                    writer.WriteMillivolts(written[^1]);
                }
            }

            using var record = WavRecord.Open(scratch["a.wav"], new WavReadOptions { Leads = [names[^1], "0"] });
            record.Format.Should().Be(format);
            record.FullScaleMillivolts.Should().Be(scale);
            record.Info.LeadNames.Should().Equal(names[^1], names[0]);
            record.Info.LengthSamples.Should().Be(frames);
            var samples = Sources.ReadAll(record, 50);
            var step = scale * format switch { WavSampleFormat.Pcm8 => 1.0 / 128, WavSampleFormat.Pcm16 => 1.0 / 32_768, _ => 1e-6 };
            samples.Should().HaveCount(frames);
            for (var i = 0; i < frames; i++)
            {
                // At the upper end full scale itself is one step out of reach.
                Math.Abs(samples[i].Lead0Millivolts - written[i][^1]).Should().BeLessThan(step * 1.01);
                Math.Abs(samples[i].Lead1Millivolts - written[i][0]).Should().BeLessThan(step * 1.01);
            }

            (new FileInfo(scratch["a.wav"]).Length % 2).Should().Be(0);
        }, iter: 150);
    }

    [Fact]
    public void The_extensible_header_and_the_64_bit_one_are_understood()
    {
        using var scratch = new Scratch();
        byte[] extensible =
        [
            .. "RIFF"u8, 70, 0, 0, 0, .. "WAVE"u8,
            .. "odd?"u8, 3, 0, 0, 0, 1, 2, 3, 0,
            .. "fmt "u8, 40, 0, 0, 0, 0xFE, 0xFF, 1, 0, 0x80, 0xBB, 0, 0, 0x80, 0x32, 2, 0, 3, 0, 24, 0, 22, 0, 24, 0, 4, 0, 0, 0,
            1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
            .. "data"u8, 6, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0x20,
        ];
        using var first = WavRecord.Open(scratch.Write("a.wav", extensible), new WavReadOptions { FullScaleMillivolts = 1 });
        first.Info.SamplingRateHertz.Should().Be(48_000);
        Sources.ReadAll(first).Select(s => s.Lead0Millivolts).Should().Equal(-0.5f, 0.25f);

        byte[] large =
        [
            .. "RF64"u8, 255, 255, 255, 255, .. "WAVE"u8,
            .. "ds64"u8, 28, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            .. "fmt "u8, 16, 0, 0, 0, 3, 0, 1, 0, 0xE8, 3, 0, 0, 0xA0, 0xF, 0, 0, 4, 0, 32, 0,
            .. "data"u8, 255, 255, 255, 255, 0, 0, 0x80, 0x3E, .. "tail of another chunk"u8,
        ];
        using var second = WavRecord.Open(scratch.Write("b.wav", large), new WavReadOptions { FullScaleMillivolts = 1 });
        Sources.ReadAll(second).Select(s => s.Lead0Millivolts).Should().Equal(0.25f);
    }

    [Fact]
    public void A_recorder_that_died_leaves_a_file_that_reads_to_its_end()
    {
        using var scratch = new Scratch();
        scratch.Write("a.wav", With(Golden, 40, 0, 0, 0, 0));
        scratch.Write("b.wav", With(Golden, 40, 255, 255, 255, 255));
        scratch.Write("c.wav", Golden[..^2]);
        var options = new WavReadOptions { FullScaleMillivolts = 1 };

        Count("a", options).Should().Be(3);
        Count("b", options).Should().Be(3);
        FluentActions.Invoking(() => Count("c", options)).Should().Throw<RecordException>().WithMessage("*byte 54*12 bytes of samples and 10 are there*");
        Count("c", options with { AllowIncomplete = true }).Should().Be(2);

        int Count(string name, WavReadOptions how)
        {
            using var record = WavRecord.Open(scratch[name + ".wav"], how);
            return Sources.ReadAll(record).Count;
        }
    }

    [Fact]
    public void Floating_point_samples_without_a_value_are_marked()
    {
        using var scratch = new Scratch();
        using (var writer = WavWriter.Create(scratch["a.wav"], 360, ["I", "II"], 1, WavSampleFormat.Ieee32))
        {
            writer.WriteMillivolts([0.5, double.NaN]);
            writer.WriteMillivolts([double.PositiveInfinity, 0.25]);
        }

        using var record = WavRecord.Open(scratch["a.wav"]);
        Sources.ReadAll(record).Should().Equal(new EcgSample(0, 0.5f, 0, SampleStatus.Lead1Invalid), new EcgSample(1, 0.5f, 0.25f, SampleStatus.Lead0Invalid));
    }

    [Theory]
    [InlineData(0, "RIFX", "byte 0", "no WAV file")]
    [InlineData(16, "\u0003", "byte 20", "format chunk has 3 bytes")]
    [InlineData(20, "\u0055", "byte 20", "16 bits in format 85 are not supported")]
    [InlineData(20, "\u0006", "byte 20", "format 6")]
    [InlineData(34, "\u000C", "byte 20", "12 bits in format 1")]
    [InlineData(22, "\0", "byte 20", "0 channels")]
    [InlineData(24, "\0\0", "byte 20", "at 0 Hz")]
    [InlineData(32, "\u0003", "byte 20", "frames of 3 bytes")]
    [InlineData(36, "dada", "byte 56", "no 'data' chunk")]
    [InlineData(12, "fnt ", "byte 36", "before any format chunk")]
    public void A_file_that_cannot_be_read_is_refused_with_place_and_reason(int at, string change, string position, string reason)
    {
        using var scratch = new Scratch();
        scratch.Write("a.wav", With(Golden, at, System.Text.Encoding.Latin1.GetBytes(change)));

        var refusal = FluentActions.Invoking(() => WavRecord.Open(scratch["a.wav"], new WavReadOptions { FullScaleMillivolts = 1 })).Should().Throw<RecordException>().Which;

        refusal.FileName.Should().Be(scratch["a.wav"]);
        refusal.Position.Should().Be(position);
        refusal.Message.Should().Contain(reason);
    }

    [Fact]
    public void Without_a_scale_audio_is_refused()
    {
        using var scratch = new Scratch();
        scratch.Write("a.wav", Golden);

        FluentActions.Invoking(() => WavRecord.Open(scratch["a.wav"])).Should().Throw<RecordException>().WithMessage("*millivolts that full scale*");
        FluentActions.Invoking(() => WavRecord.Open(scratch["a.wav"], new WavReadOptions { FullScaleMillivolts = 0 })).Should().Throw<RecordException>().WithMessage("*0 mV*");
        FluentActions.Invoking(() => WavRecord.Open(scratch["a.wav"], new WavReadOptions { FullScaleMillivolts = 1, Leads = ["2"] })).Should().Throw<RecordException>().WithMessage("*no lead '2'*");
    }

    [Fact]
    public void Writing_refuses_what_the_format_cannot_hold_and_clips_at_full_scale()
    {
        using var scratch = new Scratch();
        FluentActions.Invoking(() => WavWriter.Create(scratch["a.wav"], 0, ["I"])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => WavWriter.Create(scratch["a.wav"], 360, ["a;b"])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => WavWriter.Create(scratch["no/a.wav"], 360, ["I"])).Should().Throw<RecordException>();
        using (var writer = WavWriter.Create(scratch["a.wav"], 360, ["I"], 1))
        {
            writer.Invoking(w => w.WriteMillivolts([double.NaN])).Should().Throw<ArgumentException>();
            writer.Invoking(w => w.WriteMillivolts([1, 2])).Should().Throw<ArgumentException>();
            writer.WriteMillivolts([5]);
            writer.WriteMillivolts([-5]);
        }

        using var record = WavRecord.Open(scratch["a.wav"]);
        Sources.ReadAll(record).Select(s => s.Lead0Millivolts).Should().Equal(32_767f / 32_768, -1);
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing_once_running()
    {
        using var scratch = new Scratch();
        using (var writer = WavWriter.Create(scratch["a.wav"], 500, ["I", "II"]))
        {
            writer.WriteMillivolts([0, 0]);
            Sources.LeastAllocated(() => { }, () =>
            {
                for (var i = 1; i < 30_000; i++)
                {
                    writer.WriteMillivolts([i * 1e-4, -0.5]);
                }

                return 30_000;
            }).Should().Be(0);
        }

        Sources.BytesAllocatedWhileReading(() => WavRecord.Open(scratch["a.wav"])).Should().Be(0);
    }

    [Fact]
    public void A_damaged_file_reads_or_is_refused()
    {
        using var scratch = new Scratch();
        using (var writer = WavWriter.Create(scratch["a.wav"], 500, ["I", "II"], 5, WavSampleFormat.Ieee32))
        {
            for (var i = 0; i < 50; i++)
            {
                writer.WriteMillivolts([i * 0.01, -i]);
            }
        }

        Gen.OneOf(Damage.Of(Golden), Damage.Of(File.ReadAllBytes(scratch["a.wav"]), reach: 130)).Sample(
            bytes =>
            {
                scratch.Write("b.wav", bytes);
                Sources.ReadOrRefuse(() => WavRecord.Open(scratch["b.wav"], new WavReadOptions { FullScaleMillivolts = 5, AllowIncomplete = true }));
                Sources.ReadOrRefuse(() => WavRecord.Open(scratch["b.wav"]));
            }, iter: 1_500, threads: 1);
    }
}
