using EcgGate.Hardware.Alsa;
using EcgGate.Hardware.LineIn;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.Alsa;

public sealed class AlsaUriTests
{
    [Fact]
    public void A_short_URI_has_the_defaults()
    {
        var uri = AlsaUri.Parse("alsa:hw:1");

        uri.Device.Should().Be("hw:1");
        uri.SamplingRateHertz.Should().Be(1000);
        uri.Options.Should().Be(new AlsaOptions { LineIn = new LineInOptions { Name = "alsa:hw:1" } });
    }

    [Fact]
    public void A_full_URI_sets_everything()
    {
        const string text = "alsa:hw:CARD=CODEC,DEV=0?rate=44100&period=3ms&buffer=100&fullscale=2.5mV&channel=1&lead1=0&delay=0.4ms&format=s16";

        var uri = AlsaUri.Parse(text);

        uri.Device.Should().Be("hw:CARD=CODEC,DEV=0");
        uri.SamplingRateHertz.Should().Be(980);
        uri.Options.Should().Be(new AlsaOptions
        {
            RateHertz = 44_100,
            Period = TimeSpan.FromMilliseconds(3),
            Buffer = TimeSpan.FromMilliseconds(100),
            SampleFormat = PcmSampleFormat.S16,
            LineIn = new LineInOptions
            {
                Name = text,
                FullScaleMillivolts = 2.5,
                Channel = 1,
                Lead1Channel = 0,
                ConverterDelay = TimeSpan.FromMilliseconds(0.4),
            },
        });
    }

    [Theory]
    [InlineData("hw:1", "does not begin with alsa:")]
    [InlineData("alsa:", "names no device")]
    [InlineData("alsa:?rate=8000", "names no device")]
    [InlineData("alsa:hw:1?gain=3", "'gain' is not known")]
    [InlineData("alsa:hw:1?rate=48000&rate=8000", "rate is given twice")]
    [InlineData("alsa:hw:1?rate=fast", "rate is 'fast' and must be a whole number")]
    [InlineData("alsa:hw:1?rate=4000", "The rate is 4000 Hz")]
    [InlineData("alsa:hw:1?period=-2ms", "period is '-2ms' and must be a number of ms")]
    [InlineData("alsa:hw:1?period=0.1ms", "The period is 0.1 ms")]
    [InlineData("alsa:hw:1?period=20ms&buffer=30ms", "The buffer is 30 ms")]
    [InlineData("alsa:hw:1?fullscale=0", "Full scale is 0 mV")]
    [InlineData("alsa:hw:1?channel=1&lead1=1", "Both leads are on channel 1")]
    [InlineData("alsa:hw:1?format=u8", "format is 'u8'")]
    [InlineData("alsa:hw:1?delay=30ms", "Converter delay is 30 ms")]
    public void What_is_wrong_is_said_in_one_sentence(string text, string problem) =>
        FluentActions.Invoking(() => AlsaUri.Parse(text)).Should().Throw<FormatException>().Which.Message.Should().Contain(problem).And.Contain(text);

    [Fact]
    public void A_card_that_is_not_there_is_refused_by_name()
    {
        Assert.SkipUnless(LibAsound.IsInstalled, "libasound.so.2 is not installed");
        FluentActions.Invoking(() => AlsaUri.Parse("alsa:hw:77").Open()).Should().Throw<EcgSourceException>().WithMessage("alsa:hw:77: there is no capture device hw:77*");
    }
}
