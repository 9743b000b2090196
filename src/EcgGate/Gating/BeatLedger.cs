namespace EcgGate.Gating;

/// <summary>
/// Counts what became of each beat. The counts always add up: beats = fired + withheld + missed.
/// </summary>
/// <remarks>Not thread-safe; entering a beat allocates nothing.</remarks>
public sealed class BeatLedger
{
    private static readonly int ReasonCount = Enum.GetValues<Reason>().Length;

    private readonly long[] _withheld = new long[ReasonCount];
    private readonly long[] _missed = new long[ReasonCount];

    /// <summary>Beats entered so far.</summary>
    public long Beats { get; private set; }

    /// <summary>Beats on which a pulse was delivered.</summary>
    public long Fired { get; private set; }

    /// <summary>Beats on which the gate chose not to fire.</summary>
    public long Withheld { get; private set; }

    /// <summary>Beats for which it was too late.</summary>
    public long Missed { get; private set; }

    /// <summary>Enters one beat.</summary>
    public void Add(in BeatOutcome beat)
    {
        Beats++;
        switch (beat.Outcome)
        {
            case Outcome.Fired:
                Fired++;
                break;
            case Outcome.Withheld:
                Withheld++;
                _withheld[(int)beat.Reason]++;
                break;
            default:
                Missed++;
                _missed[(int)beat.Reason]++;
                break;
        }
    }

    /// <summary>How many beats were withheld for this reason.</summary>
    public long WithheldFor(Reason reason) => _withheld[(int)reason];

    /// <summary>How many beats were missed for this reason.</summary>
    public long MissedFor(Reason reason) => _missed[(int)reason];

    /// <summary>The reasons for which beats were withheld, with their counts, in the enum's order.</summary>
    public IReadOnlyList<KeyValuePair<Reason, long>> WithheldByReason() => NonZero(_withheld);

    /// <summary>The reasons for which beats were missed, with their counts, in the enum's order.</summary>
    public IReadOnlyList<KeyValuePair<Reason, long>> MissedByReason() => NonZero(_missed);

    private static List<KeyValuePair<Reason, long>> NonZero(long[] counts)
    {
        var reasons = new List<KeyValuePair<Reason, long>>();
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] != 0)
            {
                reasons.Add(KeyValuePair.Create((Reason)i, counts[i]));
            }
        }

        return reasons;
    }
}
