using CsCheck;
using EcgGate.Records.Edf;
using EcgGate.Signals;

namespace EcgGate.Records.Tests.Edf;

public class EdfRecordTests
{
    private static int[] Counting(int count, int from = 0) => [.. Enumerable.Range(from, count)];

    [Fact]
    public void A_file_made_by_hand_is_read_with_its_scales_and_names()
    {
        using var scratch = new Scratch();
        var file = new EdfBytes
        {
            Signals = [new("ECG II", "uV", "-3276.8", "3276.7", "-32768", "32767", 3), new("SpO2", "%", "0", "100", "0", "1000", 1), new("ECG V5", "mV", "5", "-5", "-100", "100", 3)],
            Records = { new object[] { Counting(3, -1), new[] { 970 }, new[] { 20, 0, -100 } }, new object[] { new[] { 32_767, -32_768, 10 }, new[] { 960 }, new[] { 1, 2, 100 } } },
        };
        using var record = EdfRecord.Open(scratch.Write("night.edf", file.ToArray()));

        record.Info.Name.Should().Be("night");
        record.Info.SamplingRateHertz.Should().Be(3);
        record.Info.LeadNames.Should().Equal("ECG II", "ECG V5");
        record.Info.LengthSamples.Should().Be(6);
        record.SignalNumbers.Should().Equal(0, 2);
        record.Header.StartTime.Should().Be(new DateTime(2002, 3, 2, 14, 25, 59));
        record.Header.Signals[1].PhysicalDimension.Should().Be("%");
        record.ReadAnnotations().Should().BeEmpty();
        Sources.ReadAll(record).Select(s => (s.Index, s.Lead0Millivolts, s.Lead1Millivolts, s.Status)).Should().Equal(
            (0, -0.0001f, -1f, SampleStatus.None),
            (1, 0f, 0f, SampleStatus.None),
            (2, 0.0001f, 5f, SampleStatus.None),
            (3, 3.2767f, -0.05f, SampleStatus.None),
            (4, -3.2768f, -0.1f, SampleStatus.None),
            (5, 0.001f, -5f, SampleStatus.None));
    }

    [Fact]
    public void Samples_of_24_bits_are_read()
    {
        using var scratch = new Scratch();
        var file = new EdfBytes
        {
            Version = "\u00FFBIOSEMI",
            Reserved = "24BIT",
            SampleBytes = 3,
            Signals = [new("I", "uV", "-8388608", "8388607", "-8388608", "8388607", 4), new("Status", "Boolean", "-8388608", "8388607", "-8388608", "8388607", 4)],
            Records = { new object[] { new[] { 1_000, -1, -8_388_608, 8_388_607 }, new int[4] } },
        };
        using var record = EdfRecord.Open(scratch.Write("a.bdf", file.ToArray()));

        record.Header.SampleBits.Should().Be(24);
        record.Info.LeadNames.Should().Equal("I");
        Sources.ReadAll(record).Select(s => s.Lead0Millivolts).Should().Equal(1f, -0.001f, -8388.608f, 8388.607f);
    }

    [Fact]
    public void Annotations_are_read_with_onset_duration_and_text()
    {
        using var scratch = new Scratch();
        var file = new EdfBytes
        {
            Reserved = "EDF+C",
            Signals = [EdfBytes.Lead("ECG", 2), EdfBytes.Annotations(60), EdfBytes.Annotations(30)],
            Records =
            {
                new object[] { Counting(2), "+0.5\u0014\u0014\0+1.25\u00150.5\u0014PVC\u0014Ärger\u0014\0", "-3\u0014early\u0014\0" },
                new object[] { Counting(2), "+1.5\u0014\u0014also here\u0014\0", "" },
            },
        };
        using var record = EdfRecord.Open(scratch.Write("a.edf", file.ToArray()));

        record.ReadAnnotations().Should().Equal(
            new EdfAnnotation(1.25, 0.5, "PVC"), new EdfAnnotation(1.25, 0.5, "Ärger"), new EdfAnnotation(1.5, null, "also here"), new EdfAnnotation(-3, null, "early"));
        record.StartOffsetSeconds.Should().Be(0.5);
        record.SampleOf(1.25).Should().Be(1.5);
        Sources.ReadAll(record).Should().HaveCount(4).And.OnlyContain(s => s.Status == SampleStatus.None);
    }

    [Fact]
    public void Time_between_data_records_becomes_a_gap()
    {
        using var scratch = new Scratch();
        var file = new EdfBytes
        {
            Reserved = "EDF+D",
            Seconds = "0.5",
            Signals = [EdfBytes.Annotations(20), EdfBytes.Lead("ECG", 5)],
            Records =
            {
                new object[] { "+10\u0014\u0014\0", Counting(5) },
                new object[] { "+10.5\u0014\u0014\0", Counting(5) },
                new object[] { "+13.02\u0014\u0014\0", Counting(5) },
                new object[] { "+13.5\u0014\u0014\0", Counting(5) },
                new object[] { "+20\u0014\u0014\0+21\u0014end\u0014\0", Counting(5) },
            },
        };
        using var record = EdfRecord.Open(scratch.Write("a.edf", file.ToArray()));
        var samples = Sources.ReadAll(record, 3);

        samples.Select(s => s.Index).Should().Equal([.. Enumerable.Range(0, 10), .. Enumerable.Range(30, 10), .. Enumerable.Range(100, 5)]);
        samples.Where(s => s.Status == SampleStatus.GapBefore).Select(s => s.Index).Should().Equal(30, 100);
        record.Info.LengthSamples.Should().Be(105);
        record.SampleOf(record.ReadAnnotations().Single().OnsetSeconds).Should().Be(110);
    }

    [Theory]
    [InlineData("+10.1\u0014\u0014\0", "0.4 s before the end")]
    [InlineData("+3e9\u0014\u0014\0", "the time of data record 1")]
    [InlineData("\u0014\u0014\0", "the time of data record 1")]
    public void Data_records_that_overlap_or_have_no_time_end_the_source(string second, string reason)
    {
        using var scratch = new Scratch();
        var file = new EdfBytes
        {
            Reserved = "EDF+D",
            Seconds = "0.5",
            Signals = [EdfBytes.Annotations(20), EdfBytes.Lead("ECG", 5)],
            Records = { new object[] { "+10\u0014\u0014\0", Counting(5) }, new object[] { second, Counting(5) }, new object[] { "+12\u0014\u0014\0", Counting(5) } },
        };
        using var record = EdfRecord.Open(scratch.Write("a.edf", file.ToArray()));

        FluentActions.Invoking(() => Sources.ReadAll(record)).Should().Throw<EcgSourceException>().WithMessage($"*byte {768 + 50}*{reason}*");
    }

    [Theory]
    [InlineData("EEG Fp1,EEG Fp2,ECG,EKG2", "2,3")]
    [InlineData("EEG Fp1,aVF,EEG C3", "1")]
    [InlineData("ch1,ch2,ch3", "0,1")]
    [InlineData("ECG I,V5:7,MLII", "0,2")]
    [InlineData("Resp:5:l,x:5:uV,y:5:mV,z", "1,2")]
    public void Without_a_choice_the_leads_are_voltages_of_one_rate_that_look_like_an_ecg(string signals, string expected)
    {
        using var scratch = new Scratch();
        EdfBytes.Signal[] made = [.. signals.Split(',').Select(text => text.Split(':')).Select(parts =>
            EdfBytes.Lead(parts[0], parts.Length > 1 ? int.Parse(parts[1]) : 5, parts.Length > 2 ? parts[2] : "uV"))];
        var file = new EdfBytes { Signals = made, Records = { made.Select(signal => (object)new int[signal.PerRecord]).ToArray() } };
        using var record = EdfRecord.Open(scratch.Write("a.edf", file.ToArray()));

        record.SignalNumbers.Should().Equal(expected.Split(',').Select(int.Parse));
    }

    [Fact]
    public void Leads_are_found_by_label_without_their_kind_or_by_number()
    {
        using var scratch = new Scratch();
        EdfBytes.Signal[] signals = [EdfBytes.Lead("ECG I", 2), EdfBytes.Lead("ECG II", 2), new("", "", "-1", "1", "-10", "10", 2), EdfBytes.Annotations(2)];
        scratch.Write("a.edf", new EdfBytes { Signals = signals, Records = { new object[] { new int[2], new int[2], new int[2], "" } } }.ToArray());

        SignalsOf(new() { Leads = ["ii", "ECG i"] }).Should().Equal(1, 0);
        SignalsOf(new() { Leads = ["2"], Unit = "mV" }).Should().Equal(2);
        Refusal(new() { Leads = ["V9"] }).Should().Contain("no lead 'V9'; it has 0 (ECG I), 1 (ECG II)");
        Refusal(new() { Leads = ["2"] }).Should().Contain("names no unit");
        Refusal(new() { Leads = ["3"] }).Should().Contain("annotations");

        IReadOnlyList<int> SignalsOf(EdfReadOptions options)
        {
            using var record = EdfRecord.Open(scratch["a.edf"], options);
            return record.SignalNumbers;
        }

        string Refusal(EdfReadOptions options) => FluentActions.Invoking(() => EdfRecord.Open(scratch["a.edf"], options)).Should().Throw<RecordException>().Which.Message;
    }

    [Fact]
    public void A_second_lead_of_another_rate_gives_its_nearest_samples()
    {
        using var scratch = new Scratch();
        var file = new EdfBytes
        {
            Signals = [EdfBytes.Lead("a", 6), EdfBytes.Lead("slow", 2), EdfBytes.Lead("fast", 12)],
            Records = { new object[] { Counting(6), new[] { 100, 200 }, Counting(12) }, new object[] { Counting(6, 6), new[] { 300, 400 }, Counting(12, 12) } },
        };
        scratch.Write("a.edf", file.ToArray());

        Second("slow").Should().Equal(1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4, 4);
        Second("fast").Should().Equal(Enumerable.Range(0, 12).Select(i => (float)(i * 2 / 100.0)));

        IEnumerable<float> Second(string lead)
        {
            using var record = EdfRecord.Open(scratch["a.edf"], new EdfReadOptions { Leads = ["a", lead] });
            return Sources.ReadAll(record, 5).Select(s => s.Lead1Millivolts).ToList();
        }
    }

    [Theory]
    [InlineData(0, "1       ", "byte 0", "it is no EDF file")]
    [InlineData(184, "700     ", "byte 184", "with 1 signals it is 512")]
    [InlineData(252, "none", "byte 252", "the number of signals reads 'none'")]
    [InlineData(252, "0   ", "byte 252", "the number of signals")]
    [InlineData(236, "many    ", "byte 236", "the number of data records")]
    [InlineData(244, "0       ", "byte 244", "no sampling rate")]
    [InlineData(244, "1,5     ", "byte 244", "decimal point")]
    [InlineData(256 + 216, "0       ", "byte 472", "the samples per data record of signal 0 (ECG)")]
    [InlineData(256 + 96, "mmHg    ", null, "none of its signals is a voltage")]
    [InlineData(256 + 96, "kV?     ", null, "none of its signals is a voltage")]
    [InlineData(256 + 104, "abc     ", "byte 360", "the physical minimum of signal 0 (ECG) reads 'abc'")]
    [InlineData(256 + 104, "10      ", null, "no scale")]
    [InlineData(256 + 104, "-1e300  ", null, "no electrode has")]
    [InlineData(256 + 120, "1000    ", null, "no scale")]
    [InlineData(192, "EDF+D   ", null, "discontinuous")]
    [InlineData(236, "7       ", "byte 532", "after 2 of the 7 data records")]
    [InlineData(236, "1       ", "byte 522", "1 more data records")]
    public void A_file_that_cannot_be_read_is_refused_with_place_and_reason(int at, string text, string? position, string reason)
    {
        using var scratch = new Scratch();
        var bytes = new EdfBytes { Signals = [EdfBytes.Lead("ECG", 5)], Records = { new object[] { Counting(5) }, new object[] { Counting(5) } } }.ToArray();
        System.Text.Encoding.ASCII.GetBytes(text).CopyTo(bytes, at);
        scratch.Write("a.edf", bytes);

        var refusal = FluentActions.Invoking(() => EdfRecord.Open(scratch["a.edf"])).Should().Throw<RecordException>().Which;

        refusal.FileName.Should().Be(scratch["a.edf"]);
        refusal.Position.Should().Be(position);
        refusal.Message.Should().Contain(reason);
    }

    [Theory]
    [InlineData("7", 2)]
    [InlineData("1", 1)]
    [InlineData("0", 2)]
    [InlineData("-1", 2)]
    public void A_recording_that_broke_off_can_be_read_as_far_as_it_goes(string announced, int records)
    {
        using var scratch = new Scratch();
        var bytes = new EdfBytes { Count = announced, Signals = [EdfBytes.Lead("ECG", 5)], Records = { new object[] { Counting(5) }, new object[] { Counting(5) }, new object[] { Counting(5) } } }.ToArray();
        scratch.Write("a.edf", bytes[..^1]);

        using var record = EdfRecord.Open(scratch["a.edf"], new EdfReadOptions { AllowIncomplete = true });

        Sources.ReadAll(record).Should().HaveCount(records * 5);
    }

    [Fact]
    public void A_file_without_one_whole_data_record_and_an_empty_file_and_no_file_are_refused()
    {
        using var scratch = new Scratch();
        var bytes = new EdfBytes { Count = "-1", Signals = [EdfBytes.Lead("ECG", 5)], Records = { new object[] { Counting(5) } } }.ToArray();
        scratch.Write("short.edf", bytes[..^1]);
        scratch.Write("header.edf", bytes[..300]);
        scratch.Write("empty.edf", []);

        foreach (var (name, reason) in new[] { ("short", "first data record of 10 bytes"), ("header", "within its header of 512"), ("empty", "empty"), ("gone", "no such file"), (".", "folder") })
        {
            FluentActions.Invoking(() => EdfRecord.Open(name == "." ? scratch.Folder : scratch[name + ".edf"])).Should().Throw<RecordException>().WithMessage($"*{reason}*");
        }
    }

    [Fact]
    public void One_data_record_of_any_length_is_read_without_holding_it()
    {
        const int Samples = 40_000_000;
        using var scratch = new Scratch();
        var header = new EdfBytes { Count = "1", Seconds = "80000", Signals = [EdfBytes.Lead("I", Samples), EdfBytes.Lead("II", Samples)] }.ToArray();
        scratch.Write("a.edf", header);
        using (var file = File.OpenWrite(scratch["a.edf"]))
        {
            // A hole: it takes no place on the disk.
            file.SetLength(header.Length + (Samples * 4L));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Sources.BytesAllocatedWhileReading(() => EdfRecord.Open(scratch["a.edf"])).Should().Be(0);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void Interrupting_ends_the_source()
    {
        using var scratch = new Scratch();
        using var record = EdfRecord.Open(scratch.Write("a.edf", new EdfBytes { Signals = [EdfBytes.Lead("I", 5)], Records = { new object[] { Counting(5) } } }.ToArray()));

        record.Interrupt();

        record.Read(new EcgSample[3]).Count.Should().Be(0);
    }

    [Theory]
    [InlineData("EDF+C", "0", 2)]
    [InlineData("EDF+D", "0", 2)]
    [InlineData("BDF+D", "\u00FFBIOSEMI", 3)]
    public void A_damaged_file_reads_or_is_refused(string kind, string version, int sampleBytes)
    {
        using var scratch = new Scratch();
        var file = new EdfBytes
        {
            Reserved = kind,
            Version = version,
            SampleBytes = sampleBytes,
            Signals = [EdfBytes.Lead("ECG I", 20), EdfBytes.Annotations(20, kind[..3] + " Annotations"), EdfBytes.Lead("ECG II", 20)],
        };
        for (var i = 0; i < 5; i++)
        {
            file.Records.Add([Counting(20, i), $"+{i * 2}\u0014\u0014\0+{i}\u00151\u0014x\u0014\0", Counting(20)]);
        }

        Damage.Of(file.ToArray()).Sample(
            bytes =>
            {
                scratch.Write("a.edf", bytes);
                Sources.ReadOrRefuse(
                    () => EdfRecord.Open(scratch["a.edf"], new EdfReadOptions { AllowIncomplete = true, Unit = "mV" }),
                    source => ((EdfRecord)source).ReadAnnotations().Should().HaveCountLessThan(bytes.Length));
            }, iter: 1_500, threads: 1);
    }
}
