namespace EcgGate.Emulator.Patient;

/// <summary>What really happens in a virtual patient's heart. Exact, and independent of any disturbance.</summary>
/// <remarks>Thread-safe. A question about a time that is not laid out yet lays it out, up to 10,000,000 s.</remarks>
public sealed class PatientTruth : IEcgTruth
{
    private readonly Timeline _timeline;

    internal PatientTruth(Timeline timeline) => _timeline = timeline;

    /// <summary>
    /// The beats that are laid out so far, in order of time, some of them ahead of what was sampled; grows as the
    /// patient lives on.
    /// </summary>
    public IReadOnlyList<TruthBeat> Beats => _timeline.Beats;

    /// <inheritdoc/>
    public IReadOnlyList<TruthBeat> BeatsBetween(double fromSeconds, double toSeconds)
    {
        _timeline.LayOutUntil(toSeconds);
        return TruthSearch.Between(_timeline.Beats.Items, fromSeconds, toSeconds);
    }

    /// <inheritdoc/>
    public bool TryFindNearest(double seconds, double withinSeconds, out TruthBeat beat)
    {
        _timeline.LayOutUntil(seconds + withinSeconds);
        return TruthSearch.TryFindNearest(_timeline.Beats.Items, seconds, withinSeconds, out beat);
    }

    /// <inheritdoc/>
    public bool TryFindAtOrBefore(double seconds, out TruthBeat beat)
    {
        _timeline.LayOutUntil(seconds);
        return TruthSearch.TryFindAtOrBefore(_timeline.Beats.Items, seconds, out beat);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TruthInterval> Rhythms(double untilSeconds) => _timeline.Intervals(untilSeconds);
}
