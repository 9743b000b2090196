using System.Text.Json;

namespace EcgGate.Cli.Tests;

public sealed class SelfTestTests
{
    // What a busy machine may fail by: how it reads and how it wakes, not the board.
    private static readonly string[] OfTheMachine = ["rate", "lost", "edges", "strangers", "ontime"];

    [Theory]
    [InlineData("ads1292r", 1.008)]
    [InlineData("ads1298", 1.0)]
    public async Task The_boards_own_signal_goes_through_the_whole_engine_with_a_verdict(string board, double millivolts)
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("selftest", "patient:sinus-75", "--board", board, "--json", folder.File("selftest.json"));

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("selftest.json"), TestContext.Current.CancellationToken));
        var root = json.RootElement;
        var checks = root.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!);
        checks.Keys.Should().Equal("noise", "offset", "amplitude", "period", "disturbed", "rate", "bad", "edges", "lost", "strangers", "unaccounted", "fired", "ontime", "late");
        var failed = checks.Where(check => !check.Value.GetProperty("passed").GetBoolean()).Select(check => check.Key).ToList();
        failed.Should().BeSubsetOf(OfTheMachine);
        checks["amplitude"].GetProperty("measured").GetDouble().Should().BeApproximately(millivolts, 0.001);
        checks["fired"].GetProperty("measured").GetDouble().Should().Be(0);
        root.GetProperty("passed").GetBoolean().Should().Be(failed.Count == 0);
        result.Code.Should().Be(failed.Count == 0 ? 0 : 1);
        result.Output.Should().Contain($"emulated {board.ToUpperInvariant()} at 500 samples/s").And.Contain(failed.Count == 0 ? "Passed: 14 checks." : "FAILED: ");
        result.Error.Should().BeEmpty();
    }

    [Theory]
    [InlineData("selftest ads1298:/dev/spidev99.9?drdy=25", "there is no /dev/spidev99.9")]
    [InlineData("selftest ads1298:/dev/spidev0.0?drdy=25 --board ads1298", "--board and --rate are for the emulated board")]
    [InlineData("selftest patient:sinus-75 --board ads1299", "--board is 'ads1299'", "ads1292r, ads1298")]
    [InlineData("selftest patient:sinus-75 --board ads1298 --rate 250", "--rate is 250", "no rate below 500")]
    [InlineData("selftest patient:sinus-75 --rate 300", "--rate is 300", "125, 250")]
    [InlineData("run ads1298:/dev/spidev0.0?drdy=25&rate=4000", "4000 samples per second", "rate=2000 or less")]
    [InlineData("run ads1298:/dev/spidev0.0?drdy=25&daisy=1", "daisy chain cannot be read")]
    [InlineData("run ads1298:/dev/spidev0.0?drdy=25 --board ads1298", "--board is for an emulated board")]
    public async Task What_cannot_be_tested_is_refused(string line, params string[] words) =>
        (await Cli.RunAsync(line.Split(' '))).ShouldBeRefused(words);
}
