using System.CommandLine;
using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Emulator.Patient;
using Spectre.Console;

namespace EcgGate.Cli.Traces;

/// <summary><c>ecggate traces</c>: the synthetic records that ship with the project, and public databases.</summary>
internal static class TracesCommand
{
    public static Command Build(IAnsiConsole output)
    {
        var command = new Command("traces", "The synthetic records that ship with the project, and public databases of recordings.") { BuildMake(output), BuildList(output), FetchCommand.Build(output) };
        Examples.Add(command, ("ecggate traces list", "what there is"), ("ecggate traces make --out /tmp/traces", "all of them, made anew from their seeds"), ("ecggate traces fetch mitdb", "a public database of recordings"));
        return command;
    }

    private static Command BuildMake(IAnsiConsole output)
    {
        var folder = new Option<string>("--out") { HelpName = "DIR", Description = "Where to; made if it is not there.", DefaultValueFactory = _ => "traces" };
        var command = new Command("make", "Makes the records anew from their seeds: .hea, .dat, .atr, the exact truth as CSV, a picture, and the index page. Equal on every machine.") { folder };
        Examples.Add(command, ("ecggate traces make", "into traces/"), ("ecggate traces make --out /tmp/traces", "somewhere else"));
        command.SetAction((parsed, cancellation) => Task.Run(() => Make(parsed.GetRequiredValue(folder), output, cancellation), CancellationToken.None));
        return command;
    }

    private static Command BuildList(IAnsiConsole output)
    {
        var command = new Command("list", "Lists the records, and the source that each is made from.");
        Examples.Add(command, ("ecggate traces list", "the sources also work with run and replay, with options of your own"));
        command.SetAction(_ =>
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("Record").AddColumn(new TableColumn("Hz").RightAligned()).AddColumn("What it shows");
            foreach (var trace in TraceCatalog.All)
            {
                table.AddRow(new Text(trace.Name), new Text(trace.SamplingRateHertz.ToString(CultureInfo.InvariantCulture)), new Rows(new Text(trace.Description), new Text(trace.Source, new Style(Color.Grey))));
            }

            output.Write(table);
            return ExitCode.Good;
        });
        return command;
    }

    private static int Make(string folder, IAnsiConsole output, CancellationToken cancellation)
    {
        OutputPaths.RequireFolder("--out", folder);
        var made = new List<Trace>();
        foreach (var definition in TraceCatalog.All)
        {
            if (cancellation.IsCancellationRequested)
            {
                output.WriteLine($"Stopped early: {made.Count} of {TraceCatalog.All.Count} records were made, and no index page.");
                return ExitCode.Good;
            }

            var trace = definition.Make();
            TraceFiles.Write(folder, trace);
            made.Add(trace);
            output.WriteLine($"{definition.Name}: {TraceIndexPage.Beats(trace)} beats");
        }

        File.WriteAllText(Path.Combine(folder, "README.md"), TraceIndexPage.Write(made));
        output.WriteLine($"{made.Count} records in {folder}");
        return ExitCode.Good;
    }
}
