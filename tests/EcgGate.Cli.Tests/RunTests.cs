using System.Text.Json;
using EcgGate.Cli.Run;

namespace EcgGate.Cli.Tests;

public sealed class RunTests
{
    [Fact]
    public async Task A_short_run_accounts_for_each_beat_on_screen_in_ledger_and_in_json()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("run", Cli.Trace("sinus-75"), "--duration", "4", "--ledger", folder.File("ledger.csv"), "--json", folder.File("run.json"));
        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        folder.Names.Should().Equal("ledger.csv", "run.json");
        var lines = ReplayTests.ReadCsv(folder.File("ledger.csv"));
        lines.Count.Should().BeInRange(3, 6, "four seconds at 75 a minute, less the board's start");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("run.json"), TestContext.Current.CancellationToken));
        var root = json.RootElement;
        root.GetProperty("beats").GetInt64().Should().Be(lines.Count);
        root.GetProperty("droppedEvents").GetInt64().Should().Be(0);
        root.GetProperty("referee").GetProperty("unsafe").GetInt64().Should().Be(0);
        root.GetProperty("realtimeWarnings").ValueKind.Should().Be(JsonValueKind.Array);
        root.GetProperty("runtime").GetString().Should().Be("in-process", "there is no native library beside these tests");
        result.Output.Should().Contain("real-time part in this process's own runtime").And.Contain("Warning: The real-time part runs in this process's own runtime");
        foreach (var line in lines)
        {
            result.Output.Should().Contain($"beat {line["beat"],5}  {line["outcome"].ToLowerInvariant()}");
        }

        result.Output.Should().Contain("the referee knows the exact beats").And.Contain("Nothing was fired:");
    }

    [Fact]
    public async Task Quiet_prints_only_the_summary()
    {
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--duration", "1", "--quiet", "--runtime", "in-process");
        result.Code.Should().Be(0);
        result.Output.Should().NotContain("own runtime", "whoever asked for it knows");
        result.Output.Should().StartWith("patient:sinus-75: ").And.NotContain("Learning\n");
    }

    [Theory]
    [InlineData("mcp3208", "emulated MCP3208 behind an AD8232 at 500 samples/s")]
    [InlineData("ads1115", "emulated ADS1115 behind an AD8232 at 860 samples/s")]
    [InlineData("line-in", "emulated sound card at 1000 samples/s")]
    public async Task A_patient_is_read_through_a_hobby_board_too(string board, string expected)
    {
        // Shorter than the beats that arming needs: what a busy machine makes of edges is not asked here.
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--board", board, "--duration", "5", "--runtime", "in-process", "--ledger", folder.File("ledger.csv"));

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        result.Output.Should().Contain(expected);
        ReplayTests.ReadCsv(folder.File("ledger.csv")).Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("--rate is 1000; the ADS1115 has its own rate, 860 samples per second.", "run", "patient:sinus-75", "--board", "ads1115", "--rate", "1000")]
    [InlineData("--rate is 1000; the line input has its own rate, 1000 samples per second of a sound card's 48,000.", "run", "patient:sinus-75", "--board", "line-in", "--rate", "1000")]
    [InlineData("--runtime isolated cannot be had: The emulated sound card (--board line-in) is emulated in this process only.", "run", "patient:sinus-75", "--board", "line-in", "--runtime", "isolated")]
    [InlineData("--board is line-in, which has no test signal of its own; the ads1292r and the ads1298 have.", "selftest", "patient:sinus-75", "--board", "line-in")]
    [InlineData("--board is mcp3208, which has no test signal of its own; the ads1292r and the ads1298 have.", "selftest", "patient:sinus-75", "--board", "mcp3208")]
    [InlineData("--board is 'ads9', which is none; it must be ads1292r, ads1298, mcp3208, ads1115 or line-in.", "run", "patient:sinus-75", "--board", "ads9")]
    public async Task What_a_board_cannot_do_is_refused(string expected, params string[] arguments)
    {
        var result = await Cli.RunAsync(arguments);

        result.Code.Should().Be(2);
        result.Error.Should().Contain(expected);
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_leaves_summary_and_files_complete_and_the_line_low()
    {
        using var folder = new TemporaryFolder();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromSeconds(4));
        var result = await Cli.RunAsync(stop.Token, "run", "patient:sinus-100", "--ledger", folder.File("ledger.csv"), "--json", folder.File("run.json"));
        result.Code.Should().Be(0);
        result.Output.Should().Contain("Stopped; the pulse line is low.").And.Contain("beats = ").And.Contain("Lost samples");
        folder.Names.Should().Equal("ledger.csv", "run.json");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("run.json"), TestContext.Current.CancellationToken));
        var root = json.RootElement;
        root.GetProperty("referee").GetProperty("lineStuckHigh").GetBoolean().Should().BeFalse();
        root.GetProperty("beats").GetInt64().Should().Be(ReplayTests.ReadCsv(folder.File("ledger.csv")).Count);
    }

    [Fact]
    public async Task The_engine_fires_live_and_the_referee_saw_each_pulse()
    {
        // Every beat from the fifth on: short enough for a test, and the slow board bears a busy machine.
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("run", "patient:sinus-100", "--rate", "125", "--learning-beats", "4", "--every-beat", "--duration", "12", "--json", folder.File("run.json"));
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("run.json"), TestContext.Current.CancellationToken));
        var root = json.RootElement;
        Assert.SkipWhen(root.GetProperty("fired").GetInt64() == 0, "The machine stood still too often for a single pulse within 12 s.");
        var referee = root.GetProperty("referee");
        referee.GetProperty("pulses").GetInt64().Should().Be(root.GetProperty("fired").GetInt64());
        referee.GetProperty("unsafe").GetInt64().Should().Be(0);
        result.Output.Should().Contain("Edge lateness").And.Contain("Pulse after true R").And.Contain("95 % upper bound");
        result.Code.Should().Be(0);
    }

    [Fact]
    public async Task An_isolated_runtime_that_was_asked_for_and_cannot_be_had_is_refused()
    {
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--runtime", "isolated");
        result.ShouldBeRefused("--runtime isolated cannot be had", "libecggate.so");
    }

    [Theory]
    [InlineData("patient:sinus-75?seed=3", typeof(PatientSpecification))]
    [InlineData("traces/sinus-pvc", typeof(RecordSpecification))]
    [InlineData("C:\\records\\119.hea", typeof(RecordSpecification))]
    [InlineData("ads1292r:/dev/spidev1.0?drdy=17&rate=250", typeof(BoardSpecification))]
    [InlineData("alsa:hw:CARD=CODEC,DEV=0?rate=44100", typeof(SoundCardSpecification))]
    public void A_source_is_known_by_what_stands_before_the_colon(string text, Type expected) =>
        SourceSpecification.Parse(text).Should().BeOfType(expected);
}
