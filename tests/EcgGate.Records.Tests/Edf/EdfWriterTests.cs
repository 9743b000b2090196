using CsCheck;
using EcgGate.Records.Edf;

namespace EcgGate.Records.Tests.Edf;

public class EdfWriterTests
{
    [Fact]
    public void Any_recording_that_is_written_is_read_back_with_its_annotations()
    {
        var annotation = Gen.Select(Gen.Int[-5_000, 5_000], Gen.Int[-1, 3_000], Gen.OneOf("N", "V", "Ärger", "Recording ends"));
        Gen.Select(Gen.OneOf(16, 24), Gen.Int[1, 2], Gen.OneOf(125.0, 128, 250, 359.712, 360, 999.5, 0.4), Gen.Int[1, 900], annotation.Array[0, 8], Gen.Int).Sample((bits, leads, rate, frames, notes, seed) =>
        {
            var random = new Random(seed);
            using var scratch = new Scratch();
            var written = new List<int[]>();
            EdfAnnotation[] expected = [.. notes.Select(note => new EdfAnnotation(note.Item1 / 1000.0, note.Item2 < 0 ? null : note.Item2 / 1000.0, note.Item3))];
            EdfHeader header;
            using (var writer = EdfWriter.Create(scratch["a.edf"], rate, new EdfHeader
            {
                SampleBits = bits,
                StartTime = new DateTime(1999, 12, 31, 23, 59, 58),
                Patient = "X M X Nobody",
                Signals = [.. Enumerable.Range(0, leads).Select(i => EdfSignal.Lead($"ECG {i}", 5, bits))],
            }))
            {
                header = writer.Header;
                for (var i = 0; i < frames; i++)
                {
                    if (i < expected.Length)
                    {
                        writer.WriteAnnotation(expected[i]);
                    }

                    written.Add([.. header.Signals.Take(leads).Select(signal => random.Next(signal.DigitalMinimum, signal.DigitalMaximum + 1))]);
                    writer.WriteFrame(written[^1]);
                }

                writer.FramesWritten.Should().Be(frames);
            }

            using var record = EdfRecord.Open(scratch["a.edf"]);
            record.Header.Should().BeEquivalentTo(header with { RecordCount = record.RecordCount, Recording = record.Header.Recording });
            (record.Info.SamplingRateHertz / rate).Should().BeApproximately(1, 1e-6);
            record.Info.LengthSamples.Should().Be(record.RecordCount * header.Signals[0].SamplesPerRecord).And.BeGreaterThanOrEqualTo(frames);
            record.ReadAnnotations().Should().Equal(expected.Take(frames));
            var samples = Sources.ReadAll(record, 50);
            var step = 5.0 / header.Signals[0].DigitalMaximum;
            for (var i = 0; i < frames; i++)
            {
                Math.Abs((samples[i].Lead0Millivolts / step) - written[i][0]).Should().BeLessThan(0.51);
                Math.Abs((samples[i].Lead1Millivolts / step) - (leads > 1 ? written[i][1] : 0)).Should().BeLessThan(0.51);
            }
        }, iter: 60);
    }

    [Fact]
    public void The_header_and_the_annotation_signal_are_those_of_the_standard_byte_by_byte()
    {
        using var scratch = new Scratch();
        using (var writer = EdfWriter.Create(scratch["a.edf"], 2, EdfSignal.Lead("ECG II", 3.2767) with { Transducer = "AgAgCl", Prefiltering = "HP:0.05Hz" }))
        {
            writer.WriteAnnotation(new EdfAnnotation(0.5, 0.25, "PVC"));
            writer.WriteFrame([1]);
            writer.WriteMillivolts([-0.0002]);
            writer.WriteMillivolts([99]);
        }

        var header = "0       " + "X X X X".PadRight(80) + "Startdate X X X X".PadRight(80) + "01.01.85" + "00.00.00" + "768     " + "EDF+C".PadRight(44)
            + "2       " + "1       " + "2   "
            + "ECG II          " + "EDF Annotations "
            + "AgAgCl".PadRight(80) + "".PadRight(80)
            + "mV      " + "        "
            + "-3.2767 " + "-1      "
            + "3.2767  " + "1       "
            + "-32767  " + "-32768  "
            + "32767   " + "32767   "
            + "HP:0.05Hz".PadRight(80) + "".PadRight(80)
            + "2       " + "120     "
            + "".PadRight(64);
        byte[] first = [1, 0, 0xFE, 0xFF, .. "+0\u0014\u0014\0+0.5\u00150.25\u0014PVC\u0014\0"u8];
        byte[] second = [0xFF, 0x7F, 0xFF, 0x7F, .. "+1\u0014\u0014\0"u8];
        File.ReadAllBytes(scratch["a.edf"]).Should().Equal([.. System.Text.Encoding.ASCII.GetBytes(header), .. Padded(first), .. Padded(second)]);

        static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[244 - bytes.Length]];
    }

    [Fact]
    public void A_file_whose_writer_died_can_be_read_up_to_its_last_data_record()
    {
        using var scratch = new Scratch();
        using var writer = EdfWriter.Create(scratch["a.edf"], 10, EdfSignal.Lead("I"));
        for (var i = 0; i < 25; i++)
        {
            writer.WriteMillivolts([i / 10.0]);
        }

        using var record = EdfRecord.Open(scratch["a.edf"]);
        Sources.ReadAll(record).Should().HaveCount(20);
    }

    [Fact]
    public void What_EDF_cannot_hold_is_refused()
    {
        using var scratch = new Scratch();
        FluentActions.Invoking(() => EdfWriter.Create(scratch["a.edf"], Math.PI * 1e6, EdfSignal.Lead("I"))).Should().Throw<ArgumentException>().WithMessage("*sampling rate*");
        FluentActions.Invoking(() => EdfWriter.Create(scratch["a.edf"], 100, EdfSignal.Lead("a label of more than 16"))).Should().Throw<ArgumentException>().WithMessage("*16 ASCII*");
        FluentActions.Invoking(() => EdfWriter.Create(scratch["a.edf"], 100, EdfSignal.Lead("I", 0))).Should().Throw<ArgumentException>().WithMessage("*no scale*");
        FluentActions.Invoking(() => EdfWriter.Create(scratch["a.edf"], 100, EdfSignal.Lead("I", 1e-9))).Should().Throw<ArgumentException>().WithMessage("*no scale*");
        File.Exists(scratch["a.edf"]).Should().BeFalse();
        FluentActions.Invoking(() => EdfWriter.Create(scratch["no/a.edf"], 100, EdfSignal.Lead("I"))).Should().Throw<RecordException>().WithMessage("*folder*");

        using var writer = EdfWriter.Create(scratch["a.edf"], 100, EdfSignal.Lead("I"));
        writer.Invoking(w => w.WriteFrame([40_000])).Should().Throw<ArgumentOutOfRangeException>();
        writer.Invoking(w => w.WriteFrame([1, 2])).Should().Throw<ArgumentException>();
        writer.Invoking(w => w.WriteAnnotation(new EdfAnnotation(0, null, "a\u0014b"))).Should().Throw<ArgumentException>();
        writer.Invoking(w => w.WriteAnnotation(new EdfAnnotation(double.NaN, null, "a"))).Should().Throw<ArgumentException>();
        writer.Invoking(w => w.WriteAnnotation(new EdfAnnotation(0, -1, "a"))).Should().Throw<ArgumentException>();
        writer.Invoking(w => w.WriteAnnotation(new EdfAnnotation(0, 1, new string('x', 300)))).Should().Throw<ArgumentException>();
        writer.FramesWritten.Should().Be(0);
    }

    [Fact]
    public void Annotations_that_find_no_room_are_told_and_the_rest_is_there()
    {
        using var scratch = new Scratch();
        var writer = EdfWriter.Create(scratch["a.edf"], 10, EdfSignal.Lead("I"));
        for (var i = 0; i < 10; i++)
        {
            writer.WriteAnnotation(new EdfAnnotation(i, null, new string('x', 100)));
        }

        writer.WriteFrame([1]);
        writer.Invoking(w => w.Complete()).Should().Throw<RecordException>().WithMessage("*8 annotations found no room*");
        using var record = EdfRecord.Open(scratch["a.edf"]);
        record.ReadAnnotations().Should().HaveCount(2);
    }
}
