using System.Text;
using EcgGate.Emulator.Patient;
using EcgGate.Records;

namespace EcgGate.Cli.Traces;

/// <summary>Writes a synthetic record: <c>.hea</c>, <c>.dat</c>, <c>.atr</c>, the exact truth and a picture.</summary>
internal static class TraceFiles
{
    /// <summary>Ending of the exact truth.</summary>
    public const string TruthEnding = ".truth.csv";

    /// <summary>Writes all files of a trace; those of the same name are replaced.</summary>
    /// <exception cref="WfdbException">A file cannot be written.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, Trace trace)
    {
        var path = Path.Combine(folder, trace.Definition.Name);
        WriteRecord(path, trace);
        WriteAnnotations($"{path}.atr", trace);
        using (var truth = new StreamWriter(path + TruthEnding, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
        {
            trace.Truth.Write(truth);
        }

        File.WriteAllText($"{path}.svg", EcgPicture.Draw(trace));
    }

    private static void WriteRecord(string path, Trace trace)
    {
        var definition = trace.Definition;
        var format = (WfdbFormat)definition.WfdbFormat;
        var header = new WfdbHeader
        {
            RecordName = definition.Name,
            SamplingFrequencyHertz = definition.SamplingRateHertz,
            Signals =
            [
                .. trace.LeadNames.Select(lead => new WfdbSignal
                {
                    FileName = definition.Name + ".dat",
                    Format = format,
                    Gain = definition.AdcUnitsPerMillivolt,
                    Baseline = 0,
                    Units = "mV",
                    AdcResolution = definition.AdcBits,
                    Description = lead,
                }),
            ],
            Comments = [$" Synthetic: {definition.Description}", $" Made by 'ecggate traces make' from {definition.Source}"],
        };
        using var writer = WfdbWriter.Create(path, header);
        var frame = new int[trace.Samples.Count];
        for (var i = 0; i < trace.Samples[0].Length; i++)
        {
            for (var lead = 0; lead < frame.Length; lead++)
            {
                frame[lead] = trace.Samples[lead][i];
            }

            writer.WriteFrame(frame);
        }

        writer.Complete();
    }

    private static void WriteAnnotations(string path, Trace trace)
    {
        var rate = trace.Definition.SamplingRateHertz;
        var last = trace.Samples[0].Length - 1;
        long Sample(double seconds) => Math.Clamp((long)Math.Round(seconds * rate), 0, last);

        var annotations = new List<Annotation>();
        foreach (var rhythm in trace.Truth.AllRhythms)
        {
            annotations.Add(new Annotation(Sample(rhythm.StartSeconds), AnnotationCode.Rhythm, Aux: rhythm.Rhythm.WfdbRhythm()));
            if (rhythm.Rhythm == TruthRhythm.VentricularFibrillation)
            {
                annotations.Add(new Annotation(Sample(rhythm.StartSeconds), AnnotationCode.FlutterStart));
                annotations.Add(new Annotation(Sample(rhythm.EndSeconds), AnnotationCode.FlutterEnd));
            }
        }

        annotations.AddRange(trace.Truth.Beats.Select(beat =>
            new Annotation(Sample(beat.RSeconds), AnnotationCodes.ParseSymbol(beat.Class.WfdbSymbol().ToString()))));

        using var writer = AnnotationWriter.Create(path);
        foreach (var annotation in annotations.OrderBy(annotation => annotation.Sample))
        {
            writer.Write(annotation);
        }
    }
}
