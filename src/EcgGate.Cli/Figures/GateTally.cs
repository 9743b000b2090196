using EcgGate.Gating;

namespace EcgGate.Cli.Figures;

/// <summary>Keeps what a gate tells: every ledger line, and the counts. One thread.</summary>
internal sealed class GateTally : IGateEventSink
{
    private readonly List<BeatOutcome> _beats = [];

    /// <summary>The ledger's lines, in the order in which they were entered.</summary>
    public IReadOnlyList<BeatOutcome> Beats => _beats;

    /// <summary>The counts; they add up to the number of <see cref="Beats"/>.</summary>
    public BeatLedger Ledger { get; } = new();

    /// <summary>Where the gate stands.</summary>
    public GateState State { get; private set; } = GateState.Disarmed;

    /// <summary>Why it stands there, where there is a reason.</summary>
    public Reason StateReason { get; private set; }

    /// <summary>True once the gate was ready to fire, for however short a time.</summary>
    public bool WasReady { get; private set; }

    /// <summary>How often lost samples inhibited the gate.</summary>
    public int SourceGaps { get; private set; }

    /// <summary>Beats that the verifier took back after they were decided on.</summary>
    public long RefutedBeats { get; private set; }

    public void OnEvent(in GateEvent gateEvent)
    {
        switch (gateEvent.Kind)
        {
            case GateEventKind.BeatOutcome:
                Ledger.Add(gateEvent.Beat);
                _beats.Add(gateEvent.Beat);
                break;
            case GateEventKind.StateChanged:
                State = gateEvent.State;
                StateReason = gateEvent.Reason;
                SourceGaps += State == GateState.Inhibited && StateReason == Reason.SourceGap ? 1 : 0;
                WasReady |= State == GateState.Ready;
                break;
            case GateEventKind.BeatRefuted:
                RefutedBeats++;
                break;
        }
    }
}
