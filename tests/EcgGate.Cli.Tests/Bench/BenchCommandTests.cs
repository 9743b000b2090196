using System.Text.Json;
using System.Xml.Linq;
using EcgGate.Cli.Bench;

namespace EcgGate.Cli.Tests.Bench;

public sealed class BenchCommandTests
{
    [Fact]
    public async Task A_short_run_prints_its_table_and_writes_figures_histograms_and_curves()
    {
        using var folder = new TemporaryFolder();
        var (json, svg, hgrm) = (folder.File("bench.json"), folder.File("bench.svg"), folder.File("hgrm"));

        // Ordinary threads: the test must not take the processors from other tests.
        var result = await Cli.RunAsync("bench", "--pulses", "20", "--priority", "0", "--runtime", "in-process", "--loopback", "--json", json, "--svg", svg, "--hgrm", hgrm);

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        result.Output.Should().Contain("inprocess, none").And.Contain("bare sleep").And.Contain("clock only").And.Contain("Sample to decision").And.Contain("by the timer's clock");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        var machine = document.RootElement.GetProperty("machine");
        machine.GetProperty("processors").GetInt32().Should().Be(Environment.ProcessorCount);
        machine.GetProperty("fifoPriority").GetInt32().Should().Be(0);
        var run = document.RootElement.GetProperty("runs").EnumerateArray().Should().ContainSingle().Subject;
        run.GetProperty("runtime").GetString().Should().Be("inprocess");
        run.GetProperty("load").GetString().Should().Be("none");

        // An edge that the host halts on its way is late, and is counted: how many is the machine's.
        run.GetProperty("late").GetInt32().Should().BeInRange(0, 20);
        run.GetProperty("allocatedBytes").GetInt64().Should().Be(0);
        var samples = run.GetProperty("samples").GetInt32();
        samples.Should().BePositive();
        foreach (var (section, names) in new[] { ("latenessUs", "p50 p99 p999 max"), ("reference", "p50 p99 p999 max"), ("pipelineNs", "p50 p99 p999") })
        {
            foreach (var name in names.Split(' '))
            {
                run.GetProperty(section).GetProperty(name).GetDouble().Should().BeGreaterThanOrEqualTo(0);
            }
        }

        run.GetProperty("dropped").GetInt32().Should().BeGreaterThanOrEqualTo(0);
        XDocument.Load(svg).Root!.Name.LocalName.Should().Be("svg");
        Directory.GetFiles(hgrm).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal).Should()
            .Equal("inprocess-none-gaps.hgrm", "inprocess-none-lateness.hgrm", "inprocess-none-pipeline.hgrm", "inprocess-none-reference.hgrm");
        (await File.ReadAllTextAsync(System.IO.Path.Combine(hgrm, "inprocess-none-lateness.hgrm"), TestContext.Current.CancellationToken)).Should().Contain("Percentile").And.Contain("#[Mean");
    }

    [Fact]
    public async Task Stopped_at_once_it_ends_in_order_with_what_there_is()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        var result = await Cli.RunAsync(stop.Token, "bench", "--priority", "0", "--runtime", "in-process", "--load", "none,cpu", "--quiet");

        result.Code.Should().Be(0);
        result.Output.Should().Contain("Stopped early; the pulse line is low.").And.NotContain("inprocess, cpu");
    }

    [Theory]
    [InlineData("isolated")]
    [InlineData("both")]
    public async Task Where_the_isolated_runtime_is_not_there_it_says_so_and_measures_the_other(string runtime)
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        var result = await Cli.RunAsync(stop.Token, "bench", "--priority", "0", "--runtime", runtime);

        Assert.SkipWhen(result.Output.Contains("isolated, none", StringComparison.Ordinal), "It is there.");
        (result.Output + result.Error).Should().Contain("The isolated runtime is not available in this build");
        result.Output.Should().Contain("inprocess, none");
        result.Code.Should().Be(0);
    }

    [Fact]
    public void A_limit_that_is_not_met_or_concerns_no_run_fails()
    {
        using var console = new Spectre.Console.Testing.TestConsole();
        var run = Runs.Run(Runs.Result([Runs.Fired(100)]));

        BenchView.WriteVerdicts(console, BenchLimit.ParseAll("late=0,p50<=1", []), [run]).Should().BeTrue();
        BenchView.WriteVerdicts(console, BenchLimit.ParseAll("p50<=0.01", []), [run]).Should().BeFalse();
        BenchView.WriteVerdicts(console, BenchLimit.ParseAll("gc.late=0", []), [run]).Should().BeFalse();
        console.Output.Should().Contain("no such run");
    }

    [Theory]
    [InlineData("--pulses 0", "--pulses is 0", "between 1 and 1,000,000")]
    [InlineData("--pulses many", "--pulses takes a whole number")]
    [InlineData("--load heavy", "'heavy' is no load", "none, cpu, gc, disk")]
    [InlineData("--load gc,gc", "names a load twice")]
    [InlineData("--runtime native", "--runtime is 'native'", "isolated, in-process or both")]
    [InlineData("--cpu 1024", "--cpu is 1024")]
    [InlineData("--priority 100", "--priority is 100", "between 6 and 99")]
    [InlineData("--require p98<=1", "There is no figure 'p98'", "p999")]
    [InlineData("--require heavy.p99<=1", "'heavy' in 'heavy.p99<=1'", "no load")]
    [InlineData("--require late", "'late' is no limit", "late=0")]
    [InlineData("--require p99<=1us", "ends in '1us'", "p99 is in us")]
    [InlineData("--line gpio:/dev/gpiochip0", "--line", "line, the line's number")]
    [InlineData("--line gpio:/dev/gpiochip987?line=1", "there is no /dev/gpiochip987")]
    [InlineData("--line gpio:/dev/gpiochip987?line=1 --loopback", "--loopback needs the input that is wired to")]
    [InlineData("--loopback gpio:/dev/gpiochip987?line=1", "needs the output that is wired to it")]
    [InlineData("--line gpio:/dev/gpiochip987?line=1 --loopback gpio:/dev/gpiochip987?line=1", "name the same line")]
    [InlineData("--json nowhere/bench.json", "--json nowhere/bench.json", "no folder")]
    [InlineData("patient", "takes no 'patient'")]
    [InlineData("--frob", "no option '--frob'")]
    public async Task What_makes_no_sense_is_refused(string line, params string[] words) =>
        (await Cli.RunAsync(["bench", .. line.Split(' ')])).ShouldBeRefused(words);

    [Fact]
    public async Task Help_of_bench()
    {
        var result = await Cli.RunAsync("bench", "--help");
        Approved.Check(result.Output);
    }

    [Fact]
    public void The_table_and_the_details_read_as_approved()
    {
        using var console = new Spectre.Console.Testing.TestConsole();
        console.Profile.Width = 160;
        BenchRun[] runs =
        [
            Runs.Run(Runs.Result([Runs.Fired(100), Runs.Fired(250), Runs.Dropped(2_500_000) with { FirstLookNanoseconds = 1 }])),
            Runs.Run(Runs.Result([Runs.Fired(120)], loopback: [90]), BenchLoadKind.Gc, "isolated"),
        ];

        BenchView.WriteTable(console, runs);
        foreach (var run in runs)
        {
            BenchView.WriteDetails(console, run);
        }

        Approved.Check(console.Output);
    }
}
