namespace EcgGate.Emulator.Patient;

/// <summary>What really happens in a virtual patient's heart. Exact, and independent of any disturbance.</summary>
/// <remarks>Thread-safe. A question about a time that is not laid out yet lays it out.</remarks>
public sealed class PatientTruth : IEcgTruth
{
    private readonly Timeline _timeline;
    private readonly double? _duration;

    internal PatientTruth(Timeline timeline, double? duration)
    {
        _timeline = timeline;
        _duration = duration;
    }

    /// <summary>
    /// The beats that are laid out so far, in order of time, some of them ahead of what was sampled; grows as the
    /// patient lives on.
    /// </summary>
    public IReadOnlyList<TruthBeat> Beats => _timeline.Beats;

    /// <inheritdoc/>
    public IReadOnlyList<TruthBeat> BeatsBetween(double fromSeconds, double toSeconds)
    {
        LayOutUntil(toSeconds);
        return TruthSearch.Between(_timeline.Beats.Items, fromSeconds, toSeconds);
    }

    /// <inheritdoc/>
    public bool TryFindNearest(double seconds, double withinSeconds, out TruthBeat beat)
    {
        LayOutUntil(seconds + withinSeconds);
        return TruthSearch.TryFindNearest(_timeline.Beats.Items, seconds, withinSeconds, out beat);
    }

    /// <inheritdoc/>
    public bool TryFindAtOrBefore(double seconds, out TruthBeat beat)
    {
        LayOutUntil(seconds);
        return TruthSearch.TryFindAtOrBefore(_timeline.Beats.Items, seconds, out beat);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TruthInterval> Rhythms(double untilSeconds)
    {
        ThrowIfNotFinite(untilSeconds);
        return _timeline.Intervals(_duration is { } duration ? Math.Min(duration, untilSeconds) : untilSeconds);
    }

    private void LayOutUntil(double seconds)
    {
        ThrowIfNotFinite(seconds);
        _timeline.LayOutUntil(seconds);
    }

    private static void ThrowIfNotFinite(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "A patient may live without end, but can be asked only about a finite time.");
        }
    }
}
