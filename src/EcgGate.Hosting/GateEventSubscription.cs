using System.Threading.Channels;

namespace EcgGate.Hosting;

/// <summary>One reader's view of the events. The channel completes when the engine has ended. Safe from any thread.</summary>
public sealed class GateEventSubscription : IDisposable
{
    private readonly Channel<GateEvent> _channel;
    private readonly Action<GateEventSubscription> _end;
    private long _dropped;

    internal GateEventSubscription(int capacity, Action<GateEventSubscription> end)
    {
        _end = end;
        _channel = Channel.CreateBounded<GateEvent>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>The events, in order.</summary>
    public ChannelReader<GateEvent> Reader => _channel.Reader;

    /// <summary>Events that this reader was too slow for.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Ends the subscription. What is in the channel can still be read.</summary>
    public void Dispose()
    {
        _end(this);
        Complete();
    }

    internal void Write(in GateEvent gateEvent) => _channel.Writer.TryWrite(gateEvent);

    internal void Complete() => _channel.Writer.TryComplete();
}
