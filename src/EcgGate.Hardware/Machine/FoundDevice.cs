namespace EcgGate.Hardware.Machine;

/// <summary>What kind of device was found.</summary>
public enum DeviceKind
{
    /// <summary>A chip select of an SPI bus.</summary>
    Spi,

    /// <summary>An I2C bus.</summary>
    I2c,

    /// <summary>A chip with GPIO lines.</summary>
    Gpio,

    /// <summary>A sound card's input.</summary>
    Sound,
}

/// <summary>A device of this machine.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Path">Its device file, or a sound card's name as ALSA has it.</param>
/// <param name="Description">For people: what it is.</param>
/// <param name="Problem">Why it cannot be opened, and what to do; null where it can.</param>
/// <param name="Addresses">
/// What to type for it, where this project has a use for it: a source, or a line for <c>--line</c>. Words in capitals are
/// to be replaced.
/// </param>
public sealed record FoundDevice(DeviceKind Kind, string Path, string Description, string? Problem, IReadOnlyList<string> Addresses);

/// <summary>Something that this machine must grant, and whether it does.</summary>
/// <param name="Name">For machines, such as <c>rtprio</c>.</param>
/// <param name="Good">Whether it is there.</param>
/// <param name="Message">For people: what was found, and where it is missing, what that costs and what to do.</param>
public sealed record MachineFinding(string Name, bool Good, string Message);

/// <summary>What a machine has.</summary>
/// <param name="Devices">What can be opened, or could be if it were permitted.</param>
/// <param name="Findings">What must be granted.</param>
public sealed record MachineDevices(IReadOnlyList<FoundDevice> Devices, IReadOnlyList<MachineFinding> Findings);
