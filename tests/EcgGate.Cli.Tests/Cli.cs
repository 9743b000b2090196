using EcgGate.Cli;
using Spectre.Console.Testing;

namespace EcgGate.Cli.Tests;

/// <summary>What a command line did.</summary>
internal sealed record CliResult(int Code, string Output, string Error)
{
    /// <summary>Asserts that it was refused in one sentence: exit 2, nothing on standard output, no stack trace.</summary>
    public void ShouldBeRefused(params string[] words)
    {
        Error.Should().StartWith("ecggate: ").And.EndWith("\n").And.NotContain("   at ").And.NotContain("Exception");
        Error.TrimEnd('\n').Should().NotContain("\n", "a refusal is one line");
        foreach (var word in words)
        {
            Error.Should().Contain(word);
        }

        Output.Should().BeEmpty();
        Code.Should().Be(2);
    }
}

/// <summary>Runs the command in this process.</summary>
internal static class Cli
{
    public static string Traces { get; } = Path.Combine(TestSupport.Recordings.Repository, "traces");

    public static string Trace(string name) => Path.Combine(Traces, name);

    public static Task<CliResult> RunAsync(params string[] arguments) => RunAsync(TestContext.Current.CancellationToken, arguments);

    public static async Task<CliResult> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var console = new TestConsole().Width(160);
        using var error = new StringWriter { NewLine = "\n" };
        var code = await EcgGateCommand.RunAsync(arguments, console, error, cancellation);
        return new CliResult(code, console.Output, error.ToString());
    }
}

/// <summary>A folder of its own for a test, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ecggate-cli-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>What is in it, temporary files included, by name.</summary>
    public IEnumerable<string> Names => Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)!).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
