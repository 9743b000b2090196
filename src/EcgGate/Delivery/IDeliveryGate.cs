namespace EcgGate.Delivery;

/// <summary>What a procedure asks of the gate.</summary>
/// <remarks>
/// All members may be called from any thread. No edge begins after <see cref="Disarm"/> has returned, and none without a
/// permit.
/// </remarks>
public interface IDeliveryGate
{
    /// <summary>Arms; where it is armed already, begins the time anew after which the arming runs out.</summary>
    /// <returns>False where it cannot be armed any more.</returns>
    bool Arm();

    /// <summary>Disarms: no edge begins after this returned. Permits are void.</summary>
    void Disarm();

    /// <summary>Permits pulses, instead of those that are left of an earlier permit.</summary>
    /// <param name="pulses">How many.</param>
    /// <param name="validFor">After this time what is left is void, by the gate's own time, whatever the host does.</param>
    /// <returns>False where it cannot be permitted any more.</returns>
    bool Permit(int pulses, TimeSpan validFor);

    /// <summary>
    /// Takes back what is left of a permit. An order that was placed before may still be carried out, within the
    /// gate's cut-off.
    /// </summary>
    void RevokePermits();
}
