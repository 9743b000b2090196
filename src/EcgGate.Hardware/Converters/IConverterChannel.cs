namespace EcgGate.Hardware.Converters;

/// <summary>One input of a converter that says nothing but codes: no status word, no lead-off bits, no time.</summary>
/// <remarks>One thread uses it. An implementation over a vendor's driver is a few lines; the sources here do the rest.</remarks>
public interface IConverterChannel
{
    /// <summary>Reads one conversion. Allocates nothing when it succeeds.</summary>
    /// <param name="code">The converter's code; 0 where it is none.</param>
    /// <returns>False if the converter answered with something that is no conversion: the sample is lost.</returns>
    /// <exception cref="IOException">It did not answer: the sample is lost.</exception>
    bool TryRead(out int code);
}
