namespace EcgGate.Emulator.Patient;

/// <summary>The true beats and rhythms behind an ECG, for a referee.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IEcgTruth
{
    /// <summary>The beats with R in [<paramref name="fromSeconds"/>, <paramref name="toSeconds"/>), in order of time.</summary>
    /// <param name="fromSeconds">Seconds since the start.</param>
    /// <param name="toSeconds">Seconds since the start, finite.</param>
    IReadOnlyList<TruthBeat> BeatsBetween(double fromSeconds, double toSeconds);

    /// <summary>The beat whose R is nearest to a moment. False if there is none within the distance.</summary>
    /// <param name="seconds">Seconds since the start, finite.</param>
    /// <param name="withinSeconds">How far away R may be, finite.</param>
    /// <param name="beat">The beat, if there is one.</param>
    bool TryFindNearest(double seconds, double withinSeconds, out TruthBeat beat);

    /// <summary>The last beat with R at or before a moment: the one that a pulse at this moment follows.</summary>
    /// <param name="seconds">Seconds since the start, finite.</param>
    /// <param name="beat">The beat, if there is one.</param>
    bool TryFindAtOrBefore(double seconds, out TruthBeat beat);

    /// <summary>The rhythms that begin before a moment, in order of time, without gaps from 0 on.</summary>
    /// <param name="untilSeconds">Seconds since the start, finite.</param>
    IReadOnlyList<TruthInterval> Rhythms(double untilSeconds);
}
