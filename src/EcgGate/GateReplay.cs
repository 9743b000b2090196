using EcgGate.Detection;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>Runs a recorded source through the live engine's core in virtual time, as fast as the machine allows.</summary>
public static class GateReplay
{
    private const int BlockLength = 4096;

    /// <summary>
    /// Replays a whole source, armed from its first sample. A virtual timer makes each edge exactly on its deadline.
    /// </summary>
    /// <param name="source">Read to its end; not disposed.</param>
    /// <param name="options">Checked before the first sample.</param>
    /// <param name="sink">Takes the events, on this thread.</param>
    /// <param name="progress">Told the samples done, once a block; null for none.</param>
    /// <param name="cancellation">Ends the replay early and in order.</param>
    /// <returns>The core after the last sample, stopped, with its counts.</returns>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public static GateCore Run(
        IEcgSource source,
        GateOptions options,
        IGateEventSink sink,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default) => Run(source, options, static rate => new RWaveDetector(rate), sink, progress, cancellation);

    /// <summary>
    /// Replays a whole source with another detector than the engine's, to see what it would have made of it.
    /// </summary>
    /// <param name="source">Read to its end; not disposed.</param>
    /// <param name="options">Checked before the first sample.</param>
    /// <param name="detector">Makes a new detector for the source's sampling rate; see <see cref="BeatDetectors"/>.</param>
    /// <param name="sink">Takes the events, on this thread.</param>
    /// <param name="progress">Told the samples done, once a block; null for none.</param>
    /// <param name="cancellation">Ends the replay early and in order.</param>
    /// <returns>The core after the last sample, stopped, with its counts.</returns>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public static GateCore Run(
        IEcgSource source,
        GateOptions options,
        Func<double, IBeatDetector> detector,
        IGateEventSink sink,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(detector);
        var rate = source.Info.SamplingRateHertz;
        var core = new GateCore(options, rate, detector(rate), sink, source.Info.LargestDelay);
        Run(source, core, options, progress, cancellation);
        return core;
    }

    /// <summary>
    /// Gives a core what entered another one (<see cref="GateCore.Inputs"/>): with equal options, and each input in its
    /// order, it tells equal events, bit for bit.
    /// </summary>
    /// <param name="core">A core without a timer: its orders are taken and left alone, for their answers are among the inputs.</param>
    /// <param name="input">The next input.</param>
    /// <exception cref="InvalidOperationException">Inputs were lost here: what comes after cannot be told from what came before.</exception>
    public static void Apply(GateCore core, in GateInput input)
    {
        ArgumentNullException.ThrowIfNull(core);
        switch (input.Kind)
        {
            case GateInputKind.Sample:
                // Whoever runs a core takes the order with the sample, and what it withdraws.
                core.Process(input.Sample);
                _ = core.TryTakeCancellation(out _);
                _ = core.TryTakeOrder(out _);
                break;
            case GateInputKind.Arm:
                core.Arm();
                break;
            case GateInputKind.Disarm:
                core.Disarm();
                break;
            case GateInputKind.Stop:
                core.Stop();
                break;
            case GateInputKind.Fault:
                core.Fault();
                break;
            case GateInputKind.Report:
                core.Report(input.Number, input.Result, new SampleTime(input.Edge), input.Nanoseconds);
                break;
            case GateInputKind.Refusal:
                core.ReportRefused(input.Number, input.Reason);
                break;
            case GateInputKind.Permit:
                core.Permit(input.Number, new TimeSpan(input.Nanoseconds / 100));
                break;
            case GateInputKind.Lost:
                throw new InvalidOperationException($"{input.Number} inputs were lost here; a replay ends where they are missing.");
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.Kind, "There is no such input.");
        }
    }

    internal static void Run(IEcgSource source, GateCore core, GateOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var timeline = new NominalTimeline(source.Info.SamplingRateHertz);
        var timer = new VirtualPulseTimer();
        var pump = new GatePump(core, timer, timeline, options.PulseWidth.Ticks * 100);
        var block = new EcgSample[BlockLength];
        long done = 0;
        pump.Arm();
        while (!cancellation.IsCancellationRequested)
        {
            var count = source.Read(block).Count;
            if (count == 0)
            {
                break;
            }

            foreach (ref readonly var sample in block.AsSpan(0, count))
            {
                timer.AdvanceTo(timeline.HostTimeOf(new SampleTime(sample.Index)));
                pump.Feed(in sample);
            }

            done += count;
            progress?.Report(done);
        }

        pump.Stop();
    }
}
