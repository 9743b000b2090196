using System.CommandLine;

namespace EcgGate.Cli;

/// <summary>The option that chooses where the real-time part runs.</summary>
internal static class RuntimeOption
{
    private const string Isolated = "isolated";
    private const string InProcess = "in-process";

    public static Option<GateRuntime?> Create() => new("--runtime")
    {
        HelpName = "RUNTIME",
        Description = $"Where the real-time part runs: {Isolated} (a runtime of its own, which no garbage collection halts), or {InProcess}. [default: {Isolated} where the native library is there]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case Isolated:
                    return GateRuntime.Isolated;
                case InProcess:
                    return GateRuntime.InProcess;
                default:
                    result.AddError($"--runtime is '{result.Tokens[0].Value}', which is none; it must be {Isolated} or {InProcess}.");
                    return null;
            }
        },
    };

    /// <summary>As it is written on the command line and in JSON.</summary>
    public static string NameOf(GateRuntime runtime) => runtime == GateRuntime.Isolated ? Isolated : InProcess;
}
