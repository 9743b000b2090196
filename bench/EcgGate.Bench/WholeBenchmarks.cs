using BenchmarkDotNet.Attributes;
using EcgGate.Detection;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Bench;

/// <summary>Whole detectors and the whole gate, per sample.</summary>
public class WholeBenchmarks
{
    private BenchSignal _signal = null!;
    private PanTompkinsDetector _panTompkins = null!;
    private RWaveDetector _rWave = null!;
    private BeatShapeMemory _shapes = null!;
    private GateCore _core = null!;

    /// <summary>Samples per second.</summary>
    [Params(360, 1000)]
    public int Hertz { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _signal = new BenchSignal(Hertz);
        _panTompkins = new PanTompkinsDetector(Hertz);
        _rWave = new RWaveDetector(Hertz);
        _shapes = new BeatShapeMemory(Hertz);
        _core = new GateCore(new GateOptions(), Hertz, new RWaveDetector(Hertz), new NoEvents());
        _core.Arm();
    }

    /// <summary>What the reading of samples alone costs: part of all other figures.</summary>
    [Benchmark(Description = "samples alone", OperationsPerInvoke = BenchSignal.Samples)]
    public float Nothing()
    {
        var sum = 0f;
        foreach (var value in _signal.Values)
        {
            var sample = _signal.Sample(value);
            sum += sample.Lead0Millivolts;
        }

        return sum;
    }

    [Benchmark(Baseline = true, Description = "PanTompkinsDetector", OperationsPerInvoke = BenchSignal.Samples)]
    public int PanTompkins() => Detect(_panTompkins);

    [Benchmark(Description = "RWaveDetector", OperationsPerInvoke = BenchSignal.Samples)]
    public int RWave() => Detect(_rWave);

    /// <summary>The samples taken in; comparing and learning, once a beat, are part of the whole gate.</summary>
    [Benchmark(Description = "BeatShapeMemory", OperationsPerInvoke = BenchSignal.Samples)]
    public bool Shapes()
    {
        foreach (var value in _signal.Values)
        {
            var sample = _signal.Sample(value);
            _shapes.Process(in sample);
        }

        return _shapes.IsKnown;
    }

    /// <summary>Detector, shapes, rhythm and policy, up to the order; each order is answered as fired.</summary>
    [Benchmark(Description = "GateCore", OperationsPerInvoke = BenchSignal.Samples)]
    public long Gate()
    {
        foreach (var value in _signal.Values)
        {
            var sample = _signal.Sample(value);
            _core.Process(in sample);
            if (_core.TryTakeOrder(out var order))
            {
                _core.Report(order.BeatNumber, PulseResult.Fired, order.Deadline, 0);
            }
        }

        return _core.Ledger.Fired;
    }

    private int Detect<T>(T detector)
        where T : IBeatDetector
    {
        var beats = 0;
        foreach (var value in _signal.Values)
        {
            var sample = _signal.Sample(value);
            beats += detector.Process(in sample, out _) ? 1 : 0;
            while (detector.TryTakeVerdict(out _, out _))
            {
            }
        }

        return beats;
    }
}
