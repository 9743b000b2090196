using System.Globalization;
using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Gating;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EcgGate.Cli.Run;

/// <summary>Where a run stands, for the views.</summary>
/// <param name="Tally">What the gate told so far.</param>
/// <param name="SamplingRateHertz">The board's rate.</param>
/// <param name="Seconds">How much signal has been read.</param>
/// <param name="OfSeconds">How much there will be; null where that is open.</param>
internal readonly record struct RunStatus(GateTally Tally, double SamplingRateHertz, double Seconds, double? OfSeconds)
{
    private const int RatesKept = 8;

    /// <summary>From the median of the last eight RR intervals; null before there are three.</summary>
    public double? HeartRatePerMinute
    {
        get
        {
            var beats = Tally.Beats;
            Span<float> intervals = stackalloc float[RatesKept];
            var count = 0;
            for (var i = beats.Count - 1; i >= 0 && i >= beats.Count - RatesKept; i--)
            {
                if (beats[i].RRIntervalMilliseconds > 0)
                {
                    intervals[count++] = beats[i].RRIntervalMilliseconds;
                }
            }

            if (count < 3)
            {
                return null;
            }

            var known = intervals[..count];
            known.Sort();
            return 60_000 / known[count / 2];
        }
    }
}

/// <summary>How one ledger line reads.</summary>
internal static class BeatText
{
    public static string When(in BeatOutcome line, double samplingRateHertz) =>
        line.Beat.RTime.ToSeconds(samplingRateHertz).ToString("0.000", CultureInfo.InvariantCulture);

    public static string Pulse(in BeatOutcome line, double samplingRateHertz) => line.Outcome == Outcome.Fired
        ? string.Create(CultureInfo.InvariantCulture, $"R+{(line.PulseTime.Samples - line.Beat.RTime.Samples) * 1000 / samplingRateHertz:0.00} ms")
        : string.Empty;

    public static string Lateness(in BeatOutcome line) => line.Outcome == Outcome.Fired
        ? string.Create(CultureInfo.InvariantCulture, $"{line.LatenessNanoseconds / 1000.0:0.0} us late")
        : string.Empty;

    public static string Why(in BeatOutcome line) =>
        line.Reason == Reason.None ? string.Empty : $"{line.Reason}: {ReasonText.Explain(line.Reason)}";

    public static string State(GateState state, Reason reason) =>
        reason is Reason.None or Reason.Stopped or Reason.NotArmed ? state.ToString() : $"{state} ({reason}: {ReasonText.Explain(reason)})";
}

/// <summary>One line for each change of state and each beat: for files, pipes and logs.</summary>
internal sealed class PlainRunView(IAnsiConsole console, double samplingRateHertz)
{
    public void Show(in GateEvent gateEvent)
    {
        switch (gateEvent.Kind)
        {
            case GateEventKind.StateChanged:
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, gateEvent.SampleIndex) / samplingRateHertz,9:0.000} s  {BeatText.State(gateEvent.State, gateEvent.Reason)}"));
                break;
            case GateEventKind.BeatOutcome:
                var line = gateEvent.Beat;
                var detail = line.Outcome == Outcome.Fired
                    ? $"{BeatText.Pulse(in line, samplingRateHertz)}, {BeatText.Lateness(in line)}"
                    : BeatText.Why(in line);
#pragma warning disable CA1308 // Lower case for reading, not for comparing.
                console.WriteLine($"{BeatText.When(in line, samplingRateHertz),9} s  beat {line.BeatNumber,5}  {line.Outcome.ToString().ToLowerInvariant(),-8}  {detail}");
#pragma warning restore CA1308
                break;
            case GateEventKind.BeatRefuted:
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{gateEvent.SampleIndex / samplingRateHertz,9:0.000} s  the verifier takes back the beat at {gateEvent.Beat.Beat.RTime.ToSeconds(samplingRateHertz):0.000} s"));
                break;
        }
    }
}

/// <summary>What a terminal shows while a run goes on.</summary>
internal static class LiveRunView
{
    private const int OutcomesShown = 8;

    public static IRenderable Of(string name, in RunStatus status)
    {
        var tally = status.Tally;
        var ledger = tally.Ledger;
        var state = tally.State switch
        {
            GateState.Ready => "green",
            GateState.Inhibited or GateState.Learning or GateState.Armed => "yellow",
            GateState.Faulted => "red",
            _ => "grey",
        };
        var left = status.OfSeconds is { } all ? $", {SummaryView.Duration(Math.Max(0, all - status.Seconds))} left" : string.Empty;
        var rate = status.HeartRatePerMinute is { } perMinute ? perMinute.ToString("0", CultureInfo.InvariantCulture) : "-";
        var top = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        top.AddRow("State", $"[{state}]{Markup.Escape(BeatText.State(tally.State, tally.State == GateState.Inhibited ? tally.StateReason : Reason.None))}[/]");
        top.AddRow("Heart rate", $"{rate} /min");
        top.AddRow("Beats", $"{ledger.Beats} = [green]{ledger.Fired} fired[/] + [yellow]{ledger.Withheld} withheld[/] + {(ledger.Missed > 0 ? $"[red]{ledger.Missed} missed[/]" : "0 missed")}");
        top.AddRow("Time", $"{SummaryView.Duration(status.Seconds)}{left}");

        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("R at s").RightAligned()).AddColumn(new TableColumn("Beat").RightAligned()).AddColumn("Outcome").AddColumn("Pulse").AddColumn("Lateness").AddColumn("Why not");
        for (var i = tally.Beats.Count - 1; i >= 0 && i >= tally.Beats.Count - OutcomesShown; i--)
        {
            var line = tally.Beats[i];
            var colour = line.Outcome switch { Outcome.Fired => "green", Outcome.Withheld => "yellow", _ => "red" };
            table.AddRow(
                BeatText.When(in line, status.SamplingRateHertz),
                line.BeatNumber.ToString(CultureInfo.InvariantCulture),
                $"[{colour}]{line.Outcome}[/]",
                Markup.Escape(BeatText.Pulse(in line, status.SamplingRateHertz)),
                Markup.Escape(BeatText.Lateness(in line)),
                Markup.Escape(BeatText.Why(in line)));
        }

        for (var i = tally.Beats.Count; i < OutcomesShown; i++)
        {
            // The same height from the start, so that nothing jumps.
            table.AddEmptyRow();
        }

        return new Rows(new Rule(Markup.Escape(name)).LeftJustified(), top, table, new Markup("[grey]Ctrl+C stops[/]"));
    }
}
