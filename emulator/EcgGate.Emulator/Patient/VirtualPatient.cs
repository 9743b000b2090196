namespace EcgGate.Emulator.Patient;

/// <summary>
/// A patient whose ECG is a function of continuous time and whose every beat is known exactly. Lead 0 is modelled on
/// II, lead 1 on V1.
/// </summary>
/// <remarks>
/// Any number of threads may read voltages and truth, in any order of time; the beats are laid out ahead as they are
/// asked for and stay as they are. <see cref="DeliverPulse(double)"/> may be called by one thread at a time. Between beats to
/// be laid out, reading a voltage takes no lock and allocates nothing.
/// </remarks>
public sealed class VirtualPatient : IAnalogEcg
{
    private const double Lead1SpikeShare = 0.7;

    private readonly PatientScenario _scenario;
    private readonly Timeline _timeline;
    private readonly DisturbanceSignal[] _disturbances;
    private readonly AppendOnlyList<FeltPulse> _pulses;
    private readonly ulong _artefactSeed;
    private readonly double _gain0;
    private readonly double _gain1;

    /// <summary>Creates the patient at time 0.</summary>
    /// <param name="scenario">What the patient is to do.</param>
    /// <param name="pulsesAtOnce">So many delivered pulses are noted without allocating; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate or length of the scenario is out of its range.</exception>
    public VirtualPatient(PatientScenario scenario, int pulsesAtOnce = 64)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentOutOfRangeException.ThrowIfLessThan(pulsesAtOnce, 1);
        _pulses = new AppendOnlyList<FeltPulse>(pulsesAtOnce);
        if (!(scenario.RatePerMinute is >= 20 and <= 220))
        {
            throw new ArgumentOutOfRangeException(nameof(scenario), scenario.RatePerMinute, "A virtual patient's rate is 20 to 220 a minute.");
        }

        if (scenario.DurationSeconds is { } duration && !(duration is > 0 and <= 864_000))
        {
            throw new ArgumentOutOfRangeException(nameof(scenario), duration, "A virtual patient's duration is above 0 and at most 864,000 s.");
        }

        _scenario = scenario;
        Name = "patient:" + scenario.Name;
        _timeline = new Timeline(scenario.Plan, scenario.RatePerMinute, scenario.Seed, scenario.DurationSeconds, scenario.SpikeSeconds);
        Truth = new PatientTruth(_timeline);
        _gain0 = scenario.AmplitudeFactor * (scenario.InvertLead0 ? -1 : 1);
        _gain1 = scenario.AmplitudeFactor * (scenario.InvertLead1 ? -1 : 1);
        _artefactSeed = new SeededRandom(scenario.Seed, 5).NextUInt64();

        // Each disturbance draws from its own sequence, so that one more does not change the others.
        _disturbances =
        [
            .. scenario.Disturbances
                .Select((disturbance, i) => (disturbance.Stage, Signal: disturbance.Compile(new SeededRandom(scenario.Seed, (ulong)(100 + i)))))
                .OrderBy(entry => entry.Stage)
                .Select(entry => entry.Signal),
        ];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> LeadNames { get; } = ["II", "V1"];

    /// <inheritdoc/>
    public double? DurationSeconds => _scenario.DurationSeconds;

    /// <summary>What the patient does.</summary>
    public PatientScenario Scenario => _scenario;

    /// <summary>What really happens in this patient's heart.</summary>
    public PatientTruth Truth { get; }

    /// <inheritdoc/>
    public double Millivolts(int lead, double seconds) => Millivolts(lead, seconds, 0);

    /// <summary>
    /// The voltage as a converter sees it that averages over an aperture. Only pacing spikes are short enough to
    /// matter: they are averaged exactly, the rest is taken at the moment itself.
    /// </summary>
    /// <param name="lead">0 or 1.</param>
    /// <param name="seconds">Seconds since the start: the middle of the aperture.</param>
    /// <param name="apertureSeconds">Width of the aperture; 0 for the voltage at the moment.</param>
    public double Millivolts(int lead, double seconds, double apertureSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lead);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lead, 1);
        if (!(seconds >= 0) || seconds >= _scenario.DurationSeconds)
        {
            return 0;
        }

        var millivolts = _timeline.Millivolts(lead, seconds) * (lead == 0 ? _gain0 : _gain1);
        var spike = _timeline.SpikeShare(seconds, apertureSeconds);
        if (spike != 0)
        {
            millivolts += spike * _scenario.SpikeMillivolts * (lead == 0 ? 1 : Lead1SpikeShare);
        }

        foreach (var disturbance in _disturbances)
        {
            millivolts = disturbance.Apply(lead, seconds, millivolts);
        }

        var pulses = _pulses.Items;
        for (var i = pulses.Length - 1; i >= 0 && seconds - pulses[i].Seconds < _scenario.Artefact.ReachSeconds; i--)
        {
            millivolts = _scenario.Artefact.Apply(lead, seconds - pulses[i].Seconds, pulses[i].Strength, unchecked(_artefactSeed + (ulong)i), millivolts);
        }

        return millivolts;
    }

    /// <inheritdoc/>
    public bool IsLeadOff(int lead, double seconds)
    {
        foreach (var disturbance in _disturbances)
        {
            if (disturbance.IsLeadOff(lead, seconds))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void DeliverPulse(double seconds) => DeliverPulse(seconds, 1);

    /// <inheritdoc/>
    public void DeliverPulse(double seconds, double strength) => _pulses.Add(new FeltPulse(seconds, strength));
}
