namespace EcgGate.Records.Csv;

/// <summary>
/// Turns times that are rounded to some decimals into sample numbers: finds the rate they have, then follows them.
/// </summary>
internal sealed class TimeSteps
{
    // A rate that is given may differ by so much from that of the times.
    private const double LargestRateError = 0.005;
    private const double LargestIrregularShare = 0.1;

    // The phase is followed slowly: fast enough for a clock that is off by 1 part in 1,000, far too slow to hide a gap.
    private const double PhaseGain = 1.0 / 64;

    private readonly double _rate;
    private readonly double _tolerance;
    private double _first;
    private double _phase;
    private long _index = -1;

    /// <param name="rate">Samples per second.</param>
    /// <param name="resolution">The smallest step that the times can express, s.</param>
    public TimeSteps(double rate, double resolution)
    {
        _rate = rate;
        _tolerance = 0.5 + (resolution * rate / 2);
    }

    /// <summary>How the next time continues the ones before.</summary>
    /// <param name="seconds">The time.</param>
    /// <param name="skipped">Samples that are missing before this one.</param>
    /// <returns>False where the time does not advance, or by much less than a sample.</returns>
    public bool TryNext(double seconds, out long skipped)
    {
        skipped = 0;
        if (_index < 0)
        {
            _index = 0;
            _first = seconds;
            return true;
        }

        var deviation = ((seconds - _first) * _rate) - (_index + 1) - _phase;
        if (!(deviation >= -_tolerance) || deviation > 1L << 50)
        {
            return false;
        }

        if (deviation > _tolerance)
        {
            skipped = Math.Max(1, (long)Math.Round(deviation));
            _phase += deviation - skipped;
        }
        else
        {
            _phase += deviation * PhaseGain;
        }

        _index += 1 + skipped;
        return true;
    }

    /// <summary>The rate that times have, from their longest stretch without a gap; or a reason why there is none.</summary>
    public static double? RateOf(ReadOnlySpan<double> times, double resolution, double? given, out string problem)
    {
        problem = "at least two rows are needed to tell the sampling rate; give it, as an option or by a line '# rate: 360'.";
        if (times.Length < 2)
        {
            return given;
        }

        var steps = new double[times.Length - 1];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = times[i + 1] - times[i];
        }

        var sorted = steps.Order().ToArray();
        var median = sorted[sorted.Length / 2];
        if (!(median > resolution / 2))
        {
            problem = "the times do not advance from row to row; they are too coarse for the sampling rate, or in the wrong order. Give more decimals, or leave the column out and give the rate.";
            return null;
        }

        var (low, high) = ((0.5 * median) - resolution, (1.5 * median) + resolution);
        var irregular = steps.Count(step => step < low || step > high);
        if (irregular > LargestIrregularShare * steps.Length)
        {
            problem = $"the time steps are irregular: {irregular} of the first {steps.Length} are far from their median of {median * 1e3:0.###} ms. Resample the recording to one rate.";
            return null;
        }

        var (longest, start) = (0, 0);
        var from = 0;
        for (var i = 0; i <= steps.Length; i++)
        {
            if (i == steps.Length || steps[i] < low || steps[i] > high)
            {
                if (i - from > longest)
                {
                    (longest, start) = (i - from, from);
                }

                from = i + 1;
            }
        }

        var duration = times[start + longest] - times[start];
        var rate = longest / duration;
        if (!(rate > 0 && rate <= WfdbHeader.MaxSamplingFrequencyHertz) || resolution * rate >= 1)
        {
            problem = $"the times are given to {resolution * 1e3:0.###} ms, too coarse for some {rate:0.#} samples per second; give more decimals, or leave the column out and give the rate.";
            return null;
        }

        var error = (resolution / duration) + 1e-9;
        if (given is { } known)
        {
            problem = $"the times advance at {rate:0.###} samples per second, but the rate is given as {known:0.###}; correct one of them.";
            return Math.Abs((rate / known) - 1) <= LargestRateError + error ? known : null;
        }

        // Rates are mostly whole numbers; take that one where the times cannot tell the difference.
        var whole = Math.Round(rate);
        return whole >= 1 && Math.Abs(rate - whole) <= rate * error ? whole : rate;
    }
}
