namespace EcgGate.Delivery;

/// <summary>What a procedure asks of the gate.</summary>
/// <remarks>
/// All members but <see cref="Report"/> may be called from any thread. No edge begins after <see cref="Disarm"/> has returned, and none without a
/// permit. The gate has made no pulse yet when it is given to a procedure, and serves that one alone.
/// </remarks>
public interface IDeliveryGate
{
    /// <summary>Arms; where it is armed already, begins the time anew after which the arming runs out.</summary>
    /// <returns>False where it cannot be armed any more.</returns>
    bool Arm();

    /// <summary>Disarms: no edge begins after this returned. Permits are void.</summary>
    void Disarm();

    /// <summary>
    /// Says how many pulses there may have been since the gate was made: a total, so that saying it twice permits nothing
    /// twice. Replaces what was said before; void where the gate is not armed.
    /// </summary>
    /// <param name="upToPulses">The highest count of pulses.</param>
    /// <param name="validFor">For how long that holds by the gate's own time, whatever becomes of the host.</param>
    /// <returns>False where the gate is not armed.</returns>
    bool Permit(long upToPulses, TimeSpan validFor);

    /// <summary>
    /// Hands a session what has happened since: events, edges, the end of the ECG. The host's thread, before it reads the
    /// generator.
    /// </summary>
    void Report(DeliverySession session);
}
