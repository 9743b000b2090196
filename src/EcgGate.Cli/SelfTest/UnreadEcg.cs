using EcgGate.Emulator;

namespace EcgGate.Cli.SelfTest;

/// <summary>What stands at the electrodes during a self-test does not matter: nothing, without an end.</summary>
internal sealed class UnreadEcg(string name, IReadOnlyList<string> leadNames) : IAnalogEcg
{
    public string Name => name;

    public IReadOnlyList<string> LeadNames => leadNames;

    public double? DurationSeconds => null;

    public double Millivolts(int lead, double seconds) => 0;

    public bool IsLeadOff(int lead, double seconds) => false;

    public void DeliverPulse(double seconds)
    {
    }
}
