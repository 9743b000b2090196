namespace EcgGate.Cli.Tests;

public sealed class HelpTests
{
    [Fact]
    public async Task Help_lists_the_verbs() => Approved.Check(await HelpOf());

    [Fact]
    public async Task Help_of_run() => Approved.Check(await HelpOf("run"));

    [Fact]
    public async Task Help_of_replay() => Approved.Check(await HelpOf("replay"));

    [Fact]
    public async Task Help_of_simulate() => Approved.Check(await HelpOf("simulate"));

    [Fact]
    public async Task Help_of_selftest() => Approved.Check(await HelpOf("selftest"));

    [Fact]
    public async Task Help_of_devices() => Approved.Check(await HelpOf("devices"));

    [Fact]
    public async Task Help_of_traces_make() => Approved.Check(await HelpOf("traces", "make"));

    [Fact]
    public async Task Help_of_traces_fetch() => Approved.Check(await HelpOf("traces", "fetch"));

    [Fact]
    public async Task Version_is_that_of_the_library()
    {
        var result = await Cli.RunAsync("--version");
        result.Code.Should().Be(0);
        result.Output.Trim().Should().Be($"ecggate {typeof(GateCore).Assembly.GetName().Version!.ToString(3)}");
    }

    private static async Task<string> HelpOf(params string[] verb)
    {
        var result = await Cli.RunAsync([.. verb, "--help"]);
        result.Code.Should().Be(0);
        result.Error.Should().BeEmpty();
        return result.Output;
    }
}
