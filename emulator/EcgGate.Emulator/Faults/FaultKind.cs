namespace EcgGate.Emulator.Faults;

/// <summary>What can be made to go wrong with an emulated source, by script.</summary>
public enum FaultKind
{
    /// <summary>An electrode comes off. Size: the lead, 0 or 1; −1 for both.</summary>
    LeadOff,

    /// <summary>A cable is moved: bumps as steep as a QRS. Size: the highest, in mV.</summary>
    CableMotion,

    /// <summary>Interference from the mains at 50 Hz. Size: its peak, in mV.</summary>
    MainsBurst,

    /// <summary>The amplifier is driven to its limit, as by a defibrillator, and recovers slowly. Size: the limit, in mV.</summary>
    Saturation,

    /// <summary>Bits are turned on the way from the board to the host. Size: how likely a bit is.</summary>
    BitErrors,

    /// <summary>The board says that it is another part. Size: the ID that it gives.</summary>
    WrongId,

    /// <summary>The board resets itself: its registers are as after power-up, and it stops converting.</summary>
    BoardReset,

    /// <summary>The supply fails and returns: nothing answers meanwhile, and afterwards the board is as after power-up.</summary>
    BrownOut,

    /// <summary>Data-ready edges fail to appear.</summary>
    DataReadyLost,

    /// <summary>Data-ready edges appear that announce nothing. Size: how likely one is after a true one.</summary>
    DataReadyDoubled,

    /// <summary>The converter gives the same value again and again.</summary>
    StuckData,

    /// <summary>The board's oscillator is off. Size: by how much, in ppm.</summary>
    ClockOff,

    /// <summary>The bus refuses a transfer, as an I2C device that does not acknowledge. Size: how likely one is.</summary>
    BusRefuses,

    /// <summary>The host was too slow: the sound card threw away what it had.</summary>
    Overrun,

    /// <summary>The board is pulled out: nothing answers any more.</summary>
    Unplugged,
}
