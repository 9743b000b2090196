namespace EcgGate.Emulator;

/// <summary>
/// What a delivered pulse leaves in the ECG: a spike while the amplifier is overdriven, then an exponential recovery of
/// the electrodes' polarisation. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// A shape to test blanking and recovery with, not a model of one amplifier: the default sizes are assumed.
/// </remarks>
public sealed record PulseArtefact
{
    /// <summary>A spike of 20 mV and 2 ms, then 2 mV falling with 30 ms.</summary>
    public static PulseArtefact Default { get; } = new();

    /// <summary>Height of the spike in mV, signed. Default 20.</summary>
    public double SpikeMillivolts { get; init; } = 20;

    /// <summary>How long the spike lasts, in seconds. Default 2 ms.</summary>
    public double SpikeSeconds { get; init; } = 0.002;

    /// <summary>Offset at the end of the spike in mV, signed; it then decays. Default 2.</summary>
    public double RecoveryMillivolts { get; init; } = 2;

    /// <summary>Time constant of the decay in seconds. Default 30 ms.</summary>
    public double RecoverySeconds { get; init; } = 0.030;

    /// <summary>How long after the pulse the artefact still shows, in seconds: 12 time constants.</summary>
    public double DurationSeconds => SpikeSeconds + (12 * RecoverySeconds);

    /// <summary>The artefact's voltage in mV; 0 before the pulse and once it has died away.</summary>
    /// <param name="secondsSincePulse">Seconds since the pulse's edge.</param>
    public double Millivolts(double secondsSincePulse)
    {
        if (!(secondsSincePulse >= 0) || secondsSincePulse > DurationSeconds)
        {
            return 0;
        }

        return secondsSincePulse < SpikeSeconds
            ? SpikeMillivolts
            : RecoveryMillivolts * Math.Exp(-(secondsSincePulse - SpikeSeconds) / RecoverySeconds);
    }
}
