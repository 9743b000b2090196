using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Records.Sessions;
using Spectre.Console;

namespace EcgGate.Cli.Session;

/// <summary>What <c>session show</c> and <c>session verify</c> print.</summary>
internal static class SessionView
{
    /// <summary>The head, each line as a row of a table, and the figures.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="summary">The session.</param>
    /// <param name="isBrief">Without the table.</param>
    public static void Show(IAnsiConsole console, SessionSummary summary, bool isBrief)
    {
        var session = summary.Session;
        var header = session.Header;
        console.WriteLine($"{header.Source.Name}, {header.Started.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}");
        SummaryView.Line(console, "Source", string.Create(CultureInfo.InvariantCulture, $"{header.Source.SamplingRateHertz:0.###} samples/s, {string.Join(", ", header.Source.LeadNames)}"));
        SummaryView.Line(console, "Runtime", $"{RuntimeOption.NameOf(header.Runtime)}, version {header.Version}");
        foreach (var (name, value) in header.Machine)
        {
            SummaryView.Line(console, name, value);
        }

        if (!isBrief)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("ECG at s").RightAligned()).AddColumn(new TableColumn("Recorded s").RightAligned()).AddColumn("What").AddColumn("Details");
            foreach (var entry in session.Entries.Skip(1))
            {
                var (when, what, detail) = EntryText.Of(entry, summary.Rate);
                table.AddRow(new Text(when), new Text(entry.Seconds.ToString("0.000", CultureInfo.InvariantCulture)), new Text(what, StyleOf(what)), new Text(detail));
            }

            console.Write(table);
        }

        SummaryView.Write(console, summary.Figures);
        SummaryView.WriteLateness(console, summary.Figures.LatenessMicroseconds);
        Count(console, "Lost samples", summary.Figures.LostSamples);
        Count(console, "Lost events", summary.Figures.DroppedEvents);
        Count(console, "Lost inputs", summary.LostInputs);
        SummaryView.Line(console, "Ended", summary.End, session.Closed is null ? new Style(Color.Yellow) : Style.Plain);
        foreach (var finding in summary.Findings)
        {
            SummaryView.Line(console, "Damage", finding.ToString(), new Style(Color.Yellow));
        }
    }

    /// <summary>The verdict, and what is wrong.</summary>
    public static void Verify(IAnsiConsole console, SessionVerification check)
    {
        console.WriteLine(check.Verdict switch
        {
            SessionVerdict.Verified => "Verified: the files are whole, and each decision follows from what entered the core, bit for bit.",
            SessionVerdict.VerifiedToItsEnd => "Verified to its end: it was not closed, and as far as it reaches it is whole, and each decision follows, bit for bit.",
            SessionVerdict.Incomplete => "Not verified: inputs or events were lost while it was recorded.",
            SessionVerdict.Damaged => "Not verified: a file was damaged or changed.",
            _ => "Not verified: the replay tells something else.",
        }, new Style(check.IsGood ? Color.Green : Color.Red));
        SummaryView.Line(console, "Replayed", string.Create(CultureInfo.InvariantCulture, $"{check.Samples} samples, {check.EqualEvents} of {check.Events} events equal"));
        foreach (var problem in check.Problems)
        {
            SummaryView.Line(console, "Problem", problem, new Style(Color.Red));
        }

        foreach (var note in check.Notes)
        {
            SummaryView.Line(console, "Note", note);
        }
    }

    private static void Count(IAnsiConsole console, string label, long count)
    {
        if (count > 0)
        {
            SummaryView.Line(console, label, count.ToString(CultureInfo.InvariantCulture), new Style(Color.Yellow));
        }
    }

    private static Style StyleOf(string what) => what switch
    {
        "Fired" => new Style(Color.Green),
        "Missed" or "lost" or "record" => new Style(Color.Red),
        "Withheld" => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
