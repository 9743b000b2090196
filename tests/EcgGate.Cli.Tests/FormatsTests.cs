using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EcgGate.Emulator.Patient;
using EcgGate.Records;
using EcgGate.Records.Csv;
using EcgGate.Records.Edf;
using EcgGate.Records.Wav;
using EcgGate.Signals;

namespace EcgGate.Cli.Tests;

public sealed class FormatsTests
{
    private const int SoundCardRate = 8_000;

    [Fact]
    public async Task A_folder_gives_each_record_of_every_format_with_the_same_beats()
    {
        using var folder = new TemporaryFolder();
        var truth = Write(folder, "patient:sinus-pvc?duration=60", 500);
        using var results = new TemporaryFolder();

        var result = await Cli.RunAsync("replay", folder.Path, "--ledger", results.File("ledger.csv"));

        result.Error.Should().BeEmpty();
        result.Code.Should().Be(0);
        var records = ReplayTests.ReadCsv(results.File("ledger.csv")).GroupBy(line => line["record"]).ToArray();
        records.Should().HaveCount(5, "WFDB, EDF, BDF, CSV and WAV are there, and what lies beside them is no record");
        foreach (var record in records)
        {
            var found = record.Select(line => Number(line["r_seconds"])).ToArray();
            truth.Where(beat => beat.RSeconds is > 3 and < 59).Should().OnlyContain(
                beat => found.Any(r => Math.Abs(r - beat.RSeconds) < 0.03), record.Key);
            record.Count(line => line["outcome"] == "Fired").Should().BePositive(record.Key);
        }
    }

    [Fact]
    public async Task A_table_without_rate_and_unit_is_read_with_those_of_the_command_line()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "patient:sinus-75?duration=20", 500);
        WriteBareTable(folder);

        (await Cli.RunAsync("replay", folder.File("bare.csv"))).ShouldBeRefused("bare.csv", "unit");
        (await Cli.RunAsync("replay", folder.File("bare.csv"), "--unit", "uV")).ShouldBeRefused("bare.csv", "sampling rate");
        await ShouldEqualAsync(folder, "ecg.csv", "bare.csv", "--unit", "uv", "--sampling-rate", "500");
    }

    [Fact]
    public async Task Audio_that_says_no_scale_is_read_with_that_of_the_command_line()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "patient:sinus-75?duration=20", 500);
        WriteBareAudio(folder);

        (await Cli.RunAsync("replay", folder.File("bare.wav"))).ShouldBeRefused("bare.wav", "full scale");
        await ShouldEqualAsync(folder, "ecg.wav", "bare.wav", "--full-scale-mv", "10");
    }

    [Fact]
    public async Task A_recording_that_broke_off_is_read_when_that_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "patient:sinus-75?duration=20", 500);
        WriteHalf(folder);

        (await Cli.RunAsync("replay", folder.File("half.edf"))).ShouldBeRefused("half.edf", "cut short");
        var result = await Cli.RunAsync("replay", folder.File("half.edf"), "--incomplete");
        result.Error.Should().BeEmpty();
        result.Output.Should().Contain("beats = ");
    }

    [Theory]
    [InlineData("ecg.hea")]
    [InlineData("ecg.wav")]
    public async Task Files_about_a_record_of_a_high_rate_count_in_the_record_s_own_samples(string name)
    {
        using var folder = new TemporaryFolder();
        var truth = Write(folder, "patient:sinus-75?duration=30", SoundCardRate);
        using var results = new TemporaryFolder();

        var result = await Cli.RunAsync(
            "replay", folder.File(name), "--annotate", results.Path, "--decisions", results.File("decisions.csv"), "--ledger", results.File("ledger.csv"), "--strip", results.File("strip.svg"), "--strip-from", "15");

        result.Error.Should().BeEmpty();
        using var reader = AnnotationReader.Open(results.File("ecg.ecg"));
        var annotated = new List<double>();
        while (reader.TryRead(out var annotation))
        {
            if (annotation.IsBeat)
            {
                annotated.Add((double)annotation.Sample / SoundCardRate);
            }
            else
            {
                // The detector settles for half a second; nothing else is wrong with this signal.
                annotation.Code.Should().Be(AnnotationCode.Noise);
                annotation.Sample.Should().BeLessThan(SoundCardRate);
            }
        }

        var beats = truth.Where(beat => beat.RSeconds is > 3 and < 29).ToArray();
        beats.Should().HaveCountGreaterThan(20);
        beats.Should().OnlyContain(beat => annotated.Any(r => Math.Abs(r - beat.RSeconds) < 0.03));
        var ledger = ReplayTests.ReadCsv(results.File("ledger.csv"));
        ledger.Select(line => Number(line["r_seconds"])).Should().Equal(annotated, (r, other) => Math.Abs(r - other) < 0.001);
        ledger.Should().OnlyContain(line => Math.Abs((Number(line["r_sample"]) / SoundCardRate) - Number(line["r_seconds"])) < 0.001);
        File.ReadAllLines(results.File("decisions.csv")).Skip(1).Select(line => Number(line.Split(',')[0])).Should().Equal(ledger.Select(line => Number(line["r_sample"])));
        File.ReadAllText(results.File("strip.svg")).Should().Contain("fired");
    }

    [Fact]
    public async Task A_live_run_on_a_sound_file_is_judged_by_the_annotations_beside_it()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "patient:sinus-100?duration=20", SoundCardRate);
        var result = await Cli.RunAsync("run", folder.File("ecg.wav"), "--rate", "125", "--learning-beats", "4", "--every-beat", "--duration", "12", "--json", folder.File("run.json"));
        result.Output.Should().Contain("the referee takes the reference annotations for the true beats");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("run.json"), TestContext.Current.CancellationToken));
        Assert.SkipWhen(json.RootElement.GetProperty("fired").GetInt64() == 0, "The machine stood still too often for a single pulse within 12 s.");
        json.RootElement.GetProperty("referee").GetProperty("pulses").GetInt64().Should().BePositive();
        json.RootElement.GetProperty("referee").GetProperty("unsafe").GetInt64().Should().Be(0);
    }

    [Fact]
    public async Task The_commands_of_the_guide_work()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "patient:sinus-75?duration=20", 500);
        WriteBareTable(folder);
        WriteBareAudio(folder);
        WriteHalf(folder);
        var guide = await File.ReadAllLinesAsync(Path.Combine(TestSupport.Recordings.Repository, "docs", "formats.md"), TestContext.Current.CancellationToken);
        var commands = guide.Where(line => line.StartsWith("ecggate ", StringComparison.Ordinal) && !line.StartsWith("ecggate traces fetch", StringComparison.Ordinal)).ToArray();
        commands.Should().HaveCountGreaterThan(5);
        foreach (var command in commands)
        {
            var words = command.Split(' ').Skip(1).Select(word =>
                File.Exists(folder.File(word)) ? folder.File(word) : word.StartsWith("traces/", StringComparison.Ordinal) ? Cli.Trace(word["traces/".Length..]) : word);
            var result = await Cli.RunAsync([.. words]);
            result.Error.Should().BeEmpty(command);
            result.Code.Should().Be(0, command);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static async Task ShouldEqualAsync(TemporaryFolder folder, string whole, string bare, params string[] options)
    {
        foreach (var (record, more) in new[] { (whole, Array.Empty<string>()), (bare, options) })
        {
            var result = await Cli.RunAsync(["replay", folder.File(record), "--lead", "0", "--ledger", folder.File(record + ".ledger"), .. more]);
            result.Error.Should().BeEmpty();
        }

        var expected = ReplayTests.ReadCsv(folder.File(whole + ".ledger"));
        var actual = ReplayTests.ReadCsv(folder.File(bare + ".ledger"));
        expected.Should().HaveCountGreaterThan(15);
        actual.Select(line => (line["outcome"], line["reason"])).Should().Equal(expected.Select(line => (line["outcome"], line["reason"])));
        actual.Select(line => Number(line["r_seconds"])).Should().Equal(expected.Select(line => Number(line["r_seconds"])), (r, other) => Math.Abs(r - other) < 0.001);
    }

    private static List<EcgSample> Samples(string path)
    {
        using var source = EcgFile.Open(path);
        var all = new List<EcgSample>();
        var block = new EcgSample[1_000];
        while (source.Read(block).Count is > 0 and var count)
        {
            all.AddRange(block.AsSpan(0, count));
        }

        return all;
    }

    /// <summary>The same patient as <c>ecg</c> in every format, with reference annotations.</summary>
    private static TruthBeat[] Write(TemporaryFolder folder, string patient, int rate)
    {
        ScenarioCatalog.TryParse(patient, out var scenario, out var problem).Should().BeTrue(problem);
        var virtualPatient = new VirtualPatient(scenario!);
        using var source = new PatientSource(virtualPatient, rate);
        string[] leads = ["II", "V1"];
        using var wfdb = WfdbWriter.Create(folder.File("ecg"), rate, WfdbSignal.Lead("II", 1_000), WfdbSignal.Lead("V1", 1_000));
        using var edf = EdfWriter.Create(folder.File("ecg.edf"), rate, EdfSignal.Lead("II"), EdfSignal.Lead("V1"));
        using var bdf = EdfWriter.Create(folder.File("ecg.bdf"), rate, new EdfHeader { SampleBits = 24, Signals = [EdfSignal.Lead("II", 10, 24), EdfSignal.Lead("V1", 10, 24)] });
        using var csv = CsvWriter.Create(folder.File("ecg.csv"), rate, leads);
        using var wav = WavWriter.Create(folder.File("ecg.wav"), rate, leads);
        var block = new EcgSample[1_000];
        var samples = 0;
        while (source.Read(block).Count is > 0 and var count)
        {
            foreach (var sample in block.AsSpan(0, count))
            {
                double[] millivolts = [sample.Lead0Millivolts, sample.Lead1Millivolts];
                wfdb.WriteMillivolts(millivolts);
                edf.WriteMillivolts(millivolts);
                bdf.WriteMillivolts(millivolts);
                csv.Write(sample);
                wav.WriteMillivolts(millivolts);
            }

            samples += count;
        }

        TruthBeat[] beats = [.. virtualPatient.Truth.BeatsBetween(0, (double)samples / rate)];
        using var annotations = AnnotationWriter.Create(folder.File("ecg.atr"));
        foreach (var beat in beats)
        {
            annotations.Write(new Annotation((long)Math.Round(beat.RSeconds * rate), AnnotationCode.Normal));
        }

        return beats;
    }

    /// <summary><c>bare.csv</c>: the leads alone, in microvolts, under names that say nothing of it.</summary>
    private static void WriteBareTable(TemporaryFolder folder) => File.WriteAllLines(
        folder.File("bare.csv"),
        ["II,V1", .. Samples(folder.File("ecg.csv")).Select(sample => string.Create(CultureInfo.InvariantCulture, $"{sample.Lead0Millivolts * 1_000},{sample.Lead1Millivolts * 1_000}"))]);

    /// <summary><c>bare.wav</c>: lead II as a program would write it that knows nothing of millivolts, 10 mV at full scale.</summary>
    private static void WriteBareAudio(TemporaryFolder folder) =>
        File.WriteAllBytes(folder.File("bare.wav"), PlainWav(500, [.. Samples(folder.File("ecg.wav")).Select(sample => (short)Math.Round(sample.Lead0Millivolts / 10 * 32_768))]));

    private static void WriteHalf(TemporaryFolder folder)
    {
        var bytes = File.ReadAllBytes(folder.File("ecg.edf"));
        File.WriteAllBytes(folder.File("half.edf"), bytes[..(bytes.Length / 2)]);
    }

    /// <summary>Sixteen bits, one channel, nothing but the two chunks that every program writes.</summary>
    private static byte[] PlainWav(int rate, short[] samples)
    {
        var bytes = new byte[44 + (samples.Length * 2)];
        Encoding.ASCII.GetBytes("RIFF\0\0\0\0WAVEfmt ", bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), rate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), 16);
        Encoding.ASCII.GetBytes("data", bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), samples.Length * 2);
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(44 + (i * 2)), samples[i]);
        }

        return bytes;
    }
}
