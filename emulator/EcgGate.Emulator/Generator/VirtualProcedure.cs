using EcgGate.Delivery;
using EcgGate.Emulator.Boards;

namespace EcgGate.Emulator.Generator;

/// <summary>Connects an emulated patient to an emulated generator, both in virtual time.</summary>
public static class VirtualProcedure
{
    /// <summary>For <see cref="DeliveryReplay"/>: a generator whose pulses this patient feels.</summary>
    /// <param name="patient">Who gets the pulses; its time is the virtual time.</param>
    /// <param name="options">The generator and its electrodes; null for the defaults.</param>
    /// <param name="made">Is told the generator, to break it or to read its waveforms; null for nobody.</param>
    public static VirtualGenerator Connect(IAnalogEcg patient, HighVoltageOptions? options = null, Action<EmulatedHighVoltage, EmulatedGenerator>? made = null)
    {
        ArgumentNullException.ThrowIfNull(patient);
        return clock =>
        {
            var pace = new FunctionPace(clock);
            var highVoltage = new EmulatedHighVoltage(options, pace);
            var trigger = new EmulatedGenerator(patient, default, pace, highVoltage: highVoltage);
            made?.Invoke(highVoltage, trigger);
            return (highVoltage, trigger);
        };
    }

    /// <summary>Electrodes as a plan has them, in this tissue.</summary>
    public static HighVoltageOptions For(PulseProtocol protocol, Tissue? tissue = null)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        var pairs = new ElectrodePair[protocol.Pairs.Select((_, i) => protocol.OutputOf(i)).Max() + 1];
        Array.Fill(pairs, new ElectrodePair { Tissue = tissue ?? Tissue.Soft });
        for (var i = 0; i < protocol.Pairs.Count; i++)
        {
            pairs[protocol.OutputOf(i)] = new ElectrodePair { SpacingCm = protocol.Pairs[i].SpacingCm, ExposureMm = protocol.Pairs[i].ExposureMm, Tissue = tissue ?? Tissue.Soft };
        }

        return new HighVoltageOptions { Pairs = pairs };
    }
}
