using System.Text;
using EcgGate.Hardware.Gpio;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.Gpio;

public sealed class LinuxGpioPulseLineTests
{
    private const string Address = "gpio:/dev/gpiochip0?line=17";

    [Fact]
    public unsafe void The_line_is_requested_as_an_output_that_is_inactive_from_the_first_moment()
    {
        var chip = new FakeGpioChip();
        using var line = LinuxGpioPulseLine.Open(GpioUri.Parse(Address), chip);

        var request = chip.Requested;
        chip.OpenedPath.Should().Be("/dev/gpiochip0");
        request.LineCount.Should().Be(1);
        request.Offsets[0].Should().Be(17);
        request.Config.Flags.Should().Be(GpioAbi.FlagOutput);
        request.Config.AttributeCount.Should().Be(1);
        request.Config.Attributes[0].Id.Should().Be(GpioAbi.AttributeOutputValues);
        request.Config.Attributes[0].Values.Should().Be(0);
        request.Config.Attributes[0].Mask.Should().Be(1);
        Encoding.ASCII.GetString(request.Consumer, 13).Should().Be("ecggate pulse");
        chip.IsActive.Should().BeFalse();
    }

    [Fact]
    public void A_line_whose_low_level_is_active_is_requested_so()
    {
        var chip = new FakeGpioChip();
        using var line = LinuxGpioPulseLine.Open(GpioUri.Parse(Address + "&active=low"), chip);

        chip.Requested.Config.Flags.Should().Be(GpioAbi.FlagOutput | GpioAbi.FlagActiveLow);
        line.TryRaise().Should().BeTrue();
        chip.IsActive.Should().BeTrue("the kernel turns the level round, not the driver");
    }

    [Fact]
    public void It_rises_falls_and_falls_when_disposed()
    {
        var chip = new FakeGpioChip();
        var line = LinuxGpioPulseLine.Open(GpioUri.Parse(Address), chip);

        line.TryRaise().Should().BeTrue();
        chip.IsActive.Should().BeTrue();
        line.TryLower().Should().BeTrue();
        chip.IsActive.Should().BeFalse();
        line.TryRaise().Should().BeTrue();
        line.Dispose();

        chip.IsActive.Should().BeFalse();
        line.TryRaise().Should().BeFalse();
        chip.IsActive.Should().BeFalse();
    }

    [Fact]
    public void When_the_process_ends_while_it_is_high_it_falls_and_rises_no_more()
    {
        var chip = new FakeGpioChip();
        using var line = LinuxGpioPulseLine.Open(GpioUri.Parse(Address), chip);
        line.TryRaise().Should().BeTrue();

        line.Close();

        chip.IsActive.Should().BeFalse();
        line.TryRaise().Should().BeFalse();
        chip.IsActive.Should().BeFalse();
        line.TryLower().Should().BeTrue("the timer's own falling edge still goes through");
    }

    [Fact]
    public void What_the_chip_refuses_is_a_refusal_and_no_exception()
    {
        var chip = new FakeGpioChip();
        using var line = LinuxGpioPulseLine.Open(GpioUri.Parse(Address), chip);

        chip.SetError = 5;

        line.TryRaise().Should().BeFalse();
        line.TryLower().Should().BeFalse();
    }

    [Fact]
    public void An_edge_allocates_nothing()
    {
        var chip = new FakeGpioChip();
        using var line = LinuxGpioPulseLine.Open(GpioUri.Parse(Address), chip);
        Edges(line, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Edges(line, 1_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        chip.Sets.Should().BeGreaterThan(2_000);
    }

    [Theory]
    [InlineData(2, "there is no /dev/gpiochip0", "gpiodetect")]
    [InlineData(13, "no permission for /dev/gpiochip0", "group gpio")]
    [InlineData(24, "cannot be had")]
    public void A_chip_that_cannot_be_opened_is_named_with_its_cure(int error, params string[] words) =>
        Refused(new FakeGpioChip { OpenError = error }, Address, words);

    [Theory]
    [InlineData(16, "line 17 of /dev/gpiochip0 is in use by 'spi0 CS1'", "end that program")]
    [InlineData(22, "cannot be used so (EINVAL)", "5.10")]
    [InlineData(25, "Linux 5.10 or later")]
    [InlineData(1, "no permission")]
    public void A_line_that_cannot_be_had_is_named_with_who_has_it_and_the_cure(int error, params string[] words) =>
        Refused(new FakeGpioChip { LineError = error, User = "spi0 CS1" }, Address, words);

    [Fact]
    public void A_busy_line_whose_user_has_no_name_is_busy_all_the_same() =>
        Refused(new FakeGpioChip { LineError = 16 }, Address, "is in use: end that program");

    [Fact]
    public void A_file_that_is_no_chip_and_a_line_beyond_the_chips_are_refused()
    {
        Refused(new FakeGpioChip { ChipError = 25 }, Address, "is no GPIO chip", "gpiodetect");
        Refused(new FakeGpioChip(), "gpio:/dev/gpiochip0?line=54", "pinctrl-fake", "lines 0 to 53", "line is 54");
    }

    [Fact]
    public void A_machine_without_the_chip_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "GPIO lines are opened on Linux only.");

        var opening = () => GpioUri.Parse("gpio:/dev/gpiochip987?line=1").OpenLine();

        opening.Should().Throw<GpioException>().WithMessage("*there is no /dev/gpiochip987*");
    }

    [Fact]
    public void A_file_that_is_no_device_is_refused_by_the_system_itself()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "GPIO lines are opened on Linux only.");

        var opening = () => GpioUri.Parse("gpio:/dev/null?line=1").OpenInput();

        opening.Should().Throw<GpioException>().WithMessage("*/dev/null is no GPIO chip*");
    }

    [Theory]
    [InlineData("spi:/dev/gpiochip0?line=1", "does not begin with gpio:")]
    [InlineData("gpio:gpiochip0?line=1", "no device such as /dev/gpiochip0")]
    [InlineData("gpio:/dev/gpiochip0", "line, the line's number on the chip, is missing")]
    [InlineData("gpio:/dev/gpiochip0?line=x", "line is 'x'")]
    [InlineData("gpio:/dev/gpiochip0?line=-1", "line is '-1'")]
    [InlineData("gpio:/dev/gpiochip0?line=1&line=2", "line is given twice")]
    [InlineData("gpio:/dev/gpiochip0?line=1&active=up", "active is 'up'")]
    [InlineData("gpio:/dev/gpiochip0?line=1&pull=up", "'pull' is not known")]
    public void An_address_that_is_none_is_refused_with_an_example(string text, string problem)
    {
        var parsing = () => GpioUri.Parse(text);

        parsing.Should().Throw<FormatException>().Which.Message.Should().Contain(text).And.Contain(problem).And.Contain("An example: gpio:/dev/gpiochip0?line=17");
    }

    [Fact]
    public void A_timer_pulses_it()
    {
        var chip = new FakeGpioChip();
        using var line = LinuxGpioPulseLine.Open(GpioUri.Parse(Address), chip);
        using var timer = new PulseTimer(line, new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary });
        var now = MonotonicClock.Now;
        timer.TrySchedule(new PulseOrder(timer.Arm(), 1, now, now.AddNanoseconds(20_000_000_000), 10_000)).Should().BeTrue();
        PulseReport report;
        while (!timer.TryTakeReport(out report))
        {
            Thread.Sleep(1);
        }

        report.Result.Should().Be(PulseResult.Fired);
        chip.IsActive.Should().BeFalse("a fired order is answered when its pulse is complete");
    }

    private static void Edges(LinuxGpioPulseLine line, int count)
    {
        for (var i = 0; i < count; i++)
        {
            line.TryRaise();
            line.TryLower();
        }
    }

    private static void Refused(FakeGpioChip chip, string address, params string[] words)
    {
        var opening = () => LinuxGpioPulseLine.Open(GpioUri.Parse(address), chip);

        var message = opening.Should().Throw<GpioException>().Which.Message;
        message.Should().StartWith(address + ": ").And.NotContain("\n");
        foreach (var word in words)
        {
            message.Should().Contain(word);
        }
    }
}
