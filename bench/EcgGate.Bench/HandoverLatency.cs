using System.Globalization;
using System.Threading.Channels;
using EcgGate.Timing;
using HdrHistogram;

namespace EcgGate.Bench;

/// <summary>
/// How long an item is on its way from one thread to another, for each way to hand it over: one every 50 us, stamped when it is
/// sent. Sender and reader are real-time threads on the first two processors, as far as the system grants that; an async reader
/// goes on where the thread pool has it.
/// </summary>
internal static class HandoverLatency
{
    private const int Rounds = 6;

    /// <summary>Three quarters of a second a round: the kernel halts real-time threads that spin for a whole one.</summary>
    private const int Items = 15_000;

    private const int WarmUp = 2_000;
    private const long ApartNanoseconds = 50_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>Measures all ways and prints a table.</summary>
    public static void Run()
    {
        Console.WriteLine("| way | p50 us | p99 us | p99.9 us | max us | bytes an item |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var ring = new SpscRing<Handover>(1024);
        Measure("SpscRing, spinning reader", item => ring.TryWrite(in item), received => Spin(ring.TryRead, received));
        var bounded = Channel.CreateBounded<Handover>(new BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });
        Measure("Channel (bounded), spinning TryRead", bounded.Writer.TryWrite, received => Spin(bounded.Reader.TryRead, received));
        var unbounded = Channel.CreateUnbounded<Handover>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        Measure("Channel (unbounded), spinning TryRead", unbounded.Writer.TryWrite, received => Spin(unbounded.Reader.TryRead, received));
        var awaited = Channel.CreateUnbounded<Handover>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        Measure("Channel, async reader", awaited.Writer.TryWrite, received => ReadAsync(awaited.Reader, received).GetAwaiter().GetResult());
    }

    private delegate bool TryRead(out Handover item);

    private static void Spin(TryRead tryRead, Func<Handover, bool> received)
    {
        while (true)
        {
            if (tryRead(out var item) && !received(item))
            {
                return;
            }
        }
    }

    private static async Task ReadAsync(ChannelReader<Handover> reader, Func<Handover, bool> received)
    {
        await foreach (var item in reader.ReadAllAsync())
        {
            if (!received(item))
            {
                return;
            }
        }
    }

    private static void Measure(string name, Func<Handover, bool> write, Action<Func<Handover, bool>> read)
    {
        var histogram = new LongHistogram(10_000_000_000, 3);
        var allocated = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var receiving = Start(1, () => read(item =>
            {
                var now = MonotonicClock.Now.Nanoseconds;
                if (item.Number >= WarmUp)
                {
                    histogram.RecordValue(Math.Max(0, now - item.SentNanoseconds));
                }

                return item.Number < Items - 1;
            }));
            var sending = Start(0, () => allocated += Send(write));
            _ = sending.Join(TimeSpan.FromMinutes(1));
            _ = receiving.Join(TimeSpan.FromMinutes(1));
            Thread.Sleep(Rest);
        }

        var bytes = allocated / (double)(Rounds * (Items - WarmUp));
        string Us(double percent) => (histogram.GetValueAtPercentile(percent) * 1e-3).ToString("0.00", CultureInfo.InvariantCulture);
        Console.WriteLine($"| {name} | {Us(50)} | {Us(99)} | {Us(99.9)} | {Us(100)} | {bytes.ToString("0.0", CultureInfo.InvariantCulture)} |");
    }

    private static RealtimeThread Start(int processor, Action body)
    {
        var thread = new RealtimeThread($"handover-{processor}", new RealtimeOptions { Priority = 40, Processor = processor % Environment.ProcessorCount }, body);
        thread.Start();
        return thread;
    }

    private static long Send(Func<Handover, bool> write)
    {
        var due = MonotonicClock.Now;
        var allocated = 0L;
        for (var i = 0; i < Items; i++)
        {
            if (i == WarmUp)
            {
                allocated = GC.GetTotalAllocatedBytes(precise: false);
            }

            due = due.AddNanoseconds(ApartNanoseconds);
            while (MonotonicClock.Now < due)
            {
                // The sender is a thread that has something else to do, not one that sleeps.
            }

            while (!write(new Handover(i, MonotonicClock.Now.Nanoseconds)))
            {
                // A reader that stands still fills what lies between: wait, as nothing may be lost here.
            }
        }

        return GC.GetTotalAllocatedBytes(precise: false) - allocated;
    }
}
