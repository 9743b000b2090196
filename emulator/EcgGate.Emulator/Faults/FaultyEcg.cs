using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Faults;

/// <summary>
/// An ECG whose electrodes, cables and amplifier misbehave as a schedule says. What it wraps stays as it is, so that the truth
/// about its beats does too.
/// </summary>
public sealed class FaultyEcg : IAnalogEcg
{
    private const ulong FirstStream = 500;
    private const double MainsHertz = 50;

    private readonly IAnalogEcg _ecg;
    private readonly DisturbanceSignal[] _signals;

    /// <summary>Wraps an ECG; the caller goes on owning it.</summary>
    /// <param name="ecg">What stands at the electrodes.</param>
    /// <param name="faults">What goes wrong; kinds that are no matter of the signal are left to the board.</param>
    public FaultyEcg(IAnalogEcg ecg, FaultSchedule faults)
    {
        ArgumentNullException.ThrowIfNull(ecg);
        ArgumentNullException.ThrowIfNull(faults);
        _ecg = ecg;
        _signals =
        [
            .. faults.Faults
                .Select((fault, number) => (Disturbance: Of(fault), number))
                .Where(entry => entry.Disturbance is not null)
                .OrderBy(entry => entry.Disturbance!.Stage)
                .Select(entry => entry.Disturbance!.Compile(new SeededRandom(faults.Seed, FirstStream + (ulong)entry.number))),
        ];
    }

    /// <inheritdoc/>
    public string Name => _ecg.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> LeadNames => _ecg.LeadNames;

    /// <inheritdoc/>
    public double? DurationSeconds => _ecg.DurationSeconds;

    /// <inheritdoc/>
    public double Millivolts(int lead, double seconds)
    {
        var millivolts = _ecg.Millivolts(lead, seconds);
        foreach (var signal in _signals)
        {
            millivolts = signal.Apply(lead, seconds, millivolts);
        }

        return millivolts;
    }

    /// <inheritdoc/>
    public bool IsLeadOff(int lead, double seconds)
    {
        foreach (var signal in _signals)
        {
            if (signal.IsLeadOff(lead, seconds))
            {
                return true;
            }
        }

        return _ecg.IsLeadOff(lead, seconds);
    }

    /// <inheritdoc/>
    public void DeliverPulse(double seconds) => _ecg.DeliverPulse(seconds);

    /// <inheritdoc/>
    public void DeliverPulse(double seconds, double strength) => _ecg.DeliverPulse(seconds, strength);

    private static Disturbance? Of(Fault fault)
    {
        Disturbance? disturbance = fault.Kind switch
        {
            FaultKind.LeadOff => new LeadOff(fault.Size < 0 ? null : (int)fault.Size),
            FaultKind.CableMotion => new ElectrodeMotion(fault.Size),
            FaultKind.MainsBurst => new MainsHum(MainsHertz, fault.Size),
            FaultKind.Saturation => new Saturation(fault.Size),
            _ => null,
        };
        return disturbance is null ? null : disturbance with { StartSeconds = fault.StartSeconds, EndSeconds = fault.EndSeconds };
    }
}
