using EcgGate.Cli.Figures;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Records;
using EcgGate.Signals;
using EcgGate.Validation;

namespace EcgGate.Cli.Replay;

/// <summary>Replays one record with the live engine's core.</summary>
internal static class RecordReplay
{
    /// <param name="input">What to replay.</param>
    /// <param name="options">How to gate; checked before.</param>
    /// <param name="detector">Makes what finds the beats, for a sampling rate.</param>
    /// <param name="progress">Told the share done, 0 to 1, now and then, on this thread.</param>
    /// <param name="cancellation">Ends it early and in order.</param>
    public static RecordFigures Run(ReplayInput input, GateOptions options, Func<double, IBeatDetector> detector, Action<double>? progress, CancellationToken cancellation)
    {
        using var source = input.Open();
        CheckRate(source.Info);
        var counted = new CountingSource(source);
        var tally = new GateTally();
        var share = progress is null || source.Info.LengthSamples is not > 0 ? null : new Share(progress, source.Info.LengthSamples.Value);
        var rate = source.Info.SamplingRateHertz;
        var shutdown = new ShutdownRecorder(detector(rate), rate);
        GateReplay.Run(counted, options, _ => shutdown, tally, share, cancellation);
        var factor = (source as DecimatedSource)?.Factor ?? 1;
        return new RecordFigures(
            GateFigures.Of(input.Name, rate, counted.Samples, tally, options), rate * factor, factor == 1 ? tally.Beats : [.. tally.Beats.Select(line => InSamplesOfFile(line, factor))])
        {
            Shutdown = [.. shutdown.Intervals.Select(interval => interval with { Start = interval.Start * factor, End = interval.End * factor })],
        };
    }

    /// <summary>Files about a record count in the record's own samples, whatever rate it was gated at.</summary>
    private static BeatOutcome InSamplesOfFile(BeatOutcome line, int factor) => line with
    {
        Beat = line.Beat with
        {
            RTime = new SampleTime(line.Beat.RTime.Samples * factor),
            DecisionIndex = line.Beat.DecisionIndex * factor,
        },
        PulseTime = new SampleTime(line.PulseTime.Samples * factor),
    };

    private static void CheckRate(EcgSourceInfo info)
    {
        if (info.SamplingRateHertz is < 125 or > 2000)
        {
            throw new CliException($"{info.Name} has {info.SamplingRateHertz} samples per second; gating needs 125 to 2,000: resample it first.");
        }
    }

    private sealed class Share(Action<double> report, double length) : IProgress<long>
    {
        public void Report(long value) => report(value / length);
    }

    /// <summary>Counts what passes, since a record need not be as long as its header says, nor be read to its end.</summary>
    private sealed class CountingSource(IEcgSource source) : IEcgSource
    {
        public long Samples { get; private set; }

        public EcgSourceInfo Info => source.Info;

        public EcgBlock Read(Span<EcgSample> destination)
        {
            var block = source.Read(destination);
            Samples += block.Count;
            return block;
        }

        public void Interrupt() => source.Interrupt();

        public void Dispose() => source.Dispose();
    }
}
