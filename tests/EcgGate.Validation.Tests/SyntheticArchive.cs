using EcgGate.Records;

namespace EcgGate.Validation.Tests;

/// <summary>A folder of small records with plain beats, and annotations as a test wants them. Gone after the test.</summary>
internal sealed class SyntheticArchive : IDisposable
{
    public const double Rate = 250;
    public const int BeatSamples = 200;

    public string Folder { get; } = Directory.CreateTempSubdirectory("ecggate-validation-").FullName;

    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>R of each beat of a record, 75 beats a minute, from 0.8 s on.</summary>
    public static long[] Beats(int count) => [.. Enumerable.Range(1, count).Select(i => (long)i * BeatSamples)];

    /// <summary>Writes a record of so many beats, and its annotations: all beats as N if null.</summary>
    public SyntheticArchive Add(string name, int beats = 40, IEnumerable<BeatLabel>? reference = null, string annotator = "atr")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        using (var writer = WfdbWriter.Create(this[name], Rate, WfdbSignal.Lead("II")))
        {
            for (var i = 0; i < (beats + 1) * BeatSamples; i++)
            {
                writer.WriteMillivolts([MillivoltsAt(i, beats)]);
            }
        }

        return Annotate(name, reference ?? Beats(beats).Select(sample => new BeatLabel(sample, 'N')), annotator);
    }

    public SyntheticArchive Annotate(string name, IEnumerable<BeatLabel> beats, string annotator)
    {
        using var writer = AnnotationWriter.Create($"{this[name]}.{annotator}");
        foreach (var beat in beats)
        {
            writer.Write(new Annotation(beat.Sample, AnnotationCodes.ParseSymbol(beat.Symbol.ToString())));
        }

        return this;
    }

    /// <summary>What was written at a sample, before rounding to the converter's 5 uV.</summary>
    public static double MillivoltsAt(int sample, int beats)
    {
        var nearest = Math.Clamp((sample + 80) / BeatSamples, 1, beats) * BeatSamples;
        double Wave(double atMs, double widthMs, double height)
        {
            var x = (((sample - nearest) * 1000 / Rate) - atMs) / widthMs;
            return height * Math.Exp(-x * x / 2);
        }

        return Wave(-160, 20, 0.12) + Wave(-28, 8, -0.1) + Wave(0, 11, 1.1) + Wave(26, 9, -0.25) + Wave(270, 45, 0.28);
    }

    public static ValidationResult Judge(ValidationOptions options, params string[] places)
    {
        var runner = new ValidationRunner(options);
        return runner.Run(runner.Find(places), cancellation: TestContext.Current.CancellationToken);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
