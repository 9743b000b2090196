using EcgGate.Cli.Figures;
using EcgGate.Cli.Run;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Cli.SelfTest;

/// <summary>
/// A board's test signal through the whole engine into a line that leads nowhere. What it can show: each edge of the square
/// wave is as steep as a QRS, so the detector must see each as one beat, and the ledger have one line for each; but no
/// heart makes steps of alternating direction, so the gate must fire on none. The timer is then shown on pulses of its own.
/// </summary>
internal static class EngineCheck
{
    private const double Periods = 10;

    /// <summary>The first edges teach the detector the size of the signal; the last may not be decided yet.</summary>
    private const double LeadInSeconds = 1.5;

    private const double LeadOutSeconds = 0.5;

    /// <summary>An R is placed on the filtered step, whose top comes after the edge.</summary>
    private const double EarliestSeconds = -0.02;

    private const double LatestSeconds = 0.06;

    private const double EdgesSeenPercent = 90;
    private const double LostPercent = 2;
    private const double OnTimePercent = 80;
    private const int Pulses = 20;
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(25);

    /// <summary>Runs the engine on a board that reads its test signal.</summary>
    /// <param name="board">The board; disposed by the caller.</param>
    /// <param name="options">How to gate.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="EcgSourceException">The board failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<IReadOnlyList<Ads129xCheck>> OfEngineAsync(Ads129xSource board, GateOptions options, CancellationToken cancellation)
    {
        var rate = board.Info.SamplingRateHertz;
        var wanted = Periods * board.TestSignal.PeriodSeconds * rate;
        var tap = new TappedSource(board, (int)(wanted + (60 * rate)));
        using var engine = new GateEngine(tap, new NullPulseLine(), options, new GateEngineOptions { Runtime = GateRuntime.InProcess });
        engine.Start();
        engine.Arm();
        while (engine.IsRunning && engine.Samples + engine.MissingSamples < wanted && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(20, CancellationToken.None);
        }

        engine.Stop();
        cancellation.ThrowIfCancellationRequested();
        if (engine.Failure is { } failure)
        {
            throw new EcgSourceException(failure.Message, failure);
        }

        var tally = new GateTally();
        while (engine.TryReadEvent(out var gateEvent))
        {
            tally.OnEvent(in gateEvent);
        }

        var wave = SquareWave.Of(tap.Values(out var first));
        var beats = tally.Beats.Select(beat => beat.Beat.RTime.Samples / rate).ToList();
        var edges = wave.Edges.Select(edge => (edge + first) / rate).ToList();
        var judged = edges.Where(edge => edge >= edges[0] + LeadInSeconds && edge <= edges[^1] - LeadOutSeconds).ToList();
        var seen = judged.Count(edge => beats.Count(beat => Belongs(beat, edge)) == 1);
        var strangers = beats.Count(beat => beat >= edges[0] + LeadInSeconds && !edges.Any(edge => Belongs(beat, edge)));
        var unaccounted = tally.Ledger.Beats - tally.Ledger.Fired - tally.Ledger.Withheld - tally.Ledger.Missed;
        return
        [
            new("edges", "edges of the test signal that the detector saw as one beat each", judged.Count == 0 ? double.NaN : 100.0 * seen / judged.Count, EdgesSeenPercent, null, "%"),
            new("lost", "samples lost on the way to the engine", 100.0 * engine.MissingSamples / Math.Max(1, engine.Samples + engine.MissingSamples), null, LostPercent, "%"),
            new("strangers", "beats that belong to no edge", strangers, null, 1, ""),
            new("unaccounted", "beats without a line in the ledger, and lost events", unaccounted + engine.DroppedEvents, null, 0, ""),
            new("fired", "pulses on the test signal, which is no heart's", tally.Ledger.Fired, null, 0, ""),
        ];
    }

    /// <summary>Has the timer make pulses into a line that leads nowhere.</summary>
    /// <param name="options">How to gate.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<IReadOnlyList<Ads129xCheck>> OfTimerAsync(GateOptions options, CancellationToken cancellation)
    {
        Warmup.Run(options, EmulatedBoard.DefaultRateHertz);
        using var timer = new PulseTimer(new NullPulseLine());
        var token = timer.Arm();
        var onTime = 0;
        var late = 0;
        for (var number = 1; number <= Pulses; number++)
        {
            var due = MonotonicClock.Now + Apart;
            if (timer.TrySchedule(new PulseOrder(token, number, due, due + options.EdgeTolerance, options.PulseWidth.Ticks * 100)))
            {
                await Task.Delay(2 * Apart, cancellation);
            }

            while (timer.TryTakeReport(out var report))
            {
                onTime += report.Result == PulseResult.Fired ? 1 : 0;

                // An edge that proved late when the clock was read after it; the timer then makes no more.
                late += report.Result == PulseResult.Fault ? 1 : 0;
            }
        }

        return
        [
            new("ontime", $"of {Pulses} null pulses, those made within {options.EdgeTolerance.TotalMilliseconds:0.###} ms; the others were dropped", 100.0 * onTime / Pulses, OnTimePercent, null, "%"),
            new("late", "null pulses made too late", late, null, 0, ""),
        ];
    }

    private static bool Belongs(double beat, double edge) => beat - edge is >= EarliestSeconds and <= LatestSeconds;
}
