namespace EcgGate.Emulator.Boards;

/// <summary>A voltage as a function of continuous patient time: what an emulated converter's input sees.</summary>
/// <remarks>One thread reads, in nearly monotonic time: at least 2 s of looking back works.</remarks>
public interface IAnalogVoltage
{
    /// <summary>Length in seconds, or null where it has no end.</summary>
    double? DurationSeconds { get; }

    /// <summary>The voltage against ground, in V.</summary>
    /// <param name="seconds">Patient time.</param>
    double Volts(double seconds);
}
