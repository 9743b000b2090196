namespace EcgGate.Gating;

/// <summary>
/// Where the ventricular refractory period ends for our purpose: the latest moment after R at which an edge may begin.
/// </summary>
/// <remarks>
/// <para>
/// The vulnerable period is taken to open 40 ms before the T peak (assumed). From the QT interval, R to T peak is
/// QT − 40 ms (Q onset to R, assumed) − 90 ms (T peak to T end, assumed). QT comes from the earliest of Bazett (1920),
/// Fridericia (1920) and Framingham (Sagie 1992), each with a corrected QT of 350 ms, the short end of what is normal.
/// </para>
/// <para>
/// QT follows a change of RR with about 10 s delay, so RR is averaged with that time constant; the shorter of that
/// average and the present RR is used, so that the window never widens on a guess.
/// </para>
/// <para>Not thread-safe; allocates nothing.</para>
/// </remarks>
public sealed class RefractoryWindow
{
    private const double CorrectedQTMilliseconds = 350;
    private const double QOnsetToRMilliseconds = 40;
    private const double TPeakToTEndMilliseconds = 90;
    private const double OpensBeforeTPeakMilliseconds = 40;
    private const double LagSeconds = 10;

    private double _laggedRRSeconds = double.NaN;

    /// <summary>The RR interval that QT is taken to follow now, in seconds; NaN before the first beat.</summary>
    public double LaggedRRSeconds => _laggedRRSeconds;

    /// <summary>Takes the RR interval of one beat.</summary>
    /// <param name="rrSeconds">Above 0.</param>
    public void Observe(double rrSeconds)
    {
        if (!(rrSeconds > 0))
        {
            return;
        }

        _laggedRRSeconds = double.IsNaN(_laggedRRSeconds)
            ? rrSeconds
            : _laggedRRSeconds + ((1 - Math.Exp(-rrSeconds / LagSeconds)) * (rrSeconds - _laggedRRSeconds));
    }

    /// <summary>Forgets the rate history.</summary>
    public void Reset() => _laggedRRSeconds = double.NaN;

    /// <summary>The latest edge after R for a beat with this RR: the fixed cut-off, or earlier.</summary>
    /// <param name="rrSeconds">The present RR interval; NaN where it is not known.</param>
    /// <param name="cutoffMilliseconds">The fixed cut-off, never exceeded.</param>
    /// <returns>Milliseconds after R; may be negative at absurd rates, which leaves no window at all.</returns>
    public double LatestEdgeMilliseconds(double rrSeconds, double cutoffMilliseconds)
    {
        var rr = double.IsNaN(rrSeconds) ? _laggedRRSeconds : Math.Min(rrSeconds, _laggedRRSeconds);
        return double.IsNaN(rr) ? cutoffMilliseconds : Math.Min(cutoffMilliseconds, VulnerableOpeningMilliseconds(rr));
    }

    /// <summary>When the vulnerable period opens after R, at a steady RR, by the earliest of the formulas.</summary>
    public static double VulnerableOpeningMilliseconds(double rrSeconds)
    {
        var bazett = CorrectedQTMilliseconds * Math.Sqrt(rrSeconds);
        var fridericia = CorrectedQTMilliseconds * Math.Cbrt(rrSeconds);
        var framingham = CorrectedQTMilliseconds - (154 * (1 - rrSeconds));
        var qt = Math.Min(bazett, Math.Min(fridericia, framingham));
        return qt - QOnsetToRMilliseconds - TPeakToTEndMilliseconds - OpensBeforeTPeakMilliseconds;
    }
}
