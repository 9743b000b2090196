namespace EcgGate.Emulator.Boards;

/// <summary>What an emulated sound card says when it is asked for frames.</summary>
public enum SoundCardState
{
    /// <summary>There are none yet.</summary>
    Waiting,

    /// <summary>At least a period is there.</summary>
    Ready,

    /// <summary>Frames were lost, and it has stopped: it must be started again.</summary>
    Overrun,

    /// <summary>It was pulled out.</summary>
    Gone,
}
