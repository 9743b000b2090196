using System.Text.Json.Serialization;

namespace EcgGate.Validation;

/// <summary>What a pulse is worth, judged by the reference.</summary>
public enum PulseVerdict
{
    /// <summary>0 to 100 ms after a normally conducted or paced beat.</summary>
    Safe,

    /// <summary>0 to 100 ms after a ventricular premature or escape beat (V, E, R-on-T).</summary>
    Ectopic,

    /// <summary>0 to 100 ms after a fusion of a ventricular and a normal beat (F).</summary>
    Fusion,

    /// <summary>0 to 100 ms after a supraventricular premature beat (A, a, J, S).</summary>
    Premature,

    /// <summary>
    /// Anywhere else: later than 100 ms after R and before the next R, before the first beat, in ventricular flutter or
    /// fibrillation, or after a beat that the reference could not classify (Q).
    /// </summary>
    Unsafe,

    /// <summary>From 40 ms before the peak of the T wave to its end. Only where the T waves are exactly known.</summary>
    Vulnerable,
}

/// <summary>A T wave known exactly, as in a synthetic trace.</summary>
/// <param name="PeakSample">Its peak, in samples since the start of the record.</param>
/// <param name="EndSample">Its end.</param>
public readonly record struct TWave(double PeakSample, double EndSample);

/// <summary>One pulse as judged.</summary>
/// <param name="Sample">The edge, in samples since the start of the record.</param>
/// <param name="Verdict">The judgement.</param>
/// <param name="BeatSample">
/// The reference beat it belongs to: the last one in whose first 100 ms it lies, otherwise the nearest; null if the
/// record has none.
/// </param>
/// <param name="BeatSymbol">That beat's annotation symbol.</param>
/// <param name="OffsetMs">Edge − that beat, ms; negative before it.</param>
public readonly record struct AuditedPulse(double Sample, PulseVerdict Verdict, long? BeatSample, char? BeatSymbol, double? OffsetMs);

/// <summary>By which limits pulses are judged and beats are eligible.</summary>
public sealed record AuditOptions
{
    /// <summary>How long after R a pulse is in the refractory period. Default 100 ms.</summary>
    public TimeSpan RefractoryWindow { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long before the T peak the vulnerable period opens. Default 40 ms (assumed).</summary>
    public TimeSpan VulnerableBeforeTPeak { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Lowest rate of an eligible beat, per minute. Default 40.</summary>
    public double MinimumRatePerMinute { get; init; } = 40;

    /// <summary>Highest rate of an eligible beat, per minute. Default 120.</summary>
    public double MaximumRatePerMinute { get; init; } = 120;

    /// <summary>Over how many RR intervals the rate is taken. Default 8; at least 1.</summary>
    public int RateIntervals { get; init; } = 8;

    /// <summary>
    /// How many beats at the start of the record, and after flutter or shutdown, are learning and not eligible.
    /// Default 8.
    /// </summary>
    public int LearningBeats { get; init; } = 8;

    /// <summary>
    /// The rule on time between pulses: a beat without a pulse is not eligible if its pulse, at
    /// <see cref="TargetDelay"/>, would have come sooner than this after the last one. Default zero: every beat is tried.
    /// </summary>
    public TimeSpan MinimumInterval { get; init; }

    /// <summary>From R to the pulse, for the rule on time between pulses. Default 50 ms.</summary>
    public TimeSpan TargetDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The limits that belong to a gate's options.</summary>
    public static AuditOptions For(GateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new AuditOptions
        {
            MinimumRatePerMinute = options.MinimumRatePerMinute,
            MaximumRatePerMinute = options.MaximumRatePerMinute,
            LearningBeats = options.LearningBeats,
            MinimumInterval = options.MinimumInterval,
            TargetDelay = options.TargetDelay,
        };
    }
}

/// <summary>What an audit counted. Results of parts add up exactly.</summary>
public sealed record AuditResult
{
    /// <summary>All pulses.</summary>
    public long Pulses => Safe + Ectopic + Fusion + Premature + Unsafe + (Vulnerable ?? 0);

    /// <summary>Pulses after a normally conducted or paced beat.</summary>
    public long Safe { get; init; }

    /// <summary>Pulses after a ventricular beat.</summary>
    public long Ectopic { get; init; }

    /// <summary>Pulses after a fusion beat.</summary>
    public long Fusion { get; init; }

    /// <summary>Pulses after a supraventricular premature beat.</summary>
    public long Premature { get; init; }

    /// <summary>Pulses anywhere else.</summary>
    public long Unsafe { get; init; }

    /// <summary>Pulses in the vulnerable period; null where the T waves are not exactly known.</summary>
    public long? Vulnerable { get; init; }

    /// <summary>Reference beats on which a pulse may be expected.</summary>
    public long Eligible { get; init; }

    /// <summary>Eligible beats that got a safe pulse.</summary>
    public long EligibleFired { get; init; }

    /// <summary>Eligible beats with a pulse ÷ eligible beats, in %; null without eligible beats.</summary>
    public double? Yield => DetectionResult.Percent(EligibleFired, Eligible);

    /// <summary>Pulse − its beat, over all pulses.</summary>
    public required Distribution OffsetMs { get; init; }

    /// <summary>Each pulse that is not safe, in order of time. Empty in a sum over records.</summary>
    public IReadOnlyList<AuditedPulse> Doubtful { get; init; } = [];

    /// <summary>Unsafe pulses out of all, for printing.</summary>
    [JsonIgnore]
    public ObservedRate UnsafeRate => new(Unsafe, Pulses);

    /// <summary>Pulses after ventricular beats out of all, for printing.</summary>
    [JsonIgnore]
    public ObservedRate EctopicRate => new(Ectopic, Pulses);

    /// <summary>Pulses after fusion beats out of all, for printing.</summary>
    [JsonIgnore]
    public ObservedRate FusionRate => new(Fusion, Pulses);

    /// <summary>Pulses after supraventricular premature beats out of all, for printing.</summary>
    [JsonIgnore]
    public ObservedRate PrematureRate => new(Premature, Pulses);

    /// <summary>Pulses in the vulnerable period out of all, for printing; null where that is not known.</summary>
    [JsonIgnore]
    public ObservedRate? VulnerableRate => Vulnerable is { } count ? new ObservedRate(count, Pulses) : null;

    /// <summary>The sum over records. Vulnerable pulses are known where any of the records knows its T waves.</summary>
    public static AuditResult Sum(IEnumerable<AuditResult> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        AuditResult[] all = [.. parts];
        return new AuditResult
        {
            Safe = all.Sum(part => part.Safe),
            Ectopic = all.Sum(part => part.Ectopic),
            Fusion = all.Sum(part => part.Fusion),
            Premature = all.Sum(part => part.Premature),
            Unsafe = all.Sum(part => part.Unsafe),
            Vulnerable = all.Any(part => part.Vulnerable is not null) ? all.Sum(part => part.Vulnerable ?? 0) : null,
            Eligible = all.Sum(part => part.Eligible),
            EligibleFired = all.Sum(part => part.EligibleFired),
            OffsetMs = Distribution.Sum(all.Select(part => part.OffsetMs)),
        };
    }
}

/// <summary>
/// Judges every pulse by the reference's beats, and finds out on which beats a pulse could have been expected.
/// </summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public sealed class SafetyAudit
{
    private SafetyAudit(IReadOnlyList<AuditedPulse> pulses, IReadOnlyList<int> eligible, IReadOnlyList<int> eligibleFired, AuditResult result)
    {
        Pulses = pulses;
        EligibleBeats = eligible;
        EligibleBeatsFired = eligibleFired;
        Result = result;
    }

    /// <summary>Every pulse with its verdict, in order of time.</summary>
    public IReadOnlyList<AuditedPulse> Pulses { get; }

    /// <summary>Indexes into the reference's beats of those on which a pulse may be expected.</summary>
    public IReadOnlyList<int> EligibleBeats { get; }

    /// <summary>Those of <see cref="EligibleBeats"/> that got a safe pulse.</summary>
    public IReadOnlyList<int> EligibleBeatsFired { get; }

    /// <summary>The counts.</summary>
    public AuditResult Result { get; }

    /// <summary>Judges pulses.</summary>
    /// <param name="pulseSamples">The edges, in samples since the start of the record; in any order.</param>
    /// <param name="reference">The truth.</param>
    /// <param name="samplingRateHertz">Samples per second.</param>
    /// <param name="options">The limits; the defaults if null.</param>
    /// <param name="tWaves">The T waves, where they are exactly known; null where not.</param>
    /// <exception cref="ArgumentException">An edge is not a finite number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a positive number.</exception>
    public static SafetyAudit Judge(IEnumerable<double> pulseSamples, BeatAnnotations reference, double samplingRateHertz, AuditOptions? options = null, IReadOnlyList<TWave>? tWaves = null)
    {
        ArgumentNullException.ThrowIfNull(pulseSamples);
        ArgumentNullException.ThrowIfNull(reference);
        _ = BeatComparison.MatchWindowSamples(samplingRateHertz);
        double[] pulses = [.. pulseSamples.Order()];
        if (pulses.Any(pulse => !double.IsFinite(pulse)))
        {
            throw new ArgumentException("A pulse has no finite time; pass only edges that were made.", nameof(pulseSamples));
        }

        options ??= new AuditOptions();
        var judge = new Judgement(reference, samplingRateHertz, options, tWaves);
        AuditedPulse[] audited = [.. pulses.Select(judge.Of)];
        var eligible = judge.Eligible(pulses);
        double[] safe = [.. audited.Where(pulse => pulse.Verdict == PulseVerdict.Safe).Select(pulse => pulse.Sample)];
        var fired = eligible.Where(beat => judge.HasPulse(beat, safe)).ToList();

        long Number(PulseVerdict verdict) => audited.LongCount(pulse => pulse.Verdict == verdict);
        var result = new AuditResult
        {
            Safe = Number(PulseVerdict.Safe),
            Ectopic = Number(PulseVerdict.Ectopic),
            Fusion = Number(PulseVerdict.Fusion),
            Premature = Number(PulseVerdict.Premature),
            Unsafe = Number(PulseVerdict.Unsafe),
            Vulnerable = tWaves is null ? null : Number(PulseVerdict.Vulnerable),
            Eligible = eligible.Count,
            EligibleFired = fired.Count,
            OffsetMs = Distribution.Of(audited.Where(pulse => pulse.OffsetMs is not null).Select(pulse => pulse.OffsetMs!.Value)),
            Doubtful = [.. audited.Where(pulse => pulse.Verdict != PulseVerdict.Safe)],
        };
        return new SafetyAudit(audited, eligible, fired, result);
    }

    /// <summary>What a pulse within the refractory window of a beat with this symbol is.</summary>
    public static PulseVerdict VerdictAfter(char beatSymbol) => beatSymbol switch
    {
        'N' or 'L' or 'R' or 'B' or 'e' or 'j' or 'n' or '/' or 'f' => PulseVerdict.Safe,
        'V' or 'E' or 'r' => PulseVerdict.Ectopic,
        'F' => PulseVerdict.Fusion,
        'A' or 'a' or 'J' or 'S' => PulseVerdict.Premature,
        _ => PulseVerdict.Unsafe,
    };

    private sealed class Judgement(BeatAnnotations reference, double samplingRateHertz, AuditOptions options, IReadOnlyList<TWave>? tWaves)
    {
        private readonly long[] _beats = [.. reference.Beats.Select(beat => beat.Sample)];
        private readonly TWave[] _tWaves = [.. (tWaves ?? []).OrderBy(wave => wave.PeakSample)];
        private readonly double _window = Samples(options.RefractoryWindow, samplingRateHertz);

        public AuditedPulse Of(double pulse)
        {
            if (_beats.Length == 0)
            {
                return new AuditedPulse(pulse, IsVulnerable(pulse) ? PulseVerdict.Vulnerable : PulseVerdict.Unsafe, null, null, null);
            }

            var last = LastBeatUpTo(pulse);
            var within = last >= 0 && pulse - _beats[last] <= _window;
            var own = within ? last : Nearest(pulse, last);
            var beat = reference.Beats[own];
            var verdict = IsVulnerable(pulse) ? PulseVerdict.Vulnerable
                : !within || reference.IsWithin(IntervalKind.VentricularFlutter, (long)Math.Floor(pulse)) ? PulseVerdict.Unsafe
                : VerdictAfter(beat.Symbol);
            return new AuditedPulse(pulse, verdict, beat.Sample, beat.Symbol, (pulse - beat.Sample) * 1000 / samplingRateHertz);
        }

        public List<int> Eligible(double[] pulses)
        {
            var eligible = new List<int>();
            var run = 0;
            for (var i = 0; i < _beats.Length; i++)
            {
                run = i > 0 && reference.IntervalBeginsBetween(_beats[i - 1], _beats[i]) ? 0 : run;
                var sample = _beats[i];
                if (run >= Math.Max(1, options.LearningBeats)
                    && IsSafe(i) && IsSafe(i - 1)
                    && !reference.IsWithin(IntervalKind.Shutdown, sample)
                    && IsRateWithinLimits(i, run)
                    && (HasPulse(i, pulses) || IsIntervalOver(sample, pulses)))
                {
                    eligible.Add(i);
                }

                run++;
            }

            return eligible;
        }

        public bool HasPulse(int beat, double[] pulses)
        {
            var end = _beats[beat] + _window;
            var nextBeat = beat + 1 < _beats.Length ? _beats[beat + 1] : double.PositiveInfinity;
            var first = FirstAtOrAfter(pulses, _beats[beat]);
            return first < pulses.Length && pulses[first] <= end && pulses[first] < nextBeat;
        }

        private static double Samples(TimeSpan span, double rate) => span.TotalSeconds * rate;

        private static int FirstAtOrAfter(double[] sorted, double value)
        {
            var low = 0;
            for (var high = sorted.Length; low < high;)
            {
                var middle = (low + high) / 2;
                if (sorted[middle] < value)
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

        private int LastBeatUpTo(double pulse)
        {
            var index = Array.BinarySearch(_beats, (long)Math.Floor(pulse));
            index = index >= 0 ? index : ~index - 1;
            while (index >= 0 && index + 1 < _beats.Length && _beats[index + 1] <= pulse)
            {
                index++;
            }

            return index;
        }

        private int Nearest(double pulse, int last) =>
            last < 0 ? 0
            : last + 1 < _beats.Length && _beats[last + 1] - pulse < pulse - _beats[last] ? last + 1
            : last;

        private bool IsSafe(int beat) => VerdictAfter(reference.Beats[beat].Symbol) == PulseVerdict.Safe;

        private bool IsVulnerable(double pulse)
        {
            var lead = Samples(options.VulnerableBeforeTPeak, samplingRateHertz);
            foreach (var wave in _tWaves)
            {
                if (wave.PeakSample - lead > pulse)
                {
                    return false;
                }

                if (pulse <= wave.EndSample)
                {
                    return true;
                }
            }

            return false;
        }

        private bool IsRateWithinLimits(int beat, int run)
        {
            var intervals = Math.Min(run, Math.Max(1, options.RateIntervals));
            var seconds = (_beats[beat] - _beats[beat - intervals]) / samplingRateHertz;
            var rate = 60 * intervals / seconds;
            return rate >= options.MinimumRatePerMinute && rate <= options.MaximumRatePerMinute;
        }

        private bool IsIntervalOver(long beatSample, double[] pulses)
        {
            var before = FirstAtOrAfter(pulses, beatSample) - 1;
            return before < 0 || beatSample + Samples(options.TargetDelay, samplingRateHertz) - pulses[before] >= Samples(options.MinimumInterval, samplingRateHertz);
        }
    }
}
