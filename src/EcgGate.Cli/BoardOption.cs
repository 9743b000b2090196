using System.CommandLine;
using EcgGate.Cli.Run;

namespace EcgGate.Cli;

/// <summary>The option that chooses which board is emulated.</summary>
internal static class BoardOption
{
    public static Option<BoardPart?> Create() => new("--board")
    {
        HelpName = "PART",
        Description = $"Which board is emulated: {string.Join(" or ", EmulatedBoard.ByName.Keys)}. [default: {EmulatedBoard.ByName.Keys.First()}]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            if (EmulatedBoard.ByName.TryGetValue(result.Tokens[0].Value, out var part))
            {
                return part;
            }

            result.AddError($"--board is '{result.Tokens[0].Value}', which is none; it must be {string.Join(" or ", EmulatedBoard.ByName.Keys)}.");
            return null;
        },
    };
}
