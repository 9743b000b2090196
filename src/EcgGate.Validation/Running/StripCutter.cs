using System.Globalization;
using System.Text;
using EcgGate.Gating;
using EcgGate.Signals;

namespace EcgGate.Validation;

/// <summary>Finds the doubtful beats of a record and cuts the ECG around the gravest of them out of it.</summary>
internal sealed class StripCutter(BeatComparison comparison, RecordEvaluation? evaluation, IReadOnlyList<TWave>? tWaves)
{
    /// <summary>On each side of the beat, in seconds.</summary>
    public const double HalfSeconds = 1.0;

    /// <summary>One step of the trace, in mV.</summary>
    public const double StepMillivolts = 0.005;

    private const double HighestRateHertz = 400;

    /// <summary>Where T waves peak after R: the median of 4,304 waves of LUDB lies between 240 and 300 ms.</summary>
    private const double UsualTPeakMs = 250;

    private readonly double _rate = comparison.SamplingRateHertz;
    private readonly BeatAnnotations _reference = comparison.Reference;

    /// <param name="source">The record, at its start; read to the last strip, once, whatever its format.</param>
    /// <param name="perKind">How many strips of each kind at most.</param>
    public DoubtfulBeats Cut(IEcgSource source, int perKind)
    {
        Doubt[] all = [.. Pulses().Concat(Beats())];
        var counts = new SortedDictionary<DoubtKind, long>(all.GroupBy(doubt => doubt.Kind).ToDictionary(group => group.Key, group => group.LongCount()));
        var chosen = all.GroupBy(doubt => doubt.Kind).OrderBy(group => group.Key)
            .SelectMany(group => group.OrderByDescending(doubt => doubt.Severity).ThenBy(doubt => doubt.Sample).Take(perKind));
        Window[] windows = [.. chosen.Select(doubt => new Window(doubt, From(doubt), To(doubt, source.Info.LengthSamples)))];
        Fill(windows, source);
        return new DoubtfulBeats { Counts = counts, Strips = [.. windows.Select(Strip)] };
    }

    private long From(Doubt doubt) => (long)Math.Max(0, Math.Floor(doubt.Sample - (HalfSeconds * _rate)));

    private long To(Doubt doubt, long? length) => (long)Math.Min(length ?? long.MaxValue, Math.Ceiling(doubt.Sample + (HalfSeconds * _rate)));

    /// <summary>Reads the source through once and gives each window its samples.</summary>
    private static void Fill(Window[] windows, IEcgSource source)
    {
        var last = windows.Length == 0 ? 0 : windows.Max(window => window.To);
        var block = new EcgSample[4096];
        for (int count; last > 0 && (count = source.Read(block).Count) > 0;)
        {
            foreach (var window in windows)
            {
                if (window.From <= block[count - 1].Index && window.To > block[0].Index)
                {
                    foreach (ref readonly var sample in block.AsSpan(0, count))
                    {
                        if (sample.Index >= window.From && sample.Index < window.To)
                        {
                            window.Millivolts[sample.Index - window.From] = sample.Lead0Millivolts;
                        }
                    }
                }
            }

            if (block[count - 1].Index >= last)
            {
                break;
            }
        }
    }

    private IEnumerable<Doubt> Pulses()
    {
        if (evaluation is null)
        {
            yield break;
        }

        for (var i = 0; i < evaluation.Audit.Pulses.Count; i++)
        {
            var pulse = evaluation.Audit.Pulses[i];
            if (pulse.Verdict == PulseVerdict.Safe)
            {
                continue;
            }

            var outcome = evaluation.OutcomeOfPulse[i];
            var kind = pulse.Verdict switch
            {
                PulseVerdict.Vulnerable => DoubtKind.Vulnerable,
                PulseVerdict.Ectopic => DoubtKind.Ectopic,
                PulseVerdict.Fusion => DoubtKind.Fusion,
                PulseVerdict.Premature => DoubtKind.Premature,
                _ => DoubtKind.Unsafe,
            };
            var severity = kind <= DoubtKind.Unsafe ? Gravity(pulse.Sample) : Finite(evaluation.Outcomes[outcome].Beat.TemplateResidual) ?? 0;
            yield return new Doubt(kind, pulse.Sample, severity, outcome, pulse.BeatSymbol, pulse.OffsetMs);
        }
    }

    private IEnumerable<Doubt> Beats()
    {
        foreach (var pair in comparison.Pairs)
        {
            if (pair.Test < 0)
            {
                var beat = _reference.Beats[pair.Reference];
                yield return new Doubt(DoubtKind.Missed, beat.Sample, SafetyAudit.VerdictAfter(beat.Symbol) == PulseVerdict.Safe ? 2 : 1, Outcome: null, beat.Symbol, OffsetMs: null);
            }
            else if (pair.Reference < 0)
            {
                var confidence = evaluation is null ? 0 : Finite(evaluation.Outcomes[pair.Test].Beat.Confidence) ?? 0;
                yield return new Doubt(DoubtKind.False, comparison.Test.Beats[pair.Test].Sample, confidence, evaluation is null ? null : pair.Test, Symbol: null, OffsetMs: null);
            }
        }
    }

    private double Gravity(double pulse)
    {
        if (_reference.IsWithin(IntervalKind.VentricularFlutter, (long)Math.Floor(pulse)))
        {
            return 1000;
        }

        var before = FirstFrom(_reference.Beats.Count, i => _reference.Beats[i].Sample, Math.BitIncrement(pulse)) - 1;
        return before < 0 ? 0 : Round(Math.Max(0, 500 - Math.Abs(((pulse - _reference.Beats[before].Sample) * 1000 / _rate) - UsualTPeakMs)));
    }

    private BeatStrip Strip(Window window)
    {
        var (doubt, from, to) = (window.Doubt, window.From, window.To);
        double Ms(double sample) => Round((sample - from) * 1000 / _rate);
        var step = Math.Max(1, (int)Math.Ceiling(_rate / HighestRateHertz));
        var outcome = doubt.Outcome is { } index ? evaluation!.Outcomes[index] : (BeatOutcome?)null;
        return new BeatStrip
        {
            Kind = doubt.Kind,
            AtSeconds = Math.Round(doubt.Sample / _rate, 6, MidpointRounding.AwayFromZero),
            Severity = doubt.Severity,
            OffsetMs = doubt.OffsetMs is { } offset ? Round(offset) : null,
            Symbol = doubt.Symbol,
            DetectedAs = outcome?.Beat.Class,
            TemplateResidual = Finite(outcome?.Beat.TemplateResidual),
            Confidence = Finite(outcome?.Beat.Confidence),
            Outcome = outcome?.Outcome,
            StartSeconds = Math.Round(from / _rate, 6, MidpointRounding.AwayFromZero),
            StepMs = step * 1000 / _rate,
            Trace = Trace(window.Millivolts, step),
            Reference = [.. Between(_reference.Beats.Count, i => _reference.Beats[i].Sample, from, to).Select(i => new StripBeat(Ms(_reference.Beats[i].Sample), _reference.Beats[i].Symbol))],
            Detected = [.. Detected(from, to, Ms)],
            Stretches = [.. Stretches(from, to, Ms)],
        };
    }

    private IEnumerable<StripDetection> Detected(long from, long to, Func<double, double> ms)
    {
        if (evaluation is null)
        {
            return Between(comparison.Test.Beats.Count, i => comparison.Test.Beats[i].Sample, from, to).Select(i => new StripDetection(ms(comparison.Test.Beats[i].Sample), Reason.None, PulseMs: null));
        }

        // The outcomes are in order of R.
        return Between(evaluation.Outcomes.Count, i => evaluation.Outcomes[i].Beat.RTime.Samples, from, to).Select(i =>
        {
            var outcome = evaluation.Outcomes[i];
            return new StripDetection(ms(outcome.Beat.RTime.Samples), outcome.Reason, double.IsFinite(outcome.PulseTime.Samples) ? ms(outcome.PulseTime.Samples) : null);
        });
    }

    private IEnumerable<StripStretch> Stretches(long from, long to, Func<double, double> ms)
    {
        foreach (var interval in _reference.Intervals.Where(interval => interval.Start < to && interval.End >= from))
        {
            yield return new StripStretch(ms(Math.Max(from, interval.Start)), ms(Math.Min(to, interval.End)), interval.Kind);
        }

        var lead = new AuditOptions().VulnerableBeforeTPeak.TotalSeconds * _rate;
        foreach (var wave in (tWaves ?? []).Where(wave => wave.PeakSample - lead < to && wave.EndSample >= from))
        {
            yield return new StripStretch(ms(Math.Max(from, wave.PeakSample - lead)), ms(Math.Min(to, wave.EndSample)), Kind: null);
        }
    }

    /// <summary>Of each few samples the one that lies farthest from the value before, so that no spike is lost.</summary>
    private static string Trace(float[] millivolts, int step)
    {
        var count = millivolts.Length;
        var text = new StringBuilder(count * 4 / step);
        var last = 0L;
        for (var i = 0; i < count; i += step)
        {
            var value = last;
            foreach (var sample in millivolts.AsSpan(i, Math.Min(step, count - i)))
            {
                var steps = (long)Math.Round(Math.Clamp(sample, -1000, 1000) / StepMillivolts);
                value = i == 0 || Math.Abs(steps - last) >= Math.Abs(value - last) ? steps : value;
            }

            text.Append(i == 0 ? string.Empty : " ").Append(CultureInfo.InvariantCulture, $"{value - last}");
            last = value;
        }

        return text.ToString();
    }

    private static int FirstFrom(int count, Func<int, double> at, double value)
    {
        var low = 0;
        for (var high = count; low < high;)
        {
            var middle = (low + high) / 2;
            (low, high) = at(middle) < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static IEnumerable<int> Between(int count, Func<int, double> at, double from, double to)
    {
        for (var i = FirstFrom(count, at, from); i < count && at(i) < to; i++)
        {
            yield return i;
        }
    }

    // Three decimals: shorter in JSON, far finer than a pixel, and the same again when read back.
    private static double Round(double value) => Math.Round(value, 3, MidpointRounding.AwayFromZero);

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? Round(number) : null;

    private readonly record struct Doubt(DoubtKind Kind, double Sample, double Severity, int? Outcome, char? Symbol, double? OffsetMs);

    private sealed class Window(Doubt doubt, long from, long to)
    {
        public Doubt Doubt => doubt;

        public long From => from;

        public long To => to;

        public float[] Millivolts { get; } = new float[Math.Max(0, to - from)];
    }
}
