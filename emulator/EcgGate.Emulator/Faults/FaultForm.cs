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
/// <param name="Boards">The boards that it can happen to.</param>
internal sealed record FaultForm(FaultKind Kind, string Name, bool Lasts, FaultSize? Size, IReadOnlyList<BoardPart> Boards)
{
    private static readonly BoardPart[] Every = [BoardPart.Ads1292R, BoardPart.Ads1298, BoardPart.Mcp3208, BoardPart.Ads1115, BoardPart.LineIn];
    private static readonly BoardPart[] FrontEnds = [BoardPart.Ads1292R, BoardPart.Ads1298];
    private static readonly BoardPart[] Buses = [.. FrontEnds, BoardPart.Mcp3208, BoardPart.Ads1115];
    private static readonly BoardPart[] OwnPace = [.. FrontEnds, BoardPart.Ads1115];

    public static IReadOnlyList<FaultForm> All { get; } =
    [
        new(FaultKind.LeadOff, "lead-off", true, new("lead", -1, 1, 0, IsWhole: true), Every),
        new(FaultKind.CableMotion, "cable-motion", true, new("millivolts", 0, 100, 2), Every),
        new(FaultKind.MainsBurst, "mains-burst", true, new("millivolts", 0, 100, 1), Every),
        new(FaultKind.Saturation, "saturation", true, new("millivolts", -1000, 1000, 500), Every),
        new(FaultKind.BitErrors, "bit-errors", true, new("probability", 0, 1, 0.001), Buses),
        new(FaultKind.WrongId, "wrong-id", true, new("id", 0, 255, 0x53, IsWhole: true), FrontEnds),
        new(FaultKind.BoardReset, "board-reset", false, null, OwnPace),
        new(FaultKind.BrownOut, "brown-out", true, null, Buses),
        new(FaultKind.DataReadyLost, "drdy-lost", true, null, OwnPace),
        new(FaultKind.DataReadyDoubled, "drdy-doubled", true, new("probability", 0, 1, 0.2), OwnPace),
        new(FaultKind.StuckData, "stuck-data", true, null, Every),
        new(FaultKind.ClockOff, "clock-off", true, new("ppm", -5000, 5000, 500), [.. OwnPace, BoardPart.LineIn]),
        new(FaultKind.BusRefuses, "bus-refuses", true, new("probability", 0, 1, 0.05), [BoardPart.Ads1115]),
        new(FaultKind.Overrun, "overrun", true, null, [BoardPart.LineIn]),
        new(FaultKind.Unplugged, "unplugged", true, null, Every),
    ];

    public static FaultForm Of(FaultKind kind) => All[(int)kind];

    /// <summary>A board as people write it.</summary>
    public static string NameOf(BoardPart board) => board == BoardPart.LineIn ? "line-in" : board.ToString().ToLowerInvariant();

    /// <summary>Whether a board has a second lead.</summary>
    public static bool HasTwoLeads(BoardPart board) => FrontEnds.Contains(board);

    public static FaultForm? Find(string? name) => All.FirstOrDefault(form => form.Name == name);
}
