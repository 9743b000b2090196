namespace EcgGate.Emulator.Patient;

/// <summary>
/// Something that spoils the signal for a while, and never the truth. A disturbance is a function of time and seed
/// alone: sampled at another rate it is the same.
/// </summary>
/// <remarks>
/// Gains come first, then what adds to the signal, then what replaces it (saturation, lead-off), in the order given.
/// </remarks>
public abstract record Disturbance
{
    private protected Disturbance()
    {
    }

    /// <summary>Where it begins, in seconds. Default 0.</summary>
    public double StartSeconds { get; init; }

    /// <summary>Where it ends, in seconds. Default: never.</summary>
    public double EndSeconds { get; init; } = double.PositiveInfinity;

    internal virtual DisturbanceStage Stage => DisturbanceStage.Added;

    internal bool Covers(double seconds) => seconds >= StartSeconds && seconds < EndSeconds;

    internal abstract DisturbanceSignal Compile(SeededRandom random);
}

/// <summary>The baseline wanders with breathing and slower, 0.07 to 0.42 Hz.</summary>
/// <param name="AmplitudeMillivolts">Root mean square times the square root of two, in mV.</param>
public sealed record BaselineWander(double AmplitudeMillivolts) : Disturbance
{
    internal override DisturbanceSignal Compile(SeededRandom random) =>
        new OscillatingSignal(this, Oscillation.Wander(random, AmplitudeMillivolts));
}

/// <summary>Interference from the mains, with a little of its third harmonic.</summary>
/// <param name="Hertz">Frequency, 50 or 60 Hz as a rule.</param>
/// <param name="AmplitudeMillivolts">Peak of the fundamental on lead 0, in mV; lead 1 sees 70 % of it.</param>
public sealed record MainsHum(double Hertz, double AmplitudeMillivolts) : Disturbance
{
    internal override DisturbanceSignal Compile(SeededRandom random) => new HumSignal(this, random.NextDouble());
}

/// <summary>Muscle noise: 32 sinusoids at odd frequencies from 15 to 150 Hz, which add up differently on each lead.</summary>
/// <param name="RmsMillivolts">Root mean square, in mV, the same on both leads.</param>
public sealed record MuscleNoise(double RmsMillivolts) : Disturbance
{
    internal override DisturbanceSignal Compile(SeededRandom random) =>
        new OscillatingSignal(this, Oscillation.Create(random, 32, 15, 150, RmsMillivolts * Math.Sqrt(2), 1, 0, 0));
}

/// <summary>
/// Electrode motion: bumps of 0.1 to 0.6 s, some of them as steep as a QRS, at odd moments about once in a second.
/// </summary>
/// <param name="AmplitudeMillivolts">The highest bump, in mV.</param>
public sealed record ElectrodeMotion(double AmplitudeMillivolts) : Disturbance
{
    internal override DisturbanceSignal Compile(SeededRandom random) => new MotionSignal(this, random.NextUInt64());
}

/// <summary>A constant voltage of the electrodes. Front ends must bear ±300 mV.</summary>
/// <param name="Millivolts">In mV, on both leads.</param>
public sealed record DcOffset(double Millivolts) : Disturbance
{
    internal override DisturbanceSignal Compile(SeededRandom random) => new OffsetSignal(this, Millivolts);
}

/// <summary>The amplitude changes at once, as after a change of posture.</summary>
/// <param name="Factor">What the signal is multiplied with; negative turns it over.</param>
public sealed record AmplitudeStep(double Factor) : Disturbance
{
    internal override DisturbanceStage Stage => DisturbanceStage.Gain;

    internal override DisturbanceSignal Compile(SeededRandom random) => new GainSignal(this, Factor);
}

/// <summary>
/// An electrode comes off: the input drifts to the rail and the board reports lead-off; on reconnecting, a step that
/// decays as the electrode polarises.
/// </summary>
/// <param name="Lead">The lead, 0 or 1; null for both.</param>
/// <param name="RailMillivolts">Where the open input goes, in mV. Default 400, beyond the range of an ADS1292R at gain 6.</param>
/// <param name="StepMillivolts">The step on reconnecting, in mV. Default 30.</param>
public sealed record LeadOff(int? Lead, double RailMillivolts = LeadOff.DefaultRailMillivolts, double StepMillivolts = 30) : Disturbance
{
    internal const double DefaultRailMillivolts = 410;

    internal override DisturbanceStage Stage => DisturbanceStage.Replaced;

    internal override DisturbanceSignal Compile(SeededRandom random) => new RailSignal(this, Lead, RailMillivolts, StepMillivolts, isLeadOff: true);
}

/// <summary>The amplifier is at its limit although the electrodes are on; it recovers exponentially.</summary>
/// <param name="RailMillivolts">The limit, in mV.</param>
public sealed record Saturation(double RailMillivolts = LeadOff.DefaultRailMillivolts) : Disturbance
{
    internal override DisturbanceStage Stage => DisturbanceStage.Replaced;

    internal override DisturbanceSignal Compile(SeededRandom random) => new RailSignal(this, null, RailMillivolts, 10, isLeadOff: false);
}

internal enum DisturbanceStage
{
    Gain,
    Added,
    Replaced,
}

/// <summary>A disturbance made ready for a patient.</summary>
internal abstract class DisturbanceSignal(Disturbance source)
{
    protected Disturbance Source { get; } = source;

    /// <summary>The signal with the disturbance, from the signal without.</summary>
    public abstract double Apply(int lead, double seconds, double millivolts);

    public virtual bool IsLeadOff(int lead, double seconds) => false;
}

internal sealed class OscillatingSignal(Disturbance source, Oscillation oscillation) : DisturbanceSignal(source)
{
    public override double Apply(int lead, double seconds, double millivolts) =>
        Source.Covers(seconds) ? millivolts + oscillation.Millivolts(lead, seconds) : millivolts;
}

internal sealed class HumSignal(MainsHum source, double phase) : DisturbanceSignal(source)
{
    public override double Apply(int lead, double seconds, double millivolts)
    {
        if (!Source.Covers(seconds))
        {
            return millivolts;
        }

        var turns = (source.Hertz * seconds) + phase;
        var hum = PortableMath.SinCycles(turns) + (0.08 * PortableMath.SinCycles(3 * turns));
        return millivolts + (source.AmplitudeMillivolts * (lead == 0 ? 1 : 0.7) * hum);
    }
}

internal sealed class MotionSignal(ElectrodeMotion source, ulong seed) : DisturbanceSignal(source)
{
    // Each cell of time holds at most one bump, which may reach into the next two.
    private const double CellSeconds = 0.8;

    public override double Apply(int lead, double seconds, double millivolts)
    {
        if (!Source.Covers(seconds))
        {
            return millivolts;
        }

        var cell = (long)Math.Floor(seconds / CellSeconds);
        for (var c = cell - 2; c <= cell + 1; c++)
        {
            if (SeededRandom.Hash(seed, (8 * c) + 0) > 0.8)
            {
                continue;
            }

            var centre = (c + SeededRandom.Hash(seed, (8 * c) + 1)) * CellSeconds;
            var height = (2 * SeededRandom.Hash(seed, (8 * c) + 2)) - 1;
            var rise = 0.015 + (0.085 * SeededRandom.Hash(seed, (8 * c) + 3));
            var fall = 0.030 + (0.150 * SeededRandom.Hash(seed, (8 * c) + 4));
            var share = lead == 0 ? 1 : SeededRandom.Hash(seed, (8 * c) + 5);
            var offset = seconds - centre;
            millivolts += source.AmplitudeMillivolts * height * share * Wave.Shape(offset, offset < 0 ? rise : fall);
        }

        return millivolts;
    }
}

internal sealed class OffsetSignal(Disturbance source, double offset) : DisturbanceSignal(source)
{
    public override double Apply(int lead, double seconds, double millivolts) => Source.Covers(seconds) ? millivolts + offset : millivolts;
}

internal sealed class GainSignal(Disturbance source, double factor) : DisturbanceSignal(source)
{
    public override double Apply(int lead, double seconds, double millivolts) => Source.Covers(seconds) ? millivolts * factor : millivolts;
}

internal sealed class RailSignal(Disturbance source, int? onlyLead, double rail, double step, bool isLeadOff) : DisturbanceSignal(source)
{
    private const double RecoverySeconds = 0.4;

    public override double Apply(int lead, double seconds, double millivolts)
    {
        if (onlyLead is { } only && only != lead)
        {
            return millivolts;
        }

        if (Source.Covers(seconds))
        {
            return rail;
        }

        var after = seconds - Source.EndSeconds;
        return after >= 0 ? millivolts + (step * PortableMath.Exp(-after / RecoverySeconds)) : millivolts;
    }

    public override bool IsLeadOff(int lead, double seconds) =>
        isLeadOff && (onlyLead is null || onlyLead == lead) && Source.Covers(seconds);
}
