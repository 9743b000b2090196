using System.CommandLine;
using System.Globalization;
using EcgGate.Emulator.Faults;

namespace EcgGate.Cli.Run;

/// <summary><c>--faults FILE.json|SEED</c>: what goes wrong with the emulated board.</summary>
internal static class FaultsOption
{
    /// <summary>A seed lays out faults for so long where the run has no end of its own.</summary>
    private const double LaidOutSeconds = 3600;

    public static Option<string?> Create() => new("--faults")
    {
        HelpName = "FILE.json|SEED",
        Description = "What goes wrong with the emulated board, its electrodes and cables: a script (docs/faults.md), or a number that lays one out by chance.",
    };

    /// <summary>Reads what is asked for; null for nothing.</summary>
    /// <param name="text">As given.</param>
    /// <param name="seconds">How long the run lasts; null where that is open.</param>
    /// <param name="board">The emulated board; null for the default.</param>
    /// <exception cref="CliException">The file cannot be read, or is no script; each problem stands in a line of its own.</exception>
    public static FaultSchedule? Read(string? text, double? seconds, BoardPart? board = null)
    {
        if (text is null)
        {
            return null;
        }

        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            return FaultScript.Random(seed, board ?? EmulatedBoard.DefaultPart, seconds ?? LaidOutSeconds);
        }

        string script;
        try
        {
            script = File.ReadAllText(text);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"--faults {text}: {problem.Message} Give a script's file, or a whole number as seed.", problem);
        }

        var schedule = FaultScript.Parse(script, out var problems, board ?? EmulatedBoard.DefaultPart);
        return problems.Count == 0
            ? schedule
            : throw new CliException($"--faults {text}: {string.Join($"{Environment.NewLine}  ", problems.Prepend($"{problems.Count} {(problems.Count == 1 ? "problem" : "problems")}:"))}");
    }
}
