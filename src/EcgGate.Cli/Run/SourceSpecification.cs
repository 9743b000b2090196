using System.Globalization;
using EcgGate.Emulator.Patient;

namespace EcgGate.Cli.Run;

/// <summary>What a SOURCE on the command line means.</summary>
internal abstract record SourceSpecification
{
    /// <summary>What stands before the colon of a real ADS1292R board.</summary>
    public const string Ads1292RPrefix = "ads1292r:";

    /// <summary>As it was written.</summary>
    public required string Text { get; init; }

    /// <summary>Reads a SOURCE; a record is not opened yet.</summary>
    /// <exception cref="CliException">There is no such scenario, or the address of a board is not complete.</exception>
    public static SourceSpecification Parse(string text)
    {
        if (text.StartsWith(ScenarioCatalog.Prefix, StringComparison.Ordinal))
        {
            return ScenarioCatalog.TryParse(text, out var scenario, out var problem)
                ? new PatientSpecification(scenario) { Text = text }
                : throw new CliException(problem);
        }

        if (text.StartsWith(Ads1292RPrefix, StringComparison.Ordinal))
        {
            return BoardSpecification.Parse(text);
        }

        if (text.Length == 0)
        {
            throw new CliException("The name of a source is empty; give a record, such as traces/sinus-pvc, or patient:SCENARIO.");
        }

        // Not a path of ours: a word of letters before the first colon would be a kind of source that there is not.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon > 1 ? text[..colon] : null;
        return kind is not null && kind.All(char.IsAsciiLetterOrDigit)
            ? throw new CliException($"There is no kind of source '{kind}:'; give a record's path, {ScenarioCatalog.Prefix}SCENARIO or {Ads1292RPrefix}/dev/spidev0.0?drdy=25.")
            : new RecordSpecification(text) { Text = text };
    }
}

/// <summary>A WFDB record.</summary>
/// <param name="Path">Its path, with or without <c>.hea</c>.</param>
internal sealed record RecordSpecification(string Path) : SourceSpecification
{
    /// <summary>The record's name: the last part of its path, without the ending.</summary>
    public string Name
    {
        get
        {
            var file = System.IO.Path.GetFileName(Path);
            return file.EndsWith(".hea", StringComparison.OrdinalIgnoreCase) ? file[..^4] : file;
        }
    }
}

/// <summary>A virtual patient.</summary>
internal sealed record PatientSpecification(PatientScenario Scenario) : SourceSpecification;

/// <summary>A real ADS1292R.</summary>
/// <param name="BusId">The number before the point in <c>spidevB.C</c>.</param>
/// <param name="ChipSelect">The number after it.</param>
/// <param name="DataReadyPin">GPIO line of DRDY.</param>
internal sealed record BoardSpecification(int BusId, int ChipSelect, int DataReadyPin) : SourceSpecification
{
    private const string Device = "/dev/spidev";

    /// <summary>The SPI device's file.</summary>
    public string DevicePath => string.Create(CultureInfo.InvariantCulture, $"{Device}{BusId}.{ChipSelect}");

    public static new BoardSpecification Parse(string text)
    {
        var rest = text[Ads1292RPrefix.Length..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var device = question < 0 ? rest : rest[..question];
        var options = question < 0 ? [] : rest[(question + 1)..].Split('&');
        int? pin = null;
        foreach (var option in options)
        {
            pin = option.StartsWith("drdy=", StringComparison.Ordinal) && pin is null && TryNumber(option["drdy=".Length..], out var number)
                ? number
                : throw Refuse(text, $"'{option}' is not understood; the only option is drdy, once, with the number of a GPIO line");
        }

        var numbers = device.StartsWith(Device, StringComparison.Ordinal) ? device[Device.Length..].Split('.') : [];
        if (numbers.Length != 2 || !TryNumber(numbers[0], out var bus) || !TryNumber(numbers[1], out var select))
        {
            throw Refuse(text, $"'{device}' is no SPI device such as {Device}0.0");
        }

        return new BoardSpecification(bus, select, pin ?? throw Refuse(text, "the GPIO line of the data-ready pin is missing")) { Text = text };
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static CliException Refuse(string text, string problem) =>
        new($"{text}: {problem}. A board is written as {Ads1292RPrefix}{Device}0.0?drdy=25.");
}
