using EcgGate.Hardware.Ads1298;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.Ads1298;

public sealed class Ads1298UriTests
{
    [Fact]
    public void A_short_URI_has_the_defaults()
    {
        var uri = Ads1298Uri.Parse("ads1298:/dev/spidev0.0?drdy=25");

        uri.Device.Should().Be("/dev/spidev0.0");
        uri.SpiClockHertz.Should().Be(2_000_000);
        uri.FrameClockHertz.Should().BeNull("commands and frames go at the same speed");
        uri.RateHertz.Should().Be(500);
        var standard = new Ads1298Options { Name = uri.Text };
        (uri.Options with { Leads = standard.Leads }).Should().Be(standard);
        uri.Options.Leads.Should().Equal("II", "I");
    }

    [Fact]
    public void A_full_URI_sets_everything()
    {
        const string text = "ads1298:/dev/spidev1.2?drdy=5&rate=16000&gain=12&start=22&reset=27&leads=V1,aVF&map=I:1,II:2,V1:8&rld=0&leadoff=ac&current=24&short=1&clock=1000000";

        var uri = Ads1298Uri.Parse(text);

        (uri.Bus, uri.ChipSelect, uri.SpiClockHertz).Should().Be((1, 2, 1_000_000));
        uri.FrameClockHertz.Should().Be(4_147_200, "216 bits, 16,000 times a second, and a fifth more");
        uri.Options.Leads.Should().Equal("V1", "aVF");
        (uri.Options with { Leads = [] }).Should().Be(new Ads1298Options
        {
            Name = text,
            DataReadyPin = 5,
            StartPin = 22,
            ResetPin = 27,
            Rate = Ads1298Rate.Sps16000,
            Gain = Ads1298Gain.Times12,
            Leads = [],
            LeadMap = Ads1298LeadMap.Parse("I:1,II:2,V1:8"),
            RightLegDrive = false,
            LeadOff = Ads1298LeadOff.AlternatingCurrent,
            LeadOffCurrent = Ads1298LeadOffCurrent.NanoAmpere24,
            Input = Ads129xInput.Shorted,
        });
    }

    [Theory]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25", "*does not begin with ads1298:*")]
    [InlineData("ads1298:/dev/spidev0.0", "*drdy*is missing*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&rate=250", "*Rate is 250*500, 1000*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&leads=II,V9", "*There is no lead 'V9'*V1 to V6*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&leads=I,II,V1", "*3 leads are asked for*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&leads=", "*There is no lead ''*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&leads=II,ii", "*II, ii name one twice*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&map=I:1&leads=aVF", "*aVF is computed from I and II*I:1*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&map=I:1&leads=V1", "*Lead V1 is on no channel*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&map=I:5,II:2,V1:1&leads=V1", "*Wilson central terminal*channels 1 to 4*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&map=I:9", "*'I:9' in the lead map*1 to 8*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&map=I:1,II:1", "*'II:1' in the lead map*second time*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&map=aVR:1", "*'aVR' in the lead map is no lead that a channel measures*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&current=7", "*current is 7*6, 12, 18 or 24*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&test=1&short=1", "*test and short exclude each other*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&daisy=1", "*daisy chain cannot be read*own chip select*")]
    [InlineData("ads1298:/dev/spidev0.0?drdy=25&clock=8000000", "*clock is 8000000*3800000*")]
    public void A_bad_URI_gets_one_clear_sentence(string text, string message)
    {
        var parse = () => Ads1298Uri.Parse(text);

        parse.Should().Throw<FormatException>().WithMessage(message);
    }

    [Fact]
    public void A_device_that_is_not_there_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SPI devices are opened on Linux only.");
        var open = () => Ads1298Uri.Parse("ads1298:/dev/spidev97.3?drdy=25").Open();

        open.Should().Throw<EcgSourceException>().WithMessage("*there is no /dev/spidev97.3*");
    }
}
