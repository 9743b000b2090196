namespace EcgGate.Hardware.Converters;

/// <summary>A lead: which input of a converter it comes from, what the codes mean, and who knows of loose electrodes.</summary>
public sealed record ConverterLead
{
    /// <summary>Its name, such as "II".</summary>
    public required string Name { get; init; }

    /// <summary>Where its codes come from.</summary>
    public required IConverterChannel Channel { get; init; }

    /// <summary>What they mean.</summary>
    public required ConverterScale Scale { get; init; }

    /// <summary>Who says that an electrode is off; null (the default) where nobody can.</summary>
    public ILeadOff? LeadOff { get; init; }
}
