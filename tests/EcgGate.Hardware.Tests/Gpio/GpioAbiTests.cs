using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EcgGate.Hardware.Gpio;

namespace EcgGate.Hardware.Tests.Gpio;

/// <summary>The kernel's structures, to the byte: what is wrong here writes over somebody else's memory.</summary>
public sealed class GpioAbiTests
{
    // sizeof and offsetof of linux/gpio.h, the same on 32 and 64 bits.
    private static readonly (string Kernel, int Ours)[] Layout =
    [
        ("sizeof(struct gpiochip_info)", Unsafe.SizeOf<GpioAbi.ChipInfo>()),
        ("offsetof(struct gpiochip_info, label)", Offset<GpioAbi.ChipInfo>("Label")),
        ("offsetof(struct gpiochip_info, lines)", Offset<GpioAbi.ChipInfo>("Lines")),
        ("sizeof(struct gpio_v2_line_config_attribute)", Unsafe.SizeOf<GpioAbi.ConfigAttribute>()),
        ("offsetof(struct gpio_v2_line_config_attribute, mask)", Offset<GpioAbi.ConfigAttribute>("Mask")),
        ("offsetof(struct gpio_v2_line_attribute, values)", Offset<GpioAbi.ConfigAttribute>("Values")),
        ("sizeof(struct gpio_v2_line_config)", Unsafe.SizeOf<GpioAbi.LineConfig>()),
        ("offsetof(struct gpio_v2_line_config, num_attrs)", Offset<GpioAbi.LineConfig>("AttributeCount")),
        ("offsetof(struct gpio_v2_line_config, attrs)", Offset<GpioAbi.LineConfig>("Attributes")),
        ("sizeof(struct gpio_v2_line_request)", Unsafe.SizeOf<GpioAbi.LineRequest>()),
        ("offsetof(struct gpio_v2_line_request, consumer)", Offset<GpioAbi.LineRequest>("Consumer")),
        ("offsetof(struct gpio_v2_line_request, config)", Offset<GpioAbi.LineRequest>("Config")),
        ("offsetof(struct gpio_v2_line_request, num_lines)", Offset<GpioAbi.LineRequest>("LineCount")),
        ("offsetof(struct gpio_v2_line_request, event_buffer_size)", Offset<GpioAbi.LineRequest>("EventBufferSize")),
        ("offsetof(struct gpio_v2_line_request, fd)", Offset<GpioAbi.LineRequest>("FileDescriptor")),
        ("sizeof(struct gpio_v2_line_info)", Unsafe.SizeOf<GpioAbi.LineInfo>()),
        ("offsetof(struct gpio_v2_line_info, consumer)", Offset<GpioAbi.LineInfo>("Consumer")),
        ("offsetof(struct gpio_v2_line_info, offset)", Offset<GpioAbi.LineInfo>("Offset")),
        ("offsetof(struct gpio_v2_line_info, flags)", Offset<GpioAbi.LineInfo>("Flags")),
        ("sizeof(struct gpio_v2_line_values)", Unsafe.SizeOf<GpioAbi.LineValues>()),
        ("offsetof(struct gpio_v2_line_values, mask)", Offset<GpioAbi.LineValues>("Mask")),
        ("sizeof(struct gpio_v2_line_event)", Unsafe.SizeOf<GpioAbi.LineEvent>()),
        ("offsetof(struct gpio_v2_line_event, id)", Offset<GpioAbi.LineEvent>("Id")),
        ("offsetof(struct gpio_v2_line_event, line_seqno)", Offset<GpioAbi.LineEvent>("LineSequenceNumber")),
        ("GPIO_GET_CHIPINFO_IOCTL", unchecked((int)GpioAbi.GetChipInfo)),
        ("GPIO_V2_GET_LINEINFO_IOCTL", unchecked((int)GpioAbi.GetLineInfo)),
        ("GPIO_V2_GET_LINE_IOCTL", unchecked((int)GpioAbi.GetLine)),
        ("GPIO_V2_LINE_GET_VALUES_IOCTL", unchecked((int)GpioAbi.GetValues)),
        ("GPIO_V2_LINE_SET_VALUES_IOCTL", unchecked((int)GpioAbi.SetValues)),
        ("GPIO_V2_LINE_FLAG_USED", (int)GpioAbi.FlagUsed),
        ("GPIO_V2_LINE_FLAG_ACTIVE_LOW", (int)GpioAbi.FlagActiveLow),
        ("GPIO_V2_LINE_FLAG_INPUT", (int)GpioAbi.FlagInput),
        ("GPIO_V2_LINE_FLAG_OUTPUT", (int)GpioAbi.FlagOutput),
        ("GPIO_V2_LINE_FLAG_EDGE_RISING", (int)GpioAbi.FlagEdgeRising),
        ("GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES", (int)GpioAbi.AttributeOutputValues),
    ];

    [Fact]
    public void The_sizes_are_those_of_the_kernels_structures()
    {
        Unsafe.SizeOf<GpioAbi.ChipInfo>().Should().Be(68);
        Unsafe.SizeOf<GpioAbi.ConfigAttribute>().Should().Be(24);
        Unsafe.SizeOf<GpioAbi.LineConfig>().Should().Be(272);
        Unsafe.SizeOf<GpioAbi.LineRequest>().Should().Be(592);
        Unsafe.SizeOf<GpioAbi.LineInfo>().Should().Be(256);
        Unsafe.SizeOf<GpioAbi.LineValues>().Should().Be(16);
        Unsafe.SizeOf<GpioAbi.LineEvent>().Should().Be(48);
    }

    [Theory]
    [InlineData(GpioAbi.GetChipInfo, 68)]
    [InlineData(GpioAbi.GetLineInfo, 256)]
    [InlineData(GpioAbi.GetLine, 592)]
    [InlineData(GpioAbi.GetValues, 16)]
    [InlineData(GpioAbi.SetValues, 16)]
    public void Each_call_carries_the_size_of_its_structure(uint call, int size)
    {
        ((int)((call >> 16) & 0x3FFF)).Should().Be(size);
        ((call >> 8) & 0xFF).Should().Be(0xB4);
    }

    [Fact]
    public async Task Sizes_offsets_and_numbers_are_those_that_the_C_compiler_finds_in_the_kernels_header()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/gcc") && File.Exists("/usr/include/linux/gpio.h"), "Needs gcc and the kernel's headers.");
        var folder = Directory.CreateTempSubdirectory("ecggate-abi-");
        try
        {
            var source = Path.Combine(folder.FullName, "abi.c");
            var program = Path.Combine(folder.FullName, "abi");
            var prints = string.Join('\n', Layout.Select(entry => $"    printf(\"%d\\n\", (int)({entry.Kernel}));"));
            await File.WriteAllTextAsync(source, $"#include <linux/gpio.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void)\n{{\n{prints}\n}}\n", TestContext.Current.CancellationToken);
            (await RunAsync("/usr/bin/gcc", source, "-o", program)).Should().BeEmpty();

            var found = (await RunAsync(program)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture));

            found.Should().Equal(Layout.Select(entry => entry.Ours), "{0}", string.Join(", ", Layout.Select(entry => entry.Kernel)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return await output + errors;
    }
}
