namespace EcgGate.Emulator.Patient;

/// <summary>What really happens in a virtual patient's heart. Exact, and independent of any disturbance.</summary>
/// <remarks>Thread-safe. A question about a time that is not laid out yet lays it out.</remarks>
public sealed class PatientTruth
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

    /// <summary>The beats with R in [<paramref name="fromSeconds"/>, <paramref name="toSeconds"/>).</summary>
    /// <param name="fromSeconds">Seconds since the start.</param>
    /// <param name="toSeconds">Seconds since the start, finite.</param>
    public IReadOnlyList<TruthBeat> BeatsBetween(double fromSeconds, double toSeconds)
    {
        LayOutUntil(toSeconds);
        var beats = _timeline.Beats.Items;
        var first = FirstFrom(beats, fromSeconds);
        var end = FirstFrom(beats, toSeconds);
        return end > first ? beats[first..end].ToArray() : [];
    }

    /// <summary>The beat whose R is nearest to a moment. False if the patient has no beat within the distance.</summary>
    /// <param name="seconds">Seconds since the start, finite.</param>
    /// <param name="withinSeconds">How far away R may be.</param>
    /// <param name="beat">The beat, if there is one.</param>
    public bool TryFindNearest(double seconds, double withinSeconds, out TruthBeat beat)
    {
        LayOutUntil(seconds + withinSeconds);
        var beats = _timeline.Beats.Items;
        var after = FirstFrom(beats, seconds);
        beat = default;
        if (after < beats.Length)
        {
            beat = beats[after];
        }

        if (after > 0 && (after == beats.Length || seconds - beats[after - 1].RSeconds < beat.RSeconds - seconds))
        {
            beat = beats[after - 1];
        }

        return beat.Number > 0 && Math.Abs(beat.RSeconds - seconds) <= withinSeconds;
    }

    /// <summary>The last beat with R at or before a moment: the one that a pulse at this moment follows.</summary>
    /// <param name="seconds">Seconds since the start, finite.</param>
    /// <param name="beat">The beat, if there is one.</param>
    public bool TryFindAtOrBefore(double seconds, out TruthBeat beat)
    {
        LayOutUntil(seconds);
        var beats = _timeline.Beats.Items;
        var after = FirstFrom(beats, seconds);
        if (after < beats.Length && beats[after].RSeconds == seconds)
        {
            after++;
        }

        beat = after > 0 ? beats[after - 1] : default;
        return after > 0;
    }

    /// <summary>The rhythms, in order of time and without gaps from 0 on, that begin before a moment.</summary>
    /// <param name="untilSeconds">Seconds since the start, finite.</param>
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

    private static int FirstFrom(ReadOnlySpan<TruthBeat> beats, double seconds)
    {
        var low = 0;
        var high = beats.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (beats[middle].RSeconds < seconds)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
