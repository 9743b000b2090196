using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using EcgGate.Timing;

namespace EcgGate.Bench;

/// <summary>
/// What one hand-over costs the two threads together, without their waiting for each other: an item in and out, on one thread.
/// How long an item is on its way between two threads is another matter, which <see cref="HandoverLatency"/> measures.
/// </summary>
public class HandoverBenchmarks
{
    private const int Items = 1_000;

    private SpscRing<Handover> _ring = null!;
    private Channel<Handover> _bounded = null!;
    private Channel<Handover> _unbounded = null!;

    [GlobalSetup]
    public void Setup()
    {
        _ring = new SpscRing<Handover>(1024);
        _bounded = Channel.CreateBounded<Handover>(new BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });
        _unbounded = Channel.CreateUnbounded<Handover>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    }

    [Benchmark(Baseline = true, Description = "SpscRing", OperationsPerInvoke = Items)]
    public long Ring()
    {
        var sum = 0L;
        for (var i = 0; i < Items; i++)
        {
            _ring.TryWrite(new Handover(i, i));
            sum += _ring.TryRead(out var item) ? item.Number : 0;
        }

        return sum;
    }

    [Benchmark(Description = "Channel, bounded", OperationsPerInvoke = Items)]
    public long Bounded() => Through(_bounded);

    [Benchmark(Description = "Channel, unbounded", OperationsPerInvoke = Items)]
    public long Unbounded() => Through(_unbounded);

    private static long Through(Channel<Handover> channel)
    {
        var sum = 0L;
        for (var i = 0; i < Items; i++)
        {
            channel.Writer.TryWrite(new Handover(i, i));
            sum += channel.Reader.TryRead(out var item) ? item.Number : 0;
        }

        return sum;
    }
}
