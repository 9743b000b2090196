using System.Text.Json;

namespace EcgGate.Cli.Tests;

public sealed class DeliverTests
{
    private static string Plan(string name) => Path.Combine(TestSupport.Recordings.Repository, "examples", name);

    [Fact]
    public async Task The_reference_case_is_carried_out_recorded_and_replayed_to_the_same_decisions()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("deliver", Plan("pubic-metastasis.json"), "patient:sinus-75", "--yes", "--fast", "--out", folder.File("case"), "--json", folder.File("case.json"));

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        result.Output.Should().Contain("Completed").And.Contain("70 of 70 pulses").And.Contain("0 of 90 pulses").And.Contain("3000 V (1500 V/cm over 2 cm)");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("case.json"), TestContext.Current.CancellationToken));
        var root = json.RootElement;
        root.GetProperty("state").GetString().Should().Be("Completed");
        root.GetProperty("pulsesMade").GetInt64().Should().Be(90);
        root.GetProperty("pairs")[0].GetProperty("delivered").GetInt32().Should().Be(70);
        root.GetProperty("gate").GetProperty("referee").GetProperty("unsafe").GetInt64().Should().Be(0);

        (await Cli.RunAsync("session", "verify", folder.File("case"))).Code.Should().Be(0);
        (await Cli.RunAsync("session", "report", folder.File("case"))).Code.Should().Be(0);
        var page = await File.ReadAllTextAsync(Path.Combine(folder.File("case"), "report.html"), TestContext.Current.CancellationToken);
        foreach (var heading in new[] { "Impedance, ohm", "Mean current, A", "Mean voltage, V", "Withheld" })
        {
            page.Contains(heading, StringComparison.Ordinal).Should().BeTrue(heading);
        }

        page.Split("viewBox=\"0 0 ").Skip(1).Select(rest => int.Parse(rest.Split(' ', '"')[1], System.Globalization.CultureInfo.InvariantCulture)).Should().NotBeEmpty().And.OnlyContain(height => height < 1000, "no artefact sets the height of the paper");
        var shown = await Cli.RunAsync("session", "show", folder.File("case"));
        shown.Output.Should().Contain("TreatmentPulse").And.Contain("accepted").And.Contain("Completed");
    }

    [Fact]
    public async Task A_rhythm_that_cannot_be_gated_on_is_waited_for_told_and_ended_by_the_plans_own_limit()
    {
        var result = await Cli.RunAsync("deliver", Plan("pubic-metastasis.json"), "patient:pvc-bigeminy", "--yes", "--fast", "--quiet");

        result.Code.Should().Be(1);
        result.Output.Should().Contain("Aborted (TimeLimit)").And.Contain("EcgTooLong; the gate: ").And.Contain("0 of 70 pulses");
    }

    [Fact]
    public async Task A_recording_with_premature_beats_gets_its_pulses_and_none_on_a_wrong_beat()
    {
        var record = Path.Combine(TestSupport.Recordings.Require(), "mitdb", "119");
        var result = await Cli.RunAsync("deliver", Plan("pubic-metastasis.json"), record, "--yes", "--fast", "--quiet");

        result.Code.Should().Be(0);
        result.Output.Should().Contain("70 of 70 pulses").And.Contain("Unsafe pulses       0 of 90 pulses");
    }

    [Fact]
    public async Task Ctrl_C_in_a_live_procedure_aborts_it_and_leaves_a_whole_record()
    {
        using var folder = new TemporaryFolder();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        // While the rhythm is still learnt: no edge that a busy host could make late.
        stop.CancelAfter(TimeSpan.FromSeconds(3));
        var result = await Cli.RunAsync(stop.Token, "deliver", Plan("small-lesion.json"), "patient:sinus-75", "--yes", "--out", folder.File("case"));

        result.Code.Should().Be(1);
        result.Output.Should().Contain("Aborted (OperatorAborted)").And.Contain("beats = ");
        (await Cli.RunAsync("session", "verify", folder.File("case"))).Code.Should().Be(0);
    }

    [Fact]
    public async Task A_phantom_is_pulsed_by_the_clock_only_where_plan_and_command_say_so()
    {
        (await Cli.RunAsync("deliver", Plan("phantom.json"), "--yes")).Error.Should().Contain("--fixed-rate");
        (await Cli.RunAsync("deliver", Plan("phantom.json"), "patient:sinus-75", "--yes", "--fixed-rate")).Error.Should().Contain("leave out patient:sinus-75");
        (await Cli.RunAsync("deliver", Plan("phantom.json"), "--yes", "--fixed-rate", "--fast")).Error.Should().Contain("--fast");

        // An edge that a busy host makes late is a fault that ends it: then once more.
        CliResult result;
        var tries = 0;
        do
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            stop.CancelAfter(TimeSpan.FromSeconds(4));
            result = await Cli.RunAsync(stop.Token, "deliver", Plan("phantom.json"), "--yes", "--fixed-rate");
            result.Code.Should().Be(1, "it was aborted");
            result.Output.Should().Contain("pulsed by the clock");
        }
        while (!result.Output.Contains("TestPulse", StringComparison.Ordinal) && ++tries < 5);

        result.Output.Should().Contain("TestPulse");
    }

    [Theory]
    [InlineData("spacingCm\": 2.0", "spacingCm\": 2.2", "3,300 V", "2.0 cm")]
    [InlineData("\"volts\": 100", "\"volts\": -100", "$.test.volts", "-100")]
    [InlineData("\"pulses\": 20", "\"pulse\": 20", "$.test.pulse", "$.test.pulses")]
    [InlineData("{", "[", "JSON", "line")]
    public async Task A_plan_that_cannot_be_used_is_refused_with_each_place_and_nothing_is_armed(string good, string bad, params string[] words)
    {
        using var folder = new TemporaryFolder();
        var text = await File.ReadAllTextAsync(Plan("pubic-metastasis.json"), TestContext.Current.CancellationToken);
        text.Should().Contain(good);
        await File.WriteAllTextAsync(folder.File("plan.json"), text.Replace(good, bad, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("deliver", folder.File("plan.json"), "patient:sinus-75", "--yes", "--out", folder.File("case"));

        result.Code.Should().Be(2);
        result.Error.Should().ContainAll(words).And.Contain("plan.json");
        folder.Names.Should().Equal("plan.json");
    }

    [Theory]
    [InlineData("patient:sinus-75", "--yes")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25 --yes", "real board")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25 --yes --fast", "--fast is for a patient or a record")]
    [InlineData("patient:sinus-75 --yes --fast --faults 1", "--faults")]
    [InlineData("--yes", "SOURCE")]
    [InlineData("nowhere --yes --fast", "nowhere")]
    public async Task What_cannot_be_done_is_said_in_a_sentence(string arguments, string word)
    {
        var result = await Cli.RunAsync(["deliver", Plan("pubic-metastasis.json"), .. arguments.Split(' ')]);

        result.Code.Should().Be(2);
        result.Error.Should().Contain(word);
        result.Output.Should().NotContain("Aborted");
    }

    [Fact]
    public async Task A_plan_that_is_not_there_is_named()
    {
        var result = await Cli.RunAsync("deliver", "nowhere.json", "patient:sinus-75", "--yes");

        result.Code.Should().Be(2);
        result.Error.Should().Contain("nowhere.json");
    }
}
