using EcgGate.TestSupport;

namespace EcgGate.Native.Tests;

/// <summary>The .NET host of docs/embedding.md, compiled and run, so that the guide shows what works.</summary>
[Collection(Library.Collection)]
public sealed class EmbeddingGuideTests
{
    [Fact]
    public void The_host_of_the_guide_gates_and_stops_in_order()
    {
        _ = Library.Require();
        using var console = new StringWriter();
        Host(console);

        console.ToString().Should().Contain("beat 1: Withheld").And.Contain("Learning").And.NotContain("garbage collection");
    }

    [Fact]
    public void The_guide_shows_the_code_that_this_test_runs_and_the_C_example_that_is_built()
    {
        var root = Recordings.Repository;
        var here = File.ReadAllLines(Path.Combine(root, "tests", "EcgGate.Native.Tests", "EmbeddingGuideTests.cs"));
        var from = Array.FindIndex(here, line => line.Trim() == "// The guide's host begins.") + 1;
        var to = Array.FindIndex(here, line => line.Trim() == "// The guide's host ends.");
        var host = string.Join('\n', here[from..to].Select(line => line.Length >= 8 ? line[8..] : line));

        var guide = File.ReadAllText(Path.Combine(root, "docs", "embedding.md")).ReplaceLineEndings("\n");
        guide.Should().Contain(host).And.Contain("samples/c/main.c");
    }

    private static void Host(TextWriter console)
    {
        // The guide's host begins.
        var target = new GateTarget { SourceUri = "patient:sinus-75?duration=3", LineUri = "emulated:" };
        using var engine = GateEngine.Open(target, new GateOptions());
        if (engine.RuntimeWarning is { } warning)
        {
            console.WriteLine(warning);
        }

        engine.Start();
        engine.Arm();
        while (engine.IsRunning)
        {
            while (engine.TryReadEvent(out var gateEvent))
            {
                console.WriteLine(gateEvent.Kind == GateEventKind.BeatOutcome
                    ? $"beat {gateEvent.Beat.BeatNumber}: {gateEvent.Beat.Outcome} {gateEvent.Beat.Reason}"
                    : $"{gateEvent.State} {gateEvent.Reason}");
            }

            Thread.Sleep(20);
        }

        engine.Disarm();
        engine.Stop();
        // The guide's host ends.
    }
}
