namespace EcgGate.Validation;

/// <summary>Two beats that were paired, by their place in the lists compared.</summary>
/// <param name="Reference">Index into the reference's beats, or -1 for an extra test beat.</param>
/// <param name="Test">Index into the test's beats, or -1 for a missed reference beat.</param>
public readonly record struct BeatPair(int Reference, int Test)
{
    /// <summary>Whether both are there.</summary>
    public bool IsMatch => Reference >= 0 && Test >= 0;
}

/// <summary>
/// Compares two annotators of one record beat by beat, as ANSI/AAMI EC57 asks and as the WFDB comparator <c>bxb</c>
/// counts: within 150 ms, and such that of two beats that compete for one the better placed gets it.
/// </summary>
/// <remarks>
/// <para>
/// The pairing rule. Take the first beat not yet dealt with on each side, the earlier and the later one. They are a pair
/// if they are at most 150 ms apart and the later one has no better partner in the beat that follows the earlier one on
/// its side: either that one is not nearer, or it is nearer still to the beat that follows the later one, and so is
/// spoken for. Otherwise the earlier one stays alone: missed, or extra.
/// </para>
/// <para>
/// At a start after 0 (the learning period of EC57), a test beat up to 150 ms before the start may still be the partner of
/// the first reference beat, and a test beat up to 150 ms after the start is passed over where the one after it fits
/// the first reference beat better, since it may belong to a beat before the start.
/// </para>
/// <para>
/// Beats between <c>[</c> and <c>]</c> are not compared: neither side's own are looked at, and test beats without a
/// partner in the reference's flutter are left out. A beat without a partner within the other side's shutdown counts
/// as missed or extra, but apart (X).
/// </para>
/// <para>Sources: ANSI/AAMI EC57:2012; the WFDB Applications Guide, bxb(1).</para>
/// <para>Immutable; safe from any thread.</para>
/// </remarks>
public sealed class BeatComparison
{
    /// <summary>EC57's match window: 0.15 s.</summary>
    public const double MatchWindowSeconds = 0.15;

    /// <summary>EC57's learning period, in which nothing is counted: 5 minutes.</summary>
    public static readonly TimeSpan LearningPeriod = TimeSpan.FromMinutes(5);

    // Later than any sample, far enough below the limit that differences do not overflow.
    private const long Never = long.MaxValue / 4;

    private BeatComparison(BeatAnnotations reference, BeatAnnotations test, double samplingRateHertz, IReadOnlyList<BeatPair> pairs, DetectionResult result)
    {
        Reference = reference;
        Test = test;
        SamplingRateHertz = samplingRateHertz;
        Pairs = pairs;
        Result = result;
    }

    /// <summary>What was taken for the truth.</summary>
    public BeatAnnotations Reference { get; }

    /// <summary>What was judged.</summary>
    public BeatAnnotations Test { get; }

    /// <summary>Samples per second of both.</summary>
    public double SamplingRateHertz { get; }

    /// <summary>Every pair, miss and extra beat that was counted, in order of time.</summary>
    public IReadOnlyList<BeatPair> Pairs { get; }

    /// <summary>The counts.</summary>
    public DetectionResult Result { get; }

    /// <summary>Compares two annotators.</summary>
    /// <param name="reference">The truth.</param>
    /// <param name="test">What is judged.</param>
    /// <param name="samplingRateHertz">Samples per second of both.</param>
    /// <param name="lengthSamples">
    /// The record's length in samples; the comparison ends there. Null where it is not known: the comparison then ends
    /// with the last reference beat, and test beats after it are not counted.
    /// </param>
    /// <param name="start">Where counting starts: zero, or <see cref="LearningPeriod"/> for EC57.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the length is not positive, or the start negative.</exception>
    public static BeatComparison Compare(BeatAnnotations reference, BeatAnnotations test, double samplingRateHertz, long? lengthSamples, TimeSpan start = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentOutOfRangeException.ThrowIfLessThan(start, TimeSpan.Zero);
        if (lengthSamples is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length, nameof(lengthSamples));
        }

        var window = MatchWindowSamples(samplingRateHertz);
        return new Walk(reference, test, samplingRateHertz, window, SecondsToSamples(start.TotalSeconds, samplingRateHertz), lengthSamples).Run();
    }

    /// <summary>The match window in samples: 0.15 s, rounded.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a positive number.</exception>
    public static long MatchWindowSamples(double samplingRateHertz)
    {
        if (!double.IsFinite(samplingRateHertz) || samplingRateHertz <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(samplingRateHertz), samplingRateHertz, "The sampling rate must be a positive number of Hz.");
        }

        return SecondsToSamples(MatchWindowSeconds, samplingRateHertz);
    }

    internal static long SecondsToSamples(double seconds, double samplingRateHertz) => (long)Math.Floor((seconds * samplingRateHertz) + 0.5);

    /// <summary>One run over both lists.</summary>
    private sealed class Walk(BeatAnnotations reference, BeatAnnotations test, double samplingRateHertz, long window, long start, long? lengthSamples)
    {
        private readonly List<BeatPair> _pairs = new(reference.Beats.Count + 64);
        private readonly List<double> _offsets = new(reference.Beats.Count);
        private readonly ClassMatrix.Counter _classes = new();
        private long _rrErrors;
        private double _rrErrorSquares;
        private long _excluded;
        private long _foundInShutdown;
        private long _falseInShutdown;
        private int _i;
        private int _j;

        private long End => lengthSamples ?? Never;

        private long EndOfTime => lengthSamples ?? (reference.Beats.Count == 0 ? start : reference.Beats[^1].Sample);

        public BeatComparison Run()
        {
            _i = FirstFrom(reference, start);
            _j = FirstFrom(test, start);
            if (start > 0)
            {
                PassLearningPeriod();
            }

            while (!IsAtEnd())
            {
                Step();
            }

            var result = new DetectionResult
            {
                Classes = _classes.ToMatrix(),
                ExcludedInFlutter = _excluded,
                FlutterSeconds = SecondsOf(reference, IntervalKind.VentricularFlutter),
                ComparedSeconds = Math.Max(0, EndOfTime - start) / samplingRateHertz,
                FoundInShutdown = _foundInShutdown,
                FalseInShutdown = _falseInShutdown,
                ShutdownSeconds = SecondsOf(test, IntervalKind.Shutdown),
                ReferenceShutdownSeconds = SecondsOf(reference, IntervalKind.Shutdown),
                RRErrors = _rrErrors,
                RRErrorSquaresMs2 = _rrErrorSquares * (1000 / samplingRateHertz) * (1000 / samplingRateHertz),
                OffsetMs = Distribution.Of(_offsets),
            };
            return new BeatComparison(reference, test, samplingRateHertz, _pairs, result);
        }

        private static long At(BeatAnnotations side, int index) => index < side.Beats.Count ? side.Beats[index].Sample : Never;

        private static int FirstFrom(BeatAnnotations side, long sample)
        {
            var index = 0;
            while (At(side, index) < sample)
            {
                index++;
            }

            return index;
        }

        private void PassLearningPeriod()
        {
            var first = At(reference, _i);
            if (_j > 0 && first - At(test, _j - 1) is var gap && gap <= window && gap < Math.Abs(first - At(test, _j)))
            {
                Match(_i++, _j - 1);
            }
            else if (At(test, _j) - start <= window && Math.Abs(first - At(test, _j + 1)) < Math.Abs(first - At(test, _j)))
            {
                _j++;
            }
        }

        private bool IsAtEnd() => lengthSamples is null
            ? _i == reference.Beats.Count
            : At(reference, _i) > End && At(test, _j) > End;

        private void Step()
        {
            long r = At(reference, _i), rNext = At(reference, _i + 1), t = At(test, _j), tNext = At(test, _j + 1);
            if (t < r)
            {
                if (Belong(t, tNext, r, rNext))
                {
                    Match(_i++, _j++);
                }
                else
                {
                    Extra(_j++);
                }
            }
            else if (Belong(r, rNext, t, tNext))
            {
                Match(_i++, _j++);
            }
            else
            {
                Miss(_i++);
            }
        }

        private bool Belong(long earlier, long afterEarlier, long later, long afterLater)
        {
            var rival = Math.Abs(later - afterEarlier);
            return later - earlier <= window && (later - earlier < rival || Math.Abs(afterLater - afterEarlier) < rival);
        }

        private void Match(int i, int j)
        {
            Count(i, j, AamiClasses.Of(reference.Beats[i].Symbol)!.Value, AamiClasses.Of(test.Beats[j].Symbol)!.Value);
            _pairs.Add(new BeatPair(i, j));
            _foundInShutdown += test.IsWithin(IntervalKind.Shutdown, At(test, j)) ? 1 : 0;
            _offsets.Add((At(test, j) - At(reference, i)) * 1000 / samplingRateHertz);
        }

        private void Miss(int i)
        {
            var pseudo = test.IsWithin(IntervalKind.Shutdown, At(reference, i)) ? AamiClass.X : AamiClass.O;
            Count(i, _j, AamiClasses.Of(reference.Beats[i].Symbol)!.Value, pseudo);
            _pairs.Add(new BeatPair(i, -1));
        }

        private void Extra(int j)
        {
            var sample = At(test, j);
            if (reference.IsWithin(IntervalKind.VentricularFlutter, sample))
            {
                _excluded++;
                CountRRError(_i, j);
                return;
            }

            var pseudo = reference.IsWithin(IntervalKind.Shutdown, sample) ? AamiClass.X : AamiClass.O;
            Count(_i, j, pseudo, AamiClasses.Of(test.Beats[j].Symbol)!.Value);
            _pairs.Add(new BeatPair(-1, j));
            _falseInShutdown += test.IsWithin(IntervalKind.Shutdown, sample) ? 1 : 0;
        }

        private void Count(int i, int j, AamiClass referenceClass, AamiClass testClass)
        {
            _classes.Add(referenceClass, testClass);
            CountRRError(i, j);
        }

        private void CountRRError(int i, int j)
        {
            if (RRInterval(reference, i) is { } expected && RRInterval(test, j) is { } found)
            {
                _rrErrors++;
                _rrErrorSquares += (double)(expected - found) * (expected - found);
            }
        }

        private static long? RRInterval(BeatAnnotations side, int index)
        {
            if (index < 1 || index >= side.Beats.Count)
            {
                return null;
            }

            long from = side.Beats[index - 1].Sample, to = side.Beats[index].Sample;
            return to == from || side.IntervalBeginsBetween(from, to) ? null : to - from;
        }

        private double SecondsOf(BeatAnnotations side, IntervalKind kind)
        {
            var end = EndOfTime;
            return side.Intervals
                .Where(interval => interval.Kind == kind)
                .Sum(interval => Math.Max(0, Math.Min(interval.End, end) - Math.Max(interval.Start, start))) / samplingRateHertz;
        }
    }
}
