using EcgGate.Timing;

namespace EcgGate.Emulator.Boards;

/// <summary>
/// What an emulated board suffers, asked at each point where something may go wrong. This one suffers nothing; a script
/// of faults overrides what it needs. Lead-off and noise have their place in the ECG.
/// </summary>
/// <remarks>Called while the board is locked: it must not call the board, wait, or allocate.</remarks>
public abstract class BoardFaults
{
    /// <summary>Whether the board has power and is plugged in. Without, it answers nothing; it comes back as after power-up.</summary>
    /// <param name="now">The board's clock.</param>
    public virtual bool IsPowered(MonotonicTime now) => true;

    /// <summary>Whether the part has reset itself since this was asked last, as a dip of its supply does.</summary>
    /// <param name="now">The board's clock.</param>
    public virtual bool TakeReset(MonotonicTime now) => false;

    /// <summary>The ID that the part gives instead of its own; null for its own.</summary>
    /// <param name="now">The board's clock.</param>
    public virtual byte? IdAt(MonotonicTime now) => null;

    /// <summary>How far the oscillator is off beside what the board's options say, in ppm.</summary>
    /// <param name="now">The board's clock.</param>
    public virtual double OscillatorErrorAt(MonotonicTime now) => 0;

    /// <summary>For how long from now on conversions fail to appear, in seconds; told once, at the beginning, and 0 otherwise.</summary>
    /// <param name="now">The board's clock.</param>
    public virtual double TakeSilence(MonotonicTime now) => 0;

    /// <summary>An edge on DRDY that no conversion made; null for none.</summary>
    /// <param name="now">After this moment.</param>
    /// <param name="edge">Before this one, at which the next true edge comes.</param>
    public virtual MonotonicTime? StrayEdgeBetween(MonotonicTime now, MonotonicTime edge) => null;

    /// <summary>Disturbs what the host sends, on its way to the part.</summary>
    /// <param name="now">The board's clock.</param>
    /// <param name="bytes">The bytes of one transfer.</param>
    public virtual void OnWritten(MonotonicTime now, Span<byte> bytes)
    {
    }

    /// <summary>Whether the bus refuses a transfer, as a part on I2C does that does not acknowledge. Asked once a transfer.</summary>
    /// <param name="now">The board's clock.</param>
    public virtual bool TakeRefusal(MonotonicTime now) => false;

    /// <summary>
    /// For how long from now on a sound card throws away what it converts, in seconds; told once, at the beginning, and
    /// negative otherwise. What it held before is gone even where this is 0.
    /// </summary>
    /// <param name="now">The board's clock.</param>
    public virtual double TakeOverrun(MonotonicTime now) => -1;

    /// <summary>Disturbs what the converter gives, before it goes out to the host.</summary>
    /// <param name="now">The board's clock.</param>
    /// <param name="bytes">One conversion of all channels, as it is sent.</param>
    public virtual void OnConversion(MonotonicTime now, Span<byte> bytes)
    {
    }

    /// <summary>Disturbs what the host reads; bytes of a board without power are all zero here.</summary>
    /// <param name="now">The board's clock.</param>
    /// <param name="bytes">The bytes of one transfer.</param>
    public virtual void OnRead(MonotonicTime now, Span<byte> bytes)
    {
    }
}
