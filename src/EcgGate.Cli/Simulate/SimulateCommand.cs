using System.CommandLine;
using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Cli.Replay;
using EcgGate.Emulator.Simulation;
using Spectre.Console;

namespace EcgGate.Cli.Simulate;

/// <summary><c>ecggate simulate</c>: the whole engine in virtual time against random patients and faults.</summary>
internal static class SimulateCommand
{
    private const long MostBeats = 1_000_000_000;

    public static Command Build(IAnsiConsole output)
    {
        var seed = new Option<ulong>("--seed")
        {
            HelpName = "S",
            Description = $"Seed of the first patient, from 0 up; each patient of {SimulationOptions.BeatsPerPatient:#,0} beats has the next.",
            DefaultValueFactory = _ => 1,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                {
                    return value;
                }

                result.AddError($"--seed takes a whole number from 0 up, for example --seed 1; '{text}' is none.");
                return 0;
            },
        };
        var beats = NumberOption.Whole("--beats", "N", "How many beats the patients' hearts make together. [default: 100000]", 100_000);
        var faults = new Option<string>("--faults") { HelpName = "LIST", Description = "What goes wrong: all (chance decides which patient meets what), none, or a list with commas, which every patient meets.", DefaultValueFactory = _ => "all" };
        var procedures = new Option<bool>("--procedures") { Description = "The engines carry out procedures, one after another: random plans, an emulated generator, an operator; the faults of these take part." };
        var cores = NumberOption.Whole("--cores", "N", "How many patients run at the same time; the result does not depend on it. [default: all cores]", 2);
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Writes the figures for machines." };
        var quiet = new Option<bool>("--quiet") { Description = "No progress, only the summary." };
        var command = new Command("simulate", "Runs the whole engine in virtual time against random patients and injected faults; a referee that knows the truth checks each step.")
        {
            seed, beats, faults, procedures, cores, json, quiet,
        };
        Examples.AddNotes(
            command,
            "Faults: " + string.Join(", ", Names(ofProcedures: false)) + ".\n"
            + "With --procedures also: " + string.Join(", ", Names(ofProcedures: true)) + ".\n"
            + "A name with #NUMBER is the single one of this number that the seed lays out, as in lost#3.\n"
            + "An invariant that breaks is printed with the command that shows it again, made as small as was found.\n"
            + "Exit code: 0 all invariants held; 1 one did not; 2 something could not be read or written.");
        Examples.Add(
            command,
            ("ecggate simulate", "100,000 beats, all faults by chance"),
            ("ecggate simulate --seed 1 --beats 10000000 --faults all", "the run that docs/simulation.md reports"),
            ("ecggate simulate --procedures --beats 200000", "whole procedures, with a generator and an operator that fail"),
            ("ecggate simulate --beats 20000 --faults none", "what the patients alone do to the gate"),
            ("ecggate simulate --beats 20000 --faults timer-late,line-slow", "every patient meets both"));
        command.SetAction(async (parsed, cancellation) =>
        {
            var text = parsed.GetValue(faults) ?? "all";
            if (!FaultSelection.TryParse(text, out var selection, out var problem))
            {
                throw new CliException($"--faults: {problem}");
            }

            if (selection.NeedsProcedures && !parsed.GetValue(procedures))
            {
                throw new CliException($"--faults: '{text}' has faults of procedures; add --procedures, or leave them out.");
            }

            var options = new SimulationOptions
            {
                Seed = parsed.GetValue(seed),
                Beats = Checked(parsed.GetValue(beats) ?? 100_000, MostBeats, "--beats", "beats"),
                Faults = selection,
                Procedures = parsed.GetValue(procedures),
                Parallelism = (int)Checked(parsed.GetValue(cores) ?? Environment.ProcessorCount, 1024, "--cores", "cores"),
                Driver = EmulatedBoardDriver.Open,
            };
            return await RunAsync(options, parsed.GetValue(json), parsed.GetValue(quiet), output, cancellation);
        });
        return command;
    }

    private static IEnumerable<string> Names(bool ofProcedures) =>
        Enum.GetValues<SimulatedFaultKind>().Where(kind => FaultSelection.IsOfProcedures(kind) == ofProcedures).Select(FaultSelection.NameOf);

    private static long Checked(long value, long most, string option, string unit) =>
        value >= 1 && value <= most
            ? value
            : throw new CliException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; it must lie between 1 and {most:#,0} {unit}."));

    private static async Task<int> RunAsync(SimulationOptions options, string? json, bool quiet, IAnsiConsole output, CancellationToken cancellation)
    {
        using var file = json is null ? null : new CompleteFile("--json", json);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var result = await ShowAsync(options, quiet, output, cancellation);
        clock.Stop();
        SimulateView.Write(output, options, result, clock.Elapsed, cancellation.IsCancellationRequested);
        if (file is not null)
        {
            SimulateReport.Write(file, options, result, clock.Elapsed, cancellation.IsCancellationRequested);
        }

        return result.Breaches == 0 ? ExitCode.Good : ExitCode.Unsafe;
    }

    private static async Task<SimulationResult> ShowAsync(SimulationOptions options, bool quiet, IAnsiConsole output, CancellationToken cancellation)
    {
        if (quiet || !ReplayCommand.IsTerminal(output))
        {
            return await Task.Run(() => SimulationRunner.Run(options, null, cancellation), CancellationToken.None);
        }

        SimulationResult? result = null;
        await output.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(string.Create(CultureInfo.InvariantCulture, $"Simulating {options.Beats:#,0} beats"), maxValue: options.Beats);
                result = await Task.Run(() => SimulationRunner.Run(options, new Bar(bar), cancellation), CancellationToken.None);
            });
        return result!;
    }

    private sealed class Bar(ProgressTask task) : IProgress<long>
    {
        public void Report(long value)
        {
            lock (task)
            {
                task.Value = Math.Max(task.Value, value);
            }
        }
    }
}
