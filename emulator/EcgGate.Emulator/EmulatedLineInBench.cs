using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Faults;
using EcgGate.Emulator.Generator;

namespace EcgGate.Emulator;

/// <summary>A test bench with a sound card: a patient, the card that hears lead 0, the generator and the truth, all on one zero of time.</summary>
/// <remarks>
/// <see cref="Ended"/> is raised on the thread that reads the card; a handler interrupts the source. The ECG is not
/// disposed with the bench.
/// </remarks>
public sealed class EmulatedLineInBench : IEmulatedBench
{
    private EmulatedLineInBench(IAnalogEcg ecg, ITruth truth, EmulatedSoundCardOptions? options, IEmulatorClock clock, FaultSchedule? faults)
    {
        Truth = truth;
        PatientTime = new PatientTime(clock.Now);
        Card = new EmulatedSoundCard(faults is null ? ecg : new FaultyEcg(ecg, faults), PatientTime, options, clock)
        {
            Faults = faults is null ? null : new ScriptedBoardFaults(faults, PatientTime),
        };
        Card.Ended += (_, _) => Ended?.Invoke(this, EventArgs.Empty);
        Generator = new EmulatedGenerator(ecg, PatientTime, clock);
    }

    /// <inheritdoc/>
    public event EventHandler? Ended;

    /// <inheritdoc/>
    public PatientTime PatientTime { get; }

    /// <summary>The beats as they truly are.</summary>
    public ITruth Truth { get; }

    /// <summary>The sound card.</summary>
    public EmulatedSoundCard Card { get; }

    /// <inheritdoc/>
    public EmulatedGenerator Generator { get; }

    /// <summary>Starts a bench: the patient's time begins to run.</summary>
    /// <param name="ecg">The patient, or a record.</param>
    /// <param name="truth">Its beats.</param>
    /// <param name="options">How the card is built; null for the default.</param>
    /// <param name="clock">The clock; null for the host's.</param>
    /// <param name="faults">What goes wrong with electrodes, cables and card; null for nothing.</param>
    public static EmulatedLineInBench Start(IAnalogEcg ecg, ITruth truth, EmulatedSoundCardOptions? options = null, IEmulatorClock? clock = null, FaultSchedule? faults = null)
    {
        ArgumentNullException.ThrowIfNull(ecg);
        ArgumentNullException.ThrowIfNull(truth);
        return new EmulatedLineInBench(ecg, truth, options, clock ?? new RealPace(), faults);
    }

    /// <inheritdoc/>
    public PulseJudgement Judge() => PulseReferee.Judge(Generator, Truth);

    /// <inheritdoc/>
    public void Dispose() => Generator.Dispose();
}
