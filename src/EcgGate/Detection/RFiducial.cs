namespace EcgGate.Detection;

/// <summary>Places R between samples: the vertex of a parabola fitted around an extremum by least squares.</summary>
internal static class RFiducial
{
    /// <summary>
    /// Refines an extremum. With a half width of 1 this is the three-point parabola; wider fits average noise out.
    /// Reads the half width on both sides; both must have been written.
    /// </summary>
    /// <returns>The vertex, never further than one half width from the extremum.</returns>
    public static double Refine(SignalRing signal, long extremum, int halfWidth)
    {
        // Least squares of y = a + b k + c k^2 over k = -h..h. The odd and even parts separate.
        double s1 = 0, s0 = 0, s2y = 0;
        double k2 = 0, k4 = 0;
        for (var k = -halfWidth; k <= halfWidth; k++)
        {
            double y = signal[extremum + k] - signal[extremum];
            double square = (double)k * k;
            s0 += y;
            s1 += k * y;
            s2y += square * y;
            k2 += square;
            k4 += square * square;
        }

        var n = (2 * halfWidth) + 1;
        var slope = s1 / k2;
        var curvature = ((n * s2y) - (k2 * s0)) / ((n * k4) - (k2 * k2));
        if (curvature == 0)
        {
            return extremum;
        }

        var vertex = -slope / (2 * curvature);
        return double.IsFinite(vertex) ? extremum + Math.Clamp(vertex, -halfWidth, halfWidth) : extremum;
    }
}
