using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace EcgGate.Cli;

/// <summary>Examples and notes that a verb's help ends with.</summary>
internal static class Examples
{
    private static readonly ConditionalWeakTable<Command, (string Line, string Meaning)[]> Lines = [];
    private static readonly ConditionalWeakTable<Command, string> Notes = [];

    public static void Add(Command command, params (string Line, string Meaning)[] examples) => Lines.Add(command, examples);

    public static void AddNotes(Command command, string notes) => Notes.Add(command, notes);

    /// <summary>The usual help, and then the notes and examples.</summary>
    internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            var command = parseResult.CommandResult.Command;
            if (Notes.TryGetValue(command, out var notes))
            {
                output.WriteLine(notes.ReplaceLineEndings());
                output.WriteLine();
            }

            if (Lines.TryGetValue(command, out var examples))
            {
                output.WriteLine("Examples:");
                foreach (var (line, meaning) in examples)
                {
                    output.WriteLine($"  {line}");
                    output.WriteLine($"      {meaning}");
                }

                output.WriteLine();
            }

            return result;
        }
    }
}
