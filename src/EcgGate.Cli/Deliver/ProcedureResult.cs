using EcgGate.Cli.Figures;
using EcgGate.Delivery;
using EcgGate.Emulator.Generator;

namespace EcgGate.Cli.Deliver;

/// <summary>What a procedure came to.</summary>
internal sealed record ProcedureResult
{
    public required PulseProtocol Plan { get; init; }

    /// <summary>How it stood when it was over.</summary>
    public required DeliveryProgress Progress { get; init; }

    /// <summary>The last time that it paused; null where it never did.</summary>
    public required DeliveryEvent? LastPause { get; init; }

    /// <summary>What the gate did with each beat; null where none was gated on.</summary>
    public required GateFigures? Figures { get; init; }

    /// <summary>The referee's verdict; null without one.</summary>
    public required PulseJudgement? Judgement { get; init; }

    /// <summary>Pulses that the emulated generator made, by its own count.</summary>
    public required long PulsesMade { get; init; }

    /// <summary>What the host refused or could not keep up with, and the cure.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Where it was recorded; null where it was not.</summary>
    public string? Record { get; init; }

    /// <summary>What is wrong with the record, in one sentence; null where nothing is.</summary>
    public string? RecordTrouble { get; init; }

    /// <summary>Why the source ended, where it failed; else null.</summary>
    public string? Failure { get; init; }
}
