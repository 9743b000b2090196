using CsCheck;

namespace EcgGate.Records.Tests;

public class SampleCodecTests
{
    public static TheoryData<WfdbFormat> Formats => [.. Enum.GetValues<WfdbFormat>().Where(format => format != WfdbFormat.Null)];

    // Packed by hand from the bit layouts in signal(5).
    [Theory]
    [InlineData(WfdbFormat.Format16, new[] { 258, -2, -32768, 32767 }, "02 01 FE FF 00 80 FF 7F")]
    [InlineData(WfdbFormat.Format24, new[] { 66051, -2, -8388608 }, "03 02 01 FE FF FF 00 00 80")]
    [InlineData(WfdbFormat.Format32, new[] { 16909060, -2, int.MinValue }, "04 03 02 01 FE FF FF FF 00 00 00 80")]
    [InlineData(WfdbFormat.Format61, new[] { 258, -2, -32768 }, "01 02 FF FE 80 00")]
    [InlineData(WfdbFormat.Format80, new[] { 0, -128, 127, -1 }, "80 00 FF 7F")]
    [InlineData(WfdbFormat.Format212, new[] { 995, 1011 }, "E3 33 F3")]
    [InlineData(WfdbFormat.Format212, new[] { 1, -1 }, "01 F0 FF")]
    [InlineData(WfdbFormat.Format212, new[] { -2048, 2047, -2 }, "00 78 FF FE 0F")]
    [InlineData(WfdbFormat.Format310, new[] { 1, -1, 341 }, "02 A8 FE 57")]
    [InlineData(WfdbFormat.Format310, new[] { -512, 511, -1, 3 }, "00 FC FE FB 06 00")]
    [InlineData(WfdbFormat.Format311, new[] { 1, -1, 341 }, "01 FC 5F 15")]
    [InlineData(WfdbFormat.Format311, new[] { 1, -1, 341, 3, 5 }, "01 FC 5F 15 03 14 00")]
    public void Samples_lie_in_the_bytes_as_the_specification_draws_them(WfdbFormat format, int[] samples, string hex)
    {
        var expected = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
        var bytes = new byte[expected.Length];

        SampleCodec.Encode(format, samples, bytes).Should().Be(expected.Length);
        bytes.Should().Equal(expected);

        var decoded = new int[samples.Length];
        SampleCodec.Decode(format, expected, decoded);
        decoded.Should().Equal(samples);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Any_samples_come_back_from_the_fewest_bytes_that_hold_them(WfdbFormat format) =>
        Gen.Int[format.InvalidValue(), format.MaxValue()].Array[0, 50].Sample(samples =>
        {
            var bytes = new byte[format.BytesFor(samples.Length)];
            SampleCodec.Encode(format, samples, bytes).Should().Be(bytes.Length);
            var decoded = new int[samples.Length];
            SampleCodec.Decode(format, bytes, decoded);
            decoded.Should().Equal(samples);

            // Two words of format 310 hold two samples or three.
            var held = format.SamplesIn(bytes.Length);
            held.Should().BeGreaterThanOrEqualTo(samples.Length);
            format.BytesFor(held).Should().Be(bytes.Length);
        });

    [Theory]
    [InlineData(WfdbFormat.Format16, -32768, 32767)]
    [InlineData(WfdbFormat.Format24, -8388608, 8388607)]
    [InlineData(WfdbFormat.Format32, int.MinValue, int.MaxValue)]
    [InlineData(WfdbFormat.Format61, -32768, 32767)]
    [InlineData(WfdbFormat.Format80, -128, 127)]
    [InlineData(WfdbFormat.Format212, -2048, 2047)]
    [InlineData(WfdbFormat.Format310, -512, 511)]
    [InlineData(WfdbFormat.Format311, -512, 511)]
    public void The_most_negative_value_of_a_format_says_that_there_is_no_sample(WfdbFormat format, int invalid, int max)
    {
        format.InvalidValue().Should().Be(invalid);
        format.MinValue().Should().Be(invalid + 1);
        format.MaxValue().Should().Be(max);
    }
}
