namespace EcgGate.Emulator.Simulation;

/// <summary>What goes wrong in a simulation.</summary>
public enum SimulatedFaultKind
{
    /// <summary>Samples are lost: their indexes are missing.</summary>
    Lost,

    /// <summary>Samples come twice.</summary>
    Repeated,

    /// <summary>Samples are held up and then come all at once.</summary>
    Late,

    /// <summary>Samples overtake each other.</summary>
    Disordered,

    /// <summary>The value stands still.</summary>
    Stuck,

    /// <summary>The value is no number, or infinite.</summary>
    NotANumber,

    /// <summary>The device's clock runs up to 500 ppm fast or slow.</summary>
    Drift,

    /// <summary>The device stands still for a moment and its index does not tell.</summary>
    ClockStep,

    /// <summary>An electrode comes off.</summary>
    LeadOff,

    /// <summary>The amplifier is at its limit.</summary>
    Saturation,

    /// <summary>Muscle noise.</summary>
    Noise,

    /// <summary>Electrode motion, as steep as a QRS.</summary>
    Motion,

    /// <summary>The amplitude drifts or changes at once, up to turning over.</summary>
    Amplitude,

    /// <summary>The timer's thread wakes late, by 0.1 to 500 ms.</summary>
    TimerLate,

    /// <summary>The pulse line refuses to rise or to fall.</summary>
    LineRefuses,

    /// <summary>The pulse line says that it moved and did not.</summary>
    LineSticks,

    /// <summary>The pulse line takes its time to answer.</summary>
    LineSlow,

    /// <summary>Nobody reads the events, as when a recorder blocks: the ring is full.</summary>
    RingFull,

    /// <summary>Another engine with other options takes over.</summary>
    Options,

    /// <summary>The operator disarms, and arms again soon, later, or at once.</summary>
    Disarm,

    /// <summary>The operator stops the engine and starts another.</summary>
    Stop,

    /// <summary>The source fails for good; the operator starts anew.</summary>
    SourceFails,

    /// <summary>On the emulated board: data-ready edges fail to appear.</summary>
    DataReadyLost,

    /// <summary>On the emulated board: frames are damaged on the bus.</summary>
    SpiErrors,

    /// <summary>
    /// A paced patient's spikes are so small (0 to 6 mV), or sampled so slowly (at any rate), that one looks like a narrow
    /// QRS. Not among those that chance decides on: the gate is known not to stand it.
    /// </summary>
    SmallSpikes,
}
