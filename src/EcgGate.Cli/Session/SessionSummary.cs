using EcgGate.Cli.Figures;
using EcgGate.Delivery;
using EcgGate.Records.Sessions;
using EcgGate.Signals;

namespace EcgGate.Cli.Session;

/// <summary>A recorded session, counted. Immutable.</summary>
internal sealed record SessionSummary
{
    public required RecordedSession Session { get; init; }

    /// <summary>What is wrong with its files; the ends that a crash leaves among them.</summary>
    public required IReadOnlyList<SessionFinding> Findings { get; init; }

    public required GateFigures Figures { get; init; }

    /// <summary>What the generator measured, in order.</summary>
    public required IReadOnlyList<PulseReading> Pulses { get; init; }

    /// <summary>Inputs that are missing, by the record's own account.</summary>
    public required long LostInputs { get; init; }

    public double Rate => Session.Header.Source.SamplingRateHertz;

    /// <summary>Reads the whole session once.</summary>
    /// <exception cref="Records.RecordException">A file cannot be read at all.</exception>
    public static SessionSummary Of(RecordedSession session, Action<EcgSample>? sample = null)
    {
        var findings = new List<SessionFinding>(session.Findings);
        var (samples, missing, lost, last) = (0L, 0L, 0L, -1L);
        foreach (var input in session.ReadInputs(findings))
        {
            switch (input.Kind)
            {
                case GateInputKind.Sample:
                    samples++;
                    missing += Math.Max(0, input.Number - last - 1);
                    last = input.Number;
                    sample?.Invoke(input.Sample);
                    break;
                case GateInputKind.Lost:
                    lost += input.Number;
                    break;
            }
        }

        var tally = new GateTally();
        foreach (var one in session.GateEvents)
        {
            tally.OnEvent(in one);
        }

        var header = session.Header;
        return new SessionSummary
        {
            Session = session,
            Findings = findings,
            Figures = GateFigures.Of(header.Source.Name, header.Source.SamplingRateHertz, samples, tally, header.Options, missing) with { DroppedEvents = session.LostEvents },
            Pulses = [.. session.Pulses],
            LostInputs = lost,
        };
    }

    /// <summary>How it ended, in words.</summary>
    public string End => Session.Closed is { } closed ? closed.Text : "not closed: it ended in a crash, or still goes on";
}
