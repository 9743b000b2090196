using System.CommandLine;
using EcgGate.Cli.Run;

namespace EcgGate.Cli;

/// <summary>The option that chooses which board is emulated.</summary>
internal static class BoardOption
{
    private static string Names => $"{string.Join(", ", EmulatedBoard.ByName.Keys.SkipLast(1))} or {EmulatedBoard.ByName.Keys.Last()}";

    public static Option<BoardPart?> Create() => new("--board")
    {
        HelpName = "PART",
        Description = $"Which board is emulated: {Names}. [default: {EmulatedBoard.ByName.Keys.First()}]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            if (EmulatedBoard.ByName.TryGetValue(result.Tokens[0].Value, out var part))
            {
                return part;
            }

            result.AddError($"--board is '{result.Tokens[0].Value}', which is none; it must be {Names}.");
            return null;
        },
    };
}
