using System.Text.Json;
using System.Xml.Linq;
using EcgGate.Delivery;
using EcgGate.Detection;
using EcgGate.Emulator.Patient;
using EcgGate.Records.Sessions;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Cli.Tests;

public sealed class SessionTests
{
    [Fact]
    public async Task A_live_run_is_recorded_shown_reported_and_verified()
    {
        using var folder = new TemporaryFolder();
        var run = await Cli.RunAsync("run", "patient:sinus-100", "--rate", "125", "--learning-beats", "4", "--every-beat", "--duration", "6", "--record", folder.File("s"), "--json", folder.File("run.json"), "--if-record-fails", "go-on");
        run.Output.Should().Contain("Recorded");

        var show = await Cli.RunAsync("session", "show", folder.File("s"), "--json", folder.File("show.json"));
        show.Error.Should().BeEmpty();
        show.Code.Should().Be(0);
        using var ran = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("run.json"), TestContext.Current.CancellationToken));
        using var shown = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("show.json"), TestContext.Current.CancellationToken));
        foreach (var figure in (string[])["samples", "beats", "fired", "lostSamples", "refutedBeats"])
        {
            shown.RootElement.GetProperty("gate").GetProperty(figure).GetInt64().Should().Be(ran.RootElement.GetProperty(figure).GetInt64(), figure);
        }

        shown.RootElement.GetProperty("closed").GetBoolean().Should().BeTrue();
        show.Output.Should().Contain("Learning").And.Contain("the end of the run");

        var verify = await Cli.RunAsync("session", "verify", folder.File("s"), "--json", folder.File("verify.json"));
        verify.Error.Should().BeEmpty();
        verify.Output.Should().StartWith("Verified: the files are whole");
        verify.Code.Should().Be(0);
        using var verified = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("verify.json"), TestContext.Current.CancellationToken));
        verified.RootElement.GetProperty("verdict").GetString().Should().Be("Verified");
        verified.RootElement.GetProperty("samples").GetInt64().Should().Be(ran.RootElement.GetProperty("samples").GetInt64());

        var again = await Cli.RunAsync("run", "patient:sinus-100", "--duration", "1", "--record", folder.File("s"));
        again.Code.Should().Be(2);
        again.Error.Should().Contain("already").And.Contain("choose another folder");
    }

    [Fact]
    public async Task A_changed_record_fails_with_its_first_difference()
    {
        using var folder = new TemporaryFolder();
        Record(folder.File("s"));
        var inputs = await File.ReadAllBytesAsync(folder.File("s/inputs.bin"), TestContext.Current.CancellationToken);
        inputs[inputs.Length / 2] ^= 4;
        await File.WriteAllBytesAsync(folder.File("s/inputs.bin"), inputs, TestContext.Current.CancellationToken);

        var verify = await Cli.RunAsync("session", "verify", folder.File("s"), "--json", folder.File("verify.json"));
        verify.Code.Should().Be(1);

        // How much stands in one block is up to the machine: the damaged one may be the last.
        verify.Output.Should().Contain("Not verified").And.ContainAny("bytes are damaged", "the last block is not whole");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("verify.json"), TestContext.Current.CancellationToken));
        json.RootElement.GetProperty("good").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task The_page_has_ecg_pulses_curves_and_reasons_and_needs_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var fired = Record(folder.File("s"));
        var report = await Cli.RunAsync("session", "report", folder.File("s"));
        report.Error.Should().BeEmpty();
        report.Code.Should().Be(0);
        var page = await File.ReadAllTextAsync(folder.File("s/report.html"), TestContext.Current.CancellationToken);
        page.Should().Contain("Withheld beats by reason").And.Contain("Learning").And.Contain("Impedance, ohm").And.Contain("Mean current, A").And.Contain("OverCurrent");
        page.Should().Contain($"<div><span>fired</span><strong>{fired}</strong></div>");
        page.Should().NotContain("src=").And.NotContain("href=").And.NotContain("<script");

        // Each drawing is well formed, and each pulse has its line in one.
        var drawings = page.Split("<svg ").Skip(1).Select(part => XElement.Parse("<svg " + part[..(part.IndexOf("</svg>", StringComparison.Ordinal) + 6)])).ToList();
        drawings.Should().HaveCount(4 + 3, "four curves, and thirty seconds of ECG");
        drawings.SelectMany(drawing => drawing.Descendants()).Count(line => (string?)line.Attribute("stroke-dasharray") == "14 8").Should().Be(fired);
    }

    [Fact]
    public async Task A_session_reads_as_approved()
    {
        using var folder = new TemporaryFolder();
        Record(folder.File("s"));
        var show = await Cli.RunAsync("session", "show", folder.File("s"));
        Approved.Check(System.Text.RegularExpressions.Regex.Replace(show.Output, @"(?m)^(?<at>.{13})\s+\d+\.\d{3}  ", "${at} (recorded)  ", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Help_of_session() => Approved.Check((await Cli.RunAsync("session", "--help")).Output);

    [Fact]
    public async Task Help_of_session_verify() => Approved.Check((await Cli.RunAsync("session", "verify", "--help")).Output);

    [Fact]
    public async Task What_cannot_be_is_refused_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        (await Cli.RunAsync("session", "show", folder.Path)).ShouldBeRefused("no session here");
        (await Cli.RunAsync("session", "verify", folder.File("nothing"))).ShouldBeRefused("no session here");
        (await Cli.RunAsync("session")).ShouldBeRefused("needs a verb: show, report, verify");
        (await Cli.RunAsync("run", "patient:sinus-75", "--if-record-fails", "go-on")).ShouldBeRefused("--record DIR");
        (await Cli.RunAsync("run", "patient:sinus-75", "--record", folder.File("s"), "--if-record-fails", "pray")).ShouldBeRefused("disarm or go-on");
    }

    /// <summary>Half a minute of a patient in virtual time, with readings of a generator.</summary>
    /// <returns>How many beats were fired on.</returns>
    private static int Record(string folder)
    {
        const double Rate = 250;
        var options = new GateOptions { LearningBeats = 4, MinimumInterval = TimeSpan.Zero };
        var info = new EcgSourceInfo { Name = "patient", SamplingRateHertz = Rate, LeadNames = ["II"] };
        var header = new SessionHeader
        {
            Started = new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero),
            Source = info,
            Options = options,
            Runtime = GateRuntime.InProcess,
            Version = "0.1.0",
            Machine = [KeyValuePair.Create("os", "a <test>")],
        };
        using var recorder = SessionRecorder.Create(folder, header);
        var carrier = new Carrier(recorder);
        var core = new GateCore(options, Rate, new RWaveDetector(Rate), carrier) { Inputs = carrier };
        core.Arm();
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-pvc"));
        GateOrder? order = null;
        for (var i = 0; i < 30 * Rate; i++)
        {
            if (order is { } due && i >= due.Deadline.Samples)
            {
                order = null;
                core.Report(due.BeatNumber, PulseResult.Fired, due.Deadline, 0);
                carrier.Fired++;
                recorder.Record(new PulseReading(carrier.Fired, default, new PulseSetting(0, 3000, 90, 50), 2990, 12, 10 + (carrier.Fired * 0.5), 90, carrier.Fired == 3 ? PulseFault.OverCurrent : PulseFault.None));
            }

            core.Process(new EcgSample(i, (float)patient.Millivolts(0, i / Rate)));
            _ = core.TryTakeCancellation(out _);
            if (core.TryTakeOrder(out var next))
            {
                order = next;
            }
        }

        core.Stop();
        core.Abandon();
        recorder.Close("the end of the test").Should().BeTrue();
        return carrier.Fired;
    }

    private sealed class Carrier(SessionRecorder recorder) : IGateEventSink, IGateInputSink
    {
        public int Fired { get; set; }

        public void OnEvent(in GateEvent gateEvent) => recorder.Record(in gateEvent);

        public void OnInput(in GateInput input) => recorder.Record([input]);
    }
}
