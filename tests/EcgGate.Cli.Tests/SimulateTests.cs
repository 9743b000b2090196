using System.Text.Json;
using EcgGate.Cli.Simulate;
using EcgGate.Emulator.Simulation;
using EcgGate.Gating;
using Spectre.Console.Testing;

namespace EcgGate.Cli.Tests;

public sealed class SimulateTests
{
    [Fact]
    public async Task A_small_simulation_holds_its_invariants_and_writes_its_figures()
    {
        using var folder = new TemporaryFolder();
        var json = folder.File("figures.json");
        var result = await Cli.RunAsync("simulate", "--seed", "3", "--beats", "2000", "--cores", "2", "--json", json);

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        result.Output.Should().Contain("2,000 beats of 2 patients").And.Contain("all held: 0 unsafe of").And.Contain("95 % upper bound");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        var root = document.RootElement;
        root.GetProperty("beats").GetInt64().Should().Be(2_000);
        root.GetProperty("breaches").GetInt64().Should().Be(0);
        var outcomes = root.GetProperty("withheld").EnumerateObject().Concat(root.GetProperty("missed").EnumerateObject()).Sum(reason => reason.Value.GetInt64());
        (root.GetProperty("fired").GetInt64() + outcomes).Should().Be(root.GetProperty("detected").GetInt64());
    }

    [Fact]
    public async Task Procedures_are_carried_out_where_they_are_asked_for()
    {
        using var folder = new TemporaryFolder();
        var json = folder.File("figures.json");
        var result = await Cli.RunAsync("simulate", "--seed", "40", "--beats", "400", "--faults", "op-pauses", "--procedures", "--json", json);

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        result.Output.Should().Contain("Procedures").And.Contain("OperatorPaused");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        var figures = document.RootElement.GetProperty("procedures");
        var told = new[] { "tests", "treatments", "failed", "unexpected" }.Sum(name => figures.GetProperty(name).GetInt64());
        told.Should().BePositive().And.Be(figures.GetProperty("made").GetInt64());
        figures.GetProperty("paused").GetProperty("OperatorPaused").GetInt64().Should().BePositive();
    }

    [Theory]
    [InlineData("--faults arc", "'arc' has faults of procedures", "add --procedures")]
    [InlineData("--faults lots", "'lots' is no fault", "timer-late")]
    [InlineData("--faults lost#x", "'lost#x' is no fault")]
    [InlineData("--beats 0", "--beats is 0", "between 1 and")]
    [InlineData("--beats many", "--beats takes a whole number")]
    [InlineData("--seed -1", "--seed takes a whole number from 0 up")]
    [InlineData("--cores 0", "--cores is 0")]
    [InlineData("--json nowhere/figures.json", "--json nowhere/figures.json", "no folder")]
    [InlineData("patient", "takes no 'patient'")]
    public async Task What_makes_no_sense_is_refused(string line, params string[] words) =>
        (await Cli.RunAsync(["simulate", .. line.Split(' ')])).ShouldBeRefused(words);

    [Fact]
    public async Task Stopped_at_once_it_ends_in_order()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var result = await Cli.RunAsync(stop.Token, "simulate", "--beats", "1000000");

        result.Code.Should().Be(0);
        result.Output.Should().Contain("0 beats of 0 patients").And.Contain("Stopped early");
    }

    [Fact]
    public void A_broken_invariant_is_printed_with_the_command_that_shows_it_again()
    {
        FaultSelection.TryParse("lost#3,line-slow#1", out var faults, out _).Should().BeTrue();
        var result = new SimulationResult
        {
            Patients = 3,
            PatientsOnBoard = 1,
            Beats = 3_000,
            Time = TimeSpan.FromMinutes(42),
            Samples = 630_000,
            Engines = 5,
            Detected = 2_990,
            Fired = 900,
            Withheld = [KeyValuePair.Create(Reason.Learning, 1_200L), KeyValuePair.Create(Reason.Ectopic, 870L)],
            Missed = [KeyValuePair.Create(Reason.TimerLate, 20L)],
            EdgesOnEctopicBeats = 0,
            EdgesOnFusionBeats = 2,
            EdgesOnPrematureBeats = 1,
            EdgesLateByTheLine = 1,
            DroppedEvents = 12,
            Faults = [KeyValuePair.Create(SimulatedFaultKind.Lost, 31L), KeyValuePair.Create(SimulatedFaultKind.LineSlow, 4L)],
            Breaches = 2,
            Failures = [new SimulationFailure(12, 345, faults!, new InvariantBreach(Invariant.EdgeInsideWindow, 71.4719, "72.0 ms after R (N); at most 71.0 ms are allowed"), 2)],
        };
        using var console = new TestConsole().Width(160);
        SimulateView.Write(console, new SimulationOptions { Seed = 11 }, result, TimeSpan.FromSeconds(2), isStopped: false);

        Approved.Check(console.Output);
    }
}
