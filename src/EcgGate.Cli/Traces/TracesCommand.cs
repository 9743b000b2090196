using System.CommandLine;
using Spectre.Console;
namespace EcgGate.Cli.Traces;
internal static class TracesCommand
{
    public static Command Build(IAnsiConsole output) => new("traces", "x");
}
