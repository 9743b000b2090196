using EcgGate.Gating;
using EcgGate.Records;
using EcgGate.Validation;

namespace EcgGate.Cli.Output;

/// <summary>
/// What the engine saw, as WFDB annotation files: <c>RECORD.ecg</c> with each detected R and each shutdown, and
/// <c>RECORD.pul</c> with each pulse, both in order of time.
/// </summary>
internal static class BeatAnnotationFiles
{
    public const string Beats = "ecg";
    public const string Pulses = "pul";

    // Both signals unreadable, by WFDB's convention.
    private const sbyte Unreadable = 0x30;

    public static void Write(string folder, string record, IReadOnlyList<BeatOutcome> beats, IReadOnlyList<MarkedInterval> shutdown)
    {
        Write(
            Path.Combine(folder, $"{record}.{Beats}"),
            beats.Select(line => new Annotation(Math.Max(0, line.Beat.RTime.Nearest), AnnotationCodes.Of(line.Beat.Class))).Concat(shutdown.SelectMany(Marks)));
        Write(
            Path.Combine(folder, $"{record}.{Pulses}"),
            beats.Where(line => line.Outcome == Outcome.Fired).Select(line => new Annotation(Math.Max(0, line.PulseTime.Nearest), AnnotationCode.PacerSpike)));
    }

    /// <summary>A <c>~</c> at each end. The beats stay between them, for a shutdown withholds pulses, not findings.</summary>
    private static IEnumerable<Annotation> Marks(MarkedInterval shutdown) =>
    [
        new(shutdown.Start, AnnotationCode.Noise, Unreadable, Aux: BeatAnnotations.ShutdownWithBeats),
        new(shutdown.End, AnnotationCode.Noise),
    ];

    private static void Write(string path, IEnumerable<Annotation> annotations)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        using (var writer = AnnotationWriter.Create(temporary))
        {
            foreach (var annotation in annotations.OrderBy(annotation => annotation.Sample))
            {
                writer.Write(annotation);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }
}
