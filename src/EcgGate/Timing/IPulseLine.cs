namespace EcgGate.Timing;

/// <summary>The trigger line of a pulse generator: a GPIO output, an emulated generator's input, or nothing.</summary>
/// <remarks>
/// Only <c>PulseTimer</c> drives the line while gating. Both calls return in about a microsecond, allocate nothing and
/// throw nothing. The line is low when it is opened and when it is disposed.
/// </remarks>
public interface IPulseLine : IDisposable
{
    /// <summary>Makes the line active. False if the hardware refused: a fault, nothing may follow.</summary>
    bool TryRaise();

    /// <summary>Makes the line inactive. False if the hardware refused: a fault.</summary>
    bool TryLower();
}
