using EcgGate.Signals;

namespace EcgGate.Hardware.LineIn;

/// <summary>
/// What a line input costs between R and the last moment at which a pulse can be ordered, and what there is. All in ms
/// after R; immutable.
/// </summary>
/// <remarks>
/// The decision is counted with <see cref="DecisionMilliseconds"/>, by which the detector has decided on 99 of 100 beats of
/// the MIT-BIH arrhythmia database (the README's table). A setting that fits loses no more than those beats to its delay;
/// one that does not fit would lose most, each of them as <c>DecidedTooLate</c> or <c>TimerLate</c>, and is better refused.
/// </remarks>
/// <param name="BlockMilliseconds">The first sample of a block waits for the last.</param>
/// <param name="DecimatorMilliseconds">The filter before the lower rate.</param>
/// <param name="ConverterMilliseconds">The sound card's own filter, as declared.</param>
/// <param name="OrderLeadMilliseconds">How long before its deadline a pulse must be ordered.</param>
/// <param name="TargetMilliseconds">The pulse's deadline.</param>
/// <param name="CutoffMilliseconds">The latest edge.</param>
public readonly record struct LineInBudget(
    double BlockMilliseconds,
    double DecimatorMilliseconds,
    double ConverterMilliseconds,
    double OrderLeadMilliseconds,
    double TargetMilliseconds,
    double CutoffMilliseconds)
{
    /// <summary>By when after R 99 of 100 beats are decided, without the delays of an input: 33.3 ms, rounded up.</summary>
    public const double DecisionMilliseconds = 34;

    /// <summary>What all of it comes to.</summary>
    public double TotalMilliseconds =>
        BlockMilliseconds + DecimatorMilliseconds + ConverterMilliseconds + DecisionMilliseconds + OrderLeadMilliseconds;

    /// <summary>Whether a pulse can be ordered in time for its deadline.</summary>
    public bool Fits => TotalMilliseconds <= TargetMilliseconds;

    /// <summary>The longest block that would fit with all the rest as it is; negative where none would.</summary>
    public double LongestBlockMilliseconds => TargetMilliseconds - (TotalMilliseconds - BlockMilliseconds);

    /// <summary>Works it out for a device and a gate.</summary>
    public static LineInBudget Of(PcmDeviceInfo device, LineInOptions options, GateOptions gate)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(gate);
        return new LineInBudget(
            device.PeriodMilliseconds,
            TripleMean.DelayFrames(LineInPipeline.FactorOf(device.RateHertz)) * 1000 / device.RateHertz,
            options.ConverterDelay.TotalMilliseconds,
            gate.OrderLead.TotalMilliseconds,
            gate.TargetDelay.TotalMilliseconds,
            gate.Cutoff.TotalMilliseconds);
    }

    /// <summary>Refuses a device that cannot make the deadline, with the arithmetic.</summary>
    /// <exception cref="EcgSourceException">It does not fit.</exception>
    public void Require(string name)
    {
        if (Fits)
        {
            return;
        }

        var cure = LongestBlockMilliseconds >= 1
            ? $"ask for a period of at most {Math.Floor(LongestBlockMilliseconds):0} ms, better 2 ms"
            : "no period is short enough: set a later target";
        throw new EcgSourceException($"{name}: block {BlockMilliseconds:0.0} ms + decimator {DecimatorMilliseconds:0.0} ms + converter {ConverterMilliseconds:0.0} ms + decision {DecisionMilliseconds:0.0} ms + order lead {OrderLeadMilliseconds:0.0} ms = {TotalMilliseconds:0.0} ms after R, but a pulse is due at R+{TargetMilliseconds:0.#} ms (cut-off R+{CutoffMilliseconds:0.#} ms): {cure}.");
    }
}
