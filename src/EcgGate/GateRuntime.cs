namespace EcgGate;

/// <summary>Where a live engine's real-time part runs.</summary>
public enum GateRuntime
{
    /// <summary>
    /// In the native library, which has a runtime of its own inside the host's process: no collection of the host's
    /// garbage halts it, and it makes none of its own.
    /// </summary>
    Isolated,

    /// <summary>
    /// On threads of the host's own runtime. Each collection of the host's garbage halts them too: up to a quarter of a
    /// second was measured where the host allocates hard. What comes too late is dropped and counted, never sent.
    /// </summary>
    InProcess,
}
