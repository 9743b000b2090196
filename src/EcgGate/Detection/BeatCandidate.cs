namespace EcgGate.Detection;

/// <summary>Something that may be a beat, from its opening to its verification.</summary>
internal struct BeatCandidate
{
    /// <summary>Sample at which the slope energy crossed the opening threshold.</summary>
    public long Opened;

    /// <summary>The fiducial, once there is one.</summary>
    public double R;

    /// <summary>The sample on which the extremum lies that <see cref="R"/> was refined from.</summary>
    public long Lobe;

    /// <summary>Whether <see cref="R"/> is a maximum.</summary>
    public bool IsMaximum;

    /// <summary>Largest slope energy, mV/s.</summary>
    public float Peak;

    /// <summary><see cref="Peak"/> 100 ms after R; 0 until then.</summary>
    public float Settled;

    /// <summary>The largest change of the smoothed signal within 8 ms so far, mV.</summary>
    public float Steepest;

    /// <summary>The largest change of that change within 8 ms so far, mV: how sharply the signal bends.</summary>
    public float Sharpest;

    /// <summary>The shape that led to R, or −1.</summary>
    public int Shape;

    /// <summary>Slope energy just before it opened, as a share of that of a beat.</summary>
    public float Activity;

    /// <summary>The level of the signal before it opened, mV.</summary>
    public float Level;

    /// <summary>Sample of <see cref="Peak"/>.</summary>
    public long PeakIndex;

    /// <summary>Height of R over the level before the beat, mV, signed.</summary>
    public float Amplitude;

    /// <summary>The best score it reached.</summary>
    public float Score;

    /// <summary>Whether it was decided early to be a beat.</summary>
    public bool IsAccepted;

    /// <summary>Whether it was given out, early or late.</summary>
    public bool IsEmitted;

    /// <summary>Whether R was found at all.</summary>
    public bool HasR;

    /// <summary>What the score was made from when it was best.</summary>
    public BeatFeatures Features;
}
