using EcgGate.Signals;
using EcgGate.TestSupport;

namespace EcgGate.Records.Tests;

/// <summary>The public recordings, read as they are. Figures are those of the databases' own documentation and headers.</summary>
public class RecordingsTests
{
    private static IEnumerable<string> Headers(string root) =>
        Directory.EnumerateFiles(root, "*.hea", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    [Fact]
    public void Every_annotation_file_is_read_to_its_end_mark_and_lies_within_its_record()
    {
        var root = Recordings.Require();
        var files = 0;
        foreach (var header in Headers(root))
        {
            var record = header[..^4];
            var options = new AnnotationReadOptions { LengthFrames = WfdbHeader.Parse(record).LengthFrames };
            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(header)!, Path.GetFileName(record) + ".*"))
            {
                if (Path.GetExtension(file) is not (".hea" or ".dat"))
                {
                    AnnotationReader.ReadAll(file, options).Should().NotBeEmpty(file);
                    files++;
                }
            }
        }

        files.Should().BeGreaterThan(1_200);
    }

    [Fact]
    public void Every_record_reads_to_its_end_and_its_checksums_hold()
    {
        var root = Recordings.Require();
        var records = 0;
        foreach (var header in Headers(root))
        {
            foreach (var check in WfdbChecksums.Compute(header))
            {
                check.Holds.Should().Be(true, $"signal {check.Signal} of {header}");
            }

            using var reader = WfdbSignalReader.Open(header);
            var frames = new int[reader.FrameLength * 5_000];
            long length = 0;
            while (reader.ReadFrames(frames) is > 0 and var count)
            {
                length += count;
            }

            length.Should().Be(reader.Header.LengthFrames, header);
            records++;
        }

        records.Should().BeGreaterThanOrEqualTo(130);
    }

    [Theory]
    [InlineData(".i")]
    [InlineData(".ii")]
    [InlineData(".v5")]
    public void The_waves_of_the_lead_annotations_lie_between_their_onsets_and_ends(string lead)
    {
        var folder = Path.Combine(Recordings.Require(), "ludb");
        var waves = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*" + lead))
        {
            var inside = false;
            foreach (var annotation in AnnotationReader.ReadAll(file))
            {
                inside = annotation.Code switch { AnnotationCode.WaveOnset => true, AnnotationCode.WaveEnd => false, _ => inside };
                waves += inside && annotation.Code is AnnotationCode.PWave or AnnotationCode.Normal or AnnotationCode.TWave ? 1 : 0;
            }
        }

        waves.Should().BeGreaterThan(1_500);
    }

    [Fact]
    public void Noise_records_with_gain_0_are_read_only_with_an_assumed_gain()
    {
        var path = Path.Combine(Recordings.Require(), "nstdb", "ma");

        FluentActions.Invoking(() => WfdbRecord.Open(path)).Should().Throw<WfdbException>().Which.Position.Should().Be("line 2");

        using var record = WfdbRecord.Open(path, new WfdbReadOptions { UncalibratedGain = WfdbSignal.DefaultGain });
        var block = new EcgSample[1];
        record.Read(block);
        block[0].Lead0Millivolts.Should().BeApproximately(-18 / 200f, 1e-6f);
    }

    [Theory]
    [InlineData("101", 1_865)]
    [InlineData("119", 1_987)]
    [InlineData("201", 1_963)]
    [InlineData("207", 1_860)]
    [InlineData("208", 2_955)]
    [InlineData("217", 2_208)]
    public void The_reference_beats_of_the_arrhythmia_database_are_as_many_as_its_tables_say(string name, int beats)
    {
        var path = Path.Combine(Recordings.Require(), "mitdb", name + ".atr");

        AnnotationReader.ReadAll(path).Count(annotation => annotation.IsBeat).Should().Be(beats);
    }

    [Fact]
    public void Rhythm_changes_of_record_201_are_read_as_text()
    {
        var path = Path.Combine(Recordings.Require(), "mitdb", "201.atr");

        var rhythms = AnnotationReader.ReadAll(path).Where(annotation => annotation.Code == AnnotationCode.Rhythm).Select(annotation => annotation.Aux).ToList();

        rhythms[0].Should().Be("(AFIB");
        rhythms.Distinct().Should().BeEquivalentTo("(AFIB", "(N", "(NOD", "(SVTA", "(T");
    }

    [Fact]
    public void Flutter_waves_of_record_207_lie_between_flutter_start_and_end()
    {
        var path = Path.Combine(Recordings.Require(), "mitdb", "207.atr");
        var inside = false;
        var waves = 0;
        foreach (var annotation in AnnotationReader.ReadAll(path))
        {
            inside = annotation.Code switch { AnnotationCode.FlutterStart => true, AnnotationCode.FlutterEnd => false, _ => inside };
            if (annotation.Code == AnnotationCode.FlutterWave)
            {
                inside.Should().BeTrue();
                waves++;
            }
        }

        waves.Should().Be(472);
    }

    [Fact]
    public void Record_119_streams_650000_samples_in_millivolts_of_its_two_leads()
    {
        using var record = WfdbRecord.Open(Path.Combine(Recordings.Require(), "mitdb", "119"));
        record.Info.LeadNames.Should().Equal("MLII", "V1");
        record.Info.SamplingRateHertz.Should().Be(360);
        record.Info.LengthSamples.Should().Be(650_000);
        var first = record.Header.Signals[0];

        var block = new EcgSample[1_000];
        long samples = 0;
        while (record.Read(block).Count is > 0 and var count)
        {
            if (samples == 0)
            {
                block[0].Lead0Millivolts.Should().BeApproximately((float)((first.InitialValue!.Value - 1024) / 200.0), 1e-6f);
            }

            block[count - 1].Index.Should().Be(samples + count - 1);
            samples += count;
        }

        samples.Should().Be(650_000);
    }
}
