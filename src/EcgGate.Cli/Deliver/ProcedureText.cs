using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Cli.Run;
using EcgGate.Cli.Session;
using EcgGate.Delivery;
using EcgGate.Gating;
using EcgGate.Records.Sessions;
using Spectre.Console;

namespace EcgGate.Cli.Deliver;

/// <summary>How a procedure reads, before, while and after it runs.</summary>
internal static class ProcedureText
{
    /// <summary>The plan, in a few lines.</summary>
    public static IEnumerable<string> Plan(PulseProtocol plan, DeliverySessionOptions expected)
    {
        var treatment = plan.Treatment;
        var test = plan.Test;
        yield return plan.Gating == PulseGating.Ecg ? $"{plan.Name}: each pulse gated on R" : $"{plan.Name}: a phantom, pulsed by the clock";
        yield return string.Create(CultureInfo.InvariantCulture, $"  Test       {test.Pulses} pulses of {test.Volts:0.#} V, {test.WidthMicroseconds:0.#} us on each pair; accepted from {test.MinimumOhms:0} to {test.MaximumOhms:0} ohm");
        for (var i = 0; i < plan.Pairs.Count; i++)
        {
            var pair = plan.Pairs[i];
            yield return string.Create(CultureInfo.InvariantCulture, $"  Pair {pair.Name,-5} {treatment.PulsesPerPair} pulses of {plan.VoltsOf(i):0} V ({treatment.FieldVoltsPerCm:0} V/cm over {pair.SpacingCm:0.##} cm), {treatment.WidthMicroseconds:0.#} us, at most {treatment.CurrentLimitAmperes:0.#} A");
        }

        if (treatment.PulsesPerTrain > 0 && treatment.PulsesPerTrain < treatment.PulsesPerPair)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  Trains     of {treatment.PulsesPerTrain} pulses, with {treatment.TrainPauseSeconds:0.#} s between them");
        }

        var estimate = plan.EstimateDuration(expected.ExpectedRatePerMinute, expected.ExpectedYield);
        yield return string.Create(CultureInfo.InvariantCulture, $"  Expected   {SummaryView.Duration(estimate.TotalSeconds)} at {expected.ExpectedRatePerMinute:0} beats a minute of which {100 * expected.ExpectedYield:0} % are fired on; stops by itself after {plan.Limits.TotalMinutes:0.#} min, or {plan.Limits.EcgWaitSeconds:0} s without a beat to fire on");
    }

    /// <summary>One line of what happened; the beats that are not fired on are left to the summary.</summary>
    public static string? Line(SessionEntry entry, double rate)
    {
        if (entry.Kind == SessionEntryKind.Gate && entry.Gate is { Kind: GateEventKind.BeatOutcome, Beat.Reason: Reason.Recharging or Reason.MinimumInterval or Reason.Learning or Reason.NotArmed })
        {
            return null;
        }

        var (when, what, detail) = EntryText.Of(entry, rate);
        return $"{when,9}{(when.Length > 0 ? " s" : "  ")}  {what,-10}  {detail}";
    }

    /// <summary>What it waits for, in words.</summary>
    public static string Wait(DeliveryProgress progress) => progress.Wait switch
    {
        DeliveryWait.None => string.Empty,
        DeliveryWait.Learning => "the gate learns the rhythm",
        DeliveryWait.Beat => progress.GateReason == Reason.None ? "waits for a beat" : $"waits for a beat; the last: {progress.GateReason}, {Figures.ReasonText.Explain(progress.GateReason)}",
        DeliveryWait.Generator => "the generator charges",
        DeliveryWait.Interval => "the shortest time between two pulses",
        DeliveryWait.TrainPause => "pause between two trains",
        DeliveryWait.Reading => "the generator measures",
        DeliveryWait.Confirmation => "confirm the treatment",
        DeliveryWait.Resume => "resume or abort",
        _ => progress.Wait.ToString(),
    };

    /// <summary>State and reason.</summary>
    public static string State(DeliveryProgress progress) => progress.Reason == DeliveryReason.None ? progress.State.ToString() : $"{progress.State} ({progress.Reason})";

    /// <summary>The figures at the end.</summary>
    public static void Summary(IAnsiConsole output, ProcedureResult result)
    {
        var progress = result.Progress;
        var style = progress.State == DeliveryState.Completed ? new Style(Color.Green) : new Style(Color.Yellow);
        output.WriteLine($"{result.Plan.Name}: {State(progress)} after {SummaryView.Duration(progress.Elapsed.TotalSeconds)}", style);
        if (progress.State != DeliveryState.Completed && result.LastPause is { } pause)
        {
            var why = pause.GateReason == Reason.None ? string.Empty : $"; the gate: {pause.GateReason}, {Figures.ReasonText.Explain(pause.GateReason)}";
            SummaryView.Line(output, "Had paused", $"{pause.Reason}{why}", style);
        }

        if (progress.Problem is { } problem)
        {
            SummaryView.Line(output, "Problem", problem, style);
        }

        foreach (var pair in progress.Pairs)
        {
            SummaryView.Line(output, $"Pair {pair.Name}", $"{pair.Delivered} of {pair.Planned} pulses{(pair.Failed > 0 ? $", {pair.Failed} failed" : string.Empty)}; test {Ohms(pair.TestOhms)}{(pair.IsAccepted ? ", accepted" : string.Empty)}{(double.IsFinite(pair.LastOhms) ? string.Create(CultureInfo.InvariantCulture, $"; last pulse {Ohms(pair.LastOhms)}, {pair.LastAmperes:0.0} A") : string.Empty)}");
        }

        if (progress.UnexpectedPulses > 0)
        {
            SummaryView.Line(output, "Unexpected pulses", progress.UnexpectedPulses.ToString(CultureInfo.InvariantCulture), new Style(Color.Red));
        }

        if (result.Figures is { } figures)
        {
            SummaryView.Write(output, figures);
            SummaryView.WriteLateness(output, figures.LatenessMicroseconds);
        }

        if (result.Judgement is { } judgement)
        {
            SummaryView.WriteReferee(output, judgement);
        }

        foreach (var warning in result.Warnings)
        {
            output.WriteLine($"Warning: {warning}", new Style(Color.Yellow));
        }

        if (result.RecordTrouble is { } trouble)
        {
            output.WriteLine($"The record: {trouble}", new Style(Color.Red));
        }
        else if (result.Record is { } folder)
        {
            output.WriteLine($"Recorded in {folder}; see 'ecggate session report {folder}'.");
        }
    }

    internal static string Ohms(double ohms) => double.IsFinite(ohms) ? string.Create(CultureInfo.InvariantCulture, $"{ohms:0} ohm") : "not measured";
}
