namespace EcgGate.Emulator.Faults;

/// <summary>The number that says how bad a fault is.</summary>
/// <param name="Name">Its name in a script.</param>
/// <param name="Least">The smallest allowed.</param>
/// <param name="Most">The largest allowed.</param>
/// <param name="Default">What it is where a script gives none.</param>
/// <param name="IsWhole">Whether it counts or names something.</param>
internal sealed record FaultSize(string Name, double Least, double Most, double Default, bool IsWhole = false);

/// <summary>How a kind of fault is written.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">Its name in a script.</param>
/// <param name="Lasts">Whether it has a length, or happens at once.</param>
/// <param name="Size">Its size; null where there is only one.</param>
internal sealed record FaultForm(FaultKind Kind, string Name, bool Lasts, FaultSize? Size)
{
    public static IReadOnlyList<FaultForm> All { get; } =
    [
        new(FaultKind.LeadOff, "lead-off", true, new("lead", -1, 1, 0, IsWhole: true)),
        new(FaultKind.CableMotion, "cable-motion", true, new("millivolts", 0, 100, 2)),
        new(FaultKind.MainsBurst, "mains-burst", true, new("millivolts", 0, 100, 1)),
        new(FaultKind.Saturation, "saturation", true, new("millivolts", -1000, 1000, 500)),
        new(FaultKind.BitErrors, "bit-errors", true, new("probability", 0, 1, 0.001)),
        new(FaultKind.WrongId, "wrong-id", true, new("id", 0, 255, 0x53, IsWhole: true)),
        new(FaultKind.BoardReset, "board-reset", false, null),
        new(FaultKind.BrownOut, "brown-out", true, null),
        new(FaultKind.DataReadyLost, "drdy-lost", true, null),
        new(FaultKind.DataReadyDoubled, "drdy-doubled", true, new("probability", 0, 1, 0.2)),
        new(FaultKind.StuckData, "stuck-data", true, null),
        new(FaultKind.ClockOff, "clock-off", true, new("ppm", -5000, 5000, 500)),
        new(FaultKind.BusRefuses, "bus-refuses", true, new("probability", 0, 1, 0.05)),
        new(FaultKind.Overrun, "overrun", true, null),
        new(FaultKind.Unplugged, "unplugged", true, null),
    ];

    public static FaultForm Of(FaultKind kind) => All[(int)kind];

    public static FaultForm? Find(string? name) => All.FirstOrDefault(form => form.Name == name);
}
