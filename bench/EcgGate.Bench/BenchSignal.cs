using EcgGate.Emulator.Patient;
using EcgGate.Signals;

namespace EcgGate.Bench;

/// <summary>
/// A virtual patient's signal that goes on for ever: sinus rhythm with extrasystoles and a little muscle noise, the same
/// samples again and again with indexes that count on.
/// </summary>
internal sealed class BenchSignal
{
    /// <summary>Samples of each call: two minutes at 360 Hz.</summary>
    public const int Samples = 43_200;

    private readonly float[] _millivolts;
    private long _index;

    public BenchSignal(double samplingRateHertz)
    {
        using var source = new PatientSource(new VirtualPatient(ScenarioCatalog.Get("sinus-pvc?noise=muscle:0.02")), samplingRateHertz);
        var samples = new EcgSample[Samples];
        for (var done = 0; done < Samples;)
        {
            done += source.Read(samples.AsSpan(done)).Count;
        }

        _millivolts = Array.ConvertAll(samples, sample => sample.Lead0Millivolts);
    }

    /// <summary>One call's values; their samples are made by <see cref="Sample"/>.</summary>
    public ReadOnlySpan<float> Values => _millivolts;

    /// <summary>The next sample, of this value.</summary>
    public EcgSample Sample(float millivolts) => new(_index++, millivolts);
}
