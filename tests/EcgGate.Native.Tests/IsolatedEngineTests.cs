using EcgGate.Cli;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Records.Sessions;
using EcgGate.Signals;
using EcgGate.Timing;
using Spectre.Console.Testing;

namespace EcgGate.Native.Tests;

/// <summary>The engine as a .NET host has it, in the library's runtime.</summary>
[Collection(Library.Collection)]
public sealed class IsolatedEngineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static GateOptions EveryBeat { get; } = new() { LearningBeats = 4, MinimumInterval = TimeSpan.Zero };

    private static GateEngineOptions Engine { get; } = new() { NativeLibraryPath = Library.Path };

    [Fact]
    public void What_the_isolated_engine_did_is_recorded_and_replayed_in_this_runtime_bit_for_bit()
    {
        _ = Library.Require();
        var folder = Directory.CreateTempSubdirectory("ecggate-native-");
        try
        {
            var target = new GateTarget { SourceUri = "patient:sinus-pvc?noise=muscle:0.05", LineUri = "emulated:", BoardRateHertz = 250 };
            var path = Path.Combine(folder.FullName, "session");
            using var engine = GateEngine.Open(target, EveryBeat, Engine with { InputCapacity = SessionRecording.UsualInputCapacity });
            engine.Runtime.Should().Be(GateRuntime.Isolated);
            using (var recording = new SessionRecording(engine, SessionRecorder.Create(path, SessionHeader.Of(engine, EveryBeat))))
            {
                engine.Arm().Should().BeTrue();
                engine.Start();
                var outcomes = 0;
                SpinWait.SpinUntil(
                    () =>
                    {
                        while (recording.TryReadEvent(out var gateEvent))
                        {
                            outcomes += gateEvent.Kind == GateEventKind.BeatOutcome ? 1 : 0;
                        }

                        Thread.Sleep(5);
                        return outcomes >= 12;
                    },
                    Patience).Should().BeTrue();
                engine.Disarm();
                engine.Arm();
                engine.Stop();
                recording.Close().Should().BeTrue();
            }

            var session = RecordedSession.Open(path);
            session.Header.Runtime.Should().Be(GateRuntime.Isolated);
            var check = SessionVerification.Of(session);
            check.Problems.Should().BeEmpty();
            check.Verdict.Should().Be(SessionVerdict.Verified);
            check.Samples.Should().Be(engine.Samples);
            check.EqualEvents.Should().BeGreaterThan(12);
            engine.DroppedInputs.Should().Be(0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Inputs_that_nobody_takes_are_counted_and_the_engine_goes_on()
    {
        _ = Library.Require();
        var target = new GateTarget { SourceUri = "patient:sinus-100", LineUri = "emulated:", BoardRateHertz = 250 };
        using var engine = GateEngine.Open(target, EveryBeat, Engine with { InputCapacity = 64 });
        engine.Start();
        SpinWait.SpinUntil(() => engine.DroppedInputs > 100, Patience).Should().BeTrue();
        var inputs = new GateInput[256];
        engine.ReadInputs(inputs).Should().BeGreaterThanOrEqualTo(64);
        inputs[..64].Should().OnlyContain(input => input.Kind != GateInputKind.Lost);
        SpinWait.SpinUntil(() => engine.ReadInputs(inputs) > 0, Patience).Should().BeTrue();
        inputs[0].Kind.Should().Be(GateInputKind.Lost);
        engine.IsRunning.Should().BeTrue();
    }

    [Fact]
    public void A_recording_is_gated_to_its_end_and_each_beat_accounted_for()
    {
        _ = Library.Require();
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-100"));
        EcgSample[] samples = [.. Enumerable.Range(0, 360 * 10).Select(i => new EcgSample(i, (float)patient.Millivolts(0, i / 360.0), (float)patient.Millivolts(1, i / 360.0), SampleStatus.None))];
        var target = new GateTarget { SourceUri = "samples:", LineUri = "emulated:", Name = "ten seconds", BoardRateHertz = 250, Samples = new RecordedSamples(360, 2, samples) };
        using var engine = GateEngine.Open(target, EveryBeat, Engine);

        engine.RuntimeWarning.Should().BeNull();
        (engine.Source.Name, engine.Source.SamplingRateHertz, engine.Source.LeadNames.Count).Should().Be(("ten seconds", 250, 2));
        engine.CoreThreadStatus.Should().BeNull();
        engine.Arm().Should().BeTrue();
        engine.Start();
        engine.Wait(Patience).Should().BeTrue();
        engine.IsRunning.Should().BeFalse();
        engine.Arm().Should().BeFalse("it has ended");
        engine.Failure.Should().BeNull();

        var ledger = new BeatLedger();
        var last = GateState.Disarmed;
        while (engine.TryReadEvent(out var gateEvent))
        {
            last = gateEvent.State;
            if (gateEvent.Kind == GateEventKind.BeatOutcome)
            {
                ledger.Add(gateEvent.Beat);
                gateEvent.Beat.BeatNumber.Should().Be(ledger.Beats);
            }
        }

        last.Should().Be(GateState.Stopped);
        ledger.Beats.Should().BeGreaterThan(8).And.Be(ledger.Fired + ledger.Withheld + ledger.Missed);
        var timer = engine.TimerStatistics;
        timer.Fired.Should().Be(ledger.Fired);
        timer.Lateness.TotalCount.Should().Be(ledger.Fired);
        engine.EmulatedPulses!.Pulses.Should().HaveCount((int)ledger.Fired).And.OnlyContain(pulse => pulse.Width >= TimeSpan.FromMilliseconds(1));
        (engine.Samples + engine.MissingSamples).Should().BeInRange(9 * 250, 10 * 250);
        engine.CoreThreadStatus.Should().NotBeNull();
    }

    [Theory]
    [InlineData(BoardPart.Ads1292R)]
    [InlineData(BoardPart.Ads1298)]
    public void Either_board_is_emulated_in_the_isolated_runtime(BoardPart part)
    {
        _ = Library.Require();
        using var engine = GateEngine.Open(new GateTarget { SourceUri = "patient:sinus-75?duration=3", LineUri = "emulated:", BoardPart = part }, EveryBeat, Engine);
        engine.Start();
        engine.Wait(Patience).Should().BeTrue();

        engine.Failure.Should().BeNull();
        (engine.Samples + engine.MissingSamples).Should().BeInRange(1000, 1500);
    }

    [Fact]
    public void No_more_pulses_come_than_the_host_has_permitted()
    {
        _ = Library.Require();
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-100"));
        EcgSample[] samples = [.. Enumerable.Range(0, 250 * 12).Select(i => new EcgSample(i, (float)patient.Millivolts(0, i / 250.0)))];
        var target = new GateTarget { SourceUri = "samples:", LineUri = "emulated:", BoardRateHertz = 250, Samples = new RecordedSamples(250, 1, samples) };
        using var engine = GateEngine.Open(target, EveryBeat with { NeedsPermits = true }, Engine);
        engine.Invoking(one => one.Permit(-1, TimeSpan.FromSeconds(1))).Should().Throw<ArgumentOutOfRangeException>();
        engine.Invoking(one => one.Permit(1, TimeSpan.Zero)).Should().Throw<ArgumentOutOfRangeException>();
        engine.Permit(1, TimeSpan.FromHours(1)).Should().BeFalse("it is not armed");
        engine.Arm().Should().BeTrue();
        engine.Permit(2, TimeSpan.FromHours(1)).Should().BeTrue();
        engine.Start();
        engine.Wait(Patience).Should().BeTrue();

        var events = new List<GateEvent>();
        while (engine.TryReadEvent(out var gateEvent))
        {
            events.Add(gateEvent);
        }

        var permit = events.Should().ContainSingle(e => e.Kind == GateEventKind.Permitted).Which;
        permit.PermittedPulses.Should().Be(2);
        permit.PermittedUntil.Samples.Should().Be(permit.SampleIndex + (250 * 3600));
        var beats = events.Where(e => e.Kind == GateEventKind.BeatOutcome).Select(e => e.Beat).ToList();
        beats.Count(b => b.Outcome == Outcome.Fired).Should().BeLessThanOrEqualTo(2).And.Be(engine.EmulatedPulses!.Pulses.Count);
        beats.Should().Contain(b => b.Reason == Reason.Recharging || b.Reason == Reason.Learning);
    }

    [Fact]
    public void What_was_true_at_the_end_can_be_read_after_disposal_and_nothing_else_can_be_done()
    {
        _ = Library.Require();
        var engine = GateEngine.Open(new GateTarget { SourceUri = "patient:sinus-75", LineUri = "emulated:" }, new GateOptions(), Engine);
        engine.Start();
        engine.Invoking(one => one.Start()).Should().Throw<InvalidOperationException>();
        while (engine.Samples < 10)
        {
            Thread.Sleep(1);
        }

        engine.Dispose();
        engine.Dispose();
        engine.Stop();
        engine.Disarm();

        engine.Samples.Should().BeGreaterThanOrEqualTo(10);
        engine.Arm().Should().BeFalse();
        engine.TryReadEvent(out _).Should().BeFalse();
        engine.Wait(TimeSpan.Zero).Should().BeTrue();
        engine.Invoking(one => one.Start()).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void What_cannot_be_opened_says_why_in_either_runtime()
    {
        _ = Library.Require();
        var open = (string source, GateOptions options) => { GateEngine.Open(new GateTarget { SourceUri = source }, options, Engine).Dispose(); };

        open.Invoking(one => one("camera:", new GateOptions())).Should().Throw<ArgumentException>().WithMessage("*source_uri is 'camera:'*");
        open.Invoking(one => one("push:", new GateOptions())).Should().Throw<ArgumentException>("a .NET host pushes nothing");
        open.Invoking(one => one("ads1292r:/dev/spidev7.7?drdy=25", new GateOptions())).Should().Throw<EcgSourceException>();
        open.Invoking(one => one("patient:sinus-75", new GateOptions { TargetDelay = TimeSpan.FromSeconds(1) })).Should().Throw<ArgumentException>().WithMessage("*Target delay is 1000 ms*");
    }

    [Fact]
    public void Without_the_library_the_engine_runs_in_process_and_says_what_is_lost()
    {
        var missing = new GateEngineOptions { NativeLibraryPath = "/nowhere/libecggate.so", CoreThread = RealtimeOptions.Ordinary, Timer = new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary } };
        using var source = new SilentSource();
        using var line = new NullPulseLine();
        var target = new GateTarget { SourceUri = "patient:sinus-75", ConnectInProcess = () => new GateConnection(source, line) };
        using var engine = GateEngine.Open(target, new GateOptions(), missing);
        using var chosen = GateEngine.Open(target, new GateOptions(), missing with { Runtime = GateRuntime.InProcess });
        using var given = new GateEngine(source, line, new GateOptions(), missing);

        engine.Runtime.Should().Be(GateRuntime.InProcess);
        engine.RuntimeWarning.Should().Contain("garbage collection").And.Contain("/nowhere/libecggate.so");
        given.RuntimeWarning.Should().Contain("garbage collection").And.Contain("GateEngine.Open");
        chosen.RuntimeWarning.Should().BeNull();
        FluentActions.Invoking(() => GateEngine.Open(target with { ConnectInProcess = null }, new GateOptions(), missing)).Should().Throw<InvalidOperationException>().WithMessage("*/nowhere/libecggate.so*");
    }

    [Fact]
    public async Task The_run_command_uses_the_library_beside_it_and_its_referee_saw_each_pulse()
    {
        _ = Library.Require();
        var file = Path.GetTempFileName();
        try
        {
            using var console = new TestConsole().Width(160);
            using var error = new StringWriter();
            var code = await EcgGateCommand.RunAsync(["run", "patient:sinus-100", "--rate", "125", "--learning-beats", "4", "--every-beat", "--duration", "9", "--runtime", "isolated", "--json", file], console, error, TestContext.Current.CancellationToken);

            error.ToString().Should().BeEmpty();
            code.Should().Be(0);
            console.Output.Should().Contain("a runtime of its own");
            using var json = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            var root = json.RootElement;
            root.GetProperty("runtime").GetString().Should().Be("isolated");
            root.GetProperty("beats").GetInt64().Should().BePositive();
            var referee = root.GetProperty("referee");
            referee.GetProperty("pulses").GetInt64().Should().Be(root.GetProperty("fired").GetInt64());
            referee.GetProperty("unsafe").GetInt64().Should().Be(0);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A live source that has nothing to say.</summary>
    private sealed class SilentSource : IEcgSource
    {
        public EcgSourceInfo Info { get; } = new() { Name = "silence", SamplingRateHertz = 500, LeadNames = ["II"], IsLive = true };

        public EcgBlock Read(Span<EcgSample> destination) => default;

        public void Interrupt()
        {
        }

        public void Dispose()
        {
        }
    }
}
