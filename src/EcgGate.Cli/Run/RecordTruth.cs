using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Records;

namespace EcgGate.Cli.Run;

/// <summary>The true beats of a record: exact ones where they lie beside it, else its reference annotations.</summary>
internal static class RecordTruth
{
    /// <summary>Ending of the file with the exact truth of a shipped trace.</summary>
    public const string ExactEnding = ".truth.csv";

    /// <summary>Annotator whose beats are the reference.</summary>
    public const string Reference = "atr";

    /// <summary>The truth, or null where the record has none; and a word about where it is from.</summary>
    /// <param name="basePath">The record's path without its ending.</param>
    /// <param name="rate">Samples per second of the record itself, in which annotations count.</param>
    /// <exception cref="CliException">The exact truth is damaged.</exception>
    /// <exception cref="WfdbException">The annotations are damaged.</exception>
    public static (ITruth? Truth, string Judge) Of(string basePath, double rate)
    {
        var exact = basePath + ExactEnding;
        if (File.Exists(exact))
        {
            try
            {
                using var reader = new StreamReader(exact);
                return (new TruthOfPatient(RecordedTruth.Read(reader, exact)), "the referee knows the exact beats");
            }
            catch (FormatException problem)
            {
                throw new CliException(problem.Message, problem);
            }
        }

        var annotations = $"{basePath}.{Reference}";
        return File.Exists(annotations)
            ? (FromAnnotations(annotations, rate), "the referee takes the reference annotations for the true beats")
            : (null, "no referee, since the record has no reference annotations");
    }

    private static ListTruth FromAnnotations(string path, double rate)
    {
        var beats = new List<TrueBeat>();
        var fibrillation = new List<FibrillationInterval>();
        double? since = null;
        using var reader = AnnotationReader.Open(path, new AnnotationReadOptions { SamplingFrequencyHertz = rate });
        while (reader.TryRead(out var annotation))
        {
            var seconds = annotation.Sample / rate;
            switch (annotation.Code)
            {
                case AnnotationCode.FlutterStart:
                    since ??= seconds;
                    break;
                case AnnotationCode.FlutterEnd when since is { } start:
                    fibrillation.Add(new FibrillationInterval(start, seconds));
                    since = null;
                    break;
                default:
                    if (annotation.IsBeat)
                    {
                        beats.Add(new TrueBeat(seconds, annotation.Code.ToSymbol()[0]));
                    }

                    break;
            }
        }

        if (since is { } open)
        {
            fibrillation.Add(new FibrillationInterval(open, double.PositiveInfinity));
        }

        return new ListTruth(beats, fibrillation);
    }
}

/// <summary>A virtual patient's truth, or one that was written beside a trace, as the referee asks for it.</summary>
internal sealed class TruthOfPatient(IEcgTruth truth) : ITruth
{
    /// <summary>Longer than any pause between two beats that a patient survives.</summary>
    private const double LookAheadSeconds = 30;

    public bool TryGetLastBeat(double seconds, out TrueBeat beat)
    {
        var found = truth.TryFindAtOrBefore(seconds, out var last);
        beat = found ? Of(in last) : default;
        return found;
    }

    public bool TryGetNextBeat(double seconds, out TrueBeat beat)
    {
        foreach (var next in truth.BeatsBetween(seconds, seconds + LookAheadSeconds))
        {
            if (next.RSeconds > seconds)
            {
                beat = Of(in next);
                return true;
            }
        }

        beat = default;
        return false;
    }

    public bool IsInFibrillation(double seconds) =>
        truth.Rhythms(Math.BitIncrement(seconds)).Any(rhythm =>
            rhythm.Rhythm == TruthRhythm.VentricularFibrillation && seconds >= rhythm.StartSeconds && seconds < rhythm.EndSeconds);

    private static TrueBeat Of(in TruthBeat beat) => new(beat.RSeconds, beat.Class.WfdbSymbol(), beat.TPeakSeconds, beat.TEndSeconds);
}
