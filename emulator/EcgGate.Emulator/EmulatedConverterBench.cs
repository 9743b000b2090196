using System.Device.Gpio;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Faults;
using EcgGate.Emulator.Generator;

namespace EcgGate.Emulator;

/// <summary>How an <see cref="EmulatedConverterBench"/> is built.</summary>
public sealed record EmulatedConverterBenchOptions
{
    /// <summary>The front end before the converter. Default the usual breakout board.</summary>
    public EmulatedAd8232Options FrontEnd { get; init; } = EmulatedAd8232Options.HeartRateBoard;

    /// <summary>The MCP3208, where there is one.</summary>
    public EmulatedMcp3208Options Mcp3208 { get; init; } = new();

    /// <summary>The ADS1115, where there is one.</summary>
    public EmulatedAds1115Options Ads1115 { get; init; } = new();

    /// <summary>Line of LO+. Default 5.</summary>
    public int PositiveOffLine { get; init; } = 5;

    /// <summary>Line of LO−. Default 6.</summary>
    public int NegativeOffLine { get; init; } = 6;

    /// <summary>Line of SDN. Default 13.</summary>
    public int ShutdownLine { get; init; } = 13;

    /// <summary>Line of the ADS1115's ALERT/RDY. Default 24.</summary>
    public int ReadyLine { get; init; } = 24;
}

/// <summary>
/// A test bench with a hobby board: a patient, an AD8232 on its lead 0, an MCP3208 or an ADS1115 behind it (CH0, AIN0), the
/// generator and the truth, all on one zero of time.
/// </summary>
/// <remarks>
/// <see cref="Ended"/> is raised on the thread that reads the converter; a handler interrupts the source. The ECG is not
/// disposed with the bench.
/// </remarks>
public sealed class EmulatedConverterBench : IEmulatedBench
{
    private EmulatedConverterBench(IAnalogEcg ecg, ITruth truth, EmulatedConverterBenchOptions options, IEmulatorClock clock, FaultSchedule? faults, bool ads1115)
    {
        Options = options;
        Clock = clock;
        Truth = truth;
        PatientTime = new PatientTime(clock.Now);
        FrontEnd = new EmulatedAd8232(faults is null ? ecg : new FaultyEcg(ecg, faults), 0, options.FrontEnd);
        Lines = new EmulatedLines();
        Lines.AddFromPart(options.PositiveOffLine, () => FrontEnd.IsPositiveOff(PatientTime.SecondsAt(clock.Now)));
        Lines.AddFromPart(options.NegativeOffLine, () => FrontEnd.IsNegativeOff);
        Lines.AddFromHost(options.ShutdownLine, () => !FrontEnd.IsShutDown, high => FrontEnd.IsShutDown = !high);
        var scripted = faults is null ? null : new ScriptedBoardFaults(faults, PatientTime);
        if (ads1115)
        {
            var part = new EmulatedAds1115([FrontEnd], PatientTime, options.Ads1115, clock) { Faults = scripted };
            part.Ended += (_, _) => Ended?.Invoke(this, EventArgs.Empty);
            Lines.AddFromPart(options.ReadyLine, () => part.IsReadyHigh, part.WaitForPulse);
            Ads1115 = part;
        }
        else
        {
            Mcp3208 = new EmulatedMcp3208([FrontEnd], PatientTime, options.Mcp3208, clock) { Faults = scripted };
            Mcp3208.Ended += (_, _) => Ended?.Invoke(this, EventArgs.Empty);
        }

        Gpio = new GpioController(Lines);
        Generator = new EmulatedGenerator(ecg, PatientTime, clock);
    }

    /// <summary>Raised once, when the ECG has ended.</summary>
    public event EventHandler? Ended;

    /// <summary>How it was built.</summary>
    public EmulatedConverterBenchOptions Options { get; }

    /// <summary>The clock of the bench.</summary>
    public IEmulatorClock Clock { get; }

    /// <summary>Where the patient's zero lies on the clock.</summary>
    public PatientTime PatientTime { get; }

    /// <summary>The beats as they truly are.</summary>
    public ITruth Truth { get; }

    /// <summary>The front end.</summary>
    public EmulatedAd8232 FrontEnd { get; }

    /// <summary>The MCP3208; null on a bench with an ADS1115.</summary>
    public EmulatedMcp3208? Mcp3208 { get; }

    /// <summary>The ADS1115; null on a bench with an MCP3208.</summary>
    public EmulatedAds1115? Ads1115 { get; }

    /// <summary>The lines' driver.</summary>
    public EmulatedLines Lines { get; }

    /// <summary>The lines.</summary>
    public GpioController Gpio { get; }

    /// <summary>The generator at the end of the trigger line.</summary>
    public EmulatedGenerator Generator { get; }

    /// <summary>Starts a bench with an MCP3208.</summary>
    /// <param name="ecg">The patient, or a record.</param>
    /// <param name="truth">Its beats.</param>
    /// <param name="options">Wiring; null for the default.</param>
    /// <param name="clock">The clock; null for the host's.</param>
    /// <param name="faults">What goes wrong with electrodes, cables and converter; null for nothing.</param>
    public static EmulatedConverterBench StartMcp3208(IAnalogEcg ecg, ITruth truth, EmulatedConverterBenchOptions? options = null, IEmulatorClock? clock = null, FaultSchedule? faults = null) =>
        new(ecg, truth, options ?? new EmulatedConverterBenchOptions(), clock ?? new RealPace(), faults, ads1115: false);

    /// <summary>Starts a bench with an ADS1115.</summary>
    /// <param name="ecg">The patient, or a record.</param>
    /// <param name="truth">Its beats.</param>
    /// <param name="options">Wiring; null for the default.</param>
    /// <param name="clock">The clock; null for the host's.</param>
    /// <param name="faults">What goes wrong with electrodes, cables and converter; null for nothing.</param>
    public static EmulatedConverterBench StartAds1115(IAnalogEcg ecg, ITruth truth, EmulatedConverterBenchOptions? options = null, IEmulatorClock? clock = null, FaultSchedule? faults = null) =>
        new(ecg, truth, options ?? new EmulatedConverterBenchOptions(), clock ?? new RealPace(), faults, ads1115: true);

    /// <summary>Judges the pulses delivered so far; call it once the pulse line is at rest.</summary>
    public PulseJudgement Judge() => PulseReferee.Judge(Generator, Truth);

    /// <inheritdoc/>
    public void Dispose()
    {
        Generator.Dispose();
        Gpio.Dispose();
        Mcp3208?.Dispose();
        Ads1115?.Dispose();
    }
}
