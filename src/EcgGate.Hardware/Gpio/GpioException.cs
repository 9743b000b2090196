namespace EcgGate.Hardware.Gpio;

/// <summary>A GPIO line cannot be had: one sentence says which line, why, and what to do.</summary>
public sealed class GpioException : IOException
{
    /// <summary>Creates the exception without a message.</summary>
    public GpioException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence for people.</param>
    public GpioException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence for people.</param>
    /// <param name="innerException">The cause.</param>
    public GpioException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
