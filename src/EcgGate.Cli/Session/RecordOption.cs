using System.CommandLine;
using EcgGate.Cli.Bench;
using EcgGate.Records.Sessions;
using EcgGate.Signals;

namespace EcgGate.Cli.Session;

/// <summary>The options of a verb that records a session.</summary>
internal sealed class RecordOption
{
    private const string DisarmName = "disarm";
    private const string GoOnName = "go-on";

    private readonly Option<string?> _folder;

    private readonly Option<RecordFailureRule?> _rule = new("--if-record-fails")
    {
        HelpName = "RULE",
        Description = $"While the record cannot be written (disk full, failed or hanging): {DisarmName}, no pulse without a record of it, or {GoOnName}. [default: {DisarmName}]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case DisarmName:
                    return RecordFailureRule.Disarm;
                case GoOnName:
                    return RecordFailureRule.GoOn;
                default:
                    result.AddError($"--if-record-fails is '{result.Tokens[0].Value}', which is none; it must be {DisarmName} or {GoOnName}.");
                    return null;
            }
        },
    };

    /// <param name="name">What the option with the folder is called.</param>
    public RecordOption(string name = "--record") =>
        _folder = new(name) { HelpName = "DIR", Description = "Records the session there, for 'ecggate session': a folder that holds none yet." };

    public void AddTo(Command command)
    {
        command.Options.Add(_folder);
        command.Options.Add(_rule);
    }

    /// <summary>What is wanted; null where nothing is recorded.</summary>
    /// <exception cref="CliException">A rule for a record that is not made.</exception>
    public RecordWish? Read(ParseResult parsed)
    {
        var rule = parsed.GetValue(_rule);
        if (parsed.GetValue(_folder) is { } folder)
        {
            return new RecordWish(folder, rule ?? RecordFailureRule.Disarm);
        }

        return rule is null ? null : throw new CliException($"--if-record-fails says what happens to a record; {_folder.Name} DIR makes one.");
    }
}

/// <summary>A session that is to be recorded.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Rule">What becomes of gating where that fails.</param>
internal sealed record RecordWish(string Folder, RecordFailureRule Rule)
{
    /// <summary>Begins the record of an engine that was not started yet.</summary>
    /// <param name="engine">The engine, with room for inputs.</param>
    /// <param name="options">How it gates.</param>
    /// <param name="isToldEvents">See <see cref="SessionRecording"/>.</param>
    /// <exception cref="Records.RecordException">The folder cannot be used.</exception>
    public SessionRecording Begin(GateEngine engine, GateOptions options, bool isToldEvents = false)
    {
        var header = WithMachine(SessionHeader.Of(engine, options), engine.PulseThreadStatus.Warnings);
        return new SessionRecording(engine, SessionRecorder.Create(Folder, header), Rule, isToldEvents);
    }

    /// <summary>Begins the record of what runs in virtual time, without an engine.</summary>
    /// <exception cref="Records.RecordException">The folder cannot be used.</exception>
    public SessionRecorder Begin(EcgSourceInfo source, GateOptions options) => SessionRecorder.Create(Folder, WithMachine(
        new SessionHeader { Started = TimeProvider.System.GetLocalNow(), Source = source, Options = options, Runtime = GateRuntime.InProcess },
        []));

    private static SessionHeader WithMachine(SessionHeader header, IEnumerable<string> warnings)
    {
        var machine = MachineDescription.Read(processor: 0);
        return header with
        {
            Machine =
            [
                .. header.Machine,
                new("kernel", $"{machine.Kernel}, {machine.Preemption}"),
                new("processor", machine.Processor ?? "unknown"),
                .. warnings.Select(warning => KeyValuePair.Create("warning", warning)),
            ],
        };
    }
}
