namespace EcgGate.Emulator.Patient;

/// <summary>
/// What a delivered pulse does to the ECG: the amplifier is driven to its limit, recovers exponentially, and the
/// muscles twitch. The sizes are assumed; no published recording gives them.
/// </summary>
public sealed record PulseArtefact
{
    /// <summary>No artefact at all.</summary>
    public static PulseArtefact None { get; } = new() { RailMillivolts = 0, RecoveryMillivolts = 0, TwitchMillivolts = 0 };

    /// <summary>The voltage while the amplifier is at its limit, in mV. Default 500.</summary>
    public double RailMillivolts { get; init; } = 500;

    /// <summary>How long it stays there, in seconds. Default 4 ms.</summary>
    public double RailSeconds { get; init; } = 0.004;

    /// <summary>Where the recovery begins, in mV. Default 5.</summary>
    public double RecoveryMillivolts { get; init; } = 5;

    /// <summary>Time constant of the recovery, in seconds. Default 20 ms.</summary>
    public double RecoverySeconds { get; init; } = 0.02;

    /// <summary>Height of the muscle's twitch, in mV. Default 0.6.</summary>
    public double TwitchMillivolts { get; init; } = 0.6;

    /// <summary>How long the twitch lasts, in seconds. Default 150 ms, most of it within 30 to 120 ms.</summary>
    public double TwitchSeconds { get; init; } = 0.15;

    /// <summary>The artefact multiplied: 0 for none, 1 for the defaults.</summary>
    /// <param name="factor">0 or more.</param>
    public static PulseArtefact Scaled(double factor)
    {
        var full = new PulseArtefact();
        return factor == 0 ? None : full with { RecoveryMillivolts = full.RecoveryMillivolts * factor, TwitchMillivolts = full.TwitchMillivolts * factor };
    }

    /// <summary>How long after the pulse anything is left of the artefact.</summary>
    internal double ReachSeconds => Math.Max(TwitchSeconds, RailSeconds + (20 * RecoverySeconds));

    /// <summary>
    /// The signal with the artefact of one pulse. Its strength scales heights, and how long a weak one saturates; a strong
    /// one saturates no longer than <see cref="RailSeconds"/>.
    /// </summary>
    internal double Apply(int lead, double sincePulse, double strength, ulong seed, double millivolts)
    {
        if (sincePulse < 0 || sincePulse > ReachSeconds)
        {
            return millivolts;
        }

        var railSeconds = RailSeconds * Math.Min(strength, 1);
        if (RailMillivolts != 0 && sincePulse < railSeconds)
        {
            return RailMillivolts;
        }

        var share = (lead == 0 ? 1 : -0.6) * strength;
        millivolts += share * RecoveryMillivolts * PortableMath.Exp(-(sincePulse - railSeconds) / RecoverySeconds);
        if (sincePulse < TwitchSeconds)
        {
            // A bump that is zero with its slope at both ends, filled with 20 to 80 Hz.
            var x = sincePulse / TwitchSeconds;
            var bump = 16 * x * x * (1 - x) * (1 - x);
            var filling = 0.0;
            for (var i = 0; i < 4; i++)
            {
                var hertz = 20 + (15 * (i + SeededRandom.Hash(seed, 2 * i)));
                filling += PortableMath.SinCycles((hertz * sincePulse) + SeededRandom.Hash(seed, (2 * i) + 1));
            }

            millivolts += share * TwitchMillivolts * bump * filling * 0.5;
        }

        return millivolts;
    }
}
