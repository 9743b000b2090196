namespace EcgGate.Records.Csv;

/// <summary>How a table of samples is read. Immutable.</summary>
public sealed record CsvReadOptions
{
    /// <summary>
    /// The leads to deliver, lead 0 first, by column name without its unit (upper and lower case alike) or by number from
    /// 0, the time column not counted; one or two. Null takes the first two columns in volts, mV or uV.
    /// </summary>
    public IReadOnlyList<string>? Leads { get; init; }

    /// <summary>
    /// Samples per second. Needed where the file has neither a line <c># rate: 360</c> nor a time column; otherwise it must
    /// agree with them.
    /// </summary>
    public double? SamplingRateHertz { get; init; }

    /// <summary>The unit of columns that name none, such as <c>mV</c>; null takes no such columns.</summary>
    public string? Unit { get; init; }

    internal static CsvReadOptions Default { get; } = new();
}
