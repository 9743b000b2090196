using EcgGate.Records;

namespace EcgGate.Validation;

/// <summary>What one annotator says of one record: its beats, and the intervals in which beats are not compared.</summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public sealed class BeatAnnotations
{
    /// <summary>Takes beats and intervals.</summary>
    /// <param name="beats">The beats, in order of their samples; several may share one sample.</param>
    /// <param name="intervals">Flutter and shutdown intervals, or none. Those of one kind do not overlap.</param>
    /// <exception cref="ArgumentException">A label is no beat, or the beats are not in order.</exception>
    public BeatAnnotations(IEnumerable<BeatLabel> beats, IEnumerable<MarkedInterval>? intervals = null)
    {
        ArgumentNullException.ThrowIfNull(beats);
        BeatLabel[] list = [.. beats];
        for (var i = 0; i < list.Length; i++)
        {
            if (!AamiClasses.IsBeat(list[i].Symbol))
            {
                throw new ArgumentException($"Label {i} at sample {list[i].Sample} has the symbol '{list[i].Symbol}', which marks no beat; pass only beats, or use {nameof(FromMarks)}.", nameof(beats));
            }

            if (i > 0 && list[i].Sample < list[i - 1].Sample)
            {
                throw new ArgumentException($"Label {i} at sample {list[i].Sample} comes after one at sample {list[i - 1].Sample}; sort the beats by sample.", nameof(beats));
            }
        }

        Beats = list;
        Intervals = [.. (intervals ?? []).OrderBy(interval => interval.Start)];
    }

    /// <summary>
    /// The text beside a <c>~</c> that begins a shutdown in which the annotator went on: it lasts to the next <c>~</c>
    /// without both quality bits, whatever beats stand between.
    /// </summary>
    public const string ShutdownWithBeats = "shutdown";

    /// <summary>The beats, in order of their samples.</summary>
    public IReadOnlyList<BeatLabel> Beats { get; }

    /// <summary>Flutter and shutdown intervals, in order of their start.</summary>
    public IReadOnlyList<MarkedInterval> Intervals { get; }

    /// <summary>Sorts an annotation file's marks into beats and intervals.</summary>
    /// <remarks>
    /// Whatever stands between <c>[</c> and <c>]</c> is left out. A <c>~</c> with both quality bits begins a shutdown;
    /// the next annotation ends it if it is a <c>~</c> without both. Otherwise the mark is a single one somewhere within
    /// the shutdown, as in the AHA database: it is then taken to last from one match window after the previous beat or
    /// end of flutter to one match window before the next annotation. A mark with the text
    /// <see cref="ShutdownWithBeats"/> begins a shutdown that beats do not end.
    /// </remarks>
    /// <param name="marks">All annotations of one file, in the file's order.</param>
    /// <param name="samplingRateHertz">Samples per second.</param>
    /// <exception cref="ArgumentException">The beats are not in order.</exception>
    public static BeatAnnotations FromMarks(IEnumerable<AnnotationMark> marks, double samplingRateHertz)
    {
        ArgumentNullException.ThrowIfNull(marks);
        var window = BeatComparison.MatchWindowSamples(samplingRateHertz);
        AnnotationMark[] all = [.. marks];
        var beats = new List<BeatLabel>();
        var intervals = new List<MarkedInterval>();
        var lastAnchor = 0L;
        for (var i = 0; i < all.Length; i++)
        {
            var mark = all[i];
            if (mark.Symbol == '[')
            {
                var end = Array.FindIndex(all, i + 1, later => later.Symbol == ']');
                lastAnchor = end < 0 ? long.MaxValue : all[end].Sample;
                intervals.Add(new MarkedInterval(mark.Sample, lastAnchor, IntervalKind.VentricularFlutter));
                if (end < 0)
                {
                    break;
                }

                i = end;
            }
            else if (IsShutdown(mark))
            {
                if (mark.Aux == ShutdownWithBeats)
                {
                    var end = Array.FindIndex(all, i + 1, later => later.Symbol == '~');
                    intervals.Add(new MarkedInterval(mark.Sample, end < 0 ? long.MaxValue : all[end].Sample, IntervalKind.Shutdown));
                }
                else if (i + 1 == all.Length)
                {
                    intervals.Add(new MarkedInterval(mark.Sample, long.MaxValue, IntervalKind.Shutdown));
                }
                else if (all[i + 1].Symbol == '~' && !IsShutdown(all[i + 1]))
                {
                    intervals.Add(new MarkedInterval(mark.Sample, all[++i].Sample, IntervalKind.Shutdown));
                }
                else
                {
                    var end = all[i + 1].Sample - window;
                    intervals.Add(new MarkedInterval(Math.Min(lastAnchor + window, end), end, IntervalKind.Shutdown));
                }
            }
            else if (AamiClasses.IsBeat(mark.Symbol))
            {
                beats.Add(new BeatLabel(mark.Sample, mark.Symbol));
                lastAnchor = mark.Sample;
            }
        }

        return new BeatAnnotations(beats, intervals);
    }

    /// <summary>Sorts a WFDB annotation file's annotations into beats and intervals, as <see cref="FromMarks"/> does.</summary>
    /// <param name="annotations">All annotations of one file, in the file's order.</param>
    /// <param name="samplingRateHertz">Samples per second.</param>
    /// <exception cref="ArgumentException">The beats are not in order.</exception>
    public static BeatAnnotations FromAnnotations(IEnumerable<Annotation> annotations, double samplingRateHertz)
    {
        ArgumentNullException.ThrowIfNull(annotations);

        // Codes without a letter of their own print as [15] and the like: marks, but none that means anything here.
        return FromMarks(
            annotations.Select(annotation => new AnnotationMark(annotation.Sample, annotation.Code.ToSymbol() is [var symbol] ? symbol : '\0', annotation.SubType, annotation.Aux)),
            samplingRateHertz);
    }

    /// <summary>Whether a sample lies in an interval of this kind.</summary>
    public bool IsWithin(IntervalKind kind, long sample)
    {
        foreach (var interval in Intervals)
        {
            if (interval.Start > sample)
            {
                return false;
            }

            if (interval.Kind == kind && interval.Contains(sample))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an interval of any kind begins at or after one sample and before another.</summary>
    internal bool IntervalBeginsBetween(long from, long before)
    {
        foreach (var interval in Intervals)
        {
            if (interval.Start >= before)
            {
                return false;
            }

            if (interval.Start >= from)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsShutdown(AnnotationMark mark) => mark.Symbol == '~' && (mark.Subtype & 0x30) == 0x30;
}
