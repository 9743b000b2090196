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

    private readonly EcgSample[] _samples = new EcgSample[Samples];

    public BenchSignal(double samplingRateHertz)
    {
        using var source = new PatientSource(new VirtualPatient(ScenarioCatalog.Get("sinus-pvc?noise=muscle:0.02")), samplingRateHertz);
        for (var done = 0; done < Samples;)
        {
            done += source.Read(_samples.AsSpan(done)).Count;
        }

        Values = Array.ConvertAll(_samples, sample => sample.Lead0Millivolts);
    }

    /// <summary>The same, for stages that take values.</summary>
    public float[] Values { get; }

    /// <summary>The samples, which the caller may go through once.</summary>
    public EcgSample[] Next()
    {
        // Written before they are read, in one go: the cost is the same few tenths of a nanosecond for all.
        var samples = _samples;
        var first = samples[^1].Index + 1;
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = samples[i] with { Index = first + i };
        }

        return samples;
    }
}
