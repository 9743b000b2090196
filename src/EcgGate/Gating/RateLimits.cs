namespace EcgGate.Gating;

/// <summary>Whether the heart rate is within its limits, with hysteresis: a rate at a limit must not flicker in and out.</summary>
/// <remarks>
/// Above the highest rate by its mean over eight intervals, back once 5 % below: such a mean scatters by some 2 % in
/// sinus rhythm. Below the lowest by a single interval, since the beat that ends it may be an escape beat, back once an
/// interval is 5 % shorter than the limit's. Not thread-safe; allocates nothing.
/// </remarks>
/// <param name="minimumRatePerMinute">Lowest rate, beats per minute.</param>
/// <param name="maximumRatePerMinute">Highest rate, beats per minute.</param>
internal sealed class RateLimits(double minimumRatePerMinute, double maximumRatePerMinute)
{
    private const double Return = 0.05;

    // The rate is a mean: a single interval may be as much shorter as an early beat may.
    private const double ShortestShare = 0.85;

    private bool _holdsHigh;

    /// <summary>Above the highest rate, or not yet clearly back below it.</summary>
    public bool IsTooHigh { get; private set; }

    /// <summary>Below the lowest rate, or not yet clearly back above it.</summary>
    public bool IsTooLow { get; private set; }

    /// <summary>Takes the rhythm as the next beat finds it.</summary>
    /// <param name="view">An unknown rate or interval changes nothing that holds.</param>
    public void Observe(in RhythmView view)
    {
        if (!double.IsNaN(view.RatePerMinute))
        {
            _holdsHigh = view.RatePerMinute > (_holdsHigh ? 1 - Return : 1) * maximumRatePerMinute;
        }

        if (!double.IsNaN(view.RRSeconds))
        {
            IsTooLow = view.RRSeconds * minimumRatePerMinute > (IsTooLow ? 1 - Return : 1) * 60;
        }

        IsTooHigh = _holdsHigh || view.RRSeconds * maximumRatePerMinute < ShortestShare * 60;
    }

    /// <summary>Forgets what holds: the rhythm is learnt anew.</summary>
    public void Reset() => IsTooHigh = IsTooLow = _holdsHigh = false;
}
