namespace EcgGate.Delivery;

/// <summary>A live engine as a procedure's gate.</summary>
/// <remarks>
/// As thread-safe as <see cref="GateEngine"/>. While a procedure runs, nobody else reads the engine's events: they come out
/// of here.
/// </remarks>
public sealed class EngineGate : IDeliveryGate
{
    private readonly GateEngine _engine;
    private readonly IGateEventSink? _events;

    /// <summary>Takes an engine that has made no pulse yet, running or not.</summary>
    /// <param name="engine">Made with <see cref="PulseProtocol.ApplyTo"/>; not disposed.</param>
    /// <param name="protocol">The plan.</param>
    /// <param name="events">Is told each event of the engine, on the host's thread; null for nobody.</param>
    /// <exception cref="ArgumentException">The engine fires without permits, or faster than the plan allows.</exception>
    public EngineGate(GateEngine engine, PulseProtocol protocol, IGateEventSink? events = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(protocol);
        GateCheck.Throw(engine.Options, protocol, nameof(engine));
        _engine = engine;
        _events = events;
    }

    /// <inheritdoc/>
    public bool Arm() => _engine.Arm();

    /// <inheritdoc/>
    public void Disarm() => _engine.Disarm();

    /// <inheritdoc/>
    public bool Permit(long upToPulses, TimeSpan validFor) => _engine.Permit(upToPulses, validFor);

    /// <inheritdoc/>
    public void Report(DeliverySession session)
    {
        ArgumentNullException.ThrowIfNull(session);

        // Asked before the events are read: what came before the end is then read before the end is told.
        var hasEnded = !_engine.IsRunning;
        while (_engine.TryReadEvent(out var gateEvent))
        {
            _events?.OnEvent(in gateEvent);
            session.OnGateEvent(in gateEvent);
        }

        if (hasEnded)
        {
            session.OnGateEnded(_engine.Failure?.Message);
        }
    }
}

/// <summary>What every gate of a procedure must hold.</summary>
internal static class GateCheck
{
    public static void Throw(GateOptions options, PulseProtocol protocol, string name)
    {
        if (!options.NeedsPermits)
        {
            throw new ArgumentException($"The gate would fire without permits: make it with {nameof(PulseProtocol)}.{nameof(PulseProtocol.ApplyTo)}.", name);
        }

        if (options.MinimumInterval < protocol.MinimumInterval)
        {
            throw new ArgumentException($"The gate's shortest interval is {options.MinimumInterval.TotalMilliseconds:0} ms and the plan's {protocol.MinimumInterval.TotalMilliseconds:0} ms: make it with {nameof(PulseProtocol)}.{nameof(PulseProtocol.ApplyTo)}.", name);
        }
    }
}
