using EcgGate.Delivery;

namespace EcgGate.Emulator.Simulation;

/// <summary>What stands between a simulated session and its neighbours: for tests, which put errors in to see them found.</summary>
internal sealed record ProcedureHooks
{
    public Func<IDeliveryGate, IDeliveryGate> Gate { get; init; } = static gate => gate;

    public Func<IPulseGenerator, IPulseGenerator> Generator { get; init; } = static generator => generator;

    public Func<IDeliverySink, IDeliverySink> Sink { get; init; } = static sink => sink;

    /// <summary>Whether the gate asks for permits, as it should.</summary>
    public bool NeedsPermits { get; init; } = true;
}
