using EcgGate.Records;
using EcgGate.TestSupport;

namespace EcgGate.Validation.Tests;

public sealed class BeatAnnotationsTests
{
    [Fact]
    public void Annotations_read_by_two_readers_give_the_same_beats_and_intervals()
    {
        var folder = Path.Combine(Recordings.Require(), "mitdb");
        var files = Directory.GetFiles(folder, "*.atr");
        files.Should().HaveCount(26);

        foreach (var file in files)
        {
            var one = BeatAnnotations.FromAnnotations(AnnotationReader.ReadAll(file), 360);
            var other = BeatAnnotations.FromMarks(AnnotationFile.Read(file), 360);

            one.Beats.Should().Equal(other.Beats, file);
            one.Intervals.Should().Equal(other.Intervals, file);
        }
    }

    [Fact]
    public void Every_beat_code_has_a_class_and_no_other_code_has()
    {
        foreach (var code in Enum.GetValues<AnnotationCode>())
        {
            var beats = BeatAnnotations.FromAnnotations([new Annotation(10, code)], 360).Beats;

            beats.Should().HaveCount(code.IsBeat() ? 1 : 0, "of {0}", code);
        }
    }

    [Fact]
    public void A_code_without_a_letter_does_not_begin_flutter() =>
        BeatAnnotations.FromAnnotations([new Annotation(10, AnnotationCode.Code15), new Annotation(20, AnnotationCode.Normal)], 360)
            .Intervals.Should().BeEmpty();
}
