namespace EcgGate.Emulator.Patient;

/// <summary>What a virtual patient is to do. Made by <see cref="ScenarioCatalog"/>; change it with <c>with</c>.</summary>
/// <remarks>Immutable. Two patients of equal scenarios are equal to the last bit, on any machine.</remarks>
public sealed record PatientScenario
{
    internal PatientScenario(string name, string description, HeartPlan plan, double ratePerMinute)
    {
        Name = name;
        Description = description;
        Plan = plan;
        RatePerMinute = ratePerMinute;
    }

    /// <summary>Its name in the catalogue, such as <c>sinus-pvc</c>.</summary>
    public string Name { get; }

    /// <summary>What it is, in one line.</summary>
    public string Description { get; }

    /// <summary>The underlying rate, beats per minute, 20 to 220.</summary>
    public double RatePerMinute { get; init; }

    /// <summary>Everything that chance decides follows from it. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Length in seconds; null for a patient without end.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>The heart's signal is multiplied by this. Default 1.</summary>
    public double AmplitudeFactor { get; init; } = 1;

    /// <summary>Lead 0's electrodes are swapped: the heart's signal is upside down there.</summary>
    public bool InvertLead0 { get; init; }

    /// <summary>Lead 1's electrodes are swapped.</summary>
    public bool InvertLead1 { get; init; }

    /// <summary>Height of pacing spikes on lead 0, in mV, -700 to 700; lead 1 sees 70 %. Default 3.</summary>
    public double SpikeMillivolts { get; init; } = 3;

    /// <summary>Width of pacing spikes, in seconds, 0.1 to 2 ms. Default 0.5 ms.</summary>
    public double SpikeSeconds { get; init; } = 0.0005;

    /// <summary>What spoils the signal. Default nothing.</summary>
    public IReadOnlyList<Disturbance> Disturbances { get; init; } = [];

    /// <summary>What each delivered pulse does to the signal.</summary>
    public PulseArtefact Artefact { get; init; } = new();

    internal HeartPlan Plan { get; }
}
