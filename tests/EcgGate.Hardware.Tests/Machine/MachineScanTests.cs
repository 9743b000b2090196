using EcgGate.Hardware.Gpio;
using EcgGate.Hardware.Machine;
using EcgGate.Hardware.Tests.Gpio;

namespace EcgGate.Hardware.Tests.Machine;

public sealed class MachineScanTests : IDisposable
{
    private const string UserLimits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max locked memory         8388608              8388608              bytes
        Max realtime priority     0                    0
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ecggate-machine-");

    public MachineScanTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Devices are opened on Linux only.");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_bare_machine_is_told_what_each_kind_of_source_would_need()
    {
        var machine = Look();

        machine.Devices.Should().BeEmpty();
        Finding(machine, "spi").Should().Match<MachineFinding>(f => !f.Good && f.Message.Contains("spidev is not loaded") && f.Message.Contains("dtparam=spi=on"));
        Finding(machine, "i2c").Message.Should().Contain("dtparam=i2c_arm=on");
        Finding(machine, "gpio").Good.Should().BeFalse();
        Finding(machine, "sound").Message.Should().Contain("arecord -l");
        Finding(machine, "latency").Message.Should().Contain("There is no /dev/cpu_dma_latency");
    }

    [Fact]
    public void A_Raspberry_Pi_lists_its_buses_lines_and_inputs_with_what_to_type()
    {
        Put("dev/spidev0.1");
        Put("dev/spidev0.0");
        Put("dev/i2c-1");
        Put("dev/gpiochip0");
        Put("dev/snd/pcmC1D0c");
        Put("dev/cpu_dma_latency");
        Put("proc/asound/pcm", "00-00: bcm2835 Headphones : bcm2835 Headphones : playback 8\n01-00: USB Audio : USB Audio : playback 1 : capture 1\n");

        var machine = Look();

        machine.Devices.Select(device => device.Path).Should().Equal("/dev/spidev0.0", "/dev/spidev0.1", "/dev/i2c-1", "/dev/gpiochip0", "hw:1,0");
        machine.Devices.Should().OnlyContain(device => device.Problem == null);
        machine.Devices[0].Addresses.Should().Equal("ads1292r:/dev/spidev0.0?drdy=LINE", "ads1298:/dev/spidev0.0?drdy=LINE&leads=II,I");
        machine.Devices[3].Description.Should().Be("pinctrl-fake, 54 lines");
        machine.Devices[3].Addresses.Should().Equal("gpio:/dev/gpiochip0?line=LINE");
        machine.Devices[4].Should().BeEquivalentTo(new { Description = "USB Audio", Addresses = new[] { "alsa:hw:1,0?fullscale=MILLIVOLTS" } });
        foreach (var name in new[] { "spi", "i2c", "gpio", "sound", "latency" })
        {
            Finding(machine, name).Good.Should().BeTrue(name);
        }
    }

    [Fact]
    public void The_addresses_are_such_as_the_drivers_take()
    {
        Put("dev/spidev2.1");
        Put("dev/gpiochip3");
        Put("dev/snd/pcmC0D2c");
        Put("proc/asound/pcm", "00-02: x : y : capture 1\n");

        var addresses = Look().Devices.SelectMany(device => device.Addresses).Select(address => address.Replace("LINE", "25").Replace("MILLIVOLTS", "1.5")).ToList();

        addresses.Should().HaveCount(4);
        foreach (var address in addresses)
        {
            Action parse = address switch
            {
                _ when Ads129x.Ads129xBoards.IsAddress(address) => () => Ads129x.Ads129xBoards.Parse(address),
                _ when address.StartsWith(GpioUri.Scheme, StringComparison.Ordinal) => () => GpioUri.Parse(address),
                _ => () => Hardware.Alsa.AlsaUri.Parse(address),
            };
            parse.Should().NotThrow(address);
        }
    }

    [Fact]
    public void A_device_without_permission_says_which_group_is_missing()
    {
        Put("dev/gpiochip0");
        var machine = MachineScan.Look(_root.FullName, new FakeGpioChip { OpenError = GpioErrors.AccessDenied });

        machine.Devices.Should().ContainSingle().Which.Problem.Should().Contain("group gpio");
        Finding(machine, "gpio").Should().Match<MachineFinding>(f => !f.Good && f.Message.Contains("usermod -aG gpio"));
    }

    [Fact]
    public void A_file_that_is_no_GPIO_chip_is_not_offered()
    {
        Put("dev/gpiochip0");
        var device = MachineScan.Look(_root.FullName, new FakeGpioChip { ChipError = GpioErrors.NotATerminal }).Devices.Should().ContainSingle().Which;

        device.Problem.Should().Contain("does not answer as one");
        device.Addresses.Should().BeEmpty();
    }

    [Theory]
    [InlineData("0", "8388608", "0000000000000000", false, false)]
    [InlineData("85", "unlimited", "0000000000000000", true, true)]
    [InlineData("79", "unlimited", "0000000000000000", false, true)]
    [InlineData("0", "8388608", "0000000000800000", true, false)]
    [InlineData("0", "8388608", "0000000000004000", false, true)]
    [InlineData("0", "8388608", "000001ffffffffff", true, true)]
    public void Real_time_limits_are_granted_by_limit_or_capability(string priority, string memory, string capabilities, bool mayPriority, bool mayLock)
    {
        Put("proc/self/limits", UserLimits.Replace("priority     0 ", $"priority     {priority} ").Replace("memory         8388608", $"memory         {memory}"));
        Put("proc/self/status", $"Name:\tecggate\nCapEff:\t{capabilities}\n");

        var machine = Look();

        Finding(machine, "rtprio").Good.Should().Be(mayPriority);
        Finding(machine, "memlock").Good.Should().Be(mayLock);
    }

    [Theory]
    [InlineData("Linux version 6.12.1-rt (gcc) #1 SMP PREEMPT_RT Debian", true)]
    [InlineData("Linux version 6.12.1 (gcc) #1 SMP PREEMPT_DYNAMIC", false)]
    public void A_real_time_kernel_is_known_by_its_version(string version, bool expected)
    {
        Put("proc/version", version);

        Finding(Look(), "preempt").Good.Should().Be(expected);
    }

    [Fact]
    public void A_system_that_forbids_real_time_threads_altogether_is_told()
    {
        Put("proc/sys/kernel/sched_rt_runtime_us", "0\n");

        Finding(Look(), "rtruntime").Good.Should().BeFalse();
    }

    [Fact]
    public void The_machine_that_this_runs_on_can_be_looked_at()
    {
        var machine = MachineScan.Look();

        machine.Findings.Select(finding => finding.Name).Should().Contain(["spi", "i2c", "gpio", "sound", "rtprio", "memlock", "latency", "preempt"]);
        machine.Findings.Should().OnlyContain(finding => finding.Message.EndsWith('.'));
    }

    private MachineDevices Look() => MachineScan.Look(_root.FullName, new FakeGpioChip());

    private static MachineFinding Finding(MachineDevices machine, string name) => machine.Findings.Single(finding => finding.Name == name);

    private void Put(string path, string content = "")
    {
        var file = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
