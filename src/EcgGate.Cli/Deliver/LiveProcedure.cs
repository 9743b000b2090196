using EcgGate.Cli.Figures;
using EcgGate.Cli.Run;
using EcgGate.Cli.Session;
using EcgGate.Delivery;
using EcgGate.Records.Sessions;
using EcgGate.Signals;
using EcgGate.Timing;
using Spectre.Console;

namespace EcgGate.Cli.Deliver;

/// <summary>How a procedure is run.</summary>
/// <param name="Plan">The plan, checked.</param>
/// <param name="Options">How to gate.</param>
/// <param name="Expected">What the estimates go by.</param>
/// <param name="Record">Where it is recorded; null for nowhere.</param>
/// <param name="Confirms">Whether the treatment is confirmed without asking.</param>
/// <param name="Console">Shows how it goes; null for silence.</param>
internal sealed record ProcedureWish(PulseProtocol Plan, GateOptions Options, DeliverySessionOptions Expected, RecordWish? Record, bool Confirms, IAnsiConsole? Console)
{
    /// <summary>Whether somebody sees the screen and has keys.</summary>
    public bool IsWatched => Console is not null && Replay.ReplayCommand.IsTerminal(Console);
}

/// <summary>A procedure in real time, on the emulated generator.</summary>
internal static class LiveProcedure
{
    private const int StripColumns = 100;
    private const int InputsAtOnce = 1024;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ScreenPeriod = TimeSpan.FromMilliseconds(200);

    /// <summary>Gated on an ECG.</summary>
    public static async Task<ProcedureResult> RunAsync(ProcedureWish wish, RunBench bench, CancellationToken cancellation)
    {
        var options = wish.Plan.ApplyTo(wish.Options);
        using var engine = bench.OpenEngine(options, GateRuntime.InProcess, out _, SessionRecording.UsualInputCapacity);
        using var recording = wish.Record?.Begin(engine, options, isToldEvents: true);
        wish.Console?.WriteLine($"{bench.Name}: {bench.Note}.");
        var watch = new ProcedureWatch(recording, recording?.Procedure);
        var generator = bench.Generator!;
        var runner = new DeliveryRunner(wish.Plan, new EngineGate(engine, wish.Plan, watch), generator, watch, wish.Expected);
        var rate = engine.Source.SamplingRateHertz;
        var tally = new GateTally();
        var isRecordWhole = true;
        var strip = new EcgStrip(rate, Math.Min(StripColumns, (wish.Console?.Profile.Width ?? 80) - 1));
        var inputs = new GateInput[InputsAtOnce];
        var marked = 0;

        void TakeSamples()
        {
            while (recording is not null && recording.TryReadSample(out var sample))
            {
                strip.Add(in sample);
            }

            while (recording is null && engine.ReadInputs(inputs) is > 0 and var count)
            {
                foreach (ref readonly var input in inputs.AsSpan(0, count))
                {
                    if (input.Kind == GateInputKind.Sample)
                    {
                        strip.Add(input.Sample);
                    }
                }
            }

            for (; marked < tally.Beats.Count; marked++)
            {
                strip.Add(tally.Beats[marked]);
            }
        }

        engine.Start();
        try
        {
            await OperateAsync(
                wish,
                runner,
                watch,
                tally,
                rate,
                () =>
                {
                    TakeSamples();
                    return ProcedureView.Of(wish.Plan, runner.Session.GetProgress(), new RunStatus(tally, rate, (engine.Samples + engine.MissingSamples) / rate, bench.SignalSeconds), strip, engine.DroppedEvents, recording?.Trouble);
                },
                cancellation);
        }
        finally
        {
            // Also when the screen or the disk failed: the line goes low first.
            engine.Stop();
            while (engine.TryReadEvent(out var gateEvent))
            {
                watch.OnEvent(in gateEvent);
            }

            isRecordWhole = recording?.Close(runner.Session.State.ToString()) ?? true;
        }

        watch.Drain(tally, null);
        return new ProcedureResult
        {
            Plan = wish.Plan,
            Progress = runner.Session.GetProgress(),
            LastPause = watch.LastPause,
            Figures = GateFigures.Of(bench.Name, rate, engine.Samples, tally, options, engine.MissingSamples) with { DroppedEvents = engine.DroppedEvents },
            Judgement = bench.Judge(engine),
            PulsesMade = generator.PulseCount,
            Warnings = [.. engine.PulseThreadStatus.Warnings.Concat(engine.CoreThreadStatus?.Warnings ?? []).Distinct(StringComparer.Ordinal)],
            Record = wish.Record?.Folder,
            RecordTrouble = recording?.Trouble ?? (isRecordWhole ? null : "it could not be closed: the disk did not take its end."),
            Failure = engine.Failure?.Message,
        };
    }

    /// <summary>A phantom, by the clock.</summary>
    public static async Task<ProcedureResult> RunAsync(ProcedureWish wish, IPulseLine line, IPulseGenerator generator, CancellationToken cancellation)
    {
        using var timer = new PulseTimer(line);
        var watch = new ProcedureWatch(null, null);
        var runner = new DeliveryRunner(wish.Plan, new FixedRateGate(timer, wish.Plan), generator, watch, wish.Expected);
        var tally = new GateTally();
        await OperateAsync(wish, runner, watch, tally, 1, () => ProcedureView.Of(wish.Plan, runner.Session.GetProgress(), null, null, 0, null), cancellation);
        return new ProcedureResult
        {
            Plan = wish.Plan,
            Progress = runner.Session.GetProgress(),
            LastPause = watch.LastPause,
            Figures = null,
            Judgement = null,
            PulsesMade = generator.PulseCount,
            Warnings = timer.RealtimeStatus.Warnings,
        };
    }

    /// <summary>Runs it on a thread of its own while this one is the operator's: screen, keys, heartbeat.</summary>
    private static async Task OperateAsync(ProcedureWish wish, DeliveryRunner runner, ProcedureWatch watch, GateTally tally, double rate, Func<Spectre.Console.Rendering.IRenderable> draw, CancellationToken cancellation)
    {
        var session = runner.Session;
        session.Heartbeat(MonotonicClock.Now);
        var procedure = Task.Factory.StartNew(() => runner.Run(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        void Tend(Action<SessionEntry>? show)
        {
            session.Heartbeat(MonotonicClock.Now);
            watch.Drain(tally, show);
            if (wish.Confirms && session.State == DeliveryState.AwaitingConfirmation)
            {
                session.Confirm();
            }
        }

        try
        {
            if (wish.IsWatched)
            {
                await wish.Console!.Live(draw()).AutoClear(true).StartAsync(async context =>
                {
                    var shown = session.State;
                    while (!procedure.IsCompleted)
                    {
                        Tend(null);
                        ObeyKeys(wish.Console!, session, shown);

                        // Asked before it is drawn: what is confirmed next stood on the screen at least as long.
                        shown = session.State;
                        context.UpdateTarget(draw());
                        await Task.WhenAny(procedure, Task.Delay(ScreenPeriod, CancellationToken.None));
                    }
                });
            }
            else
            {
                void Show(SessionEntry entry)
                {
                    if (ProcedureText.Line(entry, rate) is { } line)
                    {
                        wish.Console?.WriteLine(line);
                    }
                }

                while (!procedure.IsCompleted)
                {
                    Tend(Show);
                    await Task.WhenAny(procedure, Task.Delay(Period, CancellationToken.None));
                }

                Tend(Show);
            }
        }
        finally
        {
            // A screen that failed is an operator who sees nothing.
            if (!procedure.IsCompleted)
            {
                session.Abort();
            }

            _ = await procedure;
        }
    }

    /// <param name="console">Where the keys are.</param>
    /// <param name="session">Who is told.</param>
    /// <param name="shown">The state that the operator saw when the keys were pressed.</param>
    private static void ObeyKeys(IAnsiConsole console, DeliverySession session, DeliveryState shown)
    {
        while (console.Input.IsKeyAvailable() && console.Input.ReadKey(intercept: true) is { } key)
        {
            switch (char.ToUpperInvariant(key.KeyChar))
            {
                case 'C' when shown == DeliveryState.AwaitingConfirmation:
                    session.Confirm();
                    break;
                case 'P':
                    session.Pause();
                    break;
                case 'R':
                    session.Resume();
                    break;
                case 'A':
                    session.Abort();
                    break;
            }
        }
    }
}
