using System.Globalization;
using System.Text.Json;
using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Faults;

/// <summary>
/// Faults as a file or a seed lays them out: <c>{"seed": 1, "faults": [{"kind": "drdy-lost", "atSeconds": 20, "seconds": 0.5}]}</c>.
/// </summary>
/// <remarks>
/// <c>kind</c> is one of <see cref="KindNames"/>, <c>atSeconds</c> counts from the patient's start, <c>seconds</c> is left
/// out for what stays, and the size has the name that <see cref="KindNames"/> gives in brackets. Comments and trailing
/// commas are allowed.
/// </remarks>
public static class FaultScript
{
    private const string LeadSize = "lead";
    private const double LatestSeconds = 864_000;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The kinds, each with the name of its size in brackets where it has one.</summary>
    public static IReadOnlyList<string> KindNames { get; } = [.. FaultForm.All.Select(form => form.Size is { } size ? $"{form.Name} [{size.Name}]" : form.Name)];

    /// <summary>The kinds that can happen to a board.</summary>
    /// <param name="board">The emulated board.</param>
    public static IReadOnlyList<FaultKind> KindsOf(BoardPart board) => [.. FaultForm.All.Where(form => form.Boards.Contains(board)).Select(form => form.Kind)];

    /// <summary>Reads a script.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="problems">
    /// One sentence for each thing that is wrong, beginning with its place in the file (<c>$.faults[2].seconds</c>); empty
    /// where nothing is.
    /// </param>
    /// <param name="board">The board that they are meant for: what cannot happen to it is a problem. Null for any.</param>
    /// <returns>The faults; of no use where there are problems.</returns>
    public static FaultSchedule Parse(string text, out IReadOnlyList<string> problems, BoardPart? board = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<string>();
        problems = found;
        var faults = new List<Fault>();
        ulong seed = 1;
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                found.Add("$: a script is an object with \"faults\", a list; see docs/faults.md.");
                return FaultSchedule.None;
            }

            var hasFaults = false;
            foreach (var property in root.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "seed" when property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetUInt64(out seed):
                        break;
                    case "seed":
                        found.Add($"$.seed: {property.Value.GetRawText()} is no whole number from 0 up.");
                        break;
                    case "faults" when property.Value.ValueKind == JsonValueKind.Array:
                        hasFaults = true;
                        var number = 0;
                        foreach (var item in property.Value.EnumerateArray())
                        {
                            if (Read(item, $"$.faults[{number++}]", found, board) is { } fault)
                            {
                                faults.Add(fault);
                            }
                        }

                        break;
                    case "faults":
                        hasFaults = true;
                        found.Add("$.faults: must be a list of faults.");
                        break;
                    default:
                        found.Add($"$.{property.Name}: there is no such entry; a script has \"seed\" and \"faults\".");
                        break;
                }
            }

            if (!hasFaults)
            {
                found.Add("$: \"faults\", the list of faults, is missing.");
            }
        }
        catch (JsonException error)
        {
            found.Add(string.Create(CultureInfo.InvariantCulture, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: this is no JSON: {error.Message.Split(" LineNumber")[0]}"));
        }

        return new FaultSchedule(faults, seed);
    }

    /// <summary>Lays out a script by chance: the same for the same seed on every machine.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="kinds">What may go wrong.</param>
    /// <param name="untilSeconds">Until when.</param>
    /// <param name="meanGapSeconds">How far apart they are on average.</param>
    public static FaultSchedule Random(ulong seed, IReadOnlyList<FaultKind> kinds, double untilSeconds, double meanGapSeconds = 15) =>
        Random(seed, kinds, untilSeconds, meanGapSeconds, hasTwoLeads: true);

    /// <summary>Lays out a script by chance of all that can happen to a board, but for what ends it for good.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="board">The board.</param>
    /// <param name="untilSeconds">Until when.</param>
    /// <param name="meanGapSeconds">How far apart they are on average.</param>
    public static FaultSchedule Random(ulong seed, BoardPart board, double untilSeconds, double meanGapSeconds = 15) =>
        Random(seed, [.. KindsOf(board).Where(kind => kind is not (FaultKind.WrongId or FaultKind.Unplugged))], untilSeconds, meanGapSeconds, FaultForm.HasTwoLeads(board));

    private static FaultSchedule Random(ulong seed, IReadOnlyList<FaultKind> kinds, double untilSeconds, double meanGapSeconds, bool hasTwoLeads)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentOutOfRangeException.ThrowIfZero(kinds.Count, nameof(kinds));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(meanGapSeconds);
        const ulong Stream = 400;
        var random = new SeededRandom(seed, Stream);
        var faults = new List<Fault>();
        var at = 0.0;
        while (true)
        {
            at += 2 + (meanGapSeconds * -PortableMath.Log(1 - random.NextDouble()));
            var form = FaultForm.Of(kinds[random.Between(0, kinds.Count - 1)]);
            var share = random.NextDouble();
            var size = random.NextDouble();
            if (at >= untilSeconds)
            {
                return new FaultSchedule(faults, seed);
            }

            faults.Add(new Fault(form.Kind, Math.Round(at, 3), form.Lasts ? Math.Round(0.01 + (4 * share * share), 3) : 0, SizeByChance(form, size, hasTwoLeads)));
        }
    }

    /// <summary>The script as a file would have it, to run it again.</summary>
    /// <param name="schedule">The faults.</param>
    public static string Write(FaultSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seed", schedule.Seed);
            writer.WriteStartArray("faults");
            foreach (var fault in schedule.Faults)
            {
                var form = FaultForm.Of(fault.Kind);
                writer.WriteStartObject();
                writer.WriteString("kind", form.Name);
                writer.WriteNumber("atSeconds", fault.StartSeconds);
                if (form.Lasts && double.IsFinite(fault.Seconds))
                {
                    writer.WriteNumber("seconds", fault.Seconds);
                }

                if (form.Size is { } size)
                {
                    writer.WriteNumber(size.Name, fault.Size);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static double SizeByChance(FaultForm form, double share, bool hasTwoLeads) => form.Size switch
    {
        null => 0,
        { Name: LeadSize } => hasTwoLeads ? Math.Floor(share * 3) - 1 : 0,
        { Name: "probability" } size => size.Default * 2 * share,
        { Name: "ppm" } size => Math.Round(size.Default * ((2 * share) - 1)),
        { Name: "id" } size => size.Default,
        { } size => Math.Round(size.Default * (0.2 + (1.8 * share)), 3),
    };

    private static Fault? Read(JsonElement item, string path, List<string> problems, BoardPart? board)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{path}: a fault is an object with \"kind\" and \"atSeconds\".");
            return null;
        }

        var before = problems.Count;
        var form = item.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String ? FaultForm.Find(kind.GetString()) : null;
        if (form is null)
        {
            var given = kind.ValueKind == JsonValueKind.Undefined ? "is missing" : $"is {kind.GetRawText()}";
            problems.Add($"{path}.kind: {given}; it is one of {string.Join(", ", FaultForm.All.Select(one => one.Name))}.");
            return null;
        }

        if (board is { } part && !form.Boards.Contains(part))
        {
            problems.Add($"{path}.kind: {form.Name} cannot happen to the {FaultForm.NameOf(part)}; it is for {string.Join(", ", form.Boards.Select(FaultForm.NameOf))}.");
            return null;
        }

        double? at = null;
        double? seconds = null;
        double? size = null;
        foreach (var property in item.EnumerateObject())
        {
            switch (property.Name)
            {
                case "kind":
                    break;
                case "atSeconds":
                    at = Number(property, path, 0, LatestSeconds, problems);
                    break;
                case "seconds" when form.Lasts:
                    seconds = Number(property, path, 0.0001, LatestSeconds, problems);
                    break;
                case var name when name == form.Size?.Name:
                    size = Number(property, path, form.Size.Least, form.Size.Most, problems, form.Size.IsWhole);
                    break;
                default:
                    var known = new[] { "kind", "atSeconds", form.Lasts ? "seconds" : null, form.Size?.Name }.Where(one => one is not null);
                    problems.Add($"{path}.{property.Name}: {form.Name} has no such entry; it has {string.Join(", ", known)}.");
                    break;
            }
        }

        if (at is null && !item.TryGetProperty("atSeconds", out _))
        {
            problems.Add($"{path}.atSeconds: is missing; it says when the fault begins, in seconds since the patient's start.");
        }

        if (form.Size?.Name == LeadSize && size > 0 && board is { } oneLead && !FaultForm.HasTwoLeads(oneLead))
        {
            problems.Add($"{path}.{LeadSize}: {size} is none of the {FaultForm.NameOf(oneLead)}, which has lead 0 alone.");
        }

        return problems.Count > before ? null : new Fault(form.Kind, at!.Value, form.Lasts ? seconds ?? double.PositiveInfinity : 0, size ?? form.Size?.Default ?? 0);
    }

    private static double? Number(JsonProperty property, string path, double least, double most, List<string> problems, bool isWhole = false)
    {
        if (property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetDouble(out var value) && value >= least && value <= most && (!isWhole || double.IsInteger(value)))
        {
            return value;
        }

        problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{property.Name}: {property.Value.GetRawText()} is no {(isWhole ? "whole " : string.Empty)}number from {least} to {most}."));
        return null;
    }
}
