using System.Globalization;
using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Delivery;
using EcgGate.Emulator.Simulation;
using EcgGate.Gating;
using Spectre.Console;

namespace EcgGate.Cli.Simulate;

/// <summary>The figures of a simulation, for people.</summary>
internal static class SimulateView
{
    private const int Listed = 20;

    public static void Write(IAnsiConsole console, SimulationOptions options, SimulationResult result, TimeSpan elapsed, bool isStopped)
    {
        console.WriteLine(Text($"Simulated from seed {options.Seed}, faults {options.Faults}: {result.Beats:#,0} beats of {result.Patients:#,0} patients, {SummaryView.Duration(result.Time.TotalSeconds)}"));
        var withheld = result.Withheld.Sum(entry => entry.Value);
        var missed = result.Missed.Sum(entry => entry.Value);
        SummaryView.Line(console, "Detected", Text($"{result.Detected:#,0} beats = {result.Fired:#,0} fired + {withheld:#,0} withheld + {missed:#,0} missed"));
        Reasons(console, "Withheld", result.Withheld);
        Reasons(console, "Missed", result.Missed);
        SummaryView.Line(console, "Engines", Text($"{result.Engines:#,0}, {result.PatientsOnBoard:#,0} patients through the emulated board; {result.DroppedEvents:#,0} events found the ring full"));
        if (result.Faults.Count > 0)
        {
            SummaryView.Line(console, "Faults", Text($"{result.Faults.Sum(fault => fault.Value):#,0} injected"));
            foreach (var line in result.Faults.Select(fault => Text($"{fault.Value:#,0} {FaultSelection.NameOf(fault.Key)}")).Chunk(6))
            {
                SummaryView.Line(console, string.Empty, string.Join(", ", line));
            }
        }

        if (result.Procedures is { } procedures)
        {
            Procedures(console, procedures);
        }

        var odd = new[] { (result.EdgesOnEctopicBeats, "ventricular"), (result.EdgesOnFusionBeats, "fusion"), (result.EdgesOnPrematureBeats, "premature atrial") }
            .Where(kind => kind.Item1 > 0).Select(kind => Text($"{kind.Item1:#,0} on {kind.Item2} beats")).ToArray();
        if (odd.Length > 0)
        {
            SummaryView.Line(console, "Of the pulses", string.Join(", ", odd));
        }

        if (result.EdgesLateByTheLine > 0)
        {
            SummaryView.Line(console, "Late by the line", Text($"{result.EdgesLateByTheLine:#,0} edges left the window as the line answered late; each was taken for a fault"));
        }

        if (result.Breaches == 0)
        {
            SummaryView.Line(console, "Invariants", result.Fired == 0
                ? "all held; nothing was fired"
                : Text($"all held: 0 unsafe of {result.Fired:#,0} pulses (95 % upper bound {SummaryView.UpperBoundPercent(result.Fired):0.#####} %)"));
        }
        else
        {
            SummaryView.Line(console, "Invariants", Text($"broken {result.Breaches:#,0} times in {result.Failures.Count:#,0} of {result.Patients:#,0} patients"), new Style(Color.Red, decoration: Decoration.Bold));
            foreach (var failure in result.Failures.Take(Listed))
            {
                console.WriteLine(Text($"    {failure.Breach.Invariant} at {failure.Breach.PatientSeconds:0.000} s: {failure.Breach.Detail}"));
                console.WriteLine($"        {failure.Command}");
            }

            if (result.Failures.Count > Listed)
            {
                console.WriteLine(Text($"    and {result.Failures.Count - Listed:#,0} more"));
            }
        }

        SummaryView.Line(console, "Speed", Text($"{elapsed.TotalSeconds:0.0} s, {result.Beats / Math.Max(0.001, elapsed.TotalSeconds):#,0} beats a second"));
        if (isStopped)
        {
            console.WriteLine("Stopped early: the patients that were done are counted.");
        }
    }

    private static void Procedures(IAnsiConsole console, ProcedureFigures figures)
    {
        SummaryView.Line(console, "Procedures", Text($"{figures.Procedures:#,0}: {figures.Completed:#,0} completed, {figures.Aborts.Sum(entry => entry.Value):#,0} aborted; {figures.Pauses.Sum(entry => entry.Value):#,0} pauses, {figures.Resumed:#,0} resumed"));
        SummaryView.Line(console, string.Empty, Text($"{figures.Made:#,0} pulses made, {figures.Stray:#,0} of them stray, and {figures.CountedFalsely:#,0} counted falsely"));
        SummaryView.Line(console, string.Empty, Text($"told: {figures.Tests:#,0} test, {figures.Treatments:#,0} treatment, {figures.Failed:#,0} failed or unread, {figures.Unexpected:#,0} unexpected; {figures.Planned:#,0} were planned"));
        Listed("Paused", figures.Pauses);
        Listed("Aborted", figures.Aborts);

        void Listed(string label, IReadOnlyList<KeyValuePair<DeliveryReason, long>> counts)
        {
            foreach (var line in counts.OrderByDescending(entry => entry.Value).Select(entry => Text($"{entry.Value:#,0} {entry.Key}")).Chunk(5))
            {
                SummaryView.Line(console, label, string.Join(", ", line));
                label = string.Empty;
            }
        }
    }

    private static void Reasons(IAnsiConsole console, string label, IReadOnlyList<KeyValuePair<Reason, long>> counts)
    {
        foreach (var (reason, count) in counts.OrderByDescending(entry => entry.Value))
        {
            SummaryView.Line(console, label, Text($"{count,10:#,0}  {reason.ToString(),-15}  {ReasonText.Explain(reason)}"));
            label = string.Empty;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
