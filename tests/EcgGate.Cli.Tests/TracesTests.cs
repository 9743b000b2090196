using EcgGate.Emulator.Patient;
using EcgGate.Records;

namespace EcgGate.Cli.Tests;

public sealed class TracesTests
{
    [Fact]
    public async Task Making_the_traces_anew_gives_exactly_the_files_that_are_shipped()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("traces", "make", "--out", folder.Path);
        result.Code.Should().Be(0);
        var made = folder.Names.ToArray();
        Directory.GetFiles(Cli.Traces).Select(Path.GetFileName).Order(StringComparer.Ordinal).Should().Equal(made, "'ecggate traces make' makes what is shipped");
        foreach (var name in made)
        {
            var anew = await File.ReadAllBytesAsync(folder.File(name), TestContext.Current.CancellationToken);
            var shipped = await File.ReadAllBytesAsync(Path.Combine(Cli.Traces, name), TestContext.Current.CancellationToken);
            anew.SequenceEqual(shipped).Should().BeTrue($"{name} is the same as in traces/; else run 'ecggate traces make'");
        }
    }

    [Fact]
    public void Each_shipped_annotation_is_the_true_R_rounded_to_a_sample()
    {
        foreach (var definition in TraceCatalog.All)
        {
            using var text = new StreamReader(Cli.Trace(definition.Name) + ".truth.csv");
            var truth = RecordedTruth.Read(text, definition.Name);
            var beats = new List<(long, char)>();
            using var reader = AnnotationReader.Open(Cli.Trace(definition.Name) + ".atr");
            while (reader.TryRead(out var annotation))
            {
                if (annotation.IsBeat)
                {
                    beats.Add((annotation.Sample, annotation.Code.ToSymbol()[0]));
                }
            }

            beats.Should().Equal(truth.Beats.Select(beat => ((long)Math.Round(beat.RSeconds * definition.SamplingRateHertz), beat.Class.WfdbSymbol())), definition.Name);
        }
    }

    [Fact]
    public void Pictures_are_small_and_well_formed()
    {
        foreach (var picture in Directory.GetFiles(Cli.Traces, "*.svg"))
        {
            new FileInfo(picture).Length.Should().BeLessThan(30_000, picture);
            var svg = System.Xml.Linq.XDocument.Load(picture);
            svg.Root!.Name.LocalName.Should().Be("svg");
        }
    }

    [Fact]
    public async Task The_list_names_every_trace_with_a_source_that_can_be_replayed()
    {
        var result = await Cli.RunAsync("traces", "list");
        result.Code.Should().Be(0);
        foreach (var definition in TraceCatalog.All)
        {
            result.Output.Should().Contain(definition.Name);
            ScenarioCatalog.TryParse(definition.Source, out var scenario, out var problem).Should().BeTrue(problem);
            scenario!.Seed.Should().Be(definition.Scenario.Seed);
        }
    }
}
