using System.Collections.Concurrent;
using EcgGate.Cli.Figures;
using EcgGate.Delivery;
using EcgGate.Gating;
using EcgGate.Records.Sessions;

namespace EcgGate.Cli.Deliver;

/// <summary>Takes what gate and procedure tell on their thread, hands it on to a record, and keeps it for the screen's thread.</summary>
/// <param name="gateRecord">Takes the gate's events too; null for nobody.</param>
/// <param name="procedureRecord">Takes the procedure's events too; null for nobody.</param>
internal sealed class ProcedureWatch(IGateEventSink? gateRecord, IDeliverySink? procedureRecord) : IGateEventSink, IDeliverySink
{
    private readonly ConcurrentQueue<SessionEntry> _entries = new();

    /// <summary>The last time that it paused; null where it never did. Read it when the procedure is over.</summary>
    public DeliveryEvent? LastPause { get; private set; }

    public void OnEvent(in GateEvent gateEvent)
    {
        gateRecord?.OnEvent(in gateEvent);
        if (gateEvent.Kind != GateEventKind.Permitted)
        {
            _entries.Enqueue(new SessionEntry(0, SessionEntryKind.Gate, 0) { Gate = gateEvent });
        }
    }

    public void OnDelivery(in DeliveryEvent deliveryEvent)
    {
        procedureRecord?.OnDelivery(in deliveryEvent);
        if (deliveryEvent is { Kind: DeliveryEventKind.StateChanged, State: DeliveryState.Paused })
        {
            LastPause = deliveryEvent;
        }

        if (deliveryEvent.Kind is not (DeliveryEventKind.Permitted or DeliveryEventKind.WaitChanged))
        {
            _entries.Enqueue(new SessionEntry(0, SessionEntryKind.Delivery, 0) { Delivery = deliveryEvent });
        }
    }

    /// <summary>Takes what has been told since; one thread.</summary>
    /// <param name="tally">Counts the gate's part.</param>
    /// <param name="show">Is shown each; null for nobody.</param>
    public void Drain(GateTally tally, Action<SessionEntry>? show)
    {
        while (_entries.TryDequeue(out var entry))
        {
            if (entry.Kind == SessionEntryKind.Gate)
            {
                tally.OnEvent(entry.Gate);
            }

            show?.Invoke(entry);
        }
    }
}
