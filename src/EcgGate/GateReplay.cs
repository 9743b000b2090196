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
