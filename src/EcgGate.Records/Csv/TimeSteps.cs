namespace EcgGate.Records.Csv;

/// <summary>
/// Turns times that are rounded to some decimals into sample numbers: finds the rate they have, then follows them.
/// </summary>
internal sealed class TimeSteps
{
    // A rate that is given may differ by so much from that of the times; more could look like lost samples.
    private const double LargestRateError = 0.002;
    private const double LargestIrregularShare = 0.1;
    private const double LargestNoise = 0.49;
    private const int StepsToJudgeBy = 10;
    private const int StepsToTellRounding = 100;

    // The phase is followed slowly: fast enough for a clock that is off by 1 part in 1,000, far too slow to hide a gap.
    private const double PhaseGain = 1.0 / 64;

    private readonly double _rate;
    private readonly double _tolerance;
    private double _first;
    private double _phase;
    private long _index = -1;

    /// <param name="rate">Samples per second.</param>
    /// <param name="noise">How far times lie from their regular places at most, s: they are rounded.</param>
    public TimeSteps(double rate, double noise)
    {
        _rate = rate;

        // The first time, by which all are measured, is as noisy as the others.
        _tolerance = 0.5 + Math.Min(noise * rate, LargestNoise);
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

    /// <summary>
    /// The rate that times have, from their longest stretch without a gap, and how noisy they are; or a reason why there
    /// is no rate. One that is given stands, unless the times contradict it.
    /// </summary>
    public static (double Rate, double Noise)? Find(ReadOnlySpan<double> times, double resolution, double? given, out string problem)
    {
        problem = "at least two rows are needed to tell the sampling rate; give it, as an option or by a line '# rate: 360'.";
        if (times.Length < 2)
        {
            return given is { } alone ? (alone, 0) : null;
        }

        var steps = new double[times.Length - 1];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = times[i + 1] - times[i];
        }

        var median = steps.Order().ElementAt(steps.Length / 2);
        if (!(median > resolution / 2))
        {
            problem = "the times do not advance from row to row; they are too coarse for the sampling rate, or in the wrong order. Give more decimals, or leave the column out and give the rate.";
            return null;
        }

        var period = given is { } rate ? 1 / rate : median;
        if (given is not null && steps.Length >= StepsToJudgeBy && (median < 0.5 * period || median > 1.5 * period))
        {
            problem = $"the times advance at {1 / median:0.###} samples per second, but the rate is given as {given:0.###}; correct one of them.";
            return null;
        }

        // Rounding may make a step longer or shorter by one of the last digit. Where that is as much as a sample, only many
        // rows tell such steps from lost samples: these make the times stray by half a sample.
        double[] margins = steps.Length >= StepsToTellRounding ? [resolution, 0] : [0, resolution];
        foreach (var margin in margins)
        {
            if (Fit(times, steps, (0.5 * period) - margin, (1.5 * period) + margin, given, resolution, out problem) is { } fit)
            {
                return fit;
            }
        }

        return null;
    }

    private static (double Rate, double Noise)? Fit(ReadOnlySpan<double> times, double[] steps, double low, double high, double? given, double resolution, out string problem)
    {
        var irregular = steps.Count(step => step < low || step > high);
        problem = $"the time steps are irregular: {irregular} of the first {steps.Length} are far from the usual. Resample the recording to one rate.";
        if (given is null && irregular > LargestIrregularShare * steps.Length)
        {
            return null;
        }

        var (start, length) = LongestRegular(steps, low, high);
        var duration = times[start + length] - times[start];
        var found = length / duration;
        if (length == 0 || !(found > 0 && found <= WfdbHeader.MaxSamplingFrequencyHertz))
        {
            return given is { } known ? (known, 0) : null;
        }

        var (least, most) = (0.0, 0.0);
        for (var i = 0; i <= length; i++)
        {
            var stray = times[start + i] - times[start] - (i / found);
            (least, most) = (Math.Min(least, stray), Math.Max(most, stray));
        }

        var noise = (most - least) / 2;
        if (noise * found >= LargestNoise)
        {
            problem = $"the times stray by {noise * 1e3:0.###} ms from regular steps of {1e3 / found:0.###} ms; they are too coarse, or the steps irregular. Give more decimals, or leave the column out and give the rate.";
            return null;
        }

        var error = (resolution / duration) + 1e-9;
        if (given is { } stated)
        {
            problem = $"the times advance at {found:0.###} samples per second, but the rate is given as {stated:0.###}; correct one of them.";
            return length < StepsToJudgeBy || Math.Abs((found / stated) - 1) <= LargestRateError + error ? (stated, noise) : null;
        }

        // Rates are mostly whole numbers; take that one where the times cannot tell the difference.
        var whole = Math.Round(found);
        return (whole >= 1 && Math.Abs(found - whole) <= found * error ? whole : found, noise);
    }

    private static (int Start, int Length) LongestRegular(double[] steps, double low, double high)
    {
        var (start, length) = (0, 0);
        var from = 0;
        for (var i = 0; i <= steps.Length; i++)
        {
            if (i == steps.Length || steps[i] < low || steps[i] > high)
            {
                if (i - from > length)
                {
                    (start, length) = (from, i - from);
                }

                from = i + 1;
            }
        }

        return (start, length);
    }
}
