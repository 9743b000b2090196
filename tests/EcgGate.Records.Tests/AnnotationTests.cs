using CsCheck;

namespace EcgGate.Records.Tests;

public class AnnotationTests
{
    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));

    private static IReadOnlyList<Annotation> Read(string hex, AnnotationReadOptions? options = null)
    {
        using var scratch = new Scratch();
        return AnnotationReader.ReadAll(scratch.Write("a.atr", Hex(hex)), options);
    }

    private static byte[] Written(IEnumerable<Annotation> annotations, AnnotationWriteOptions? options = null)
    {
        using var scratch = new Scratch();
        using (var writer = AnnotationWriter.Create(scratch["a.atr"], options))
        {
            foreach (var annotation in annotations)
            {
                writer.Write(annotation);
            }
        }

        return File.ReadAllBytes(scratch["a.atr"]);
    }

    // Record 100 of the arrhythmia database begins like this: its text counts a closing null in.
    [Fact]
    public void The_first_annotations_of_record_100_are_read_from_their_bytes() =>
        Read("12 70 03 FC 28 4E 00 00 3B 04 00 00").Should().Equal(
            new Annotation(18, AnnotationCode.Rhythm, Aux: "(N"),
            new Annotation(77, AnnotationCode.Normal));

    [Fact]
    public void A_long_interval_stands_as_a_skip_in_PDP_11_order_both_ways()
    {
        // 100,000 = 0x000186A0: word 59 << 10, high half, low half, then the beat with interval 0.
        Annotation[] annotations = [new Annotation(100_000, AnnotationCode.Normal)];

        Written(annotations).Should().Equal(Hex("00 EC 01 00 A0 86 00 04 00 00"));
        Read("00 EC 01 00 A0 86 00 04 00 00").Should().Equal(annotations);
    }

    [Fact]
    public void Intervals_around_the_longest_that_fits_a_word_are_written_the_shortest_way()
    {
        Written([new Annotation(1_023, AnnotationCode.Normal)]).Should().Equal(Hex("FF 07 00 00"));
        Written([new Annotation(1_024, AnnotationCode.Normal)]).Should().Equal(Hex("00 EC 00 00 00 04 00 04 00 00"));
    }

    [Fact]
    public void A_skip_may_lead_back() =>
        Read("64 04 00 EC FF FF F6 FF 00 14 00 00").Should().Equal(
            new Annotation(100, AnnotationCode.Normal),
            new Annotation(90, AnnotationCode.PrematureVentricular));

    [Fact]
    public void Channel_and_number_stay_until_changed_and_the_subtype_does_not() =>
        Read("01 04 05 F4 02 F8 03 F0 01 04 01 04 00 F8 FF F3 00 00").Should().Equal(
            new Annotation(1, AnnotationCode.Normal, SubType: 5, Channel: 2, Number: 3),
            new Annotation(2, AnnotationCode.Normal, Channel: 2, Number: 3),
            new Annotation(3, AnnotationCode.Normal, Channel: 0, Number: -1));

    [Fact]
    public void All_codes_come_back_with_every_field()
    {
        Annotation[] annotations =
        [
            .. Enum.GetValues<AnnotationCode>().Select((code, i) => new Annotation(i * 700, code, (sbyte)(i - 20), (byte)(i % 3), (sbyte)(i / -10), i % 4 == 0 ? $"(R{i}é" : null)),
        ];
        using var scratch = new Scratch();

        AnnotationReader.ReadAll(scratch.Write("a.atr", Written(annotations))).Should().Equal(annotations);
        annotations.Should().HaveCount(50);
    }

    [Fact]
    public void Any_annotations_in_time_order_come_back_the_same()
    {
        var step = Gen.OneOf(Gen.Long[0, 5], Gen.Long[1_020, 1_030], Gen.Long[0, 1L << 36]);
        var aux = Gen.OneOf(Gen.Const((string?)null), Gen.String[Gen.Char[' ', '\u024F'], 1, 120]!);
        Gen.Select(step, Gen.Int[0, 49], Gen.SByte, Gen.Byte, Gen.SByte, aux).List[0, 60].Sample(list =>
        {
            long time = 0;
            var annotations = list.Select(item => new Annotation(time += item.Item1, (AnnotationCode)item.Item2, item.Item3, item.Item4, item.Item5, item.Item6)).ToList();
            using var scratch = new Scratch();
            AnnotationReader.ReadAll(scratch.Write("a.atr", Written(annotations))).Should().Equal(annotations);
        }, iter: 300);
    }

    [Fact]
    public void Time_resolution_and_definitions_are_kept_apart_from_the_annotations()
    {
        using var scratch = new Scratch();
        var options = new AnnotationWriteOptions
        {
            TimeResolutionHertz = 1_000,
            CustomDefinitions = [new AnnotationDefinition(AnnotationCode.User42, "pul", "Pulse edge")],
        };
        using (var writer = AnnotationWriter.Create(scratch["a.pul"], options))
        {
            writer.Write(new Annotation(0, AnnotationCode.Note, Aux: "a note of ours"));
            writer.Write(new Annotation(2_501, AnnotationCode.User42));
        }

        using var reader = AnnotationReader.Open(scratch["a.pul"], new AnnotationReadOptions { SamplingFrequencyHertz = 360 });

        reader.TimeResolutionHertz.Should().Be(1_000);
        reader.CustomDefinitions.Should().Equal(options.CustomDefinitions);
        reader.ReadToEnd().Should().Equal(
            new Annotation(0, AnnotationCode.Note, Aux: "a note of ours"),
            new Annotation(900, AnnotationCode.User42));
    }

    [Fact]
    public void The_file_is_complete_after_each_flush()
    {
        using var scratch = new Scratch();
        using var writer = AnnotationWriter.Create(scratch["a.ecg"]);
        AnnotationReader.ReadAll(scratch["a.ecg"]).Should().BeEmpty();
        for (var i = 1; i <= 3; i++)
        {
            writer.Write(new Annotation(i * 10, AnnotationCode.Normal));
            writer.Flush();
            AnnotationReader.ReadAll(scratch["a.ecg"]).Should().HaveCount(i);
        }
    }

    [Fact]
    public void More_annotations_than_any_buffer_holds_are_streamed_both_ways()
    {
        var annotations = Enumerable.Range(1, 30_000).Select(i => new Annotation(i * 300L, AnnotationCode.Normal, Aux: i % 7 == 0 ? new string('x', 255) : null)).ToList();
        using var scratch = new Scratch();

        AnnotationReader.ReadAll(scratch.Write("a.atr", Written(annotations))).Should().Equal(annotations);
    }

    [Theory]
    [InlineData("", "byte 0", "cut short")]
    [InlineData("01", "byte 0", "cut short")]
    [InlineData("01 04", "byte 2", "cut short")]
    [InlineData("01 04 00", "byte 2", "cut short")]
    [InlineData("01 04 00 EC 01 00", "byte 6", "cut short")]
    [InlineData("01 04 06 FC 41 42", "byte 2", "cut off after 2")]
    [InlineData("03 F0 01 04 00 00", "byte 0", "before any annotation")]
    [InlineData("01 04 01 C8 00 00", "byte 2", "code 50")]
    [InlineData("01 04 00 EC FF FF F0 FF 01 04 00 00", "byte 8", "before the record's start")]
    public void A_damaged_file_is_refused_at_its_byte(string hex, string position, string reason)
    {
        var refusal = FluentActions.Invoking(() => Read(hex)).Should().Throw<WfdbException>().Which;

        refusal.Position.Should().Be(position);
        refusal.Message.Should().Contain("a.atr").And.Contain(reason);
    }

    [Fact]
    public void An_annotation_at_or_beyond_the_end_of_its_record_is_refused()
    {
        const string Beats = "64 04 01 04 00 00";
        Read(Beats, new AnnotationReadOptions { LengthFrames = 102 }).Should().HaveCount(2);

        var refusal = FluentActions.Invoking(() => Read(Beats, new AnnotationReadOptions { LengthFrames = 101 })).Should().Throw<WfdbException>().Which;

        refusal.Position.Should().Be("byte 2");
        refusal.Message.Should().Contain("at sample 101 but the record ends at 101");
    }

    [Fact]
    public void An_annotation_before_the_start_is_taken_as_far_as_the_caller_allows()
    {
        // A skip of -16 and then one sample on: sample -15.
        const string Early = "00 EC FF FF F0 FF 01 04 00 00";
        Read(Early, new AnnotationReadOptions { SamplesBeforeStart = 15 }).Should().Equal(new Annotation(-15, AnnotationCode.Normal));

        FluentActions.Invoking(() => Read(Early, new AnnotationReadOptions { SamplesBeforeStart = 14 })).Should().Throw<WfdbException>().WithMessage("*15 samples before the record's start*");
    }

    [Fact]
    public void Writing_refuses_what_the_format_cannot_hold_and_goes_on_after_it()
    {
        using var scratch = new Scratch();
        using (var writer = AnnotationWriter.Create(scratch["a.atr"]))
        {
            writer.Write(new Annotation(100, AnnotationCode.Normal));
            writer.Invoking(w => w.Write(new Annotation(99, AnnotationCode.Normal))).Should().Throw<ArgumentException>().WithMessage("*99*before*100*");
            writer.Invoking(w => w.Write(new Annotation(100, (AnnotationCode)50))).Should().Throw<ArgumentException>();
            writer.Invoking(w => w.Write(new Annotation(100, AnnotationCode.Note, Aux: new string('é', 128)))).Should().Throw<ArgumentException>().WithMessage("*256 bytes*");
            writer.Invoking(w => w.Write(new Annotation(long.MaxValue, AnnotationCode.Note))).Should().Throw<ArgumentException>();
            writer.Write(new Annotation(101, AnnotationCode.Normal));
        }

        AnnotationReader.ReadAll(scratch["a.atr"]).Select(annotation => annotation.Sample).Should().Equal(100, 101);
    }

    [Fact]
    public void Mnemonics_and_codes_stand_for_one_another()
    {
        foreach (var code in Enum.GetValues<AnnotationCode>().Where(code => code != AnnotationCode.NotQrs))
        {
            AnnotationCodes.ParseSymbol(code.ToSymbol()).Should().Be(code);
        }

        string.Concat(Enumerable.Range(1, 41).Select(code => ((AnnotationCode)code).ToSymbol())).Should().Be("NLRaVFJASEj/Q~[15]|[17]sT*D\"=pB^t+u?![]en@xf()r");
        AnnotationCodes.TryParseSymbol("zz", out _).Should().BeFalse();
    }

    [Fact]
    public void Beats_are_the_beat_codes_of_the_database_documentation_and_no_others() =>
        string.Concat(Enum.GetValues<AnnotationCode>().Where(code => code.IsBeat()).Select(code => code.ToSymbol()).Order(StringComparer.Ordinal))
            .Should().Be(string.Concat("NLRBAaJSVrFejnE/fQ?".Order()));
}
