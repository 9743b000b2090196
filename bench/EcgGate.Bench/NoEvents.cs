namespace EcgGate.Bench;

/// <summary>Takes events and does nothing with them.</summary>
internal sealed class NoEvents : IGateEventSink
{
    public void OnEvent(in GateEvent gateEvent)
    {
    }
}
