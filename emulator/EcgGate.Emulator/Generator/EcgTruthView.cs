using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Generator;

/// <summary>The truth of a virtual patient, or of a shipped trace, as the referee asks for it.</summary>
/// <remarks>As thread-safe as the truth that it looks at.</remarks>
public sealed class EcgTruthView : ITruth
{
    // The referee only asks for the next beat to see whether the pulse came just before it.
    private const double LookAheadSeconds = 10;

    private readonly IEcgTruth _truth;

    /// <summary>Looks at a truth.</summary>
    /// <param name="truth">The truth.</param>
    public EcgTruthView(IEcgTruth truth)
    {
        ArgumentNullException.ThrowIfNull(truth);
        _truth = truth;
    }

    /// <inheritdoc/>
    public bool TryGetLastBeat(double seconds, out TrueBeat beat)
    {
        var found = _truth.TryFindAtOrBefore(seconds, out var last);
        beat = found ? From(last) : default;
        return found;
    }

    /// <inheritdoc/>
    /// <remarks>Looks 10 s ahead.</remarks>
    public bool TryGetNextBeat(double seconds, out TrueBeat beat)
    {
        foreach (var next in _truth.BeatsBetween(seconds, seconds + LookAheadSeconds))
        {
            if (next.RSeconds > seconds)
            {
                beat = From(next);
                return true;
            }
        }

        beat = default;
        return false;
    }

    /// <inheritdoc/>
    public bool IsInFibrillation(double seconds)
    {
        foreach (var interval in _truth.Rhythms(Math.BitIncrement(seconds)))
        {
            if (interval.Rhythm == TruthRhythm.VentricularFibrillation && seconds >= interval.StartSeconds && seconds < interval.EndSeconds)
            {
                return true;
            }
        }

        return false;
    }

    private static TrueBeat From(in TruthBeat beat) => new(beat.RSeconds, beat.Class.WfdbSymbol(), beat.TPeakSeconds, beat.TEndSeconds);
}
