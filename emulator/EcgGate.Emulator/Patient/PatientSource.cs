using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Emulator.Patient;

/// <summary>A continuous-time ECG, such as a virtual patient's, sampled in virtual time, as fast as it is read: for replay and simulation.</summary>
/// <remarks>One thread reads; <see cref="Interrupt"/> may be called from any thread.</remarks>
public sealed class PatientSource : IEcgSource
{
    private readonly IAnalogEcg _ecg;
    private readonly VirtualPatient? _patient;
    private readonly double _rate;
    private readonly double _quantum;
    private readonly double _range;
    private readonly long _length;
    private long _index;
    private volatile bool _interrupted;

    /// <summary>Creates the source.</summary>
    /// <param name="patient">The patient, or what else gives an ECG; not disposed. Others may sample the same virtual patient.</param>
    /// <param name="samplingRateHertz">Samples per second, 125 to 8,000.</param>
    /// <param name="quantumMillivolts">The converter's step in mV; 0 (the default) for no rounding.</param>
    /// <param name="rangeMillivolts">The converter's limit to both sides in mV; default 400. Beyond it samples are cut off and marked saturated.</param>
    public PatientSource(IAnalogEcg patient, double samplingRateHertz, double quantumMillivolts = 0, double rangeMillivolts = 400)
    {
        ArgumentNullException.ThrowIfNull(patient);
        if (!(samplingRateHertz is >= 125 and <= 8000))
        {
            throw new ArgumentOutOfRangeException(nameof(samplingRateHertz), samplingRateHertz, "A virtual patient is sampled at 125 to 8,000 samples per second.");
        }

        if (!(quantumMillivolts >= 0 && rangeMillivolts > quantumMillivolts))
        {
            throw new ArgumentOutOfRangeException(nameof(quantumMillivolts), quantumMillivolts, "A converter's step is 0 or more and smaller than its range.");
        }

        _ecg = patient;
        _patient = patient as VirtualPatient;
        _rate = samplingRateHertz;
        _quantum = quantumMillivolts;
        _range = rangeMillivolts;
        _length = patient.DurationSeconds is { } duration ? (long)Math.Ceiling(duration * samplingRateHertz) : long.MaxValue;
        Info = new EcgSourceInfo
        {
            Name = patient.Name,
            SamplingRateHertz = samplingRateHertz,
            LeadNames = [.. patient.LeadNames.Take(2)],
            LengthSamples = patient.DurationSeconds is null ? null : _length,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        var count = 0;
        while (count < destination.Length && _index < _length && !_interrupted)
        {
            var seconds = _index / _rate;
            var status = SampleStatus.None;
            var lead0 = Convert(0, seconds, SampleStatus.Lead0Off, SampleStatus.Lead0Saturated, ref status);
            var lead1 = Convert(1, seconds, SampleStatus.Lead1Off, SampleStatus.Lead1Saturated, ref status);
            destination[count++] = new EcgSample(_index++, lead0, lead1, status);
        }

        return new EcgBlock(count, default(MonotonicTime));
    }

    /// <inheritdoc/>
    public void Interrupt() => _interrupted = true;

    /// <inheritdoc/>
    public void Dispose() => _interrupted = true;

    private float Convert(int lead, double seconds, SampleStatus off, SampleStatus saturated, ref SampleStatus status)
    {
        if (lead >= _ecg.LeadNames.Count)
        {
            return 0;
        }

        // Only a virtual patient has pacing spikes, shorter than what a converter averages over.
        var millivolts = _patient?.Millivolts(lead, seconds, 1 / _rate) ?? _ecg.Millivolts(lead, seconds);
        if (_ecg.IsLeadOff(lead, seconds))
        {
            status |= off;
        }

        if (Math.Abs(millivolts) >= _range)
        {
            status |= saturated;
            millivolts = Math.CopySign(_range, millivolts);
        }

        return (float)(_quantum > 0 ? Math.Round(millivolts / _quantum) * _quantum : millivolts);
    }
}
