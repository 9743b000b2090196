namespace EcgGate.Cli.Tests;

public sealed class RunFaultsTests
{
    [Fact]
    public async Task A_script_is_told_first_and_what_it_does_shows_in_the_run()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("off.json"), """{"faults": [{"kind": "lead-off", "atSeconds": 1.5, "seconds": 1}]}""", TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--duration", "4", "--faults", folder.File("off.json"));

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        result.Output.Should().Contain("Fault: lead-off at 1.5 s for 1 s, lead 0").And.Contain("LeadOff");
    }

    [Fact]
    public async Task A_board_that_is_pulled_out_ends_the_run_with_what_happened_and_the_summary()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("out.json"), """{"faults": [{"kind": "unplugged", "atSeconds": 2}]}""", TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--faults", folder.File("out.json"), "--quiet");

        result.Code.Should().Be(2);
        result.Error.Should().Contain("no data-ready edge");
        result.Output.Should().Contain("beats = ").And.NotContain("Fault: ");
    }

    [Fact]
    public async Task Every_problem_of_a_script_is_told_at_once_and_nothing_is_run()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("bad.json"), """{"faults": [{"kind": "drdy-lost"}, {"kind": "gremlins", "atSeconds": 1}]}""", TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--faults", folder.File("bad.json"));

        result.Code.Should().Be(2);
        result.Error.Should().Contain("bad.json").And.Contain("$.faults[0].atSeconds").And.Contain("$.faults[1].kind");
        result.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("mcp3208", "drdy-lost", "$.faults[1].kind: drdy-lost cannot happen to the mcp3208; it is for ads1292r, ads1298, ads1115.")]
    [InlineData("ads1115", "overrun", "$.faults[1].kind: overrun cannot happen to the ads1115; it is for line-in.")]
    [InlineData("line-in", "bus-refuses", "$.faults[1].kind: bus-refuses cannot happen to the line-in; it is for ads1115.")]
    [InlineData("ads1298", "overrun", "$.faults[1].kind: overrun cannot happen to the ads1298; it is for line-in.")]
    public async Task What_cannot_happen_to_the_chosen_board_is_refused_with_its_place_and_the_boards_that_it_is_for(string board, string kind, string expected)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("other.json"), "{\"faults\": [{\"kind\": \"lead-off\", \"atSeconds\": 1}, {\"kind\": \"" + kind + "\", \"atSeconds\": 1}]}", TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--board", board, "--faults", folder.File("other.json"));

        result.Code.Should().Be(2);
        result.Error.Should().Contain(expected).And.Contain("1 problem:");
        result.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("mcp3208")]
    [InlineData("ads1115")]
    [InlineData("line-in")]
    public async Task A_board_of_one_lead_has_no_second_one_to_come_off(string board)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("second.json"), """{"faults": [{"kind": "lead-off", "atSeconds": 1, "lead": 1}]}""", TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--board", board, "--faults", folder.File("second.json"));

        result.Code.Should().Be(2);
        result.Error.Should().Contain($"$.faults[0].lead: 1 is none of the {board}, which has lead 0 alone.");
    }

    [Theory]
    [InlineData("ads1115", """{"kind": "unplugged", "atSeconds": 3}""", "no ready pulse")]
    [InlineData("line-in", """{"kind": "unplugged", "atSeconds": 2}""", "the sound card is gone")]
    [InlineData("line-in", """{"kind": "overrun", "atSeconds": 2}""", "has given no frames")]
    public async Task Other_boards_end_with_what_happened_to_them_too(string board, string fault, string expected)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("end.json"), $"{{\"faults\": [{fault}]}}", TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--board", board, "--faults", folder.File("end.json"), "--quiet");

        result.Code.Should().Be(2);
        result.Error.Should().Contain(expected);
        result.Output.Should().Contain("beats = ");
    }

    [Theory]
    [InlineData("nowhere.json")]
    [InlineData("-3x")]
    public async Task What_is_neither_a_file_nor_a_number_is_refused(string given)
    {
        var result = await Cli.RunAsync("run", "patient:sinus-75", "--faults=" + given);

        result.Code.Should().Be(2);
        result.Error.Should().Contain(given).And.Contain("seed");
    }

    [Fact]
    public async Task A_real_board_needs_no_script()
    {
        var result = await Cli.RunAsync("run", "ads1292r:/dev/spidev0.0?drdy=25", "--faults", "7");

        result.Code.Should().Be(2);
        result.Error.Should().Contain("--faults").And.Contain("real");
    }

    [Fact]
    public async Task The_shipped_script_is_one()
    {
        var result = await Cli.RunAsync("run", "patient:sinus-60", "--duration", "1", "--quiet", "--faults", Path.Combine(TestSupport.Recordings.Repository, "examples", "rough-minute.json"));

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
    }
}
