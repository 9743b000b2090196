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

    /// <summary>In a procedure: the generator does not get ready.</summary>
    GeneratorSlow,

    /// <summary>In a procedure: the generator cannot be set; the driver throws.</summary>
    GeneratorRefuses,

    /// <summary>In a procedure: the generator's interlock opens, and is closed again.</summary>
    Interlock,

    /// <summary>In a procedure: the tissue conducts so well that the current limit ends the pulses.</summary>
    OverCurrent,

    /// <summary>In a procedure: an electrode's cable is off.</summary>
    OpenCircuit,

    /// <summary>In a procedure: a pair's electrodes touch.</summary>
    ShortCircuit,

    /// <summary>In a procedure: the next pulses arc.</summary>
    Arc,

    /// <summary>In a procedure: the impedance rises.</summary>
    RisingImpedance,

    /// <summary>In a procedure: the pulses have too low a voltage.</summary>
    LowVoltage,

    /// <summary>In a procedure: readings of pulses are lost.</summary>
    ReadingLost,

    /// <summary>In a procedure: readings come late, while the generator waits for that or says that it is ready.</summary>
    ReadingLate,

    /// <summary>In a procedure: the generator's count of pulses jumps, without a pulse.</summary>
    CountJump,

    /// <summary>In a procedure: what the generator is set to arrives garbled.</summary>
    Garbled,

    /// <summary>In a procedure: the generator makes a pulse by itself, if it is charged.</summary>
    StrayPulse,

    /// <summary>In a procedure: the operator pauses.</summary>
    OperatorPauses,

    /// <summary>In a procedure: the operator resumes, whether it is paused or not; once, or with the key held down.</summary>
    OperatorResumes,

    /// <summary>In a procedure: the operator confirms, whether he is asked or not; once, or with the key held down.</summary>
    OperatorConfirms,

    /// <summary>
    /// In a procedure: the operator aborts, between two steps or while the host arms, permits, or sets the generator.
    /// </summary>
    OperatorAborts,

    /// <summary>In a procedure: the operator is gone: no heartbeat, no word.</summary>
    OperatorGone,

    /// <summary>In a procedure: the operator is there and does not confirm or resume.</summary>
    OperatorWaits,

    /// <summary>In a procedure: the host hangs: no step is made, no event or reading taken.</summary>
    HostHangs,
}
