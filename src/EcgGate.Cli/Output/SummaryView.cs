using System.Globalization;
using EcgGate.Cli.Figures;
using EcgGate.Emulator.Generator;
using EcgGate.Gating;
using Spectre.Console;

namespace EcgGate.Cli.Output;

/// <summary>The figures at the end, for people.</summary>
internal static class SummaryView
{
    private const int LabelWidth = 18;
    private const int UnsafeListed = 10;

    /// <summary>Beats and their reasons, then what was measured.</summary>
    public static void Write(IAnsiConsole console, GateFigures figures)
    {
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{figures.Name}: {Duration(figures.Seconds)}, {figures.Beats} beats = {figures.Fired} fired + {figures.WithheldCount} withheld + {figures.MissedCount} missed"));
        Reasons(console, "Withheld", figures.Withheld);
        Reasons(console, "Missed", figures.Missed);
        if (figures.WhyNothingFired is { } why)
        {
            console.WriteLine(why, new Style(Color.Yellow));
        }

        if (figures.RefutedBeats > 0)
        {
            Line(console, "Taken back", $"{figures.RefutedBeats} of the decisions, by the verifier; the beats keep their lines");
        }

        var latency = figures.DecisionLatencyMilliseconds;
        if (latency.Count > 0)
        {
            Line(console, "Decision latency", string.Create(CultureInfo.InvariantCulture, $"p50 {latency.P50:0.0} ms, p95 {latency.P95:0.0} ms, p99 {latency.P99:0.0} ms after R"));
        }
    }

    /// <summary>How late the edges were, as measured by the timer.</summary>
    public static void WriteLateness(IAnsiConsole console, Spread lateness)
    {
        if (lateness.Count > 0)
        {
            Line(console, "Edge lateness", string.Create(CultureInfo.InvariantCulture, $"p50 {lateness.P50:0.00} us, p99 {lateness.P99:0.00} us, max {lateness.Max:0.00} us"));
        }
    }

    /// <summary>What the emulated generator saw, judged against the true beats.</summary>
    public static void WriteReferee(IAnsiConsole console, PulseJudgement judgement)
    {
        var count = judgement.Pulses.Count;
        if (count > 0)
        {
            Line(console, "Pulse after true R", string.Create(CultureInfo.InvariantCulture, $"p1 {judgement.OffsetP1Milliseconds:0.00} ms, p50 {judgement.OffsetP50Milliseconds:0.00} ms, p99 {judgement.OffsetP99Milliseconds:0.00} ms"));
        }

        var unsafePulses = judgement.UnsafeCount;
        if (unsafePulses > 0)
        {
            Line(console, "Unsafe pulses", $"{unsafePulses} of {count} pulses", new Style(Color.Red, decoration: Decoration.Bold));
            var listed = judgement.Pulses.Where(pulse => pulse.Verdict is PulseVerdict.Unsafe or PulseVerdict.Vulnerable).ToArray();
            foreach (var pulse in listed.Take(UnsafeListed))
            {
                console.WriteLine($"{new string(' ', LabelWidth + 4)}{Describe(pulse)}");
            }

            if (listed.Length > UnsafeListed)
            {
                console.WriteLine($"{new string(' ', LabelWidth + 4)}and {listed.Length - UnsafeListed} more");
            }
        }
        else
        {
            Line(console, "Unsafe pulses", count == 0 ? "0 of 0 pulses" : string.Create(CultureInfo.InvariantCulture, $"0 of {count} pulses (95 % upper bound {UpperBoundPercent(count):0.0} %)"));
        }

        (PulseVerdict Verdict, string Beats)[] kinds =
        [
            (PulseVerdict.Ectopic, "ventricular"), (PulseVerdict.Fusion, "fusion"), (PulseVerdict.Premature, "premature atrial"), (PulseVerdict.Unclassified, "unclassified"),
        ];
        var odd = kinds.Where(kind => judgement.Count(kind.Verdict) > 0).Select(kind => $"{judgement.Count(kind.Verdict)} on {kind.Beats} beats").ToArray();
        if (odd.Length > 0)
        {
            Line(console, "Of the safe ones", string.Join(", ", odd), new Style(Color.Yellow));
        }

        if (judgement.NotJudged > 0)
        {
            Line(console, "Not judged", $"{judgement.NotJudged} pulses, more than the generator keeps", new Style(Color.Yellow));
        }

        if (judgement.LineStuckHigh)
        {
            Line(console, "Pulse line", "still high at the end", new Style(Color.Red, decoration: Decoration.Bold));
        }
    }

    /// <summary>A label and what belongs to it.</summary>
    public static void Line(IAnsiConsole console, string label, string text, Style? style = null) =>
        console.WriteLine($"  {label.PadRight(LabelWidth)}  {text}", style ?? Style.Plain);

    /// <summary>With no event in N: the 95 % upper bound of its share, 3/N (the "rule of three"), in percent.</summary>
    public static double UpperBoundPercent(long count) => Math.Min(100, 300.0 / count);

    /// <summary>A span of time as people write it.</summary>
    public static string Duration(double seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);
        return span.TotalMinutes < 2
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
            : span.TotalHours < 1
                ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00} min")
                : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00} h");
    }

    private static string Describe(in JudgedPulse pulse)
    {
        var beat = pulse.Beat;
        if (!double.IsFinite(beat.RSeconds))
        {
            return string.Create(CultureInfo.InvariantCulture, $"at {pulse.Pulse.PatientSeconds:0.000} s, before any true beat");
        }

        var where = pulse.Verdict == PulseVerdict.Vulnerable
            ? string.Create(CultureInfo.InvariantCulture, $", T peak {(pulse.Pulse.PatientSeconds - beat.TPeakSeconds) * 1000:+0.0;-0.0} ms")
            : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"at {pulse.Pulse.PatientSeconds:0.000} s: true R {pulse.OffsetMilliseconds:+0.0;-0.0} ms{where}, beat {beat.Symbol}");
    }

    private static void Reasons(IAnsiConsole console, string label, IReadOnlyList<KeyValuePair<Reason, long>> counts)
    {
        var first = true;
        foreach (var (reason, count) in counts.OrderByDescending(entry => entry.Value))
        {
            Line(console, first ? label : string.Empty, string.Create(CultureInfo.InvariantCulture, $"{count,6}  {reason.ToString().PadRight(15)}  {ReasonText.Explain(reason)}"));
            first = false;
        }
    }
}
