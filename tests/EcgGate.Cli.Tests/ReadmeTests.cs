namespace EcgGate.Cli.Tests;

/// <summary>What the README says can be done, done.</summary>
public sealed class ReadmeTests
{
    private const string Program = "dotnet run -c Release --project src/EcgGate.Cli -- ";

    private static readonly string Root = TestSupport.Recordings.Repository;

    /// <summary>
    /// The README's commands but `run`, which takes a minute of real time and is run by `.ci/run`, and `bench`, which takes minutes
    /// and whose tests are short ones.
    /// </summary>
    public static TheoryData<string> Commands()
    {
        var data = new TheoryData<string>();
        foreach (var line in File.ReadLines(Path.Combine(Root, "README.md")).Where(line => line.StartsWith(Program, StringComparison.Ordinal)))
        {
            var command = line[Program.Length..];
            if (!command.StartsWith("run ", StringComparison.Ordinal) && !command.StartsWith("bench ", StringComparison.Ordinal))
            {
                data.Add(command);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_command_of_the_README_works(string command)
    {
        using var folder = new TemporaryFolder();
        if (command.StartsWith("session ", StringComparison.Ordinal))
        {
            // What the README has made before.
            (await Cli.RunAsync("deliver", Path.Combine(Root, "examples", "small-lesion.json"), "patient:sinus-75", "--yes", "--fast", "--quiet", "--out", folder.File("case"))).Code.Should().Be(0);
        }

        var words = command.Split(' ')
            .Select(word => word == "case" ? folder.File(word) : word)
            .Select(word => word.StartsWith("traces", StringComparison.Ordinal) || word.StartsWith("examples", StringComparison.Ordinal) ? Path.Combine(Root, word) : word)
            .Select(word => word.EndsWith(".csv", StringComparison.Ordinal) || word.EndsWith(".html", StringComparison.Ordinal) || word.EndsWith(".svg", StringComparison.Ordinal) ? folder.File(Path.GetFileName(word)) : word)
            .ToArray();

        var result = await Cli.RunAsync(words);

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
    }

    [Fact]
    public async Task The_picture_shows_what_the_program_does_today()
    {
        using var folder = new TemporaryFolder();
        var picture = folder.File("strip.svg");

        await Cli.RunAsync("replay", Cli.Trace("sinus-pvc"), "--strip", picture, "--strip-from", "10");

        (await File.ReadAllTextAsync(picture, TestContext.Current.CancellationToken)).Should().Be(
            await File.ReadAllTextAsync(Path.Combine(Root, "docs", "sinus-pvc.svg"), TestContext.Current.CancellationToken),
            "docs/sinus-pvc.svg is made by: ecggate replay traces/sinus-pvc --strip docs/sinus-pvc.svg --strip-from 10");
    }

    [Fact]
    public void CI_runs_the_two_commands_that_a_reader_tries_first()
    {
        var ci = File.ReadAllText(Path.Combine(Root, ".ci", "run"));

        ci.Should().Contain("--project src/EcgGate.Cli -- run traces/sinus-pvc").And.Contain("dotnet test");
    }
}
