using EcgGate.Timing;

namespace EcgGate.Hardware.Ads129x;

/// <summary>
/// Where the data-ready edges lie on the host's clock, followed from late sightings of them; tells how many conversions
/// passed between two frames. Allocates nothing. Not thread-safe.
/// </summary>
/// <remarks>
/// A sighting is late by the host's wake-up, by milliseconds on a busy host, and never early. So the earliest ones
/// count: the grid jumps back to an early sighting at once, and moves towards a late one by no more than the part's
/// oscillator may be slow. The period is measured over seconds, so that a late sighting at either end weighs little;
/// until then, a reader held up for a long time may be told one sample more or less than were lost.
/// </remarks>
internal sealed class EdgeGrid
{
    private const int FirstMeasurement = 2048;
    private const int LongestMeasurement = 1 << 15;

    // Twice what an unprepared host needs (60 to 150 us, measured).
    private const double UsualWakeUpNanoseconds = 300_000;

    // The data sheet gives the internal oscillator 1.5 % over temperature.
    private const double OscillatorTolerance = 0.02;

    private readonly double _nominalPeriod;
    private double _period;
    private MonotonicTime _edge;
    private MonotonicTime _anchor;
    private long _sinceAnchor;
    private long _nextMeasurement = FirstMeasurement;
    private bool _hasEdge;

    public EdgeGrid(double rateHertz)
    {
        _nominalPeriod = 1e9 / rateHertz;
        _period = _nominalPeriod;
    }

    /// <summary>The edge of the last frame, as well as it is known.</summary>
    public MonotonicTime Edge => _edge;

    /// <summary>The part's period as measured so far, in nanoseconds.</summary>
    public double PeriodNanoseconds => _period;

    /// <summary>
    /// The fewest and the most conversions that may have become ready between the last frame and this one, this one
    /// included. They differ where an edge falls into the transfer, or too near to it to tell.
    /// </summary>
    /// <param name="before">Clock just before the transfer.</param>
    /// <param name="after">Clock just after it.</param>
    /// <param name="fewest">At least 1: data was ready.</param>
    /// <param name="most">At least <paramref name="fewest"/>.</param>
    public void Count(MonotonicTime before, MonotonicTime after, out long fewest, out long most)
    {
        if (!_hasEdge)
        {
            fewest = most = 1;
            return;
        }

        // The grid lies behind the true edges by the host's usual wake-up time, so an edge may have come that much
        // before the grid says so.
        var steps = before.NanosecondsSince(_edge) / _period;
        var tolerance = ToleranceOf(steps);
        var lag = tolerance + Math.Min(0.15, UsualWakeUpNanoseconds / _period);
        fewest = Math.Max(1, (long)Math.Floor(steps - tolerance));
        most = Math.Max(fewest, (long)Math.Floor((after.NanosecondsSince(_edge) / _period) + lag));
    }

    /// <summary>Whether no conversion can have become ready since the last frame's.</summary>
    public bool IsTooEarly(MonotonicTime now) => _hasEdge && now.NanosecondsSince(_edge) < _period / 2;

    /// <summary>When the edge so many conversions after the last frame's has come for sure.</summary>
    public MonotonicTime LatestEdge(long conversions) =>
        _edge.AddNanoseconds((long)((conversions + ToleranceOf(conversions)) * _period));

    /// <summary>Goes on to this frame.</summary>
    /// <param name="conversions">Conversions since the last frame.</param>
    /// <param name="seen">Clock when the frame was found ready.</param>
    /// <param name="waited">True where the edge itself was waited for, so that it was just before.</param>
    public void Advance(long conversions, MonotonicTime seen, bool waited)
    {
        if (!_hasEdge)
        {
            _hasEdge = true;
            _edge = seen;
            _anchor = seen;
            return;
        }

        var expected = _edge.AddNanoseconds((long)(conversions * _period));
        var late = seen.NanosecondsSince(expected);
        if (late < 0)
        {
            _edge = seen;
        }
        else
        {
            _edge = waited ? expected.AddNanoseconds((long)Math.Min(late, OscillatorTolerance * _period)) : expected;
        }

        _sinceAnchor += conversions;
        if (waited && _sinceAnchor >= _nextMeasurement)
        {
            var measured = (double)_edge.NanosecondsSince(_anchor) / _sinceAnchor;
            _period = Math.Clamp(measured, _nominalPeriod * (1 - OscillatorTolerance), _nominalPeriod * (1 + OscillatorTolerance));
            if (_nextMeasurement < LongestMeasurement)
            {
                _nextMeasurement *= 2;
            }
            else
            {
                _anchor = _edge;
                _sinceAnchor = 0;
            }
        }
    }

    /// <summary>In periods. The further the jump, the more the error of the period weighs.</summary>
    private static double ToleranceOf(double steps) => Math.Min(0.25, 0.02 + (0.001 * Math.Abs(steps)));
}
