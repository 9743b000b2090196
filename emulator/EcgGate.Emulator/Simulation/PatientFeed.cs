using EcgGate.Emulator.Patient;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Emulator.Simulation;

/// <summary>
/// Samples of lead II straight from the patient, taken on a device's clock that may drift and step, and stamped with
/// jitter on the host's.
/// </summary>
internal sealed class PatientFeed : ISampleFeed
{
    private const double OrdinaryDriftDeviation = 60e-6;
    private const double LargestDrift = 500e-6;

    private readonly VirtualPatient _patient;
    private readonly PatientTime _time;
    private readonly SeededRandom _random;
    private readonly ulong _noiseSeed;
    private readonly double _ordinaryDrift;
    private readonly double _jitterSeconds;
    private double _drift;
    private double _driftUntil;
    private double _seconds = 0.001;
    private long _index;

    public PatientFeed(VirtualPatient patient, PatientTime time, SeededRandom random, double samplingRateHertz, TimeSpan fixedDelay)
    {
        _patient = patient;
        _time = time;
        _random = random;
        SamplingRateHertz = samplingRateHertz;
        FixedDelay = fixedDelay;
        _noiseSeed = random.NextUInt64();
        _ordinaryDrift = _drift = OrdinaryDriftDeviation * random.Gaussian();
        _jitterSeconds = random.Uniform(2e-6, 150e-6);
    }

    public double SamplingRateHertz { get; }

    public TimeSpan FixedDelay { get; }

    public MonotonicTime NextSampledAt => _time.At(_seconds);

    public bool TryNext(out EcgSample sample, out MonotonicTime ready)
    {
        // A converter's own noise: some 10 uV, without which nothing is ever measured.
        var own = 0.02 * (SeededRandom.Hash(_noiseSeed, _index) - 0.5);
        var off = _patient.IsLeadOff(0, _seconds) ? SampleStatus.Lead0Off : SampleStatus.None;
        sample = new EcgSample(_index++, (float)(_patient.Millivolts(0, _seconds, 1 / SamplingRateHertz) + own), 0, off);
        var late = _jitterSeconds * -PortableMath.Log(1 - _random.NextDouble());
        ready = _time.At(_seconds + FixedDelay.TotalSeconds + late);
        if (_seconds >= _driftUntil)
        {
            _drift = _ordinaryDrift;
        }

        _seconds += (1 + _drift) / SamplingRateHertz;
        return true;
    }

    public bool Take(in SimulatedFault fault)
    {
        switch (fault.Kind)
        {
            case SimulatedFaultKind.Drift:
                _drift = LargestDrift * ((2 * fault.Choice) - 1);
                _driftUntil = fault.StartSeconds + fault.Seconds;
                return true;
            case SimulatedFaultKind.ClockStep:
                // 0.1 ms to 0.3 s, the short ones likelier.
                _seconds += 0.0001 * PortableMath.Exp(8 * fault.Size);
                return true;
            default:
                return false;
        }
    }

    public void Dispose()
    {
    }
}
