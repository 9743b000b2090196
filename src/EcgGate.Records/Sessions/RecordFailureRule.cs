namespace EcgGate.Records.Sessions;

/// <summary>What becomes of gating while its record cannot be written.</summary>
public enum RecordFailureRule
{
    /// <summary>
    /// The engine is disarmed, and kept disarmed for as long as that lasts: no pulse without a record of it. The default.
    /// </summary>
    Disarm,

    /// <summary>Gating goes on. What the disk did not take is kept in memory, within bounds.</summary>
    GoOn,
}
