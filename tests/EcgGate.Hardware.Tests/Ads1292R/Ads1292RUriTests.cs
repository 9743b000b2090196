using EcgGate.Hardware.Ads1292R;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.Ads1292R;

public sealed class Ads1292RUriTests
{
    [Fact]
    public void A_short_URI_has_the_defaults()
    {
        var uri = Ads1292RUri.Parse("ads1292r:/dev/spidev0.0?drdy=25");

        uri.Device.Should().Be("/dev/spidev0.0");
        uri.SpiClockHertz.Should().Be(800_000);
        uri.Options.Should().Be(new Ads1292ROptions { Name = "ads1292r:/dev/spidev0.0?drdy=25" });
    }

    [Fact]
    public void A_full_URI_sets_everything()
    {
        const string text = "ads1292r:/dev/spidev1.2?drdy=5&rate=2000&gain=12&start=22&reset=27&leads=1&lead0=2&leadoff=ac&test=1&clock=500000";

        var uri = Ads1292RUri.Parse(text);

        (uri.Bus, uri.ChipSelect, uri.SpiClockHertz).Should().Be((1, 2, 500_000));
        uri.Options.Should().Be(new Ads1292ROptions
        {
            Name = text,
            DataReadyPin = 5,
            StartPin = 22,
            ResetPin = 27,
            Rate = Ads1292RRate.Sps2000,
            Gain = Ads1292RGain.Times12,
            LeadCount = 1,
            Lead0Channel = 2,
            LeadOff = Ads1292RLeadOff.AlternatingCurrent,
            Input = Ads129xInput.TestSignal,
        });
    }

    [Theory]
    [InlineData("alsa:hw:1", "*does not begin with ads1292r:*")]
    [InlineData("ads1292r:", "*'' is no SPI device*/dev/spidevBUS.CHIPSELECT*")]
    [InlineData("ads1292r:/dev/spidev0?drdy=25", "*is no SPI device*")]
    [InlineData("ads1292r:/dev/spidev0.-1?drdy=25", "*is no SPI device*")]
    [InlineData("ads1292r:/dev/spidev0.0", "*drdy*is missing*")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=", "*drdy is ''*whole number*")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25&drdy=24", "*drdy is given twice*")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25&rate=360", "*Rate is 360*125, 250*")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25&gain=-6", "*gain is '-6'*")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25&speed=9", "*'speed' is not known*")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25&start=25", "*different lines*")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25&leadoff=on", "*leadoff is 'on'*off, dc or ac*")]
    [InlineData("ads1292r:/dev/spidev0.0?drdy=25&clock=4000000", "*clock is 4000000*920000*")]
    public void A_bad_URI_gets_one_clear_sentence(string text, string message)
    {
        var parse = () => Ads1292RUri.Parse(text);

        parse.Should().Throw<FormatException>().WithMessage(message);
    }

    [Fact]
    public void A_device_that_is_not_there_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SPI devices are opened on Linux only.");
        var open = () => Ads1292RUri.Parse("ads1292r:/dev/spidev97.3?drdy=25").Open();

        open.Should().Throw<EcgSourceException>().WithMessage("*there is no /dev/spidev97.3*");
    }
}
