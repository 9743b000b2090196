using System.CommandLine;
using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Cli.Session;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using Spectre.Console;

namespace EcgGate.Cli.Run;

/// <summary><c>ecggate run</c>: gates live, in real time.</summary>
internal static class RunCommand
{
    private const double LongestSeconds = 30 * 24 * 3600.0;

    public static Command Build(IAnsiConsole output, TextWriter error)
    {
        var source = new Argument<string>("SOURCE") { HelpName = "SOURCE", Description = "A record (traces/sinus-pvc, night.edf, ecg.csv, line-in.wav), patient:SCENARIO[?options], or ads1292r:/dev/spidev0.0?drdy=25, ads1298:/dev/spidev0.0?drdy=25&leads=II,V2, alsa:hw:1?rate=48000&period=2ms." };
        var duration = NumberOption.Real("--duration", "S", "Stops after so many seconds. [default: at the end of the record; a patient goes on until Ctrl+C]", 60);
        var rate = NumberOption.Whole("--rate", "HZ", "Sampling rate of the emulated board: 125, 250, 500, 1000 or 2000. [default: 500]", 500);
        var part = BoardOption.Create();
        var ledger = new Option<string?>("--ledger") { HelpName = "FILE.csv", Description = "Writes one line for each beat: what became of it and why." };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Writes the figures for machines." };
        var quiet = new Option<bool>("--quiet") { Description = "Nothing while it runs, only the summary." };
        var line = new Option<string?>("--line") { HelpName = "gpio:...", Description = "Pulses this line, such as gpio:/dev/gpiochip0?line=17&active=low; with a real board. [default: none, a dry run]" };
        var faults = FaultsOption.Create();
        var runtime = RuntimeOption.Create();
        var reading = new RecordOptionSet();
        var recording = new RecordOption();
        var gate = new GateOptionSet();
        var command = new Command("run", "Gates live, in real time, on the emulated generator. A record is played through an emulated board.")
        {
            source, duration, part, rate, line, faults, runtime, ledger, json, quiet,
        };
        recording.AddTo(command);
        reading.AddTo(command);
        gate.AddTo(command);
        Examples.AddNotes(
            command,
            $"""
            Scenarios of the virtual patient:
            {ScenarioNames()}
            With options: patient:sinus-75?rate=80&seed=7&noise=muscle:0.1@20-40 (also wander, motion, mains, dc, step,
            leadoff, saturation, spike, gain, invert, artefact, duration).

            On a terminal the run is shown live; otherwise as a line for each beat and each change of state.
            Ctrl+C stops in order: line low, ledger written, summary printed.
            Exit code: 0 done or stopped; 1 the referee found an unsafe pulse; 2 bad input, or a device that failed.
            """);
        Examples.Add(
            command,
            ("ecggate run traces/sinus-pvc", "a shipped record: fires on sinus beats, withholds PVCs and the beat after"),
            ("ecggate run \"patient:sinus-75?noise=muscle:0.1@20-40\" --duration 60", "a virtual patient with muscle noise from 20 to 40 s"),
            ("ecggate run traces/sinus-75 --every-beat --ledger beats.csv --json run.json", "every beat, with files"),
            ("ecggate run patient:sinus-pvc --duration 60 --record sessions/monday", "recorded, for 'ecggate session show|report|verify'"),
            ("ecggate run line-in.wav --full-scale-mv 5 --lead 1", "a sound card's recording; docs/formats.md says what each format needs"),
            ("ecggate run traces/sinus-pvc --board ads1298 --rate 1000", "the same through an emulated ADS1298"),
            ("ecggate run patient:sinus-60 --board line-in", "through an emulated sound card, 48 kHz in periods of 2 ms behind a capacitor of 1.5 Hz"),
            ("ecggate run patient:sinus-60 --faults examples/rough-minute.json --duration 90", "an emulated board that misbehaves by a script"),
            ("ecggate run \"ads1292r:/dev/spidev0.0?drdy=25&rate=1000\"", "a real board (dry run)"),
            ("ecggate run \"ads1292r:/dev/spidev0.0?drdy=25\" --line \"gpio:/dev/gpiochip0?line=17\"", "a real board and a real trigger line"),
            ("ecggate run \"alsa:hw:1?rate=48000&period=2ms&fullscale=1.5\"", "a sound card's line input (dry run)"));
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = gate.Read(parsed);
            var seconds = parsed.GetValue(duration);
            if (seconds is not null and not (>= 1 and <= LongestSeconds))
            {
                throw new CliException(string.Create(CultureInfo.InvariantCulture, $"--duration is {seconds} s; it must lie between 1 s and 30 days."));
            }

            var board = parsed.GetValue(rate);
            var wish = recording.Read(parsed);
            var recordRequest = reading.Read(parsed);
            var specification = SourceSpecification.Parse(parsed.GetRequiredValue(source));
            OutputPaths.RequireDifferent(("--ledger", parsed.GetValue(ledger)), ("--json", parsed.GetValue(json)));
            using var ledgerFile = parsed.GetValue(ledger) is { } ledgerPath ? new CompleteFile("--ledger", ledgerPath) : null;
            using var jsonFile = parsed.GetValue(json) is { } jsonPath ? new CompleteFile("--json", jsonPath) : null;
            ledgerFile?.Writer.WriteLine(LedgerCsv.Header);
            var schedule = FaultsOption.Read(parsed.GetValue(faults), seconds, parsed.GetValue(part));
            using var bench = RunBench.Open(specification, recordRequest, parsed.GetValue(part), board, parsed.GetValue(line), schedule, options, parsed.GetValue(runtime), seconds);
            var silent = parsed.GetValue(quiet);
            foreach (var fault in silent ? [] : schedule?.Faults ?? [])
            {
                output.WriteLine($"Fault: {fault}");
            }

            var result = await RunSession.RunAsync(bench, options, parsed.GetValue(runtime), seconds, ledgerFile?.Writer, wish, silent ? null : output, cancellation);

            // Files before the screen: whoever closes the pipe still gets them.
            ledgerFile?.Complete();
            if (jsonFile is not null)
            {
                Report(result).WriteTo(jsonFile.Writer.BaseStream);
                jsonFile.Complete();
            }

            Print(output, result, silent);
            if (result.Failure is { } failure)
            {
                await error.WriteLineAsync($"ecggate: {failure}");
            }

            var isUnsafe = result.Judgement is { } judgement && (judgement.UnsafeCount > 0 || judgement.LineStuckHigh);
            if (result.RecordTrouble is { } trouble)
            {
                await error.WriteLineAsync($"ecggate: {trouble}");
            }

            return isUnsafe ? ExitCode.Unsafe : result.Failure is null && result.RecordTrouble is null ? ExitCode.Good : ExitCode.Failed;
        });
        return command;
    }

    /// <summary>All scenarios, a few to a line.</summary>
    private static string ScenarioNames() =>
        string.Join(",\n", ScenarioCatalog.All.Select(scenario => scenario.Name).Chunk(6).Select(names => $"  {string.Join(", ", names)}"));

    private static GateReport Report(RunResult result) => GateReport.Of(result.Figures) with
    {
        Referee = result.Judgement is { } judgement ? RefereeReport.Of(judgement) : null,
        Runtime = RuntimeOption.NameOf(result.Runtime),
        RealtimeWarnings = result.Warnings,
        Failure = result.Failure,
    };

    private static void Print(IAnsiConsole output, RunResult result, bool quiet)
    {
        var figures = result.Figures;
        if (!quiet)
        {
            output.WriteLine();
        }

        if (result.Stopped)
        {
            output.WriteLine(result.Failure is null ? "Stopped; the pulse line is low." : "Stopped.");
        }

        SummaryView.Write(output, figures);
        SummaryView.WriteLateness(output, figures.LatenessMicroseconds);
        if (result.Judgement is { } judgement)
        {
            SummaryView.WriteReferee(output, judgement);
        }

        if (result.Record is { } record)
        {
            SummaryView.Line(output, "Recorded", $"{record} (ecggate session show {record})");
        }

        Count(output, "Lost samples", figures.LostSamples);
        Count(output, "Dropped events", figures.DroppedEvents);
        foreach (var warning in result.Warnings)
        {
            output.WriteLine($"Warning: {warning}", new Style(Color.Yellow));
        }
    }

    private static void Count(IAnsiConsole output, string label, long count) =>
        SummaryView.Line(output, label, count.ToString(CultureInfo.InvariantCulture), count > 0 ? new Style(Color.Yellow) : Style.Plain);
}
