using EcgGate.Emulator;

namespace EcgGate.Hardware.Tests;

/// <summary>An ECG that is a function of time.</summary>
internal sealed class FunctionEcg(Func<int, double, double> millivolts) : IAnalogEcg
{
    public string Name => "function";

    public IReadOnlyList<string> LeadNames { get; } = ["I", "II"];

    public double? DurationSeconds { get; init; }

    public Func<int, double, bool> LeadOff { get; init; } = (_, _) => false;

    public double Millivolts(int lead, double seconds) => millivolts(lead, seconds);

    public bool IsLeadOff(int lead, double seconds) => LeadOff(lead, seconds);

    public void DeliverPulse(double seconds)
    {
    }
}
