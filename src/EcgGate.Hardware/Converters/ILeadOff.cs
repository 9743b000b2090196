namespace EcgGate.Hardware.Converters;

/// <summary>Says whether an electrode of a lead is off. One thread uses it.</summary>
public interface ILeadOff
{
    /// <summary>Looks now. Allocates nothing.</summary>
    /// <exception cref="IOException">It cannot be told: the sample is lost.</exception>
    bool IsOff();
}
