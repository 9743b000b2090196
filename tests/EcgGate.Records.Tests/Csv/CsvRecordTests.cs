using System.Globalization;
using System.Text;
using CsCheck;
using EcgGate.Records.Csv;
using EcgGate.Signals;

namespace EcgGate.Records.Tests.Csv;

public class CsvRecordTests
{
    private static readonly string[] Names = ["MLII", "time"];

    private static List<EcgSample> Read(string path, CsvReadOptions? options = null)
    {
        using var record = CsvRecord.Open(path, options);
        return Sources.ReadAll(record);
    }

    [Fact]
    public void Any_samples_that_are_written_are_read_back_with_their_gaps_and_missing_values()
    {
        var sample = Gen.Select(Gen.Float[-20, 20], Gen.Float[-20, 20], Gen.Int[0, 12], Gen.Int[1, 500]);
        Gen.Select(sample.Array[3, 300], Gen.OneOf(100.0, 360, 359.712, 1000.5), Gen.OneOf(',', ';', '\t'), Gen.Int[1, 2]).Sample((made, rate, delimiter, leads) =>
        {
            var expected = new List<EcgSample>();
            var (index, last0, last1) = (-1L, 0f, 0f);
            foreach (var (first, second, kind, gap) in made)
            {
                var skips = kind == 0 && index >= 0;
                index += skips ? gap + 1 : 1;
                var status = (skips ? SampleStatus.GapBefore : 0) | (kind == 1 ? SampleStatus.Lead0Invalid : 0) | (kind == 2 && leads > 1 ? SampleStatus.Lead1Invalid : 0);
                last0 = kind == 1 ? last0 : first;
                last1 = leads == 1 ? 0 : kind == 2 ? last1 : second;
                expected.Add(new EcgSample(index, last0, last1, status));
            }

            using var scratch = new Scratch();
            using (var writer = CsvWriter.Create(scratch["a.csv"], rate, Names[..leads], delimiter))
            {
                expected.ForEach(one => writer.Write(one));
            }

            using var record = CsvRecord.Open(scratch["a.csv"]);
            record.Info.SamplingRateHertz.Should().Be(rate);
            record.Info.LeadNames.Should().Equal(Names[..leads]);
            Sources.ReadAll(record, 50).Should().Equal(expected);
        }, iter: 200);
    }

    [Theory]
    [InlineData("time [s],II [mV],V5 [uV]\n0,1,2000\n0.01,-1.5,-3e3\n", 100, "II V5")]
    [InlineData("\uFEFFtime [ms];II (mV);note;V5_uV\r\n\r\n# a comment\r\n5; 1 ;x;2000\r\n15;-1.5;;-3000", 100, "II V5")]
    [InlineData("# made by hand\n# rate: 100 Hz\nII [V]\tV5 [mV]\n0.001\t2\n-0.0015\t-3\n", 100, "II V5")]
    [InlineData("# fs = 100\nsample,\"II, left [mV]\",'V5 [mV]'\n100,1,\"2\"\n101,-1.5,'-3'\n", 100, "II, left V5")]
    [InlineData("'Elapsed time','MLII','V5'\n'seconds','mV','mV'\n0.000,1.000,2.000\n0.010,-1.500,-3.000\n", 100, "MLII V5")]
    [InlineData("time_ms,marker,II [mV],V5 [mV],V6 [mV]\n0,N,1,2,9\n10,,-1.5,-3,9\n", 100, "II V5")]
    public void Tables_of_many_dialects_are_understood(string text, double rate, string leads)
    {
        using var scratch = new Scratch();
        using var record = CsvRecord.Open(scratch.Write("a.csv", text));

        record.Info.SamplingRateHertz.Should().Be(rate);
        string.Join(' ', record.Info.LeadNames).Should().Be(leads);
        Sources.ReadAll(record).Should().Equal(new EcgSample(0, 1, 2, SampleStatus.None), new EcgSample(1, -1.5f, -3, SampleStatus.None));
    }

    [Fact]
    public void Options_give_what_the_file_does_not_say()
    {
        using var scratch = new Scratch();
        scratch.Write("a.txt", "I,II\n1,2\n3,4\n");

        Read(scratch["a.txt"], new() { SamplingRateHertz = 250, Unit = "uV", Leads = ["ii"] })
            .Should().Equal(new EcgSample(0, 0.002f), new EcgSample(1, 0.004f));
        Read(scratch["a.txt"], new() { SamplingRateHertz = 250, Unit = "mV", Leads = ["1", "0"] })
            .Should().Equal(new EcgSample(0, 2, 1, SampleStatus.None), new EcgSample(1, 4, 3, SampleStatus.None));
        FluentActions.Invoking(() => Read(scratch["a.txt"], new() { SamplingRateHertz = 250, Unit = "mV", Leads = ["V1"] }))
            .Should().Throw<RecordException>().WithMessage("*no lead 'V1'; it has 0 (I), 1 (II)*");
    }

    [Theory]
    [InlineData(360, "0.000", 360)]
    [InlineData(500, "0.000", 500)]
    [InlineData(800, "0.000", 800)]
    [InlineData(128, "0.00000", 128)]
    [InlineData(359.712, "0.0000000", 359.712)]
    [InlineData(257.3, "0.0000", 257.3)]
    public void The_rate_is_found_from_rounded_times_and_lost_rows_become_gaps(double rate, string format, double found)
    {
        const int Rows = 40_000;
        int[] lost = [30_000, 33_333, 33_334, 33_335];
        using var scratch = new Scratch();
        var text = new StringBuilder("time [s],II [mV]\n");
        for (var i = 0; i < Rows; i++)
        {
            if (!lost.Contains(i))
            {
                text.Append((7.5 + (i / rate)).ToString(format, CultureInfo.InvariantCulture)).Append(CultureInfo.InvariantCulture, $",{i % 100}\n");
            }
        }

        using var record = CsvRecord.Open(scratch.Write("a.csv", text.ToString()));
        record.Info.SamplingRateHertz.Should().BeApproximately(found, found * 1e-5);
        var samples = Sources.ReadAll(record, 1_000);

        // At a resolution near a sample a gap is seen some rows late, never lost; the rows far from it have their true index.
        samples.Should().HaveCount(Rows - lost.Length);
        samples[^1].Index.Should().Be(Rows - 1);
        samples.Count(sample => sample.Status == SampleStatus.GapBefore).Should().BeInRange(2, 3);
        samples.Count(sample => sample.Index % 100 != (int)sample.Lead0Millivolts).Should().BeLessThan(10);
    }

    [Theory]
    [InlineData("1,2\n3,4\n", "line 1", "numbers stand here")]
    [InlineData("", "byte 0", "empty")]
    [InlineData("# only a comment\n", null, "a header line such as")]
    [InlineData("# rate: fast\nII [mV]\n1\n", "line 1", "the rate reads 'fast'")]
    [InlineData("II [mV]\n1\n", "line 1", "the sampling rate is not known")]
    [InlineData("time [s],II\n0,1\n", "line 1", "no column names a unit")]
    [InlineData("time,II [mV]\n0,1\n", "line 1", "'time' names no unit of time")]
    [InlineData("time [s],II [mV]\n0,1\n", "line 1", "at least two rows")]
    [InlineData("time [s],II [mV]\n0,1\n0,1\n0,1\n", "line 1", "do not advance")]
    [InlineData("time [s],II [mV]\n0.0,1\n1.0,1\n5.0,1\n7.0,1\n13.0,1\n", "line 1", "irregular")]
    [InlineData("time [s],II [mV]\n0.000,1\n0.001,1\n0.001,1\n0.002,1\n0.002,1\n", "line 1", "they are too coarse")]
    [InlineData("# rate: 100\ntime [ms],II [mV]\n0,1\n4,1\n8,1\n12,1\n16,1\n20,1\n24,1\n28,1\n32,1\n36,1\n40,1\n", "line 2", "advance at 250 samples per second, but the rate is given as 100")]
    [InlineData("time [s],II [mV]\n0,1\n0:01,1\n", "line 3, column 1 ('time')", "'0:01' was found")]
    public void A_table_that_cannot_be_read_is_refused_with_place_and_reason(string text, string? position, string reason)
    {
        using var scratch = new Scratch();
        scratch.Write("a.csv", text);

        var refusal = FluentActions.Invoking(() => CsvRecord.Open(scratch["a.csv"])).Should().Throw<RecordException>().Which;

        refusal.FileName.Should().Be(scratch["a.csv"]);
        refusal.Position.Should().Be(position);
        refusal.Message.Should().Contain(reason);
    }

    [Theory]
    [InlineData("# rate: 100\nII [mV];V5 [mV]\n1;2\n\n1,5;2\n", "line 5, column 1 ('II'): '1,5' has a decimal comma")]
    [InlineData("# rate: 100\nII [mV],V5 [mV]\n1,2\n1,x\n", "line 4, column 2 ('V5'): 'x' was found")]
    [InlineData("# rate: 100\nII [mV],V5 [mV]\n1,2\n1\n", "line 4, column 1 ('II'): the row ends here")]
    [InlineData("# rate: 100\nII [mV],V5 [mV]\n1,2\n1,2,3\n", "line 4, column 2 ('V5'): the row goes on")]
    [InlineData("# rate: 100\nII [mV]\n1\n1e30\n", "line 4, column 1 ('II'): the value is")]
    [InlineData("# rate: 100\nII [mV]\n1\ninfinity\n", "line 4, column 1 ('II'): 'infinity' was found")]
    [InlineData("# rate: 100\nsample,II [mV]\n1,1\n1,2\n", "line 4, column 1 ('sample'): sample numbers must")]
    [InlineData("# rate: 100\nsample,II [mV]\n1,1\n1.5,2\n", "line 4, column 1 ('sample'): sample numbers must")]
    [InlineData("time [s],II [mV]\n0,1\n0.01,2\n0.02,2\n0.03,2\n0.04,2\n0.05,2\n0.06,2\n0.07,2\n0.08,2\n0.09,2\n0.10,2\n0.11,2\n0.02,2\n", "line 14, column 1 ('time'): the time lies before")]
    public void A_bad_row_ends_the_source_with_line_and_column(string text, string reason)
    {
        using var scratch = new Scratch();
        scratch.Write("a.csv", text);

        FluentActions.Invoking(() => Read(scratch["a.csv"])).Should().Throw<EcgSourceException>().WithMessage($"*a.csv, {reason}*")
            .WithInnerException<RecordException>();
    }

    [Fact]
    public void Text_in_UTF_16_and_lines_without_end_are_told_as_such()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["a.csv"], "II [mV]\n1\n", Encoding.Unicode);
        FluentActions.Invoking(() => Read(scratch["a.csv"])).Should().Throw<RecordException>().WithMessage("*UTF-16*");
        scratch.Write("b.csv", "# rate: 100\nII [mV]\n1\n" + new string('1', 200_000));
        FluentActions.Invoking(() => Read(scratch["b.csv"])).Should().Throw<EcgSourceException>().WithMessage("*line 4*longer*");
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing_once_running()
    {
        using var scratch = new Scratch();
        using (var writer = CsvWriter.Create(scratch["a.csv"], 500, ["I", "II"]))
        {
            writer.Write(default);
            var i = 0;
            Sources.LeastAllocated(() => { }, () =>
            {
                for (var end = i + 30_000; i < end;)
                {
                    i++;
                    writer.Write(new EcgSample(i, i * 0.001f, -0.5f, SampleStatus.None));
                }

                return 30_000;
            }).Should().Be(0);
        }

        Sources.BytesAllocatedWhileReading(() => CsvRecord.Open(scratch["a.csv"])).Should().Be(0);
    }

    [Fact]
    public void A_damaged_table_reads_or_is_refused()
    {
        using var scratch = new Scratch();
        var text = new StringBuilder("# rate: 250 Hz\ntime [s];note;II [mV];V5 [uV]\n");
        for (var i = 0; i < 40; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i * 0.004:0.000};\"a;b\";{i * 0.01:0.00};{i}\n");
        }

        Damage.Of(Encoding.UTF8.GetBytes(text.ToString())).Sample(
            bytes =>
            {
                scratch.Write("a.csv", bytes);
                Sources.ReadOrRefuse(() => CsvRecord.Open(scratch["a.csv"]));
                Sources.ReadOrRefuse(() => CsvRecord.Open(scratch["a.csv"], new CsvReadOptions { SamplingRateHertz = 250, Unit = "mV" }));
            }, iter: 1_500, threads: 1);
    }
}
