using EcgGate.Detection;
using EcgGate.Records.Sessions;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Records.CrashHelper;

/// <summary>A gate at work on a synthetic ECG, block by block, all that it takes in and tells kept for a recorder.</summary>
public sealed class SyntheticGate : IGateEventSink, IGateInputSink
{
    /// <summary>Samples per second.</summary>
    public const double Rate = 500;

    private readonly GateCore _core;
    private readonly Random _random;
    private GateOrder? _order;
    private long _index;

    public SyntheticGate(int seed)
    {
        _random = new Random(seed);
        _core = new GateCore(Options, Rate, new RWaveDetector(Rate), this, Source.LargestDelay) { Inputs = this };
        _core.Arm();
    }

    /// <summary>Fires soon, and on each beat.</summary>
    public static GateOptions Options { get; } = new() { LearningBeats = 4, MinimumInterval = TimeSpan.Zero };

    public static EcgSourceInfo Source { get; } = new() { Name = "synthetic", SamplingRateHertz = Rate, LeadNames = ["II", "V1"], FixedDelay = TimeSpan.FromMilliseconds(1), BlockDelay = TimeSpan.FromMilliseconds(0.5), IsLive = true };

    public static SessionHeader Header { get; } = new()
    {
        Started = new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.FromHours(1)),
        Source = Source,
        Options = Options,
        Runtime = GateRuntime.InProcess,
    };

    /// <summary>What entered since it was cleared.</summary>
    public List<GateInput> Inputs { get; } = [];

    /// <summary>What was told since it was cleared.</summary>
    public List<GateEvent> Events { get; } = [];

    public void OnEvent(in GateEvent gateEvent) => Events.Add(gateEvent);

    public void OnInput(in GateInput input) => Inputs.Add(input);

    /// <summary>Runs so many samples.</summary>
    public SyntheticGate Run(int samples)
    {
        for (var i = 0; i < samples; i++)
        {
            if (_order is { } order && _index >= order.Deadline.Samples)
            {
                _order = null;
                var lateness = _random.Next(0, 50_000);
                _core.Report(order.BeatNumber, PulseResult.Fired, new SampleTime(order.Deadline.Samples + (lateness * Rate / 1e9)), lateness);
            }

            var sample = new EcgSample(_index, Ecg(_index), -0.5f * Ecg(_index), SampleStatus.None);
            _index++;
            _core.Process(in sample);
            _ = _core.TryTakeCancellation(out _);
            if (_core.TryTakeOrder(out var next))
            {
                _order = next;
            }
        }

        return this;
    }

    /// <summary>Loses samples: the index jumps.</summary>
    public SyntheticGate Lose(int samples)
    {
        _index += samples;
        return this;
    }

    /// <summary>Stops the core; its last order is not answered any more.</summary>
    public SyntheticGate Stop()
    {
        _core.Stop();
        _core.Abandon();
        return this;
    }

    /// <summary>Hands what came to a recorder, and clears it.</summary>
    public SyntheticGate HandTo(SessionRecorder recorder)
    {
        recorder.Record(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Inputs));
        foreach (var gateEvent in Events)
        {
            recorder.Record(in gateEvent);
        }

        Inputs.Clear();
        Events.Clear();
        return this;
    }

    private float Ecg(long index) => Wave(index) + (float)(0.004 * (_random.NextDouble() - 0.5));

    /// <summary>P, QRS and T at 75 a minute, in mV.</summary>
    public static float Wave(long index)
    {
        var phase = index / Rate % 0.8;
        static double Bump(double at, double centre, double width, double height) => height * Math.Exp(-0.5 * Math.Pow((at - centre) / width, 2));
        return (float)(Bump(phase, 0.2, 0.02, 0.12) + Bump(phase, 0.35, 0.01, 1.1) + Bump(phase, 0.375, 0.01, -0.25) + Bump(phase, 0.62, 0.05, 0.25));
    }
}
