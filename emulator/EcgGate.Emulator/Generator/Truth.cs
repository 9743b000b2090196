namespace EcgGate.Emulator.Generator;

/// <summary>A beat as it truly is.</summary>
/// <param name="RSeconds">Patient time of the R wave, in seconds.</param>
/// <param name="Symbol">Its annotation code, as WFDB prints it: N, V, /, and so on.</param>
/// <param name="TPeakSeconds">Patient time of the T wave's peak, in seconds; NaN where unknown.</param>
/// <param name="TEndSeconds">Patient time of the T wave's end, in seconds; NaN where unknown.</param>
public readonly record struct TrueBeat(double RSeconds, char Symbol, double TPeakSeconds, double TEndSeconds)
{
    /// <summary>A beat whose T wave is unknown, as in most reference annotations.</summary>
    public TrueBeat(double rSeconds, char symbol)
        : this(rSeconds, symbol, double.NaN, double.NaN)
    {
    }
}

/// <summary>A stretch of ventricular flutter or fibrillation.</summary>
/// <param name="StartSeconds">Its first moment, patient time in seconds.</param>
/// <param name="EndSeconds">Its last moment, patient time in seconds.</param>
public readonly record struct FibrillationInterval(double StartSeconds, double EndSeconds);

/// <summary>What the referee knows and the engine does not: the beats as they truly are.</summary>
/// <remarks>Asked after a run, from one thread.</remarks>
public interface ITruth
{
    /// <summary>The last beat whose R is at or before a moment.</summary>
    /// <param name="seconds">Patient time in seconds.</param>
    /// <param name="beat">The beat.</param>
    /// <returns>False if there is none.</returns>
    bool TryGetLastBeat(double seconds, out TrueBeat beat);

    /// <summary>The first beat whose R is after a moment.</summary>
    /// <param name="seconds">Patient time in seconds.</param>
    /// <param name="beat">The beat.</param>
    /// <returns>False if there is none.</returns>
    bool TryGetNextBeat(double seconds, out TrueBeat beat);

    /// <summary>Whether the ventricles flutter or fibrillate at a moment.</summary>
    /// <param name="seconds">Patient time in seconds.</param>
    bool IsInFibrillation(double seconds);
}

/// <summary>Truth that is known in full: a record's reference annotations, a finished scenario. Thread-safe.</summary>
public sealed class ListTruth : ITruth
{
    private readonly TrueBeat[] _beats;
    private readonly double[] _times;
    private readonly FibrillationInterval[] _fibrillation;

    /// <summary>Takes the beats and intervals, in any order.</summary>
    /// <param name="beats">All beats; their R times are finite.</param>
    /// <param name="fibrillation">Stretches of flutter or fibrillation; null for none.</param>
    public ListTruth(IEnumerable<TrueBeat> beats, IEnumerable<FibrillationInterval>? fibrillation = null)
    {
        ArgumentNullException.ThrowIfNull(beats);
        _beats = beats.OrderBy(beat => beat.RSeconds).ToArray();
        _times = Array.ConvertAll(_beats, beat => beat.RSeconds);
        _fibrillation = fibrillation?.ToArray() ?? [];
        if (_times.Any(time => !double.IsFinite(time)))
        {
            throw new ArgumentException("A beat's R time must be a number.", nameof(beats));
        }
    }

    /// <summary>How many beats there are.</summary>
    public int Count => _beats.Length;

    /// <inheritdoc/>
    public bool TryGetLastBeat(double seconds, out TrueBeat beat) => TryGet(After(seconds) - 1, out beat);

    /// <inheritdoc/>
    public bool TryGetNextBeat(double seconds, out TrueBeat beat) => TryGet(After(seconds), out beat);

    /// <inheritdoc/>
    public bool IsInFibrillation(double seconds)
    {
        foreach (var interval in _fibrillation)
        {
            if (seconds >= interval.StartSeconds && seconds <= interval.EndSeconds)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryGet(int index, out TrueBeat beat)
    {
        var there = index >= 0 && index < _beats.Length;
        beat = there ? _beats[index] : default;
        return there;
    }

    /// <summary>Index of the first beat after a moment.</summary>
    private int After(double seconds)
    {
        int low = 0, high = _times.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_times[middle] <= seconds)
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
