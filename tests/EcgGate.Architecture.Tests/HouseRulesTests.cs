using System.Reflection;
using System.Text.RegularExpressions;
using EcgGate.TestSupport;
using NetArchTest.Rules;

namespace EcgGate.Architecture.Tests;

/// <summary>The rules of the house, held over the built assemblies.</summary>
public sealed partial class HouseRulesTests
{
    [GeneratedRegex(@"^    public (async Task|void|Task) (?<name>\w+)\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"`(?<name>[A-Z]\w*_\w+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedTest();

    private static readonly Assembly Core = Assembly.Load("EcgGate");

    public static TheoryData<string, string> Rooms => new()
    {
        { "EcgGate", "" },
        { "EcgGate.Hardware", "EcgGate" },
        { "EcgGate.Hosting", "EcgGate EcgGate.Hardware" },
        { "EcgGate.Records", "EcgGate" },
        { "EcgGate.Emulator", "EcgGate" },
        { "EcgGate.Validation", "EcgGate EcgGate.Records" },
        { "EcgGate.Native", "EcgGate EcgGate.Hardware EcgGate.Emulator" },
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_the_rooms_that_it_may(string room, string allowed)
    {
        var known = Assembly.Load(room).GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith("EcgGate", StringComparison.Ordinal) || name == "ecggate");

        known.Should().BeSubsetOf(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Nothing_refers_to_the_bench()
    {
        var separator = Path.DirectorySeparatorChar;
        var projects = Directory.EnumerateFiles(Recordings.Repository, "*.csproj", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{separator}bin{separator}", StringComparison.Ordinal) && !file.Contains($"{separator}obj{separator}", StringComparison.Ordinal))
            .ToList();

        projects.Should().ContainSingle(file => Path.GetFileName(file) == "EcgGate.Bench.csproj");
        projects.Where(file => File.ReadAllText(file).Contains("EcgGate.Bench.csproj", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void The_core_library_needs_only_the_two_packages_that_it_names()
    {
        var beyond = Core.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal));

        beyond.Should().BeSubsetOf(["HdrHistogram", "Microsoft.Extensions.Logging.Abstractions"]);
    }

    [Fact]
    public void Nothing_that_decides_reads_a_clock_or_starts_a_thread()
    {
        string[] forbidden =
        [
            "System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Diagnostics.Stopwatch",
            "System.Environment", "System.Random", "System.Threading.Thread", "System.Threading.Tasks.Task",
            "System.IO", "System.Console", "EcgGate.Timing.MonotonicClock", "EcgGate.Timing.RealtimeThread",
        ];

        Deciders().ShouldNot().HaveDependencyOnAny(forbidden).GetResult().FailingTypeNames.Should().BeNullOrEmpty();
    }

    [Fact]
    public void The_rule_above_looks_at_the_types_that_decide()
    {
        var names = Deciders().GetTypes().Select(type => type.Name).ToList();

        names.Should().Contain(["GateCore", "GatePump", "GateLoop", "RhythmMonitor", "GatePolicy", "DeliverySession", "DeliveryPolicy", "RWaveDetector", "PanTompkinsDetector"]);
    }

    [Fact]
    public void The_simulations_referees_share_no_code_with_gate_and_session()
    {
        var referees = Types.InAssembly(Assembly.Load("EcgGate.Emulator")).That().ResideInNamespace("EcgGate.Emulator.Simulation").And().HaveNameEndingWith("Referee", StringComparison.Ordinal);
        string[] gate = ["EcgGate.Delivery", "EcgGate.GateCore", "EcgGate.GateLoop", "EcgGate.GatePump", "EcgGate.GateOptions", "EcgGate.GateEvent", "EcgGate.Gating", "EcgGate.Detection", "EcgGate.Signals", "EcgGate.Timing"];

        referees.GetTypes().Should().HaveCount(2);
        referees.ShouldNot().HaveDependencyOnAny(gate).GetResult().FailingTypeNames.Should().BeNullOrEmpty();
    }

    [Fact]
    public void Only_Timing_starts_threads_on_the_pulse_path()
    {
        var starters = Types.InAssembly(Core).That().DoNotResideInNamespace("EcgGate.Timing")
            .ShouldNot().HaveDependencyOn("System.Threading.Thread").GetResult();

        starters.FailingTypeNames.Should().BeNullOrEmpty();
    }

    [Fact]
    public void Tests_are_named_as_sentences()
    {
        var root = Path.Combine(Recordings.Repository, "tests");
        var odd = Directory.EnumerateFiles(root, "*Tests.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(File.ReadLines)
            .Select(line => TestMethod().Match(line))
            .Where(match => match.Success && !match.Groups["name"].Value.Contains('_', StringComparison.Ordinal) && match.Groups["name"].Value != "Dispose")
            .Select(match => match.Groups["name"].Value);

        odd.Should().BeEmpty();
    }

    [Fact]
    public void Each_test_that_the_hazards_name_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Recordings.Repository, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines)
            .Select(line => TestMethod().Match(line).Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);

        var rows = File.ReadLines(Path.Combine(Recordings.Repository, "docs", "hazards.md")).Where(line => line.StartsWith('|')).Skip(2).ToList();

        rows.Should().HaveCountGreaterThan(15);
        foreach (var row in rows)
        {
            var named = NamedTest().Matches(row).Select(match => match.Groups["name"].Value).ToList();
            named.Should().NotBeEmpty("each hazard is held by a test: {0}", row);
            named.Should().BeSubsetOf(tests);
        }
    }

    private static PredicateList Deciders() => Types.InAssembly(Core).That()
        .ResideInNamespace("EcgGate.Detection").Or()
        .ResideInNamespace("EcgGate.Gating").Or()
        .HaveNameMatching("^GateCore$").Or()
        .HaveNameMatching("^GatePump$").Or()
        .HaveNameMatching("^DeliverySession$").Or()
        .HaveNameMatching("^DeliveryPolicy$").Or()
        .HaveNameMatching("^GateLoop$");
}
