using EcgGate.Records.Csv;
using EcgGate.Records.Edf;
using EcgGate.Records.Wav;
using EcgGate.Signals;
using EcgGate.TestSupport;

namespace EcgGate.Records.Tests;

public class EcgFileTests
{
    /// <summary>The same two leads in every format.</summary>
    private static void WriteAll(Scratch scratch, int rate = 500, int samples = 600)
    {
        using var wfdb = WfdbWriter.Create(scratch["a"], rate, WfdbSignal.Lead("II", 1_000), WfdbSignal.Lead("V5", 1_000));
        using var edf = EdfWriter.Create(scratch["a.edf"], rate, EdfSignal.Lead("II"), EdfSignal.Lead("V5"));
        using var bdf = EdfWriter.Create(scratch["a.bdf"], rate, new EdfHeader { SampleBits = 24, Signals = [EdfSignal.Lead("II", 10, 24), EdfSignal.Lead("V5", 10, 24)] });
        using var csv = CsvWriter.Create(scratch["a.csv"], rate, ["II", "V5"]);
        using var wav = WavWriter.Create(scratch["a.wav"], rate, ["II", "V5"]);
        for (var i = 0; i < samples; i++)
        {
            double[] values = [Math.Sin(i * 0.05), Math.Cos(i * 0.03) * 2];
            wfdb.WriteMillivolts(values);
            edf.WriteMillivolts(values);
            bdf.WriteMillivolts(values);
            csv.Write(new EcgSample(i, (float)values[0], (float)values[1], SampleStatus.None));
            wav.WriteMillivolts(values);
        }
    }

    [Theory]
    [InlineData("a", typeof(WfdbRecord))]
    [InlineData("a.hea", typeof(WfdbRecord))]
    [InlineData("a.dat", typeof(WfdbRecord))]
    [InlineData("a.edf", typeof(EdfRecord))]
    [InlineData("a.bdf", typeof(EdfRecord))]
    [InlineData("a.csv", typeof(CsvRecord))]
    [InlineData("a.wav", typeof(WavRecord))]
    [InlineData("renamed.rec", typeof(EdfRecord))]
    [InlineData("renamed", typeof(WavRecord))]
    public void A_record_of_every_format_opens_with_the_same_leads_and_millivolts(string name, Type reader)
    {
        using var scratch = new Scratch();
        WriteAll(scratch);
        File.Copy(scratch["a.edf"], scratch["renamed.rec"]);
        File.Copy(scratch["a.wav"], scratch["renamed"]);

        using var source = EcgFile.Open(scratch[name]);

        source.Should().BeOfType(reader);
        source.Info.SamplingRateHertz.Should().Be(500);
        source.Info.LeadNames.Should().Equal("II", "V5");
        var samples = Sources.ReadAll(source, 100);
        samples.Should().HaveCountGreaterThanOrEqualTo(600);
        for (var i = 0; i < 600; i++)
        {
            samples[i].Lead0Millivolts.Should().BeApproximately((float)Math.Sin(i * 0.05), 6e-4f);
            samples[i].Lead1Millivolts.Should().BeApproximately((float)Math.Cos(i * 0.03) * 2, 6e-4f);
        }
    }

    [Fact]
    public void A_rate_that_is_too_high_is_brought_down_unless_that_is_not_wanted()
    {
        using var scratch = new Scratch();
        WriteAll(scratch, 8_000, 8_000);

        foreach (var name in new[] { "a", "a.edf", "a.csv", "a.wav" })
        {
            using var source = EcgFile.Open(scratch[name], new EcgFileOptions { Leads = ["V5"] });
            source.Info.SamplingRateHertz.Should().Be(1_000);
            source.Info.LeadNames.Should().Equal("V5");
            Sources.ReadAll(source, 100).Should().HaveCount(1_000);
            using var raw = EcgFile.Open(scratch[name], new EcgFileOptions { HighestRateHertz = null });
            raw.Info.SamplingRateHertz.Should().Be(8_000);
        }
    }

    [Theory]
    [InlineData("gone", "no such record")]
    [InlineData("gone.edf", "no such record")]
    [InlineData("folder", "folder")]
    [InlineData("picture.png", "the format is not known here; known are WFDB")]
    [InlineData("lonely.dat", "its header lonely.hea is not beside it")]
    [InlineData("a.atr", "give the record")]
    [InlineData("text.edf", "neither like EDF")]
    [InlineData("text.wav", "does not begin with 'RIFF'")]
    [InlineData("text.csv", "no column names a unit")]
    [InlineData("empty.txt", "the file is empty")]
    [InlineData("empty.hea", "the file is empty")]
    public void What_cannot_be_opened_is_refused_with_a_reason(string name, string reason)
    {
        using var scratch = new Scratch();
        WriteAll(scratch);
        Directory.CreateDirectory(scratch["folder"]);
        foreach (var text in new[] { "picture.png", "lonely.dat", "a.atr", "text.edf", "text.wav", "text.csv" })
        {
            scratch.Write(text, "some words, and more\nof them, here\n");
        }

        scratch.Write("empty.txt", "");
        scratch.Write("empty.hea", "");

        FluentActions.Invoking(() => EcgFile.Open(scratch[name])).Should().Throw<RecordException>().WithMessage($"*{reason}*");
    }

    [Fact]
    public void The_records_of_a_folder_are_found_without_segments_and_other_files()
    {
        using var scratch = new Scratch();
        WriteAll(scratch);
        Directory.CreateDirectory(scratch["below"]);
        scratch.Write("below/10.edf", "x");
        scratch.Write("below/9.WAV", "x");
        scratch.Write("m.hea", "m/2 1 500 20\nm_1 10\nm_2 10\n");
        scratch.Write("m_1.hea", "m_1 1 500 10\nm_1.dat 16\n");
        scratch.Write("m_2.hea", "m_2 1 500 10\nm_2.dat 16\n");
        scratch.Write("broken.hea", "?");
        scratch.Write("ledger.csv", "beat,outcome\n1,Fired\n");
        scratch.Write("README.txt", "Some words.\n");
        scratch.Write("table.txt", "# rate: 500\nII [mV]\n1\n");

        EcgFile.FindRecords(scratch.Folder).Select(record => (record.Name, record.Format)).Should().Equal(
            ("a", EcgFileFormat.Edf), ("a", EcgFileFormat.Csv), ("a", EcgFileFormat.Edf), ("a", EcgFileFormat.Wfdb), ("a", EcgFileFormat.Wav),
            ("broken", EcgFileFormat.Wfdb), ("m", EcgFileFormat.Wfdb), ("table", EcgFileFormat.Csv));
        var below = EcgFile.FindRecords(scratch.Folder, recursive: true).Where(record => record.Name.StartsWith("below", StringComparison.Ordinal)).ToList();
        below.Select(record => record.Name).Should().Equal("below/9", "below/10");
        below[1].AnnotationPath("atr").Should().Be(Path.Combine(scratch.Folder, "below", "10.atr"));
        FluentActions.Invoking(() => EcgFile.FindRecords(scratch["gone"])).Should().Throw<RecordException>().WithMessage("*no such folder*");
    }

    [Fact]
    public void Every_record_of_a_real_database_is_found_and_comes_through_the_other_formats_unchanged()
    {
        var folder = Path.Combine(Recordings.Require(), "mitdb");
        var records = EcgFile.FindRecords(folder);
        records.Should().HaveCount(26).And.OnlyContain(record => record.Format == EcgFileFormat.Wfdb && File.Exists(record.AnnotationPath("atr")));

        using var scratch = new Scratch();
        using var source = EcgFile.Open(records[0].Path);
        var samples = new EcgSample[20_000];
        source.Read(samples).Count.Should().Be(samples.Length);
        var names = source.Info.LeadNames;
        using (var edf = EdfWriter.Create(scratch["r.edf"], 360, [.. names.Select(name => EdfSignal.Lead(name))]))
        using (var csv = CsvWriter.Create(scratch["r.csv"], 360, names))
        using (var wav = WavWriter.Create(scratch["r.wav"], 360, names))
        {
            foreach (var sample in samples)
            {
                edf.WriteMillivolts([sample.Lead0Millivolts, sample.Lead1Millivolts]);
                csv.Write(sample);
                wav.WriteMillivolts([sample.Lead0Millivolts, sample.Lead1Millivolts]);
            }
        }

        foreach (var (name, step) in new[] { ("r.edf", 20.0 / 65_534), ("r.csv", 0), ("r.wav", 20.0 / 65_536) })
        {
            using var copy = EcgFile.Open(scratch[name]);
            copy.Info.SamplingRateHertz.Should().Be(360);
            var read = Sources.ReadAll(copy, 1_000);
            read.Zip(samples).Max(pair => Math.Abs(pair.First.Lead0Millivolts - pair.Second.Lead0Millivolts)).Should().BeLessThanOrEqualTo((float)(step * 0.51));
            read.Zip(samples).Max(pair => Math.Abs(pair.First.Lead1Millivolts - pair.Second.Lead1Millivolts)).Should().BeLessThanOrEqualTo((float)(step * 0.51));
        }
    }
}
