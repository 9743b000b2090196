using System.CommandLine;
using EcgGate.Detection;

namespace EcgGate.Cli;

/// <summary>The option that chooses what finds the beats.</summary>
internal static class DetectorOption
{
    public static Option<string?> Create() => new("--detector")
    {
        HelpName = "DETECTOR",
        Description = $"What finds the beats: {BeatDetectors.RWave}, or for comparison {BeatDetectors.PanTompkins} (1985), which decides too late to fire on. [default: {BeatDetectors.Names[0]}]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            var name = result.Tokens[0].Value;
            if (BeatDetectors.Names.Contains(name, StringComparer.Ordinal))
            {
                return name;
            }

            result.AddError($"--detector is '{name}', which is none; it must be {string.Join(" or ", BeatDetectors.Names)}.");
            return null;
        },
    };
}
