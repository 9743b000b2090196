namespace EcgGate.Emulator.Generator;

/// <summary>What the referee says of a pulse.</summary>
public enum PulseVerdict
{
    /// <summary>0 to 100 ms after R of a normally conducted or paced beat.</summary>
    Safe,

    /// <summary>0 to 100 ms after R of a ventricular beat (V, E, r).</summary>
    Ectopic,

    /// <summary>0 to 100 ms after R of a fusion beat (F).</summary>
    Fusion,

    /// <summary>0 to 100 ms after R of a supraventricular premature beat (A, a, J, S).</summary>
    Premature,

    /// <summary>0 to 100 ms after R of a beat that the reference could not classify (Q, ?).</summary>
    Unclassified,

    /// <summary>Where the T wave is known: from 40 ms before its peak to its end.</summary>
    Vulnerable,

    /// <summary>Anywhere else, in particular more than 100 ms after R, and in flutter or fibrillation.</summary>
    Unsafe,
}

/// <summary>A pulse with the referee's verdict.</summary>
/// <param name="Pulse">The pulse as the generator saw it.</param>
/// <param name="Verdict">What the referee says of it.</param>
/// <param name="Beat">The last true beat at or before it; R is NaN where there is none.</param>
/// <param name="OffsetMilliseconds">
/// From the true R that is nearest in the sense of a trigger: the last one, or the next one (then negative) where that
/// is at most 100 ms away and nearer. NaN without a beat.
/// </param>
public readonly record struct JudgedPulse(DeliveredPulse Pulse, PulseVerdict Verdict, TrueBeat Beat, double OffsetMilliseconds);

/// <summary>The referee's report on a run.</summary>
public sealed record PulseJudgement
{
    /// <summary>Every pulse that was kept, oldest first.</summary>
    public required IReadOnlyList<JudgedPulse> Pulses { get; init; }

    /// <summary>How many pulses the generator counted but did not keep; they are not judged.</summary>
    public long NotJudged { get; init; }

    /// <summary>Whether the line was still active when the run was judged.</summary>
    public bool LineStuckHigh { get; init; }

    /// <summary>Offset from true R in ms that 1 % of the pulses do not exceed; NaN without pulses.</summary>
    public double OffsetP1Milliseconds { get; init; }

    /// <summary>Median offset from true R in ms; NaN without pulses.</summary>
    public double OffsetP50Milliseconds { get; init; }

    /// <summary>Offset from true R in ms that 99 % of the pulses do not exceed; NaN without pulses.</summary>
    public double OffsetP99Milliseconds { get; init; }

    /// <summary>Shortest pulse in ms; NaN without finished pulses.</summary>
    public double WidthMinimumMilliseconds { get; init; }

    /// <summary>Longest pulse in ms; NaN without finished pulses.</summary>
    public double WidthMaximumMilliseconds { get; init; }

    /// <summary>How many pulses have a verdict.</summary>
    public int Count(PulseVerdict verdict) => Pulses.Count(pulse => pulse.Verdict == verdict);

    /// <summary>How many pulses must never be: <see cref="PulseVerdict.Unsafe"/> and <see cref="PulseVerdict.Vulnerable"/>.</summary>
    public int UnsafeCount => Count(PulseVerdict.Unsafe) + Count(PulseVerdict.Vulnerable);
}

/// <summary>Judges each pulse against the beats as they truly are.</summary>
public static class PulseReferee
{
    /// <summary>Latest safe pulse after R, in seconds.</summary>
    public const double SafeSeconds = 0.100;

    /// <summary>How long before the T wave's peak the vulnerable period opens, in seconds; assumed.</summary>
    public const double VulnerableBeforeTPeakSeconds = 0.040;

    /// <summary>Judges a generator's pulses after a run.</summary>
    /// <param name="generator">The generator, at rest.</param>
    /// <param name="truth">The beats, in the same patient time.</param>
    public static PulseJudgement Judge(EmulatedGenerator generator, ITruth truth)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return Judge(generator.GetPulses(), truth) with
        {
            NotJudged = generator.PulsesNotKept,
            LineStuckHigh = generator.IsHigh,
        };
    }

    /// <summary>Judges pulses.</summary>
    /// <param name="pulses">Pulses in patient time.</param>
    /// <param name="truth">The beats, in the same patient time.</param>
    public static PulseJudgement Judge(IReadOnlyList<DeliveredPulse> pulses, ITruth truth)
    {
        ArgumentNullException.ThrowIfNull(pulses);
        ArgumentNullException.ThrowIfNull(truth);
        var judged = new JudgedPulse[pulses.Count];
        for (var i = 0; i < judged.Length; i++)
        {
            judged[i] = Judge(pulses[i], truth);
        }

        var offsets = judged.Select(pulse => pulse.OffsetMilliseconds).Where(double.IsFinite).Order().ToArray();
        var widths = pulses.Select(pulse => pulse.WidthSeconds * 1e3).Where(double.IsFinite).ToArray();
        return new PulseJudgement
        {
            Pulses = judged,
            LineStuckHigh = pulses.Count > 0 && double.IsNaN(pulses[^1].WidthSeconds),
            OffsetP1Milliseconds = Percentile(offsets, 0.01),
            OffsetP50Milliseconds = Percentile(offsets, 0.50),
            OffsetP99Milliseconds = Percentile(offsets, 0.99),
            WidthMinimumMilliseconds = widths.Length == 0 ? double.NaN : widths.Min(),
            WidthMaximumMilliseconds = widths.Length == 0 ? double.NaN : widths.Max(),
        };
    }

    private static JudgedPulse Judge(in DeliveredPulse pulse, ITruth truth)
    {
        var at = pulse.PatientSeconds;
        var hasLast = truth.TryGetLastBeat(at, out var last);
        var hasNext = truth.TryGetNextBeat(at, out var next);
        var since = hasLast ? at - last.RSeconds : double.PositiveInfinity;
        var until = hasNext ? next.RSeconds - at : double.PositiveInfinity;
        var offset = until <= SafeSeconds && until < since ? -until : hasLast ? since : double.NaN;
        var beat = hasLast ? last : new TrueBeat(double.NaN, ' ');

        PulseVerdict verdict;
        if (truth.IsInFibrillation(at) || !hasLast)
        {
            verdict = PulseVerdict.Unsafe;
        }
        else if (at >= last.TPeakSeconds - VulnerableBeforeTPeakSeconds && at <= last.TEndSeconds)
        {
            verdict = PulseVerdict.Vulnerable;
        }
        else
        {
            verdict = since <= SafeSeconds ? OnBeat(last.Symbol) : PulseVerdict.Unsafe;
        }

        return new JudgedPulse(pulse, verdict, beat, offset * 1e3);
    }

    private static PulseVerdict OnBeat(char symbol) => symbol switch
    {
        'N' or 'L' or 'R' or 'B' or 'e' or 'j' or 'n' or '/' or 'f' => PulseVerdict.Safe,
        'V' or 'E' or 'r' => PulseVerdict.Ectopic,
        'F' => PulseVerdict.Fusion,
        'A' or 'a' or 'J' or 'S' => PulseVerdict.Premature,
        'Q' or '?' => PulseVerdict.Unclassified,
        _ => PulseVerdict.Unsafe,
    };

    /// <summary>Nearest-rank percentile: the smallest value that at least this share of the values does not exceed.</summary>
    private static double Percentile(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}
