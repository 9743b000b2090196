using System.Globalization;
using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Cli.Session;
using EcgGate.Emulator.Generator;
using EcgGate.Records.Sessions;
using Spectre.Console;

namespace EcgGate.Cli.Run;

/// <summary>What a run came to.</summary>
internal sealed record RunResult
{
    public required GateFigures Figures { get; init; }

    /// <summary>The referee's verdict; null without one.</summary>
    public required PulseJudgement? Judgement { get; init; }

    /// <summary>What the host refused or could not keep up with, and the cure.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Why it ended before its time, in one sentence; null where it did not.</summary>
    public required string? Failure { get; init; }

    /// <summary>Where the real-time part ran.</summary>
    public required GateRuntime Runtime { get; init; }

    /// <summary>Where the session was recorded; null where it was not.</summary>
    public string? Record { get; init; }

    /// <summary>What is wrong with the record, in one sentence; null where nothing is.</summary>
    public string? RecordTrouble { get; init; }

    /// <summary>The user stopped it.</summary>
    public required bool Stopped { get; init; }
}

/// <summary>One live run from arming to the line at rest.</summary>
internal static class RunSession
{
    private static readonly TimeSpan LivePeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PlainPeriod = TimeSpan.FromMilliseconds(50);

    /// <param name="bench">What is gated on.</param>
    /// <param name="options">How to gate; checked before.</param>
    /// <param name="runtime">Where the real-time part must run; null for the best that there is.</param>
    /// <param name="seconds">How much signal at most; null until it ends.</param>
    /// <param name="ledger">Gets a line for each beat as it comes; null for none.</param>
    /// <param name="record">Where the session is recorded; null for nowhere.</param>
    /// <param name="console">Shows how it goes; null for silence.</param>
    /// <param name="cancellation">Ends it early, in order.</param>
    public static async Task<RunResult> RunAsync(RunBench bench, GateOptions options, GateRuntime? runtime, double? seconds, TextWriter? ledger, RecordWish? record, IAnsiConsole? console, CancellationToken cancellation)
    {
        var tally = new GateTally();
        var limit = seconds ?? bench.SignalSeconds;
        using var engine = bench.OpenEngine(options, runtime, out var runtimeWarning, record is null ? 0 : SessionRecording.UsualInputCapacity);
        var rate = engine.Source.SamplingRateHertz;
        console?.WriteLine($"{bench.Name}: {bench.Note}; real-time part in {(engine.Runtime == GateRuntime.Isolated ? "a runtime of its own" : "this process's own runtime")}.");
        using var recording = record?.Begin(engine, options);
        var isRecordWhole = true;
        await GateAsync();

        // Stopped: the line is at rest and the referee may judge.
        return new RunResult
        {
            Figures = GateFigures.Of(bench.Name, rate, engine.Samples, tally, options, engine.MissingSamples) with
            {
                DroppedEvents = engine.DroppedEvents,
            },
            Judgement = bench.Judge(engine),
            Runtime = engine.Runtime,
            Warnings =
            [
                .. runtimeWarning is null ? Array.Empty<string>() : [runtimeWarning],
                .. engine.PulseThreadStatus.Warnings.Concat(engine.CoreThreadStatus?.Warnings ?? []).Distinct(StringComparer.Ordinal),
                .. LostSamples(engine.MissingSamples, rate),
            ],
            Failure = engine.Failure?.Message,
            Record = record?.Folder,
            RecordTrouble = recording?.Trouble ?? (isRecordWhole ? null : $"{record!.Folder}: the record could not be closed: the disk did not take its end."),
            Stopped = cancellation.IsCancellationRequested,
        };

        async Task GateAsync()
        {
            var toldTrouble = false;

            bool TryRead(out GateEvent gateEvent) => recording is null ? engine.TryReadEvent(out gateEvent) : recording.TryReadEvent(out gateEvent);

            void Drain(PlainRunView? plain)
            {
                if (!toldTrouble && plain is not null && recording?.Trouble is { } trouble)
                {
                    toldTrouble = true;
                    console!.WriteLine($"The record fails: {trouble}", new Style(Color.Red));
                }

                while (TryRead(out var gateEvent))
                {
                    tally.OnEvent(in gateEvent);
                    plain?.Show(in gateEvent);
                    if (gateEvent.Kind == GateEventKind.BeatOutcome && ledger is not null)
                    {
                        LedgerCsv.WriteLine(ledger, bench.Name, rate, gateEvent.Beat);
                    }
                }
            }

            async Task WatchAsync(TimeSpan period, Action show)
            {
                while (engine.IsRunning && !cancellation.IsCancellationRequested && !(engine.Samples + engine.MissingSamples >= seconds * rate))
                {
                    show();
                    await Task.Delay(period, CancellationToken.None);
                }
            }

            RunStatus Status() => new(tally, rate, (engine.Samples + engine.MissingSamples) / rate, limit);

            PlainRunView? plain = null;
            engine.Start();
            engine.Arm();
            try
            {
                if (console is not null && Replay.ReplayCommand.IsTerminal(console))
                {
                    await console.Live(LiveRunView.Of(bench.Name, Status())).AutoClear(true).StartAsync(context => WatchAsync(LivePeriod, () =>
                    {
                        Drain(null);
                        context.UpdateTarget(LiveRunView.Of(bench.Name, Status()));
                    }));
                }
                else
                {
                    plain = console is null ? null : new PlainRunView(console, rate);
                    await WatchAsync(PlainPeriod, () => Drain(plain));
                }
            }
            finally
            {
                // Also when the screen or the disk failed: the line goes low first.
                engine.Stop();
                isRecordWhole = recording?.Close(engine.Failure?.Message ?? (cancellation.IsCancellationRequested ? "stopped by the user" : "the end of the run")) ?? true;
            }

            Drain(plain);
        }
    }

    private static IEnumerable<string> LostSamples(long samples, double rate)
    {
        if (samples > 0)
        {
            var slower = rate > 250 ? ", or a slower board (--rate 250)," : string.Empty;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{samples} {(samples == 1 ? "sample was" : "samples were")} lost: the machine stood still for longer than the {1000 / rate:0.#} ms that a sample lasts. A short gap costs the beat that it touches, a long one the rhythm, which is learnt anew. A machine with less to do{slower} loses fewer.");
        }
    }
}
