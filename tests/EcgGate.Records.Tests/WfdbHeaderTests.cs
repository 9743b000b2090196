using CsCheck;

namespace EcgGate.Records.Tests;

public class WfdbHeaderTests
{
    private static WfdbHeader Parse(string text) => WfdbHeader.ParseText(text, "test.hea");

    [Fact]
    public void Example_1_of_the_specification_is_read()
    {
        var header = Parse("100 2 360 650000 0:0:0 0/0/0\n100.dat 212 200 11 1024 995 -22131 0 MLII\n100.dat 212 200 11 1024 1011 20052 0 V5\n\n# 69 M 1085 1629 x1\n# Aldomet, Inderal\n");

        header.RecordName.Should().Be("100");
        header.SamplingFrequencyHertz.Should().Be(360);
        header.LengthFrames.Should().Be(650_000);
        header.BaseTime.Should().Be(TimeOnly.MinValue);
        header.BaseDate.Should().BeNull();
        header.Signals.Should().Equal(
            new WfdbSignal { FileName = "100.dat", Format = WfdbFormat.Format212, Gain = 200, AdcResolution = 11, AdcZero = 1024, InitialValue = 995, Checksum = -22131, Description = "MLII" },
            new WfdbSignal { FileName = "100.dat", Format = WfdbFormat.Format212, Gain = 200, AdcResolution = 11, AdcZero = 1024, InitialValue = 1011, Checksum = 20052, Description = "V5" });
        header.Signals[0].EffectiveBaseline.Should().Be(1024);
        header.Comments.Should().Equal(" 69 M 1085 1629 x1", " Aldomet, Inderal");
    }

    [Fact]
    public void Every_field_is_read_where_it_stands()
    {
        var header = Parse("# before\r\nr_1 1 3.6e2/24(-1.5) 1000 13:5:0.25 25/4/1989\r\n  data.bin 212x4:3+512 1716.5(6)/uV 12 -7 8 65535 4096 lead two, filtered\r\n#after\r\n");

        header.LeadingComments.Should().Equal(" before");
        header.Comments.Should().Equal("after");
        header.SamplingFrequencyHertz.Should().Be(360);
        header.CounterFrequencyHertz.Should().Be(24);
        header.BaseCounterValue.Should().Be(-1.5);
        header.BaseTime.Should().Be(new TimeOnly(13, 5, 0, 250));
        header.BaseDate.Should().Be(new DateOnly(1989, 4, 25));
        header.Signals.Should().ContainSingle().Which.Should().Be(new WfdbSignal
        {
            FileName = "data.bin",
            Format = WfdbFormat.Format212,
            SamplesPerFrame = 4,
            SkewFrames = 3,
            ByteOffset = 512,
            Gain = 1716.5,
            Baseline = 6,
            Units = "uV",
            AdcResolution = 12,
            AdcZero = -7,
            InitialValue = 8,
            Checksum = -1,
            BlockSize = 4096,
            Description = "lead two, filtered",
        });
    }

    [Fact]
    public void Fields_that_are_missing_have_the_defaults_of_the_specification()
    {
        var header = Parse("8l 1\ndata0 16");

        header.SamplingFrequencyHertz.Should().Be(250);
        header.LengthFrames.Should().BeNull();
        var signal = header.Signals[0];
        signal.EffectiveGain.Should().Be(200);
        signal.IsCalibrated.Should().BeFalse();
        signal.EffectiveBaseline.Should().Be(0);
        signal.MillivoltsPerUnit.Should().Be(1);
        signal.Checksum.Should().BeNull();
    }

    [Fact]
    public void A_multi_segment_header_is_read()
    {
        var header = Parse("multi/3 2 360 45000\n100s 21600\n~ 1800\n100s 21600\n# info\n");

        header.IsMultiSegment.Should().BeTrue();
        header.HasLayoutSegment.Should().BeFalse();
        header.SignalCount.Should().Be(2);
        header.Segments.Should().Equal(new WfdbSegment("100s", 21_600), new WfdbSegment("~", 1_800), new WfdbSegment("100s", 21_600));
        header.Comments.Should().Equal(" info");
        Parse(header.ToText()).Should().BeEquivalentTo(header);
    }

    [Theory]
    [InlineData("", "line 1", "no record line")]
    [InlineData("# only comments\n", "line 2", "no record line")]
    [InlineData("100", "line 1", "no number of signals")]
    [InlineData("100 -1", "line 1", "out of range")]
    [InlineData("100 1000000000", "line 1", "out of range")]
    [InlineData("100 two", "line 1", "no whole number")]
    [InlineData("100/0 2", "line 1", "out of range")]
    [InlineData("../100 2", "line 1", "expected letters")]
    [InlineData("100 0 0", "line 1", "sampling frequency")]
    [InlineData("100 0 -360", "line 1", "sampling frequency")]
    [InlineData("100 0 NaN", "line 1", "no finite number")]
    [InlineData("100 0 1e999", "line 1", "no finite number")]
    [InlineData("100 0 1e9", "line 1", "out of range")]
    [InlineData("100 0 360/24(0", "line 1", "closing parenthesis")]
    [InlineData("100 0 360 -5", "line 1", "out of range")]
    [InlineData("100 0 360 99999999999999999999", "line 1", "no whole number")]
    [InlineData("100 0 360 5 25:00:00", "line 1", "time of day")]
    [InlineData("100 0 360 5 0:0:0 31/2/2000", "line 1", "DD/MM/YYYY")]
    [InlineData("100 2 360 5\n100.dat 16\n# end\n", "line 4", "only 1 signal lines")]
    [InlineData("100 1 360\n\n100.dat", "line 3", "no format")]
    [InlineData("100 1\n100.dat 17", "line 2", "format 17 is no WFDB signal format")]
    [InlineData("100 1\n100.dat 8", "line 2", "format 8 is not read here")]
    [InlineData("100 1\n100.dat sixteen", "line 2", "no whole number")]
    [InlineData("100 1\n100.dat 16x99999999", "line 2", "samples per frame")]
    [InlineData("100 1\n100.dat 16y2", "line 2", "no format")]
    [InlineData("100 1\n100.dat 16 200(5", "line 2", "closing parenthesis")]
    [InlineData("100 1\n100.dat 16 NaN/mV", "line 2", "no finite number")]
    [InlineData("100 1\n100.dat 16 Infinity", "line 2", "no finite number")]
    [InlineData("100 1\n100.dat 16 200 1.5", "line 2", "ADC resolution")]
    [InlineData("100 1\n100.dat 16 200 12 0 0 70000", "line 2", "checksum")]
    [InlineData("100 1\n../../etc/passwd 16", "line 2", "out of the header's own folder")]
    [InlineData("100 1\n/etc/passwd 16", "line 2", "out of the header's own folder")]
    [InlineData("100 1\n..\\secret 16", "line 2", "out of the header's own folder")]
    [InlineData("100 1\nC:secret 16", "line 2", "out of the header's own folder")]
    [InlineData("100/1 1\n../other 100", "line 2", "expected letters")]
    [InlineData("100/2 1\n100a 100\n", "line 3", "only 1 segment lines")]
    [InlineData("100/2 1 360 100\n100a 100\n100b 1", "line 3", "add up to 101")]
    [InlineData("100 1\n100.dat 16\u0001", "line 2", "0x01")]
    public void A_header_that_makes_no_sense_is_refused_with_its_line_and_reason(string text, string position, string reason)
    {
        var refusal = FluentActions.Invoking(() => Parse(text)).Should().Throw<WfdbException>().Which;

        refusal.FileName.Should().Be("test.hea");
        refusal.Position.Should().Be(position);
        refusal.Message.Should().StartWith($"test.hea, {position}: ").And.Contain(reason);
    }

    [Fact]
    public void A_line_without_end_is_refused() =>
        FluentActions.Invoking(() => Parse("100 1\n" + new string('x', 100_000))).Should().Throw<WfdbException>().Which.Position.Should().Be("line 2");

    [Fact]
    public void A_missing_record_is_named()
    {
        using var scratch = new Scratch();

        var refusal = FluentActions.Invoking(() => WfdbHeader.Parse(scratch["nothing"])).Should().Throw<WfdbException>().Which;

        refusal.Message.Should().Contain(scratch["nothing.hea"]).And.Contain("no such record");
    }

    [Fact]
    public void A_header_file_of_absurd_size_is_refused_unread()
    {
        using var scratch = new Scratch();
        using (var file = File.Create(scratch["big.hea"]))
        {
            file.SetLength(WfdbFiles.MaxHeaderBytes + 1);
        }

        FluentActions.Invoking(() => WfdbHeader.Parse(scratch["big"])).Should().Throw<WfdbException>().WithMessage("*too many*");
    }

    [Fact]
    public void Any_header_that_is_written_is_read_back_the_same()
    {
        var name = Gen.OneOf("a", "100", "x_y-1", "sinus.v2");
        var text = Gen.OneOf("MLII", "lead II, filtered", "µ", "x", "1 2 3");
        var format = Gen.OneOf(Enum.GetValues<WfdbFormat>());
        var number = Gen.Double[1e-6, 1e6];
        var layout = Gen.Select(format, Gen.Int[1, 9], Gen.Int[0, 9], Gen.Long[0, 99_999]);
        var scale = Gen.Select(number, Gen.Int, Gen.OneOf("mV", "uV", "mmHg", "µV"), Gen.Int[0, 32]);
        var values = Gen.Select(Gen.Int, Gen.Int, Gen.Short, Gen.Int, text);
        var signal = Gen.Select(layout, scale, values).Select((where, how, what) => new WfdbSignal
        {
            FileName = "a.dat",
            Format = where.Item1,
            SamplesPerFrame = where.Item2,
            SkewFrames = where.Item3,
            ByteOffset = where.Item4,
            Gain = how.Item1,
            Baseline = how.Item2,
            Units = how.Item3,
            AdcResolution = how.Item4,
            AdcZero = what.Item1,
            InitialValue = what.Item2,
            Checksum = what.Item3,
            BlockSize = what.Item4,
            Description = what.Item5,
        });
        var time = Gen.Select(Gen.Int[1, 863_999], Gen.Int[0, 20_000])
            .Select((tenths, day) => (Time: new TimeOnly(tenths * (TimeSpan.TicksPerSecond / 10)), Date: new DateOnly(1950, 1, 1).AddDays(day)));
        Gen.Select(name, signal.List[0, 4], number, time, text.List[0, 3]).Sample((record, signals, rate, when, comments) =>
        {
            var header = new WfdbHeader
            {
                RecordName = record,
                SignalCount = signals.Count,
                Signals = signals,
                SamplingFrequencyHertz = rate,
                CounterFrequencyHertz = rate / 3,
                BaseCounterValue = -rate,
                LengthFrames = 12_345,
                BaseTime = when.Time,
                BaseDate = when.Date,
                LeadingComments = signals.Count > 0 ? comments : [],
                Comments = comments,
            };

            Parse(header.ToText()).Should().BeEquivalentTo(header, options => options.WithStrictOrdering());
        });
    }

    [Fact]
    public void A_line_break_in_a_description_cannot_smuggle_a_line_into_the_header()
    {
        var header = new WfdbHeader { RecordName = "a", Signals = [new WfdbSignal { FileName = "a.dat", Format = WfdbFormat.Format16, Description = "x\n/etc/passwd 16" }] };

        header.Invoking(h => h.ToText()).Should().Throw<WfdbException>();
    }
}
