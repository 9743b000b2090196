using System.Runtime.InteropServices;

namespace EcgGate.Hardware.Gpio;

/// <summary>
/// The second version of the kernel's GPIO character device (linux/gpio.h, Linux 5.10 or later): its calls and structures,
/// with their sizes and offsets as the kernel has them on every 64-bit and 32-bit processor.
/// </summary>
internal static unsafe class GpioAbi
{
    // _IOR(0xB4, 0x01, struct gpiochip_info) and so on: direction, size of the structure, type, number.
    public const uint GetChipInfo = 0x8044B401;
    public const uint GetLineInfo = 0xC100B405;
    public const uint GetLine = 0xC250B407;
    public const uint GetValues = 0xC010B40E;
    public const uint SetValues = 0xC010B40F;

    public const ulong FlagUsed = 1 << 0;
    public const ulong FlagActiveLow = 1 << 1;
    public const ulong FlagInput = 1 << 2;
    public const ulong FlagOutput = 1 << 3;
    public const ulong FlagEdgeRising = 1 << 4;

    public const uint AttributeOutputValues = 2;

    private const int NameBytes = 32;
    private const int MostLines = 64;
    private const int MostAttributes = 10;

    /// <summary>struct gpiochip_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ChipInfo
    {
        public fixed byte Name[NameBytes];
        public fixed byte Label[NameBytes];
        public uint Lines;
    }

    /// <summary>struct gpio_v2_line_config_attribute: a struct gpio_v2_line_attribute and the lines that it is for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ConfigAttribute
    {
        public uint Id;
        public uint Padding;
        public ulong Values;
        public ulong Mask;
    }

    /// <summary>The ten attributes of a struct gpio_v2_line_config.</summary>
    [System.Runtime.CompilerServices.InlineArray(MostAttributes)]
    public struct ConfigAttributes
    {
        private ConfigAttribute _first;
    }

    /// <summary>struct gpio_v2_line_config.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineConfig
    {
        public ulong Flags;
        public uint AttributeCount;
        public fixed uint Padding[5];
        public ConfigAttributes Attributes;
    }

    /// <summary>struct gpio_v2_line_request.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineRequest
    {
        public fixed uint Offsets[MostLines];
        public fixed byte Consumer[NameBytes];
        public LineConfig Config;
        public uint LineCount;
        public uint EventBufferSize;
        public fixed uint Padding[5];
        public int FileDescriptor;
    }

    /// <summary>struct gpio_v2_line_info; its attributes are not read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineInfo
    {
        public fixed byte Name[NameBytes];
        public fixed byte Consumer[NameBytes];
        public uint Offset;
        public uint AttributeCount;
        public ulong Flags;
        public fixed ulong Attributes[2 * MostAttributes];
        public fixed uint Padding[4];
    }

    /// <summary>struct gpio_v2_line_values.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineValues
    {
        public ulong Bits;
        public ulong Mask;
    }

    /// <summary>struct gpio_v2_line_event.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LineEvent
    {
        public ulong TimestampNanoseconds;
        public uint Id;
        public uint Offset;
        public uint SequenceNumber;
        public uint LineSequenceNumber;
        public fixed uint Padding[6];
    }
}
