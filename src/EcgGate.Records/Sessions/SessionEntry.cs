using EcgGate.Delivery;

namespace EcgGate.Records.Sessions;

/// <summary>What a line of a session's events tells.</summary>
public enum SessionEntryKind
{
    /// <summary>The head of the session, its first line.</summary>
    Session,

    /// <summary>The gate told something: <see cref="SessionEntry.Gate"/>.</summary>
    Gate,

    /// <summary>A generator measured a pulse: <see cref="SessionEntry.Pulse"/>.</summary>
    Pulse,

    /// <summary>A procedure told something: <see cref="SessionEntry.Delivery"/>.</summary>
    Delivery,

    /// <summary>The host noted something: <see cref="SessionEntry.Text"/>.</summary>
    Note,

    /// <summary>So many events (<see cref="SessionEntry.Count"/>) were lost before here: nobody took them in time.</summary>
    LostEvents,

    /// <summary>The record could not be written for a while; it is whole again from here on: <see cref="SessionEntry.Text"/>.</summary>
    Trouble,

    /// <summary>The session was closed in order; its last line. <see cref="SessionEntry.Text"/> says why it ended.</summary>
    Closed,
}

/// <summary>One line of a session's events. Immutable.</summary>
/// <param name="Number">Counts lines from 0; one that is missing was lost.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="Seconds">When it was recorded, in seconds since the session began, by the host's monotonic clock.</param>
public sealed record SessionEntry(long Number, SessionEntryKind Kind, double Seconds)
{
    /// <summary>Of <see cref="SessionEntryKind.Gate"/>.</summary>
    public GateEvent Gate { get; init; }

    /// <summary>Of <see cref="SessionEntryKind.Pulse"/>.</summary>
    public PulseReading Pulse { get; init; }

    /// <summary>Of <see cref="SessionEntryKind.Delivery"/>.</summary>
    public DeliveryEvent Delivery { get; init; }

    /// <summary>Words, where it has some.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Of <see cref="SessionEntryKind.LostEvents"/>: how many. Of <see cref="SessionEntryKind.Closed"/>: how many events of the gate there are.</summary>
    public long Count { get; init; }

    /// <summary>Of <see cref="SessionEntryKind.Closed"/>: how many inputs there are.</summary>
    public long Inputs { get; init; }

    /// <summary>Of <see cref="SessionEntryKind.Session"/>.</summary>
    public SessionHeader? Header { get; init; }
}
