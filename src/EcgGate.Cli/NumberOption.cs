using System.CommandLine;
using System.Globalization;

namespace EcgGate.Cli;

/// <summary>Options that take a number, with a refusal that names option, text and an example.</summary>
internal static class NumberOption
{
    public static Option<double?> Real(string name, string unit, string description, double example) => new(name)
    {
        Description = description,
        HelpName = unit,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && Math.Abs(value) < 1e9)
            {
                return value;
            }

            result.AddError($"{name} takes a number, for example {name} {example.ToString(CultureInfo.InvariantCulture)}; '{text}' is none that makes sense.");
            return null;
        },
    };

    public static Option<int?> Whole(string name, string unit, string description, int example) => new(name)
    {
        Description = description,
        HelpName = unit,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                return value;
            }

            result.AddError($"{name} takes a whole number, for example {name} {example.ToString(CultureInfo.InvariantCulture)}; '{text}' is none that makes sense.");
            return null;
        },
    };
}
