using System.Text.Json;

namespace EcgGate.Cli.Tests;

public sealed class DevicesTests
{
    [Fact]
    public async Task What_the_machine_has_and_lacks_is_listed_on_screen_and_in_json()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("devices", "--json", folder.File("devices.json"));

        result.Code.Should().Be(0);
        result.Error.Should().BeEmpty();
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("devices.json"), TestContext.Current.CancellationToken));
        var findings = json.RootElement.GetProperty("findings").EnumerateArray().ToList();
        findings.Select(finding => finding.GetProperty("name").GetString()).Should().Contain("native");
        findings.Should().OnlyContain(finding => finding.GetProperty("message").GetString()!.Length > 0);
        json.RootElement.GetProperty("devices").ValueKind.Should().Be(JsonValueKind.Array);
        result.Output.Should().Contain("Missing", "there is no native library beside these tests");
    }
}
