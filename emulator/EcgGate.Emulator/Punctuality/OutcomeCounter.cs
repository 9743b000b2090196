using EcgGate.Gating;

namespace EcgGate.Emulator.Punctuality;

/// <summary>Counts beats by what became of them.</summary>
internal sealed class OutcomeCounter : IGateEventSink
{
    private readonly long[] _missed = new long[Enum.GetValues<Reason>().Length];
    private readonly long[] _withheld = new long[Enum.GetValues<Reason>().Length];

    public void OnEvent(in GateEvent gateEvent)
    {
        if (gateEvent.Kind != GateEventKind.BeatOutcome)
        {
            return;
        }

        switch (gateEvent.Beat.Outcome)
        {
            case Outcome.Missed:
                _missed[(int)gateEvent.Beat.Reason]++;
                break;
            case Outcome.Withheld:
                _withheld[(int)gateEvent.Beat.Reason]++;
                break;
        }
    }

    public IReadOnlyList<KeyValuePair<Reason, long>> Missed => Counts(_missed);

    public IReadOnlyList<KeyValuePair<Reason, long>> Withheld => Counts(_withheld);

    private static KeyValuePair<Reason, long>[] Counts(long[] counts) =>
        [.. counts.Select((count, reason) => KeyValuePair.Create((Reason)reason, count)).Where(entry => entry.Value > 0)];
}
