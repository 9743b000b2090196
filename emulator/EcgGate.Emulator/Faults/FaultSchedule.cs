namespace EcgGate.Emulator.Faults;

/// <summary>
/// What is wrong at a moment: what an emulated part asks with each transfer. Immutable; asking allocates nothing.
/// </summary>
public sealed class FaultSchedule
{
    private readonly Fault[][] _byKind;

    /// <summary>Lays out faults.</summary>
    /// <param name="faults">In any order.</param>
    /// <param name="seed">Of what chance decides, bit errors for instance.</param>
    public FaultSchedule(IEnumerable<Fault> faults, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(faults);
        Faults = [.. faults.OrderBy(fault => fault.StartSeconds)];
        Seed = seed;
        _byKind = [.. Enum.GetValues<FaultKind>().Select(kind => Faults.Where(fault => fault.Kind == kind).ToArray())];
    }

    /// <summary>Nothing ever goes wrong.</summary>
    public static FaultSchedule None { get; } = new([]);

    /// <summary>All faults, the earliest first.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    /// <summary>Of what chance decides.</summary>
    public ulong Seed { get; }

    /// <summary>Whether a fault of this kind is under way.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="seconds">The moment, in patient time.</param>
    /// <param name="size">Its size; 0 where there is none.</param>
    public bool IsUnderWay(FaultKind kind, double seconds, out double size)
    {
        foreach (var fault in _byKind[(int)kind])
        {
            if (fault.Covers(seconds))
            {
                size = fault.Size;
                return true;
            }
        }

        size = 0;
        return false;
    }

    /// <inheritdoc cref="IsUnderWay(FaultKind, double, out double)"/>
    public bool IsUnderWay(FaultKind kind, double seconds) => IsUnderWay(kind, seconds, out _);

    /// <summary>For how long the fault of this kind that is under way goes on, in seconds; 0 where none is.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="seconds">The moment, in patient time.</param>
    public double SecondsLeft(FaultKind kind, double seconds)
    {
        var left = 0.0;
        foreach (var fault in _byKind[(int)kind])
        {
            left = fault.Covers(seconds) ? Math.Max(left, fault.EndSeconds - seconds) : left;
        }

        return left;
    }

    /// <summary>How many faults of this kind have begun by a moment: for what happens at once.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="seconds">The moment, in patient time.</param>
    public int CountBegun(FaultKind kind, double seconds)
    {
        var count = 0;
        foreach (var fault in _byKind[(int)kind])
        {
            count += fault.StartSeconds <= seconds ? 1 : 0;
        }

        return count;
    }

    /// <summary>How many faults of this kind are over by a moment.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="seconds">The moment, in patient time.</param>
    public int CountOver(FaultKind kind, double seconds)
    {
        var count = 0;
        foreach (var fault in _byKind[(int)kind])
        {
            count += fault.EndSeconds <= seconds ? 1 : 0;
        }

        return count;
    }
}
