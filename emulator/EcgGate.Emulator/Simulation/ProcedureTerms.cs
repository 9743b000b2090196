namespace EcgGate.Emulator.Simulation;

/// <summary>What a plan asks of a procedure, as its referee needs it. Pairs are numbered in the plan's order.</summary>
internal sealed record ProcedureTerms
{
    /// <summary>The generator's number of each pair.</summary>
    public required IReadOnlyList<int> Outputs { get; init; }

    /// <summary>The treatment's voltage on each pair.</summary>
    public required IReadOnlyList<double> Volts { get; init; }

    public required int PulsesPerPair { get; init; }

    public required int PulsesPerTrain { get; init; }

    public required double TrainPauseSeconds { get; init; }

    public required int TestPulses { get; init; }

    public required double TestVolts { get; init; }

    public required double MinimumOhms { get; init; }

    public required double MaximumOhms { get; init; }

    public required double CurrentLimitAmperes { get; init; }

    public required double RisePercent { get; init; }

    public required double MinimumIntervalSeconds { get; init; }

    public required double HeartbeatSeconds { get; init; }

    public required double TotalSeconds { get; init; }

    /// <summary>For how long one pulse is permitted at a time.</summary>
    public required double PermitSeconds { get; init; }
}

/// <summary>A pulse as it truly was.</summary>
/// <param name="Number">Its number in the generator's count.</param>
/// <param name="Output">The electrodes.</param>
/// <param name="Volts">What the generator was set to.</param>
/// <param name="Ohms">What it measured.</param>
/// <param name="IsGood">Nothing was wrong with it.</param>
/// <param name="IsDangerous">It met an over-current, an arc or an open circuit.</param>
/// <param name="IsStray">No edge triggered it.</param>
/// <param name="IsGarbled">The setting was not the one sent.</param>
internal readonly record struct TruePulse(long Number, int Output, double Volts, double Ohms, bool IsGood, bool IsDangerous, bool IsStray, bool IsGarbled);

/// <summary>As what a pulse was told.</summary>
internal enum ToldPulse
{
    Test,
    Treatment,
    Failed,
    Unexpected,
}

/// <summary>Where a procedure says that it stands.</summary>
internal enum ToldState
{
    /// <summary>Before the first treatment pulse, and not waiting.</summary>
    Testing,
    Awaiting,
    Treating,
    Paused,
    Over,
}
