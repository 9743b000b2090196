using EcgGate.Timing;

namespace EcgGate.Emulator.Simulation;

/// <summary>What a simulated line did when it was driven.</summary>
/// <param name="IsTaken">What it says: that it moved.</param>
/// <param name="Nanoseconds">How long it took to say so; it moves at the end of that time.</param>
internal readonly record struct LineAnswer(bool IsTaken, long Nanoseconds);

/// <summary>A trigger line in virtual time that can refuse, lie, or take its time.</summary>
internal sealed class SimulatedLine
{
    private bool _told;

    public bool RefusesRaise { get; set; }

    public bool RefusesLower { get; set; }

    public bool StaysHigh { get; set; }

    public bool StaysLow { get; set; }

    public long RaiseNanoseconds { get; set; }

    public long LowerNanoseconds { get; set; }

    /// <summary>Whether it really is active.</summary>
    public bool IsHigh { get; private set; }

    /// <summary>Raises that it said it had made.</summary>
    public long RaisesTaken { get; private set; }

    /// <summary>Told when it was driven up, when it rose, and whether it rose at all.</summary>
    public Action<MonotonicTime, MonotonicTime, bool>? Raised { get; set; }

    /// <summary>Told when a command to fall was taken.</summary>
    public Action? Lowered { get; set; }

    /// <summary>Told when a command was refused: whether it was to rise.</summary>
    public Action<bool>? Refused { get; set; }

    /// <summary>Makes it a working line again: it falls where it was told to.</summary>
    public void Repair()
    {
        IsHigh &= _told;
        RefusesRaise = RefusesLower = StaysHigh = StaysLow = false;
        RaiseNanoseconds = LowerNanoseconds = 0;
    }

    public LineAnswer Raise(MonotonicTime at)
    {
        if (RefusesRaise)
        {
            Refused?.Invoke(true);
            return new LineAnswer(false, RaiseNanoseconds);
        }

        var rises = !IsHigh && !StaysLow;
        IsHigh |= rises;
        _told = true;
        RaisesTaken++;
        Raised?.Invoke(at, at.AddNanoseconds(RaiseNanoseconds), rises);
        return new LineAnswer(true, RaiseNanoseconds);
    }

    public LineAnswer Lower(MonotonicTime at)
    {
        if (RefusesLower)
        {
            Refused?.Invoke(false);
            return new LineAnswer(false, LowerNanoseconds);
        }

        IsHigh &= StaysHigh;
        _told = false;
        Lowered?.Invoke();
        return new LineAnswer(true, LowerNanoseconds);
    }
}
