using System.CommandLine;
using System.Text.Json;
using EcgGate.Cli.Output;
using EcgGate.Records.Sessions;
using Spectre.Console;

namespace EcgGate.Cli.Session;

/// <summary><c>ecggate session</c>: a session that was recorded.</summary>
internal static class SessionCommand
{
    private const string UsualPage = "report.html";

    public static Command Build(IAnsiConsole output)
    {
        var command = new Command("session", "A session that 'run --record' has recorded: what happened, a report of it, and whether it is true.") { BuildShow(output), BuildReport(output), BuildVerify(output) };
        Examples.Add(
            command,
            ("ecggate session show sessions/monday", "each line as a table, and the figures"),
            ("ecggate session report sessions/monday", "a page with ECG, pulses, curves and reasons"),
            ("ecggate session verify sessions/monday", "are the files whole, and does each decision follow from the samples?"));
        return command;
    }

    private static Command BuildShow(IAnsiConsole output)
    {
        var folder = Folder();
        var json = Json();
        var brief = new Option<bool>("--brief") { Description = "The figures only, no line for each event." };
        var command = new Command("show", "Prints each line of the session as a table, and the figures. Reads a session that a crash has ended, too.") { folder, json, brief };
        Examples.Add(command, ("ecggate session show sessions/monday", "what happened, in order"), ("ecggate session show sessions/monday --brief --json monday.json", "the figures, for people and for machines"));
        command.SetAction(parsed =>
        {
            using var file = Open(parsed.GetValue(json));
            var summary = SessionSummary.Of(RecordedSession.Open(parsed.GetRequiredValue(folder)));
            if (file is not null)
            {
                JsonSerializer.Serialize(file.Writer.BaseStream, SessionShowReport.Of(summary), SessionJsonContext.Default.SessionShowReport);
                file.Complete();
            }

            SessionView.Show(output, summary, parsed.GetValue(brief));
            return ExitCode.Good;
        });
        return command;
    }

    private static Command BuildReport(IAnsiConsole output)
    {
        var folder = Folder();
        var html = new Option<string?>("--html") { HelpName = "FILE", Description = $"Where the page goes. [default: {UsualPage} in the session's folder]" };
        var command = new Command("report", "Writes the session as one HTML page: ECG with each decision and pulse, impedance and current of each pulse, withheld beats by reason.") { folder, html };
        Examples.Add(command, ("ecggate session report sessions/monday", "into the session's folder"), ("ecggate session report sessions/monday --html monday.html", "somewhere else"));
        command.SetAction(parsed =>
        {
            var session = RecordedSession.Open(parsed.GetRequiredValue(folder));
            var path = parsed.GetValue(html) ?? Path.Combine(session.Folder, UsualPage);
            using var file = new CompleteFile("--html", path);
            SessionPage.Write(file.Writer, session);
            file.Complete();
            output.WriteLine($"{path} written.");
            return ExitCode.Good;
        });
        return command;
    }

    private static Command BuildVerify(IAnsiConsole output)
    {
        var folder = Folder();
        var json = Json();
        var command = new Command("verify", "Checks each checksum, and replays all that entered the core through an equal one: it must tell the same, bit for bit.") { folder, json };
        Examples.AddNotes(
            command,
            """
            A session that ended in a crash passes if it is whole as far as it reaches. Lost inputs or events, damage, and a
            decision that does not follow do not; the first difference is printed.
            Exit code: 0 verified; 1 not; 2 no session there, or it cannot be read.
            """);
        Examples.Add(command, ("ecggate session verify sessions/monday", "for people"), ("ecggate session verify sessions/monday --json verdict.json", "for machines, too"));
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                using var file = Open(parsed.GetValue(json));
                var check = SessionVerification.Of(RecordedSession.Open(parsed.GetRequiredValue(folder)));
                if (file is not null)
                {
                    JsonSerializer.Serialize(file.Writer.BaseStream, SessionVerifyReport.Of(check), SessionJsonContext.Default.SessionVerifyReport);
                    file.Complete();
                }

                SessionView.Verify(output, check);
                return check.IsGood ? ExitCode.Good : ExitCode.Unsafe;
            },
            cancellation));
        return command;
    }

    private static Argument<string> Folder() => new("DIR") { HelpName = "DIR", Description = "The session's folder, as given to 'run --record'." };

    private static Option<string?> Json() => new("--json") { HelpName = "FILE", Description = "Writes the same for machines." };

    private static CompleteFile? Open(string? path) => path is null ? null : new CompleteFile("--json", path);
}
