namespace EcgGate.Detection;

/// <summary>
/// The running signal and noise levels of one signal, and the thresholds between them (Pan and Tompkins 1985).
/// </summary>
/// <remarks>
/// Bounded: no single peak counts for more than a few times the present level, and noise not for more than the signal.
/// Taken as it stands, the paper's average lets one artefact of ten times the height (a hundred times in the squared
/// signal) lift the threshold above all beats that follow.
/// </remarks>
internal struct PanTompkinsThreshold
{
    private const double SearchBackPart = 0.25;
    private const double UsualPart = 0.125;

    private readonly double _largestStep;
    private readonly double _floor;

    /// <param name="largestStep">A peak counts for at most so many times the present level.</param>
    /// <param name="floor">The signal level never falls below this, so that silence has no beats.</param>
    public PanTompkinsThreshold(double largestStep, double floor)
    {
        _largestStep = largestStep;
        _floor = floor;
        Signal = floor;
    }

    /// <summary>SPK: the running height of beats.</summary>
    public double Signal { get; private set; }

    /// <summary>NPK: the running height of everything else.</summary>
    public double Noise { get; private set; }

    /// <summary>THRESHOLD 1. THRESHOLD 2, of the search-back, is half of it.</summary>
    public readonly double First => Noise + (0.25 * (Signal - Noise));

    public void Start(double signal, double noise)
    {
        Signal = Math.Max(signal, _floor);
        Noise = Math.Min(noise, Signal);
    }

    public void AddSignal(double peak, bool isSearchBack)
    {
        var part = isSearchBack ? SearchBackPart : UsualPart;
        Signal = Math.Max(_floor, Signal + (part * (Math.Min(peak, _largestStep * Signal) - Signal)));
        Noise = Math.Min(Noise, Signal);
    }

    public void AddNoise(double peak) => Noise += UsualPart * (Math.Min(peak, Signal) - Noise);
}
