using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using EcgGate.Gating;
using EcgGate.Timing;
using HdrHistogram;

namespace EcgGate.Emulator.Punctuality;

/// <summary>
/// A <see cref="PunctualityResult"/> as a row of bytes: how one runtime in a process hands it to another. Only between
/// assemblies of one build; not for files.
/// </summary>
public static class PunctualityMemory
{
    private const long HighestRecorded = 10_000_000_000;
    private const long NotSeen = long.MinValue;

    // Changes with the fields, so that a library of another build is refused.
    private static readonly long Mark = 0x50_55_4E_01_00_00_00L + Unsafe.SizeOf<PulseTrace>();

    /// <summary>Writes a result.</summary>
    public static byte[] Write(PunctualityResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        writer.Write(Mark);
        Put(writer, result.Traces.ToArray());
        Put(writer, result.Loopback.Select(seen => seen ?? NotSeen).ToArray());
        Put(writer, result.Reference.ToArray());
        Put(writer, result.Gaps);
        Put(writer, result.Pipeline);
        Put(writer, result.Order);
        Put(writer, result.Missed);
        Put(writer, result.Withheld);
        writer.Write(result.Faults);
        writer.Write(result.AllocatedBytes);
        writer.Write(result.Collections);
        writer.Write(result.Pause.Ticks);
        Put(writer, result.PulseThread);
        Put(writer, result.CoreThread);
        writer.Write(result.Time.Ticks);
        writer.Write(result.IsStopped);
        writer.Flush();
        return memory.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is of another build, or damaged.</exception>
    public static PunctualityResult Read(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        try
        {
            if (reader.ReadInt64() != Mark)
            {
                throw new FormatException("The result of the measurement comes from another build of the library.");
            }

            return new PunctualityResult
            {
                Traces = Take<PulseTrace>(reader),
                Loopback = [.. Take<long>(reader).Select(seen => seen == NotSeen ? (long?)null : seen)],
                Reference = Take<long>(reader),
                Gaps = TakeHistogram(reader),
                Pipeline = TakeHistogram(reader),
                Order = TakeHistogram(reader),
                Missed = TakeCounts(reader),
                Withheld = TakeCounts(reader),
                Faults = reader.ReadInt32(),
                AllocatedBytes = reader.ReadInt64(),
                Collections = reader.ReadInt32(),
                Pause = new TimeSpan(reader.ReadInt64()),
                PulseThread = TakeStatus(reader),
                CoreThread = TakeStatus(reader),
                Time = new TimeSpan(reader.ReadInt64()),
                IsStopped = reader.ReadBoolean(),
            };
        }
        catch (Exception problem) when (problem is IOException or ArgumentException or OverflowException)
        {
            throw new FormatException("The result of the measurement is damaged.", problem);
        }
    }

    private static void Put<T>(BinaryWriter writer, T[] values)
        where T : struct
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes<T>(values));
    }

    private static T[] Take<T>(BinaryReader reader)
        where T : struct
    {
        var count = reader.ReadInt32();
        var bytes = reader.ReadBytes(checked(count * Unsafe.SizeOf<T>()));
        return bytes.Length == count * Unsafe.SizeOf<T>() ? MemoryMarshal.Cast<byte, T>(bytes).ToArray() : throw new EndOfStreamException();
    }

    private static void Put(BinaryWriter writer, LongHistogram histogram)
    {
        long[] pairs = [.. histogram.RecordedValues().SelectMany(step => new[] { step.ValueIteratedTo, step.CountAtValueIteratedTo })];
        Put(writer, pairs);
    }

    private static LongHistogram TakeHistogram(BinaryReader reader)
    {
        var histogram = new LongHistogram(HighestRecorded, 3);
        foreach (var pair in Take<long>(reader).Chunk(2))
        {
            histogram.RecordValueWithCount(Math.Min(pair[0], HighestRecorded), pair[1]);
        }

        return histogram;
    }

    private static void Put(BinaryWriter writer, IReadOnlyList<KeyValuePair<Reason, long>> counts)
    {
        long[] pairs = [.. counts.SelectMany(entry => new[] { (long)entry.Key, entry.Value })];
        Put(writer, pairs);
    }

    private static KeyValuePair<Reason, long>[] TakeCounts(BinaryReader reader) =>
        [.. Take<long>(reader).Chunk(2).Select(pair => KeyValuePair.Create((Reason)pair[0], pair[1]))];

    private static void Put(BinaryWriter writer, RealtimeStatus status)
    {
        writer.Write(status.FifoPriority);
        writer.Write(status.Processor ?? -1);
        writer.Write(status.MemoryLocked);
        writer.Write(status.TimerSlackRemoved);
        writer.Write(status.ProcessorHeldAwake);
        writer.Write(status.MultimediaClass);
        writer.Write(status.Warnings.Count);
        foreach (var warning in status.Warnings)
        {
            writer.Write(warning);
        }
    }

    private static RealtimeStatus TakeStatus(BinaryReader reader) => new()
    {
        FifoPriority = reader.ReadInt32(),
        Processor = reader.ReadInt32() is var processor and >= 0 ? processor : null,
        MemoryLocked = reader.ReadBoolean(),
        TimerSlackRemoved = reader.ReadBoolean(),
        ProcessorHeldAwake = reader.ReadBoolean(),
        MultimediaClass = reader.ReadBoolean(),
        Warnings = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString())],
    };
}
