namespace EcgGate.Emulator.Patient;

/// <summary>A synthetic record to be made: who the patient is, and how the record is digitised. Immutable.</summary>
public sealed record TraceDefinition
{
    /// <summary>The record's name: lower-case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>What it shows, in one line.</summary>
    public required string Description { get; init; }

    /// <summary>The patient, with seed, duration and disturbances.</summary>
    public required PatientScenario Scenario { get; init; }

    /// <summary>The same as text, with which anyone makes this patient again: <c>patient:SCENARIO?option=value&amp;...</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Samples per second. Default 500.</summary>
    public double SamplingRateHertz { get; init; } = 500;

    /// <summary>Converter steps per mV. Default 400, which gives 12 bits a range of ±5.1 mV.</summary>
    public int AdcUnitsPerMillivolt { get; init; } = 400;

    /// <summary>
    /// Resolution in bits. 12, so that a record fits into WFDB's format 212 (three bytes for two samples): 60 s of two
    /// leads at 500 Hz are 90 kB.
    /// </summary>
    public int AdcBits { get; init; } = 12;

    /// <summary>WFDB's number for the signal format that the record is to be written in.</summary>
    public int WfdbFormat { get; init; } = 212;

    /// <summary>Makes the record: always the same.</summary>
    public Trace Make()
    {
        var duration = Scenario.DurationSeconds ?? throw new InvalidOperationException($"Trace '{Name}' has no duration; a record needs one.");
        var patient = new VirtualPatient(Scenario);
        var count = (int)Math.Round(duration * SamplingRateHertz);

        // The lowest value is WFDB's mark for an invalid sample, so the limits are symmetrical.
        var limit = (1 << (AdcBits - 1)) - 1;
        var samples = new int[patient.LeadNames.Count][];
        for (var lead = 0; lead < samples.Length; lead++)
        {
            samples[lead] = new int[count];
            for (var i = 0; i < count; i++)
            {
                var value = patient.Millivolts(lead, i / SamplingRateHertz, 1 / SamplingRateHertz) * AdcUnitsPerMillivolt;
                samples[lead][i] = (int)Math.Clamp(Math.Round(value), -limit, limit);
            }
        }

        var truth = new RecordedTruth(patient.Truth.BeatsBetween(0, duration), patient.Truth.Rhythms(duration), SamplingRateHertz);
        return new Trace(this, patient.LeadNames, samples, truth);
    }
}

/// <summary>A synthetic record as made.</summary>
/// <param name="Definition">What it was made from.</param>
/// <param name="LeadNames">The leads, lead 0 first.</param>
/// <param name="Samples">For each lead its samples in converter steps; step 0 is 0 mV.</param>
/// <param name="Truth">Exact beats and rhythms, to be written beside the record as <c>NAME.truth.csv</c>.</param>
public sealed record Trace(TraceDefinition Definition, IReadOnlyList<string> LeadNames, IReadOnlyList<int[]> Samples, RecordedTruth Truth);

/// <summary>The records that ship in <c>traces/</c>, 60 s each, and how each is made.</summary>
public static class TraceCatalog
{
    // A resting patient in a clean laboratory: enough that no sample is artificially flat.
    private const string Light = "noise=muscle:0.008&wander=0.04&duration=60";

    private static readonly TraceDefinition[] Known =
    [
        Make("sinus-60", 11),
        Make("sinus-75", 12),
        Make("sinus-pvc", 13),
        Make("pvc-bigeminy", 14),
        Make("pvc-couplets", 15),
        Make("r-on-t", 16),
        Make("vt-run", 17),
        Make("vf", 18),
        Make("asystole", 19),
        Make("av-block", 20),
        Make("atrial-fibrillation", 21),
        Make("bundle-branch-block", 22),
        Make("paced", 23) with { SamplingRateHertz = 1000 },
        Make("tall-t", 24),
        Make("low-amplitude", 25),
        Make("high-amplitude", 26) with { AdcUnitsPerMillivolt = 200 },
        Make("sinus-rsa", 27),
        Make("brady-35", 28),
        Make("tachy-150", 29),
        Make("supraventricular-premature", 30),
        Make("lead-off", "Sinus rhythm at 75 a minute; lead II off from 20 to 25 s, with a step on reconnecting", "sinus-75?leadoff=0@20-25&seed=31&" + Light) with { AdcUnitsPerMillivolt = 200 },
        Make("muscle-noise", "Isolated PVCs; muscle noise of 0.1 mV from 20 to 35 s, of 0.3 mV from 45 to 55 s", "sinus-pvc?noise=muscle:0.1@20-35&noise=muscle:0.3@45-55&seed=32&" + Light),
        Make("mains-baseline", "Sinus rhythm at 60 a minute under 50 Hz mains of 0.15 mV, baseline wander of 0.6 mV and electrode motion", "sinus-60?mains=50:0.15&wander=0.6&motion=0.6@30-45&seed=33&" + Light),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TraceDefinition> All => Known;

    /// <summary>The trace of this name, or null.</summary>
    /// <param name="name">A name as in <see cref="All"/>.</param>
    public static TraceDefinition? Find(string name) => Array.Find(Known, trace => trace.Name == name);

    private static TraceDefinition Make(string scenario, int seed)
    {
        var source = $"{scenario}?seed={seed}&{Light}";
        return Make(scenario, ScenarioCatalog.Get(scenario).Description, source);
    }

    private static TraceDefinition Make(string name, string description, string scenario) =>
        new() { Name = name, Description = description, Scenario = ScenarioCatalog.Get(scenario), Source = ScenarioCatalog.Prefix + scenario };
}
