using EcgGate.Emulator.Boards;

namespace EcgGate.Hardware.Tests.Converters;

/// <summary>A voltage that is a function of time.</summary>
internal sealed class FunctionVoltage(Func<double, double> volts) : IAnalogVoltage
{
    public double? DurationSeconds { get; init; }

    public double Volts(double seconds) => volts(seconds);
}
