using CsCheck;
using EcgGate.Signals;

namespace EcgGate.Records.Tests;

/// <summary>Files with random damage: they read, or they are refused with a clear error; nothing else comes out.</summary>
public class DamageTests
{
    // Far more than reading such small files needs, far less than a size field that is believed would take.
    private const long AllocationLimit = 64 * 1024 * 1024;
    private const int MostFrames = 100_000;

    private static readonly string[] Headers =
    [
        "r 2 360/24(0) 200 13:05:00 25/4/1989\nr.dat 212 200(1024)/mV 11 1024 995 -22131 0 MLII\nr.dat 212 200/mV 11 1024 1011 20052 0 V5\n# info\n",
        "r 2 500 40\nr.dat 16x3:2+8 1716(6)/mV 16 0 0 0 0 i\nr.dat 16x3+8 1206(2)/uV 16 0 0 0 0 ii\n",
        "r/3 2 360 300\ns 200\n~ 50\ns 50\n",
        "s 2 360 200\nr.dat 310 200\nr.dat 310 200\n",
    ];

    private static Gen<byte[]> Damaged(byte[] original) =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, original.Length], Gen.Byte, Gen.Byte.Array[0, 12]).Array[1, 6].Select(edits =>
        {
            var bytes = original.ToList();
            foreach (var (kind, at, value, more) in edits)
            {
                var place = Math.Min(at, bytes.Count);
                switch (kind)
                {
                    case 0 when place < bytes.Count:
                        bytes[place] = value;
                        break;
                    case 1:
                        bytes.InsertRange(place, more);
                        break;
                    case 2:
                        bytes.RemoveRange(place, Math.Min(more.Length, bytes.Count - place));
                        break;
                    case 3 when value < 40:
                        bytes.RemoveRange(place, bytes.Count - place);
                        break;
                    default:
                        // Digits and separators reach deeper into a text than any byte does.
                        bytes.InsertRange(place, more.Select(b => (byte)"0123456789-+./:x()~eE \n"[b % 23]));
                        break;
                }
            }

            return bytes.ToArray();
        });

    private static void Bounded(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            action();
        }
        catch (WfdbException refusal)
        {
            refusal.FileName.Should().NotBeNullOrEmpty();
        }
        catch (EcgSourceException refusal)
        {
            refusal.InnerException.Should().BeOfType<WfdbException>();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(AllocationLimit);
    }

    private static void ReadEverything(string path) =>
        Array.ForEach<Action>(
        [
            () =>
            {
                using var reader = WfdbSignalReader.Open(path);
                if (reader.FrameLength > 0)
                {
                    var buffer = new int[reader.FrameLength * 10];
                    for (var frames = 0; frames < MostFrames && reader.ReadFrames(buffer) is > 0 and var count; frames += count)
                    {
                    }

                    reader.SeekTo(reader.LengthFrames / 2);
                    reader.ReadFrames(buffer);
                }
            },
            () =>
            {
                using var record = WfdbRecord.Open(path, new WfdbReadOptions { UncalibratedGain = 200, AllowTrailingData = true });
                var block = new EcgSample[1_000];
                for (var samples = 0; samples < MostFrames && record.Read(block).Count is > 0 and var count; samples += count)
                {
                    var finite = true;
                    foreach (var sample in block.AsSpan(0, count))
                    {
                        finite &= float.IsFinite(sample.Lead0Millivolts) && float.IsFinite(sample.Lead1Millivolts);
                    }

                    finite.Should().BeTrue();
                }
            },
        ], Bounded);

    [Theory]
    [InlineData(0, "r")]
    [InlineData(1, "r")]
    [InlineData(2, "r")]
    [InlineData(3, "s")]
    public void A_damaged_header_reads_or_is_refused(int which, string name)
    {
        using var scratch = new Scratch();
        scratch.Write("r.dat", Enumerable.Range(0, 612).Select(i => (byte)(i * 37)).ToArray());
        scratch.Write("s.hea", Headers[3]);
        Damaged(System.Text.Encoding.UTF8.GetBytes(Headers[which])).Sample(
            bytes =>
            {
                scratch.Write(name + ".hea", bytes);
                ReadEverything(scratch[name]);
            }, iter: 600, threads: 1);
    }

    [Fact]
    public void A_damaged_signal_file_reads_or_is_refused()
    {
        using var scratch = new Scratch();
        var data = Enumerable.Range(0, 612).Select(i => (byte)(i * 37)).ToArray();
        Gen.Select(Gen.OneOf(16, 24, 32, 61, 80, 212, 310, 311), Damaged(data)).Sample(
            (format, bytes) =>
            {
                scratch.Write("r.hea", $"r 3 360 60\nr.dat {format}\nr.dat {format}\nr.dat {format}\n");
                scratch.Write("r.dat", bytes);
                ReadEverything(scratch["r"]);
            }, iter: 800, threads: 1);
    }

    [Fact]
    public void A_damaged_annotation_file_reads_or_is_refused()
    {
        using var scratch = new Scratch();
        using (var writer = AnnotationWriter.Create(scratch["a.atr"], new AnnotationWriteOptions { TimeResolutionHertz = 360, CustomDefinitions = [new AnnotationDefinition(AnnotationCode.User42, "x", "y")] }))
        {
            for (var i = 1; i < 60; i++)
            {
                writer.Write(new Annotation(i * 400, (AnnotationCode)(i % 50), (sbyte)(i % 3), (byte)(i % 2), (sbyte)(i % 5), i % 9 == 0 ? "(AFIB" : null));
            }
        }

        Damaged(File.ReadAllBytes(scratch["a.atr"])).Sample(
            bytes =>
            {
                scratch.Write("a.atr", bytes);
                Bounded(() => AnnotationReader.ReadAll(scratch["a.atr"], new AnnotationReadOptions { LengthFrames = 650_000, SamplingFrequencyHertz = 250 })
                    .Should().HaveCountLessThanOrEqualTo(bytes.Length / 2).And.OnlyContain(annotation => annotation.Sample >= 0 && annotation.Sample < 650_000));
            }, iter: 1_000, threads: 1);
    }

    [Fact]
    public void Random_bytes_are_no_header_and_no_record()
    {
        using var scratch = new Scratch();
        Gen.Byte.Array[0, 400].Sample(
            bytes =>
            {
                scratch.Write("r.hea", bytes);
                scratch.Write("r.atr", bytes);
                ReadEverything(scratch["r"]);
                Bounded(() => AnnotationReader.ReadAll(scratch["r.atr"]));
            }, iter: 500, threads: 1);
    }
}
