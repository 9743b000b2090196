namespace EcgGate.Detection;

/// <summary>One peak of the integrated signal with what the other stages show of the same event.</summary>
internal struct PanTompkinsPeak
{
    /// <summary>The fiducial in samples of the source, delays taken out: an absolute index, never one into a window.</summary>
    public double R;

    /// <summary>Height of the integrated signal, (mV/s)².</summary>
    public double Integral;

    /// <summary>Largest deflection of the band-passed signal within the integral's window, mV, unsigned.</summary>
    public double Band;

    /// <summary>Steepest slope within the same window, mV/s, unsigned.</summary>
    public double Slope;

    /// <summary>Height of R over the level before it, mV, signed.</summary>
    public float Amplitude;
}
