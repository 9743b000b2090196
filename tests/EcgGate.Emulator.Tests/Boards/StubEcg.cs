namespace EcgGate.Emulator.Tests.Boards;

/// <summary>An ECG that is a function of time and notes its pulses.</summary>
internal sealed class StubEcg(Func<int, double, double> millivolts) : IAnalogEcg
{
    public string Name => "stub";

    public IReadOnlyList<string> LeadNames { get; init; } = ["I", "II"];

    public double? DurationSeconds { get; init; }

    public bool IsOff { get; set; }

    public List<double> Pulses { get; } = new(1000);

    public double Millivolts(int lead, double seconds) => millivolts(lead, seconds);

    public bool IsLeadOff(int lead, double seconds) => IsOff && lead == 1;

    public void DeliverPulse(double seconds) => Pulses.Add(seconds);
}
