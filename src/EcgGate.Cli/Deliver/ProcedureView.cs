using System.Globalization;
using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Cli.Run;
using EcgGate.Delivery;
using EcgGate.Gating;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EcgGate.Cli.Deliver;

/// <summary>What an operator sees while a procedure runs.</summary>
internal static class ProcedureView
{
    private const string Bars = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private const int TrendColumns = 50;

    /// <param name="plan">The plan.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="status">What the gate does; null where none is gated on.</param>
    /// <param name="strip">The ECG; null where there is none.</param>
    /// <param name="dropped">Events that were dropped.</param>
    /// <param name="trouble">What is wrong with the record; null where nothing is.</param>
    public static IRenderable Of(PulseProtocol plan, DeliveryProgress progress, RunStatus? status, EcgStrip? strip, long dropped, string? trouble)
    {
        var parts = new List<IRenderable> { new Rule(Markup.Escape(plan.Name)).LeftJustified() };
        if (strip is not null)
        {
            var lines = strip.Draw();
            parts.Add(new Text(string.Join('\n', lines.SkipLast(1)), new Style(Color.Green)));
            parts.Add(new Text(lines[^1], new Style(Color.Yellow)));
        }

        var top = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        top.AddRow("Procedure", $"[{ColourOf(progress.State)}]{Markup.Escape(ProcedureText.State(progress))}[/] {Markup.Escape(ProcedureText.Wait(progress))}");
        if (status is { } gate)
        {
            var tally = gate.Tally;
            var rate = gate.HeartRatePerMinute is { } perMinute ? perMinute.ToString("0", CultureInfo.InvariantCulture) : "-";
            top.AddRow("Gate", Markup.Escape($"{BeatText.State(tally.State, tally.State == GateState.Inhibited ? tally.StateReason : Reason.None)}, heart rate {rate} /min"));
            top.AddRow("Beats", $"{tally.Ledger.Beats} = [green]{tally.Ledger.Fired} fired[/] + [yellow]{tally.Ledger.Withheld} withheld[/] + {tally.Ledger.Missed} missed; {dropped} events dropped");
            top.AddRow("Last pulses", Markup.Escape(LastPulses(tally.Beats, gate.SamplingRateHertz)));
        }

        top.AddRow("Impedance", Markup.Escape(Trend(progress.Trend, reading => reading.ImpedanceOhms, "ohm", "0")));
        top.AddRow("Current", Markup.Escape(Trend(progress.Trend, reading => reading.PeakAmperes, "A", "0.0")));
        top.AddRow("Time", $"{SummaryView.Duration(progress.Elapsed.TotalSeconds)}, about {SummaryView.Duration(progress.EstimatedLeft.TotalSeconds)} left");
        if ((trouble ?? progress.Problem) is { } wrong)
        {
            top.AddRow("[red]Problem[/]", $"[red]{Markup.Escape(wrong)}[/]");
        }

        parts.Add(top);
        parts.Add(Pairs(progress, plan));
        parts.Add(new Markup(Keys(progress.State)));
        return new Rows(parts);
    }

    private static Table Pairs(DeliveryProgress progress, PulseProtocol plan)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("Pair").AddColumn(new TableColumn("Test").RightAligned()).AddColumn(new TableColumn("Impedance").RightAligned())
            .AddColumn(new TableColumn("Pulses").RightAligned()).AddColumn(new TableColumn("Failed").RightAligned())
            .AddColumn(new TableColumn("Last").RightAligned()).AddColumn(new TableColumn("Current").RightAligned());
        for (var i = 0; i < progress.Pairs.Count; i++)
        {
            var pair = progress.Pairs[i];
            var name = Markup.Escape(pair.Name);
            table.AddRow(
                i == progress.Pair ? $"[bold]{name}[/]" : name,
                $"{pair.TestPulses} / {plan.Test.Pulses}",
                double.IsFinite(pair.TestOhms) ? $"[{(pair.IsAccepted ? "green" : "red")}]{ProcedureText.Ohms(pair.TestOhms)}[/]" : "-",
                $"{pair.Delivered} / {pair.Planned}",
                pair.Failed == 0 ? "0" : $"[yellow]{pair.Failed}[/]",
                double.IsFinite(pair.LastOhms) ? ProcedureText.Ohms(pair.LastOhms) : "-",
                double.IsFinite(pair.LastAmperes) ? string.Create(CultureInfo.InvariantCulture, $"{pair.LastAmperes:0.0} A") : "-");
        }

        return table;
    }

    private static string LastPulses(IReadOnlyList<BeatOutcome> beats, double rate)
    {
        var last = beats.Reverse().Where(beat => beat.Outcome == Outcome.Fired).Take(4).ToArray();
        return last.Length == 0 ? "none yet" : string.Join("; ", last.Select(beat => $"{BeatText.Pulse(in beat, rate)}, {BeatText.Lateness(in beat)}"));
    }

    private static string Trend(IReadOnlyList<PulseReading> readings, Func<PulseReading, double> of, string unit, string format)
    {
        var values = readings.Select(of).Where(double.IsFinite).TakeLast(TrendColumns).ToArray();
        if (values.Length == 0)
        {
            return "no treatment pulse yet";
        }

        var (least, most) = (values.Min(), values.Max());
        var bars = values.Select(value => Bars[most > least ? (int)Math.Round((value - least) / (most - least) * (Bars.Length - 1)) : 0]);
        return $"{string.Concat(bars)}  {values[^1].ToString(format, CultureInfo.InvariantCulture)} {unit} ({least.ToString(format, CultureInfo.InvariantCulture)} to {most.ToString(format, CultureInfo.InvariantCulture)})";
    }

    private static string ColourOf(DeliveryState state) => state switch
    {
        DeliveryState.Treating or DeliveryState.Testing or DeliveryState.Completed => "green",
        DeliveryState.Aborted => "red",
        DeliveryState.Planned => "grey",
        _ => "yellow",
    };

    private static string Keys(DeliveryState state)
    {
        static string Key(string key, string what, bool isOn) => isOn ? $"[bold]{key}[/] {what}" : $"[grey]{key} {what}[/]";

        return string.Join("   ", Key("c", "confirm", state == DeliveryState.AwaitingConfirmation), Key("p", "pause", state is DeliveryState.Armed or DeliveryState.Testing or DeliveryState.Treating or DeliveryState.AwaitingConfirmation), Key("r", "resume", state == DeliveryState.Paused), Key("a", "abort", true));
    }
}
