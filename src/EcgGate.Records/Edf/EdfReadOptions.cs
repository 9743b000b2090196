namespace EcgGate.Records.Edf;

/// <summary>How an EDF or BDF file is read. Immutable.</summary>
public sealed record EdfReadOptions
{
    /// <summary>
    /// The leads to deliver, lead 0 first, by label (upper and lower case alike, with or without a leading "ECG") or by
    /// signal number from 0; one or two. Null takes the first two voltages of one rate whose label says ECG or names a
    /// lead, or else the first two voltages of one rate.
    /// </summary>
    public IReadOnlyList<string>? Leads { get; init; }

    /// <summary>The unit of signals that name none, such as <c>mV</c>; null refuses such signals.</summary>
    public string? Unit { get; init; }

    /// <summary>
    /// True reads the whole data records that are there where the header announces another number of them: the recording
    /// broke off. Default false refuses such a file.
    /// </summary>
    public bool AllowIncomplete { get; init; }

    internal static EdfReadOptions Default { get; } = new();
}
