using EcgGate.Emulator;

namespace EcgGate.Hardware.Tests.Ads1298;

/// <summary>The eight leads that an ADS1298 measures, each with a voltage of its own that stands still.</summary>
internal sealed class EightLeadEcg : IAnalogEcg
{
    public string Name => "eight leads";

    public IReadOnlyList<string> LeadNames { get; } = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"];

    public double? DurationSeconds => null;

    /// <summary>The leads whose electrode is off.</summary>
    public HashSet<string> Off { get; } = [];

    public double Millivolts(int lead, double seconds) => lead switch
    {
        0 => 0.4,
        1 => 1.1,
        _ => -0.3 * lead,
    };

    public bool IsLeadOff(int lead, double seconds) => Off.Contains(LeadNames[lead]);

    public void DeliverPulse(double seconds)
    {
    }
}
