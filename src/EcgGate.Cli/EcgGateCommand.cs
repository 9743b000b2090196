using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using EcgGate.Cli.Bench;
using EcgGate.Cli.Deliver;
using EcgGate.Cli.Devices;
using EcgGate.Cli.Replay;
using EcgGate.Cli.Run;
using EcgGate.Cli.SelfTest;
using EcgGate.Cli.Session;
using EcgGate.Cli.Simulate;
using EcgGate.Cli.Traces;
using EcgGate.Cli.Validate;
using EcgGate.Records;
using EcgGate.Records.Fetch;
using EcgGate.Signals;
using Spectre.Console;

namespace EcgGate.Cli;

/// <summary>The <c>ecggate</c> command as a function: what the process does, callable from a test.</summary>
internal static class EcgGateCommand
{
    private const int HelpWidth = 100;

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">The words after <c>ecggate</c>.</param>
    /// <param name="output">Where results go; a live view only if it is a terminal.</param>
    /// <param name="error">Where refusals and failures go, one sentence each.</param>
    /// <param name="cancellation">Ctrl+C: stops in order, with summary and files.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, IAnsiConsole output, TextWriter error, CancellationToken cancellation)
    {
        var root = Build(output, error);
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (parsed.Action is null or ParseErrorAction)
            {
                throw new CliException(Explain(parsed));
            }

            RefuseMistypedOptions(parsed);

            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = output.Profile.Out.Writer, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                cancellation);
        }
        catch (Exception problem) when (problem is CliException or RecordException or FetchException or EcgSourceException)
        {
            await error.WriteLineAsync($"ecggate: {problem.Message}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"ecggate: {problem.Message}");
        }
        catch (Exception problem)
        {
            await error.WriteLineAsync($"ecggate: this should not have happened, please report it with the command line: {problem.GetType().Name}: {problem.Message}");
        }

        return ExitCode.Failed;
    }

    private static Command Build(IAnsiConsole output, TextWriter error)
    {
        var help = new HelpOption();
        if (help.Action is HelpAction action)
        {
            action.MaxWidth = HelpWidth;
            help.Action = new Examples.HelpWithExamples(action);
        }

        // An ordinary command, since RootCommand takes its name from the file that runs: dotnet, or a test.
        var root = new Command("ecggate", "Finds each R wave of an ECG and places a pulse in the ventricular refractory period, or withholds it and says why.")
        {
            RunCommand.Build(output, error),
            ReplayCommand.Build(output, error),
            ValidateCommand.Build(output, error),
            SimulateCommand.Build(output),
            BenchCommand.Build(output, error),
            DeliverCommand.Build(output, error),
            SessionCommand.Build(output),
            TracesCommand.Build(output),
            DevicesCommand.Build(output),
            SelfTestCommand.Build(output),
            help,
            new VersionOption { Action = new PrintVersion() },
        };
        Examples.Add(
            root,
            ("ecggate run traces/sinus-pvc", "gate a shipped record live, on the emulated board and generator"),
            ("ecggate replay traces --ledger beats.csv", "all records of a folder in virtual time, one line a beat"),
            ("ecggate run --help", "what a verb takes"));
        return root;
    }

    /// <summary>The parser takes an option that it does not know for an argument; a source that begins so is written ./-name.</summary>
    private static void RefuseMistypedOptions(ParseResult parsed)
    {
        foreach (var argument in parsed.CommandResult.Command.Arguments)
        {
            if (parsed.GetResult(argument)?.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { } token)
            {
                throw new CliException(NoSuchOption(NameOf(parsed.CommandResult), token.Value));
            }
        }
    }

    private static string NoSuchOption(string verb, string option) => $"'{verb}' has no option '{option}'; see '{verb} --help'.";

    /// <summary>The parser's first complaint, in words that say what to do.</summary>
    private static string Explain(ParseResult parsed)
    {
        RefuseMistypedOptions(parsed);
        var command = parsed.CommandResult.Command;
        var verb = NameOf(parsed.CommandResult);
        var unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unknown is not null)
        {
            if (unknown.StartsWith('-'))
            {
                return NoSuchOption(verb, unknown);
            }

            if (command.Subcommands.Count > 0)
            {
                return $"'{verb}' has no verb '{unknown}'; it has {string.Join(", ", command.Subcommands.Select(sub => sub.Name))} (see '{verb} --help').";
            }

            return command.Arguments.Count == 0
                ? $"'{verb}' takes no '{unknown}'; see '{verb} --help'."
                : $"'{verb}' takes one {command.Arguments[0].HelpName}, and '{unknown}' is one too many; put a name with blanks in quotation marks.";
        }

        if (command.Subcommands.Count > 0)
        {
            return $"'{verb}' needs a verb: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))} (see '{verb} --help').";
        }

        var missing = command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0 && (parsed.GetResult(argument)?.Tokens.Count ?? 0) == 0);
        if (missing is not null)
        {
            return $"'{verb}' needs a {missing.HelpName}; see '{verb} --help' for what it may be.";
        }

        return parsed.Errors[0].Message;
    }

    private static string NameOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{NameOf(parent)} {result.Command.Name}" : "ecggate";

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"ecggate {typeof(GateCore).Assembly.GetName().Version?.ToString(3)}");
            return ExitCode.Good;
        }
    }
}
