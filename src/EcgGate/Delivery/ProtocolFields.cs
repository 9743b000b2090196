using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EcgGate.Delivery;

/// <summary>The fields of a plan: what reading checks and what the schema says come from the same table.</summary>
internal static class ProtocolFields
{
    private const int LongestName = 100;
    private const int MostPairs = 64;

    private static readonly Field[] PairFields =
    [
        Text("name", true, "A name for people."),
        Whole("output", false, 0, 63, "The generator's pair, from 0. Without it, the pair's place in this list."),
        Number("spacingCm", true, 0.2, 10, "cm", "Distance of the electrodes.", ("mm", 0.1), ("m", 100)),
        Number("exposureMm", true, 1, 100, "mm", "How much of each electrode is bare.", ("cm", 10)),
    ];

    private static readonly Field[] TestFields =
    [
        Whole("pulses", true, 1, 200, "Test pulses of each pair."),
        Number("volts", true, 1, 500, "V", "Voltage of a test pulse."),
        Number("widthMicroseconds", true, 1, 1000, "us", "Length of a test pulse.", ("ms", 1000), ("s", 1e6)),
        Number("minimumOhms", true, 1, 100_000, "ohm", "Below this impedance a pair is refused."),
        Number("maximumOhms", true, 1, 100_000, "ohm", "Above this impedance a pair is refused.", ("kilohm", 1000)),
        Number("currentLimitAmperes", false, 0.001, 100, "A", "Above this current a test pulse ends. Default 5.", ("mA", 0.001)),
    ];

    private static readonly Field[] TreatmentFields =
    [
        Number("fieldVoltsPerCm", true, 10, 5000, "V/cm", "Voltage over distance.", ("V/m", 0.01), ("kV/cm", 1000)),
        Number("widthMicroseconds", true, 1, 1000, "us", "Length of a pulse.", ("ms", 1000), ("s", 1e6)),
        Whole("pulsesPerPair", true, 1, 1000, "Pulses of each pair."),
        Whole("pulsesPerTrain", false, 0, 1000, "After so many pulses a pause is made. Default 0: one train."),
        Number("trainPauseSeconds", false, 0, 600, "s", "How long that pause is. Default 0.", ("ms", 0.001)),
        Number("currentLimitAmperes", true, 0.1, 100, "A", "Above this current a pulse ends.", ("mA", 0.001)),
        Number("minimumIntervalMilliseconds", false, 250, 600_000, "ms", "Shortest time between two pulses. Default 900.", ("s", 1000)),
        Number("impedanceRisePercent", false, 1, 1000, "%", "By how much the impedance may rise over that of a pair's first pulses. Default 30."),
        Choice("failedPulses", false, "Whether a pulse that failed is repeated, or counts. Default repeat.", "repeat", "count"),
        Whole("maximumFailedPulses", false, 0, 1000, "With more failed pulses than this the procedure is aborted. Default 5."),
    ];

    private static readonly Field[] LimitFields =
    [
        Number("ecgWaitSeconds", false, 3, 3600, "s", "Without a beat to fire on for this long, the procedure pauses. Default 60.", ("ms", 0.001)),
        Number("generatorWaitSeconds", false, 1, 3600, "s", "With a generator that is not ready for this long, the procedure pauses. Default 30.", ("ms", 0.001)),
        Number("heartbeatSeconds", false, 1, 60, "s", "Without a sign of the operator for this long, the procedure is aborted. Default 5.", ("ms", 0.001)),
        Number("totalMinutes", false, 0.1, 480, "min", "After this time the procedure is aborted. Default 30.", ("s", 1.0 / 60)),
    ];

    private static readonly Field[] PlanFields =
    [
        Text("$schema", false, "Where this schema is."),
        Text("name", true, "A name for people."),
        Choice("gating", false, "What makes the moment of a pulse: the R wave (ecg), or a clock (fixedRate), for phantoms only. Default ecg.", "ecg", "fixedRate"),
        new("isPhantom", FieldKind.Truth, false, "True where the electrodes stand in a phantom. Default false."),
        new("pairs", FieldKind.List, true, "The electrodes, in the order of treatment.") { Fields = PairFields, Least = 1, Most = MostPairs },
        new("test", FieldKind.Object, true, "The test phase.") { Fields = TestFields },
        new("treatment", FieldKind.Object, true, "The treatment phase.") { Fields = TreatmentFields },
        new("limits", FieldKind.Object, false, "How long is waited for what.") { Fields = LimitFields },
    ];

    private enum FieldKind
    {
        Text,
        Number,
        Whole,
        Truth,
        Choice,
        Object,
        List,
    }

    /// <summary>Adds all that is wrong with a plan.</summary>
    public static void Check(PlanNode root, List<ProtocolProblem> problems)
    {
        if (root.Kind != PlanNodeKind.Object)
        {
            problems.Add(new ProtocolProblem("$", $"is {root.Words}; a plan is an object.", root.Line));
            return;
        }

        CheckObject("$", root, PlanFields, problems);
        CheckTogether(root, problems);
    }

    /// <summary>The table as a JSON Schema.</summary>
    public static string WriteSchema()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "Pulse protocol");
            json.WriteString("description", "The plan of a procedure for ecggate deliver. What fields must fulfil together, and what the generator can do, is checked when it is read.");
            WriteObject(json, PlanFields);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static Field Text(string name, bool isRequired, string description) => new(name, FieldKind.Text, isRequired, description);

    private static Field Whole(string name, bool isRequired, int least, int most, string description) =>
        new(name, FieldKind.Whole, isRequired, description) { Least = least, Most = most };

    private static Field Number(string name, bool isRequired, double least, double most, string unit, string description, params (string Unit, double Factor)[] otherUnits) =>
        new(name, FieldKind.Number, isRequired, description) { Least = least, Most = most, Unit = unit, OtherUnits = otherUnits };

    private static Field Choice(string name, bool isRequired, string description, params string[] choices) =>
        new(name, FieldKind.Choice, isRequired, description) { Choices = choices };

    private static void CheckObject(string path, PlanNode node, Field[] fields, List<ProtocolProblem> problems)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, line, value) in node.Members)
        {
            var here = $"{path}.{name}";
            if (!seen.Add(name))
            {
                problems.Add(new ProtocolProblem(here, "stands here a second time; keep one.", line));
            }
            else if (Array.Find(fields, field => field.Name == name) is { } field)
            {
                CheckValue(here, value, field, problems);
            }
            else
            {
                problems.Add(new ProtocolProblem(here, $"is no field of {(path == "$" ? "a plan" : path)}{Suggest(name, fields)}", line));
            }
        }

        foreach (var field in fields)
        {
            if (field.IsRequired && !seen.Contains(field.Name))
            {
                problems.Add(new ProtocolProblem($"{path}.{field.Name}", $"is missing: {field.Description}", node.Line));
            }
        }
    }

    private static void CheckValue(string path, PlanNode node, Field field, List<ProtocolProblem> problems)
    {
        var wanted = field.Kind switch
        {
            FieldKind.Text or FieldKind.Choice => PlanNodeKind.Text,
            FieldKind.Number or FieldKind.Whole => PlanNodeKind.Number,
            FieldKind.Truth => PlanNodeKind.Truth,
            FieldKind.Object => PlanNodeKind.Object,
            _ => PlanNodeKind.Array,
        };
        void Add(string message) => problems.Add(new ProtocolProblem(path, message, node.Line));

        if (node.Kind != wanted)
        {
            Add($"is {node.Words}{(node.Kind == PlanNodeKind.Text ? $" (\"{Short(node.Text)}\")" : "")}; give {Wanted(field)}.");
            return;
        }

        switch (field.Kind)
        {
            case FieldKind.Text when string.IsNullOrWhiteSpace(node.Text) || node.Text.Length > LongestName || node.Text.Any(char.IsControl):
                Add($"must have 1 to {LongestName} characters, and no line breaks or other control characters.");
                break;
            case FieldKind.Choice when !field.Choices.Contains(node.Text, StringComparer.Ordinal):
                Add($"is \"{Short(node.Text)}\"; give {Wanted(field)}.");
                break;
            case FieldKind.Number or FieldKind.Whole when !(node.Number >= field.Least && node.Number <= field.Most):
                Add($"is {Say(node.Number)}; give {Wanted(field)}.{GuessUnit(node.Number, field)}");
                break;
            case FieldKind.Whole when node.Number != Math.Floor(node.Number):
                Add($"is {Say(node.Number)}; give {Wanted(field)}.");
                break;
            case FieldKind.Object:
                CheckObject(path, node, field.Fields, problems);
                break;
            case FieldKind.List:
                if (node.Items.Count < field.Least || node.Items.Count > field.Most)
                {
                    Add($"has {node.Items.Count} entries; give {Say(field.Least)} to {Say(field.Most)}.");
                }

                for (var i = 0; i < node.Items.Count; i++)
                {
                    var item = node.Items[i];
                    if (item.Kind == PlanNodeKind.Object)
                    {
                        CheckObject($"{path}[{i}]", item, field.Fields, problems);
                    }
                    else
                    {
                        problems.Add(new ProtocolProblem($"{path}[{i}]", $"is {item.Words}; give an object.", item.Line));
                    }
                }

                break;
        }
    }

    /// <summary>What only shows where fields are looked at together; silent about those that are wrong by themselves.</summary>
    private static void CheckTogether(PlanNode root, List<ProtocolProblem> problems)
    {
        if (root["gating"] is { Kind: PlanNodeKind.Text, Text: "fixedRate" } gating && root["isPhantom"] is not { Kind: PlanNodeKind.Truth, Truth: true })
        {
            problems.Add(new ProtocolProblem("$.gating", "is fixedRate, which is for phantoms only: gate on the ECG, or set isPhantom to true where no patient is connected.", gating.Line));
        }

        if (root["test"] is { } test && ValueOf(test, "minimumOhms") is { } low && ValueOf(test, "maximumOhms") is { } high && low >= high)
        {
            problems.Add(new ProtocolProblem("$.test.minimumOhms", $"is {Say(low)} ohm, which is not below maximumOhms of {Say(high)} ohm.", test["minimumOhms"]!.Line));
        }

        if (root["treatment"] is { } treatment
            && (ValueOf(treatment, "pulsesPerTrain") ?? 0) == 0 && ValueOf(treatment, "trainPauseSeconds") is > 0)
        {
            problems.Add(new ProtocolProblem("$.treatment.trainPauseSeconds", "needs pulsesPerTrain: after how many pulses the pause is made.", treatment["trainPauseSeconds"]!.Line));
        }

        if (root["pairs"] is not { Kind: PlanNodeKind.Array } pairs)
        {
            return;
        }

        var names = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var outputs = new Dictionary<double, int>();
        for (var i = 0; i < pairs.Items.Count; i++)
        {
            var pair = pairs.Items[i];
            if (pair["name"] is { Kind: PlanNodeKind.Text } name && !names.TryAdd(name.Text.Trim(), i))
            {
                problems.Add(new ProtocolProblem($"$.pairs[{i}].name", $"is \"{Short(name.Text)}\", as that of pairs[{names[name.Text.Trim()]}] is; give each pair a name of its own.", name.Line));
            }

            var output = pair["output"] is null ? i : ValueOf(pair, "output");
            if (output is { } number && !outputs.TryAdd(number, i))
            {
                problems.Add(new ProtocolProblem($"$.pairs[{i}]{(pair["output"] is null ? "" : ".output")}", $"is the generator's pair {Say(number)}, as pairs[{outputs[number]}] is: the same electrodes would be treated twice.", (pair["output"] ?? pair).Line));
            }
        }
    }

    private static double? ValueOf(PlanNode node, string name) => node[name] is { Kind: PlanNodeKind.Number } value ? value.Number : null;

    private static string Wanted(Field field) => field.Kind switch
    {
        FieldKind.Text => "text",
        FieldKind.Choice => string.Join(" or ", field.Choices.Select(choice => $"\"{choice}\"")),
        FieldKind.Whole => $"a whole number from {Say(field.Least)} to {Say(field.Most)}",
        FieldKind.Number => $"a number from {Say(field.Least)} to {Say(field.Most)}, in {field.Unit}",
        FieldKind.Truth => "true or false",
        FieldKind.Object => "an object",
        _ => "a list",
    };

    /// <summary>A value that would fit in another unit was probably meant in it.</summary>
    private static string GuessUnit(double value, Field field)
    {
        foreach (var (unit, factor) in field.OtherUnits)
        {
            if (value * factor >= field.Least && value * factor <= field.Most)
            {
                return $" If that is in {unit}, write {Say(value * factor)}.";
            }
        }

        return "";
    }

    /// <summary>The known field that begins most alike: the same quantity in another unit, or a slip at the end.</summary>
    private static string Suggest(string name, Field[] fields)
    {
        static int Common(string a, string b)
        {
            var i = 0;
            while (i < a.Length && i < b.Length && char.ToUpperInvariant(a[i]) == char.ToUpperInvariant(b[i]))
            {
                i++;
            }

            return i;
        }

        var best = fields.MaxBy(field => Common(name, field.Name))!;
        return Common(name, best.Name) >= Math.Min(4, best.Name.Length)
            ? $"; there is {best.Name}{(best.Unit.Length > 0 ? $", in {best.Unit}" : "")}."
            : ".";
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static string Say(double value) => value.ToString(Math.Abs(value) is >= 1e-3 and < 1e9 or 0 ? "#,0.######" : "G6", CultureInfo.InvariantCulture);

    private static void WriteObject(Utf8JsonWriter json, Field[] fields)
    {
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartArray("required");
        foreach (var field in fields.Where(field => field.IsRequired))
        {
            json.WriteStringValue(field.Name);
        }

        json.WriteEndArray();
        json.WriteStartObject("properties");
        foreach (var field in fields)
        {
            json.WriteStartObject(field.Name);
            json.WriteString("description", field.Unit.Length > 0 ? $"{field.Description} In {field.Unit}." : field.Description);
            switch (field.Kind)
            {
                case FieldKind.Text:
                    json.WriteString("type", "string");
                    json.WriteNumber("minLength", 1);
                    json.WriteNumber("maxLength", LongestName);
                    break;
                case FieldKind.Choice:
                    json.WriteStartArray("enum");
                    foreach (var choice in field.Choices)
                    {
                        json.WriteStringValue(choice);
                    }

                    json.WriteEndArray();
                    break;
                case FieldKind.Number or FieldKind.Whole:
                    json.WriteString("type", field.Kind == FieldKind.Whole ? "integer" : "number");
                    json.WriteNumber("minimum", field.Least);
                    json.WriteNumber("maximum", field.Most);
                    break;
                case FieldKind.Truth:
                    json.WriteString("type", "boolean");
                    break;
                case FieldKind.Object:
                    WriteObject(json, field.Fields);
                    break;
                case FieldKind.List:
                    json.WriteString("type", "array");
                    json.WriteNumber("minItems", field.Least);
                    json.WriteNumber("maxItems", field.Most);
                    json.WriteStartObject("items");
                    WriteObject(json, field.Fields);
                    json.WriteEndObject();
                    break;
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private sealed record Field(string Name, FieldKind Kind, bool IsRequired, string Description)
    {
        public double Least { get; init; }

        public double Most { get; init; }

        public string Unit { get; init; } = "";

        public string[] Choices { get; init; } = [];

        public Field[] Fields { get; init; } = [];

        public (string Unit, double Factor)[] OtherUnits { get; init; } = [];
    }
}
