using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Ads129x;

/// <summary>
/// The board's own test: its noise with the inputs shorted, then its test signal's size and period, and on the way whether
/// frames came at their rate and whole. To be done before arming, where a host asks for it: the electrodes are not read
/// meanwhile.
/// </summary>
/// <remarks>
/// That the board is the right one and keeps what is written to its registers, opening it has checked already. The limits
/// are wide enough for every good part: ten times the noise that the data sheets give at 500 samples/s and gain 6, twice
/// their offset and more, 5 % of the test signal (the data sheets' references are good to 0.5 %, the signal's divider to
/// 2 %; assumed together), 2 % of the rate (the oscillators' 1.5 %, and late stamps). How many samples are lost depends on
/// the thread that reads, which is an ordinary one here, and is not judged. Thread-safe; allocates.
/// </remarks>
public static class Ads129xSelfTest
{
    private const double NoiseLimitMicrovolts = 10;
    private const double OffsetLimitMicrovolts = 1000;
    private const double SignalTolerance = 0.05;
    private const double RateTolerance = 0.02;
    private const double NoiseSeconds = 2;
    private const double SignalPeriods = 4.5;

    // The first samples after a start may still show the reference settling.
    private const double SettlingSeconds = 0.2;

    /// <summary>Runs all of it; takes about seven seconds of the board's time.</summary>
    /// <param name="open">Opens the board on an input, as <see cref="Ads129xUri.OpenBoard"/> does; disposed here.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="EcgSourceException">The board cannot be opened, or failed while it was read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<Ads129xCheck> Run(Func<Ads129xInput, Ads129xSource> open, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        var checks = new List<Ads129xCheck>();
        using (var shorted = open(Ads129xInput.Shorted))
        {
            checks.AddRange(MeasureNoise(shorted, cancellation));
        }

        cancellation.ThrowIfCancellationRequested();
        using (var signal = open(Ads129xInput.TestSignal))
        {
            checks.AddRange(MeasureTestSignal(signal, cancellation));
        }

        return checks;
    }

    /// <summary>Measures the noise and the offset of lead 0, with the inputs shorted.</summary>
    /// <param name="source">A board that was opened with <see cref="Ads129xInput.Shorted"/>.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="EcgSourceException">The board failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<Ads129xCheck> MeasureNoise(Ads129xSource source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var recording = Record(source, NoiseSeconds, cancellation);
        var mean = recording.Lead0.Average(value => (double)value);
        var noise = Math.Sqrt(recording.Lead0.Average(value => Math.Pow(value - mean, 2)));
        return
        [
            new("noise", "noise with the inputs shorted, root mean square", noise * 1000, null, NoiseLimitMicrovolts, "uV"),
            new("offset", "offset with the inputs shorted", mean * 1000, -OffsetLimitMicrovolts, OffsetLimitMicrovolts, "uV"),
        ];
    }

    /// <summary>Measures the test signal on lead 0, and how the samples came.</summary>
    /// <param name="source">A board that was opened with <see cref="Ads129xInput.TestSignal"/>.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="EcgSourceException">The board failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<Ads129xCheck> MeasureTestSignal(Ads129xSource source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var nominal = source.TestSignal;
        var rate = source.Info.SamplingRateHertz;
        var recording = Record(source, SignalPeriods * nominal.PeriodSeconds, cancellation);
        var wave = SquareWave.Of(recording.Lead0);
        return
        [
            Around("amplitude", "amplitude of the test signal", wave.AmplitudeMillivolts, nominal.AmplitudeMillivolts, SignalTolerance, "mV"),
            Around("period", "period of the test signal, by the board's clock", wave.PeriodSamples / rate, nominal.PeriodSeconds, SignalTolerance, "s"),
            new("disturbed", "samples off both levels of the test signal", wave.Disturbed, null, 0, ""),
            Around("rate", "samples per second, by this machine's clock", recording.RateHertz, rate, RateTolerance, "/s"),
            new("bad", "frames without a valid status word", source.Statistics.BadFrames, null, 0, ""),
        ];
    }

    private static Ads129xCheck Around(string name, string description, double measured, double nominal, double tolerance, string unit) =>
        new(name, description, measured, nominal * (1 - tolerance), nominal * (1 + tolerance), unit);

    private static Recording Record(Ads129xSource source, double seconds, CancellationToken cancellation)
    {
        var rate = source.Info.SamplingRateHertz;
        var settled = (long)(SettlingSeconds * rate);
        var wanted = (int)(seconds * rate);
        var values = new List<float>(wanted + 1);
        var one = new EcgSample[1];
        EcgSample last = default;
        MonotonicTime lastTime = default;
        long steps = 0;
        long nanoseconds = 0;
        while (values.Count < wanted)
        {
            cancellation.ThrowIfCancellationRequested();
            var block = source.Read(one);
            if (block.Count == 0)
            {
                throw new EcgSourceException($"{source.Info.Name}: the source ended in the middle of its self-test.");
            }

            if (one[0].Index < settled)
            {
                continue;
            }

            // The rate is that of neighbours: how long a gap was is only what the driver makes of it.
            if (values.Count > 0 && one[0].Index == last.Index + 1)
            {
                steps++;
                nanoseconds += block.LastSampleTime.NanosecondsSince(lastTime);
            }

            // Over a gap the last value stands, so that times stay true.
            for (var missing = last.Index + 1; values.Count > 0 && missing < one[0].Index && values.Count < wanted; missing++)
            {
                values.Add(last.Lead0Millivolts);
            }

            (last, lastTime) = (one[0], block.LastSampleTime);
            values.Add(last.Lead0Millivolts);
        }

        return new Recording(values, steps / (nanoseconds * 1e-9));
    }

    private sealed record Recording(List<float> Lead0, double RateHertz);
}
