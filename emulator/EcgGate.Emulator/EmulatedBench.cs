using System.Device.Gpio;
using System.Device.Spi;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Faults;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator;

/// <summary>
/// A whole test bench: a patient, the board that measures it, the generator that pulses it, and the referee, all on
/// one zero of time. The driver of the real board runs on <see cref="Spi"/> and <see cref="Gpio"/>.
/// </summary>
/// <remarks>
/// <see cref="Ended"/> is raised on the thread that reads the board; a handler interrupts the source, so that its
/// reader sees the end. The ECG is not disposed with the bench.
/// </remarks>
public sealed class EmulatedBench : IEmulatedBench
{
    private EmulatedBench(IAnalogEcg ecg, ITruth truth, EmulatedAds129xOptions options, IEmulatorClock clock, FaultSchedule? faults, HighVoltageOptions? highVoltage)
    {
        Clock = clock;
        Truth = truth;
        PatientTime = new PatientTime(clock.Now);
        Board = options.Build(faults is null ? ecg : new FaultyEcg(ecg, faults), PatientTime, clock);
        Board.Faults = faults is null ? null : new ScriptedBoardFaults(faults, PatientTime);
        Board.Ended += (_, _) => Ended?.Invoke(this, EventArgs.Empty);
        Gpio = new GpioController(Board.GpioDriver);
        HighVoltage = highVoltage is null ? null : new EmulatedHighVoltage(highVoltage, clock);
        Generator = new EmulatedGenerator(ecg, PatientTime, clock, highVoltage: HighVoltage);
        DataReadyPin = options.DataReadyPin;
    }

    /// <summary>Raised once, when the ECG has ended and the board gives no more samples.</summary>
    public event EventHandler? Ended;

    /// <summary>The clock of the bench: the host's, unless a test brought its own.</summary>
    public IEmulatorClock Clock { get; }

    /// <summary>Where the patient's zero lies on the clock: the moment at which the bench was started.</summary>
    public PatientTime PatientTime { get; }

    /// <summary>The emulated board.</summary>
    public EmulatedAds129x Board { get; }

    /// <summary>The board's SPI bus.</summary>
    public SpiDevice Spi => Board.Spi;

    /// <summary>The board's lines.</summary>
    public GpioController Gpio { get; }

    /// <summary>Line of the board's DRDY.</summary>
    public int DataReadyPin { get; }

    /// <summary>The generator at the end of the trigger line.</summary>
    public EmulatedGenerator Generator { get; }

    /// <summary>
    /// The generator's high-voltage part, which its host sets; null where there is none and each edge is a pulse.
    /// </summary>
    public EmulatedHighVoltage? HighVoltage { get; }

    /// <summary>The beats as they truly are.</summary>
    public ITruth Truth { get; }

    /// <summary>Starts a bench: the patient's time begins to run.</summary>
    /// <param name="ecg">The patient, or a record.</param>
    /// <param name="truth">Its beats.</param>
    /// <param name="boardOptions">Which board, and its wiring; null for an ADS1292R.</param>
    /// <param name="clock">The clock; null for the host's.</param>
    /// <param name="faults">What goes wrong with electrodes, cables and board; null for nothing.</param>
    /// <param name="highVoltage">The high-voltage part of the generator; null for none.</param>
    public static EmulatedBench Start(IAnalogEcg ecg, ITruth truth, EmulatedAds129xOptions? boardOptions = null, IEmulatorClock? clock = null, FaultSchedule? faults = null, HighVoltageOptions? highVoltage = null)
    {
        ArgumentNullException.ThrowIfNull(ecg);
        ArgumentNullException.ThrowIfNull(truth);
        return new EmulatedBench(ecg, truth, boardOptions ?? new EmulatedAds1292ROptions(), clock ?? new RealPace(), faults, highVoltage);
    }

    /// <summary>Starts a bench around a virtual patient, who is the truth as well.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="boardOptions">Which board, and its wiring; null for an ADS1292R.</param>
    /// <param name="clock">The clock; null for the host's.</param>
    /// <param name="faults">What goes wrong with electrodes, cables and board; null for nothing.</param>
    /// <param name="highVoltage">The high-voltage part of the generator; null for none.</param>
    public static EmulatedBench Start(VirtualPatient patient, EmulatedAds129xOptions? boardOptions = null, IEmulatorClock? clock = null, FaultSchedule? faults = null, HighVoltageOptions? highVoltage = null)
    {
        ArgumentNullException.ThrowIfNull(patient);
        return Start(patient, new EcgTruthView(patient.Truth), boardOptions, clock, faults, highVoltage);
    }

    /// <summary>Judges the pulses delivered so far; call it once the pulse line is at rest.</summary>
    public PulseJudgement Judge() => PulseReferee.Judge(Generator, Truth);

    /// <inheritdoc/>
    public void Dispose()
    {
        Generator.Dispose();
        HighVoltage?.Dispose();
        Gpio.Dispose();
        Board.Dispose();
    }
}
