namespace EcgGate.Records;

/// <summary>How a record is read. Immutable.</summary>
public sealed record WfdbReadOptions
{
    /// <summary>Most leads that <see cref="WfdbRecord"/> delivers.</summary>
    public const int MaxLeads = 2;

    /// <summary>
    /// The leads to deliver, lead 0 first, by signal number or by description (upper and lower case alike); one or two.
    /// Null takes the first two signals that are voltages. Only <see cref="WfdbRecord"/> regards it.
    /// </summary>
    public IReadOnlyList<string>? Leads { get; init; }

    /// <summary>
    /// ADC units per mV for leads whose header says gain 0, "not calibrated". Null refuses such leads. The usual
    /// assumption is <see cref="WfdbSignal.DefaultGain"/>.
    /// </summary>
    public double? UncalibratedGain { get; init; }

    /// <summary>
    /// True takes signal files that are longer than the header says (beyond the padding of a block). Default false:
    /// a longer file usually means that format or number of signals in the header are wrong.
    /// </summary>
    public bool AllowTrailingData { get; init; }

    /// <summary>
    /// True reads all signal files through once on opening and refuses a record whose checksums do not hold. Default
    /// false. See <see cref="WfdbChecksums"/>.
    /// </summary>
    public bool VerifyChecksums { get; init; }

    internal static WfdbReadOptions Default { get; } = new();
}
