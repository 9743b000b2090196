using CsCheck;
using EcgGate.Signals;

namespace EcgGate.Records.Tests;

/// <summary>What the tests of all formats need.</summary>
internal static class Sources
{
    // Far more than reading such small files needs, far less than a size field that is believed would take.
    private const long AllocationLimit = 64 * 1024 * 1024;
    private const int MostSamples = 200_000;
    private const int MostRounds = 5;

    public static List<EcgSample> ReadAll(IEcgSource source, int block = 7)
    {
        var all = new List<EcgSample>();
        var samples = new EcgSample[block];
        while (source.Read(samples).Count is > 0 and var count)
        {
            all.AddRange(samples.AsSpan(0, count));
        }

        return all;
    }

    /// <summary>Opens and reads a damaged file: samples in good order, or one clear refusal, and no memory without bound.</summary>
    public static void ReadOrRefuse(Func<IEcgSource> open, Action<IEcgSource>? also = null)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var source = open();
            var block = new EcgSample[1_000];
            var last = -1L;
            for (var samples = 0; samples < MostSamples && source.Read(block).Count is > 0 and var count; samples += count)
            {
                foreach (var sample in block.AsSpan(0, count))
                {
                    if (sample.Index <= last || !float.IsFinite(sample.Lead0Millivolts) || !float.IsFinite(sample.Lead1Millivolts))
                    {
                        Assert.Fail($"After sample {last} came {sample}.");
                    }

                    last = sample.Index;
                }
            }

            also?.Invoke(source);
        }
        catch (RecordException refusal)
        {
            refusal.FileName.Should().NotBeNullOrEmpty();
        }
        catch (EcgSourceException refusal)
        {
            refusal.InnerException.Should().BeAssignableTo<RecordException>();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(AllocationLimit);
    }

    /// <summary>What reading takes beyond the first block; the least of some rounds, each over a source opened anew.</summary>
    public static long BytesAllocatedWhileReading(Func<IEcgSource> open)
    {
        var block = new EcgSample[333];
        IEcgSource? source = null;
        try
        {
            return LeastAllocated(
                () =>
                {
                    source?.Dispose();
                    source = open();
                    source.Read(block);
                },
                () =>
                {
                    var samples = 0;
                    while (samples < 50_000 && source!.Read(block).Count is > 0 and var count)
                    {
                        samples += count;
                    }

                    return samples;
                });
        }
        finally
        {
            source?.Dispose();
        }
    }

    /// <summary>
    /// The least that some rounds of work allocated on this thread. What the code itself allocates shows in each round; what
    /// the runtime does once (compiling again, loading a type), or a collection that another test causes in the middle, does not.
    /// </summary>
    /// <param name="prepare">What comes before each round and is not measured.</param>
    /// <param name="round">The work; returns how many samples it handled, which must be a good deal.</param>
    public static long LeastAllocated(Action prepare, Func<int> round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < MostRounds && least > 0; i++)
        {
            prepare();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var samples = round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            samples.Should().BeGreaterThan(1_000);
        }

        return least;
    }
}

/// <summary>Damage of the kinds that files suffer.</summary>
internal static class Damage
{
    public static Gen<byte[]> Of(byte[] original, int reach = int.MaxValue) =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, Math.Min(reach, original.Length)], Gen.Byte, Gen.Byte.Array[0, 12]).Array[1, 6].Select(edits =>
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
                    case 1 when value < 60:
                        bytes.InsertRange(place, more);
                        break;
                    case 2 when value < 60:
                        bytes.RemoveRange(place, Math.Min(more.Length, bytes.Count - place));
                        break;
                    case 3 when value < 40:
                        bytes.RemoveRange(place, bytes.Count - place);
                        break;
                    default:
                        // Digits in place reach deeper than any byte does, since fields stay where they are.
                        for (var i = 0; i < more.Length && place + i < bytes.Count; i++)
                        {
                            bytes[place + i] = (byte)"0123456789-+.,; eE\n"[more[i] % 19];
                        }

                        break;
                }
            }

            return bytes.ToArray();
        });
}
