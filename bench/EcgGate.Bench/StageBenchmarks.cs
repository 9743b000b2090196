using BenchmarkDotNet.Attributes;
using EcgGate.Detection;

namespace EcgGate.Bench;

/// <summary>
/// The stages of the low-latency detector one by one, at 360 Hz, per sample, beside the whole detector of 1985. They do
/// not add up to the whole: what is done for each candidate is not a stage of its own.
/// </summary>
public class StageBenchmarks
{
    private const double Hertz = 360;

    // As RWaveDetector sets them up at 360 Hz: 8.3 ms twice, and 60 ms.
    private const int Smoothing = 3;
    private const int EnergyWindow = 22;
    private const float Hysteresis = 0.05f;

    private BenchSignal _signal = null!;
    private PanTompkinsDetector _panTompkins = null!;
    private PanTompkinsFilters _panTompkinsFilters = null!;
    private InputConditioner _input = null!;
    private BiquadFilter _highPass;
    private BiquadFilter _lowPass;
    private MovingMean _smoothFirst = null!;
    private MovingMean _smoothSecond = null!;
    private MovingMean _energy = null!;
    private TurningPoints _turns = null!;
    private SignalQuality _quality = null!;
    private long _index;

    [GlobalSetup]
    public void Setup()
    {
        _signal = new BenchSignal(Hertz);
        _panTompkins = new PanTompkinsDetector(Hertz);
        _panTompkinsFilters = new PanTompkinsFilters(Hertz);
        _input = new InputConditioner(Hertz);
        _highPass = BiquadFilter.HighPass(5, Hertz);
        _lowPass = BiquadFilter.LowPass(25, Hertz);
        _smoothFirst = new MovingMean(Smoothing);
        _smoothSecond = new MovingMean(Smoothing);
        _energy = new MovingMean(EnergyWindow);
        _turns = new TurningPoints();
        _quality = new SignalQuality(Hertz);
    }

    [Benchmark(Baseline = true, Description = "PanTompkinsDetector", OperationsPerInvoke = BenchSignal.Samples)]
    public int PanTompkins()
    {
        var beats = 0;
        foreach (var value in _signal.Values)
        {
            var sample = _signal.Sample(value);
            beats += _panTompkins.Process(in sample, out _) ? 1 : 0;
        }

        return beats;
    }

    [Benchmark(Description = "its filters", OperationsPerInvoke = BenchSignal.Samples)]
    public double PanTompkinsBand()
    {
        foreach (var value in _signal.Values)
        {
            _panTompkinsFilters.Process(value);
        }

        return _panTompkinsFilters.Integral;
    }

    [Benchmark(Description = "InputConditioner", OperationsPerInvoke = BenchSignal.Samples)]
    public double Input()
    {
        var sum = 0.0;
        foreach (var value in _signal.Values)
        {
            var sample = _signal.Sample(value);
            sum += _input.Process(in sample);
        }

        return sum;
    }

    [Benchmark(Description = "band-pass", OperationsPerInvoke = BenchSignal.Samples)]
    public double BandPass()
    {
        var sum = 0.0;
        foreach (var value in _signal.Values)
        {
            sum += _lowPass.Process(_highPass.Process(value));
        }

        return sum;
    }

    [Benchmark(Description = "smoothing", OperationsPerInvoke = BenchSignal.Samples)]
    public double Smooth()
    {
        var sum = 0.0;
        foreach (var value in _signal.Values)
        {
            sum += _smoothSecond.Process(_smoothFirst.Process(value));
        }

        return sum;
    }

    [Benchmark(Description = "slope energy", OperationsPerInvoke = BenchSignal.Samples)]
    public double Energy()
    {
        var sum = 0.0;
        foreach (var value in _signal.Values)
        {
            sum += Math.Sqrt(Math.Max(0, _energy.Process(value * value)));
        }

        return sum;
    }

    [Benchmark(Description = "TurningPoints", OperationsPerInvoke = BenchSignal.Samples)]
    public int Turns()
    {
        foreach (var value in _signal.Values)
        {
            _turns.Process(_index++, value, Hysteresis);
        }

        return _turns.Count;
    }

    [Benchmark(Description = "SignalQuality", OperationsPerInvoke = BenchSignal.Samples)]
    public SignalConditions Quality()
    {
        foreach (var value in _signal.Values)
        {
            var sample = _signal.Sample(value);
            _quality.Process(in sample, sample.Lead0Millivolts, 1, 1, 30);
        }

        return _quality.Conditions;
    }
}
